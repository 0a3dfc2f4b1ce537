
# Folders that containers mount, and their owners.
say "Folders"
folder() { # PATH [UID:GID]
  [[ -d $1 ]] || mkdir -p "$1" 2>/dev/null || sudo mkdir -p "$1"
  [[ -z ${2-} || $(stat --format %u:%g "$1") == "$2" ]] || sudo chown "$2" "$1"
}
