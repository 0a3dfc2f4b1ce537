
# Folders that containers mount, and their owners.
say "Folders"
folder() { # PATH [UID:GID]
  local made=
  if [[ ! -e $1 ]]; then
    mkdir -p "$1" 2>/dev/null || { [[ $1 == /* ]] && sudo mkdir -p "$1"; }
    made=yes
  fi
  if [[ ! -d $1 || -z ${2-} || $(stat --format %u:%g "$1") == "$2" ]]; then return; fi
  if [[ $made ]] || own "$1"; then
    sudo chown "$2" "$1"
  else
    problem "a service writes to $1 as $2: if that is right, run: sudo chown $2 $1"
  fi
}
