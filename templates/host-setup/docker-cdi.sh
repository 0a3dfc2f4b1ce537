
# Enables CDI specifications in Docker.
if command -v nvidia-ctk >/dev/null && [[ $(docker info --format '{{.CDISpecDirs}}' 2>/dev/null || true) != *cdi* ]]; then
  sudo nvidia-ctk runtime configure --runtime=docker --cdi.enabled
  sudo systemctl restart docker
fi
