
# Registers the NVIDIA runtime in Docker.
say "The NVIDIA runtime"
if command -v nvidia-ctk >/dev/null && ! docker info 2>/dev/null | grep -q 'Runtimes:.* nvidia\b'; then
  sudo nvidia-ctk runtime configure --runtime=docker
  sudo systemctl restart docker
fi
