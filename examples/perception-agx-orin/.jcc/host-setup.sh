#!/usr/bin/env bash
# jcc 0.1.0 · project.kdl · do not edit, run `jcc compile`
# Prepares a host for `perception`. Run it as the user who starts the containers, and again after changes:
# it changes only what is needed, and uses sudo only for what requires root.
set -euo pipefail
cd "$(dirname "$0")/.."

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

# Docker Engine with Buildx and Compose.
say "Docker"
if ! command -v docker >/dev/null; then
  problem "Docker is not installed: https://docs.docker.com/engine/install/ lists the steps for each distribution"
elif ! docker info >/dev/null 2>&1; then
  problem "Docker does not answer $USER: \`sudo systemctl enable --now docker\`, and \`sudo usermod --append --groups docker $USER\` and log in again (members of that group have root access to this host)"
fi
# Whether a version is old; an unknown one is not.
older() { # VERSION MINIMUM
  [[ $1 == [0-9]* ]] && ! printf '%s\n' "$2" "$1" | sort --version-sort --check=quiet
}
# Prints a value of the engine; nothing if it does not answer.
docker_info() { # KEY
  docker info 2>/dev/null | sed -n "s/^ *$1: *//p" || true
}
engine=$(docker_info "Server Version")
if older "$engine" 25; then
  problem "Docker $engine is too old: install version 25 or newer as https://docs.docker.com/engine/install/ describes"
fi
if ! compose=$(docker compose version --short 2>/dev/null); then
  problem "Docker has no Compose: install the package docker-compose-plugin"
elif older "${compose#v}" 2.20; then
  problem "Compose $compose is too old: install version 2.20 or newer with the package docker-compose-plugin"
fi
if ! docker buildx version >/dev/null 2>&1; then problem "Docker has no Buildx: install the package docker-buildx-plugin"; fi

# NVIDIA's container toolkit, from the apt archive configured on the board. Old ones have no nvidia-ctk.
say "NVIDIA Container Toolkit"
command -v nvidia-ctk >/dev/null || command -v nvidia-container-runtime >/dev/null || install_package nvidia-container-toolkit

# Registers the NVIDIA runtime in Docker.
say "The NVIDIA runtime"
has_runtime() { [[ " $(docker_info Runtimes) " == *" nvidia "* ]]; }
# Toolkits before 1.11 cannot change Docker's configuration.
add_runtime() {
  local file=/etc/docker/daemon.json new
  if nvidia-ctk runtime configure --help >/dev/null 2>&1; then
    sudo nvidia-ctk runtime configure --runtime=docker
    return
  fi
  new=$(mktemp)
  if ! { sudo cat "$file" 2>/dev/null || true; } | python3 -c '
import json, sys
settings = json.loads(sys.stdin.read() or "{}")
settings.setdefault("runtimes", {})["nvidia"] = {"path": "nvidia-container-runtime", "runtimeArgs": []}
print(json.dumps(settings, indent=4))' >"$new" 2>/dev/null; then
    rm -f "$new"
    return 1
  fi
  sudo install -D -m 644 "$new" "$file"
  rm -f "$new"
}
if docker info >/dev/null 2>&1 && ! has_runtime; then
  if command -v nvidia-container-runtime >/dev/null || command -v nvidia-ctk >/dev/null; then
    if add_runtime; then sudo systemctl restart docker; fi
  fi
  has_runtime || problem 'Docker has no runtime nvidia: add "runtimes": {"nvidia": {"path": "nvidia-container-runtime", "runtimeArgs": []}} to /etc/docker/daemon.json and restart Docker'
fi

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
  printf '  bash %q x11\n' "$PWD/.jcc/host-setup.sh"
fi

if ((problems > 0)); then
  printf '\n%s left to do: see the lines that start with !!, then run this script again\n' "$problems" >&2
  exit 1
fi
say "The host is ready"
