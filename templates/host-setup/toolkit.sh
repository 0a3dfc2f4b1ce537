
# NVIDIA's container toolkit, from NVIDIA's archive, whose key must have the fingerprint below.
say "NVIDIA Container Toolkit"
fingerprint=C95B321B61E88C1809C4F759DDCAE044F796ECB0
toolkit_archive=https://nvidia.github.io/libnvidia-container
add_toolkit_archive() {
  local key
  for tool in curl gpg; do
    command -v "$tool" >/dev/null || { problem "$tool is missing: install it"; return; }
  done
  key=$(mktemp)
  curl --fail --silent --show-error --location --proto '=https' --output "$key" "$toolkit_archive/gpgkey"
  if [[ $(gpg --show-keys --with-colons "$key" 2>/dev/null | awk -F: '$1 == "pub" { n++; p = 1 } $1 == "fpr" && p { printf "%s", $10; p = 0 } END { if (n != 1) print "?" }') != "$fingerprint" ]]; then
    problem "the key of $toolkit_archive does not have the fingerprint $fingerprint: nothing was installed"
    return
  fi
  if command -v apt-get >/dev/null; then
    sudo install -D -m 644 "$key" /usr/share/keyrings/nvidia-container-toolkit.asc
    echo "deb [signed-by=/usr/share/keyrings/nvidia-container-toolkit.asc] $toolkit_archive/stable/deb/$(dpkg --print-architecture) /" |
      sudo tee /etc/apt/sources.list.d/nvidia-container-toolkit.list >/dev/null
  elif command -v dnf >/dev/null; then
    sudo rpm --import "$key"
    sudo curl --fail --silent --show-error --proto '=https' --output /etc/yum.repos.d/nvidia-container-toolkit.repo "$toolkit_archive/stable/rpm/nvidia-container-toolkit.repo"
  elif command -v zypper >/dev/null; then
    sudo rpm --import "$key"
    sudo zypper --non-interactive addrepo "$toolkit_archive/stable/rpm/nvidia-container-toolkit.repo"
  fi
  rm -f "$key"
  install_package nvidia-container-toolkit
}
command -v nvidia-ctk >/dev/null || add_toolkit_archive
