
# The X server lets in who has its cookie: a copy of it that names no host, for the container to read.
x11() {
  local folder=~/.local/state/jcc
  install -d -m 700 "$folder"
  install -d -m 755 "$folder/x11"
  xauth nlist "$DISPLAY" | sed 's/^..../ffff/' | xauth -f "$folder/x11/cookie" nmerge -
  chmod 644 "$folder/x11/cookie"
}
if [[ ${1-} == x11 ]]; then
  x11
  exit
fi
say "The cookie of the X server"
if [[ -z ${DISPLAY-} ]]; then
  problem "DISPLAY is not set: run this in a terminal of the desktop session"
elif ! command -v xauth >/dev/null; then
  problem "xauth is missing: install it"
else
  x11
  echo "Each login makes a new one: write this line into ~/.xsessionrc"
  printf '  bash %q x11\n' "$PWD/@SCRIPT@"
fi
