
# Docker Engine with Buildx and Compose.
say "Docker"
if ! command -v docker >/dev/null; then
  problem "Docker is not installed: https://docs.docker.com/engine/install/ has the steps for each distribution"
elif ! docker info >/dev/null 2>&1; then
  problem "Docker does not answer $USER: \`sudo systemctl enable --now docker\`, and \`sudo usermod --append --groups docker $USER\` with a new login (who is in that group is root on this host)"
fi
if ! docker compose version >/dev/null 2>&1; then problem "Docker has no Compose: install the package docker-compose-plugin"; fi
if ! docker buildx version >/dev/null 2>&1; then problem "Docker has no Buildx: install the package docker-buildx-plugin"; fi
