
# Docker knows the NVIDIA runtime.
say "The NVIDIA runtime"
if command -v nvidia-ctk >/dev/null && ! docker info --format '{{json .Runtimes}}' 2>/dev/null | grep -q '"nvidia"'; then
  sudo nvidia-ctk runtime configure --runtime=docker
  sudo systemctl restart docker
fi
