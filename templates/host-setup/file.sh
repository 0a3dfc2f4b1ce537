
# Files that containers mount, or read when they start. This script creates none of them.
file() { # PATH
  [[ -e $1 ]] || problem "$(realpath --canonicalize-missing "$1") is missing: create this file (or folder)"
}
