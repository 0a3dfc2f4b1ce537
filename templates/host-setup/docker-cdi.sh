
# Enables CDI specifications in Docker.
has_cdi() { [[ $(docker info 2>/dev/null || true) == *"CDI spec directories:"* ]]; }
if docker info >/dev/null 2>&1 && ! has_cdi; then
  if command -v nvidia-ctk >/dev/null; then
    sudo nvidia-ctk runtime configure --runtime=docker --cdi.enabled
    sudo systemctl restart docker
  fi
  has_cdi || problem 'Docker does not use CDI: set "features": {"cdi": true} in /etc/docker/daemon.json and restart Docker'
fi
