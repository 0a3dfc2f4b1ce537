
# Whether a path belongs to the caller and is behind no link: only then its owner may be changed.
own() { # PATH
  [[ -O $1 && $(realpath -s "$1") == "$(realpath "$1")" ]]
}
