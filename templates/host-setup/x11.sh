
# Access to the X server requires its cookie: a copy without the host name, for the container.
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
say "Cookie of the X server"
if [[ -z ${DISPLAY-} ]]; then
  problem "DISPLAY is not set: run this in a terminal of the desktop session"
elif ! command -v xauth >/dev/null; then
  problem "xauth is missing: install it"
else
  x11
  echo "Each login creates a new one: add this line to ~/.xsessionrc"
  printf '  bash %q x11\n' "$PWD/@SCRIPT@"
fi
