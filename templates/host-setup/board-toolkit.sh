
# NVIDIA's container toolkit, from the archive that the board's release has set up.
say "NVIDIA Container Toolkit"
command -v nvidia-ctk >/dev/null || install_package nvidia-container-toolkit
