
# Docker Engine with Buildx and Compose.
say "Docker"
if ! command -v docker >/dev/null; then
  problem "Docker is not installed: https://docs.docker.com/engine/install/ lists the steps for each distribution"
elif ! docker info >/dev/null 2>&1; then
  problem "Docker does not answer $USER: \`sudo systemctl enable --now docker\`, and \`sudo usermod --append --groups docker $USER\` and log in again (members of that group have root access to this host)"
fi
if ! docker compose version >/dev/null 2>&1; then problem "Docker has no Compose: install the package docker-compose-plugin"; fi
if ! docker buildx version >/dev/null 2>&1; then problem "Docker has no Buildx: install the package docker-buildx-plugin"; fi
