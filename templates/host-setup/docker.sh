
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
