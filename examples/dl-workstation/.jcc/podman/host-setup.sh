#!/usr/bin/env bash
# jcc 0.1.0 · project.kdl · do not edit, run `jcc compile`
# Prepares a host for `dl-workstation-podman`. Run it as the user who starts the containers, and again after changes:
# it changes only what is needed, and uses sudo only for what requires root.
set -euo pipefail
cd "$(dirname "$0")/../../podman"

problems=0
say() { printf '== %s\n' "$*"; }
problem() { printf '!! %s\n' "$*" >&2; problems=$((problems + 1)); }

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

# Podman, from the distribution.
say "Podman"
command -v podman >/dev/null || install_package podman

# Podman's networks use pasta, which needs this setting on a host without IPv6.
if [[ ! -s /proc/net/if_inet6 ]] && command -v pasta >/dev/null; then
  say "pasta without IPv6"
  config=~/.config/containers/containers.conf.d/50-no-ipv6.conf
  if [[ ! -e $config ]]; then
    mkdir -p "$(dirname "$config")"
    printf '[network]\npasta_options = ["--ipv4-only"]\n' >"$config"
  fi
fi

# The NVIDIA driver must match the kernel, so it comes from the distribution. This script checks for it but does not install it.
say "The NVIDIA driver"
if ! nvidia-smi >/dev/null 2>&1; then
  problem "nvidia-smi finds no driver. Ubuntu: \`sudo ubuntu-drivers install\`; Debian: the package nvidia-driver; Fedora: akmod-nvidia of RPM Fusion; openSUSE: nvidia-open-driver-G06-signed-kmp-meta"
  if grep -q '^nouveau ' /proc/modules; then
    problem "the driver nouveau uses the GPU: the package of the NVIDIA driver disables it after a restart"
  fi
  if mokutil --sb-state 2>/dev/null | grep -q 'SecureBoot enabled'; then
    problem "Secure Boot loads only signed modules: use a signed driver of the distribution, or enroll the signing key with \`sudo mokutil --import FILE\` and confirm at the next start"
  fi
fi

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

# The CDI specification of the GPU for container engines. It lists files of the driver, so it is written every time.
say "CDI specification of the GPU"
if command -v nvidia-ctk >/dev/null; then
  sudo mkdir -p /etc/cdi
  sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml
else
  problem "nvidia-ctk is missing: install NVIDIA Container Toolkit 1.12 or newer"
fi

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
folder ../work

# Files that containers mount, or read when they start. This script creates none of them.
file() { # PATH
  [[ -e $1 ]] || problem "$(realpath --canonicalize-missing "$1") is missing: create this file (or folder)"
}
file ../authorized_keys

# Rootless Podman passes on the limits of the user's session and cannot raise them.
say "Limits"
limits=/etc/systemd/system/user@.service.d/limits.conf
if [[ ! -e $limits ]]; then
  sudo mkdir -p "$(dirname "$limits")"
  printf '[Service]\nLimitMEMLOCK=infinity\n' | sudo tee "$limits" >/dev/null
  problem "restart the host to apply the limits in $limits"
fi

if ((problems > 0)); then
  printf '\n%s left to do: see the lines that start with !!, then run this script again\n' "$problems" >&2
  exit 1
fi
say "The host is ready"
