
# The description of the GPU that engines read (CDI). It is written anew each time, since it names files of the driver.
say "The description of the GPU"
if command -v nvidia-ctk >/dev/null; then
  sudo mkdir -p /etc/cdi
  sudo nvidia-ctk cdi generate@MODE@ --output=/etc/cdi/nvidia.yaml
fi
