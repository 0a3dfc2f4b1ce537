
# NVIDIA's container toolkit, from the apt archive configured on the board.
say "NVIDIA Container Toolkit"
command -v nvidia-ctk >/dev/null || install_package nvidia-container-toolkit
