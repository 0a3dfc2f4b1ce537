
# Files that are mounted, or read when the containers start.
file() { # PATH
  [[ -e $1 ]] || problem "$PWD needs the file $1"
}
