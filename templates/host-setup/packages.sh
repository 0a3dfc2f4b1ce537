
# Installs a package of the distribution.
install_package() { # NAME
  if command -v apt-get >/dev/null; then
    sudo apt-get update
    sudo apt-get install --yes "$1"
  elif command -v dnf >/dev/null; then
    sudo dnf install --assumeyes "$1"
  elif command -v zypper >/dev/null; then
    sudo zypper --non-interactive install "$1"
  else
    problem "no apt, dnf or zypper here: install $1"
  fi
}
