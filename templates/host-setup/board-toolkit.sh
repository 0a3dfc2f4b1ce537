
# NVIDIA's container toolkit, from the apt archive configured on the board. Old ones have no nvidia-ctk.
say "NVIDIA Container Toolkit"
command -v nvidia-ctk >/dev/null || command -v nvidia-container-runtime >/dev/null || install_package nvidia-container-toolkit
