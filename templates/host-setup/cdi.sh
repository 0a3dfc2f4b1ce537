
# The CDI specification of the GPU for container engines. It lists files of the driver, so it is written every time.
say "CDI specification of the GPU"
if command -v nvidia-ctk >/dev/null; then
  sudo mkdir -p /etc/cdi
  sudo nvidia-ctk cdi generate@MODE@ --output=/etc/cdi/nvidia.yaml
else
  problem "nvidia-ctk is missing: install NVIDIA Container Toolkit 1.12 or newer"
fi
