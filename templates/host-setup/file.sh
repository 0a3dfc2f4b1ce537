
# Files that containers mount, or read when they start.
file() { # PATH
  [[ -e $1 ]] || problem "$PWD needs the file $1"
}
