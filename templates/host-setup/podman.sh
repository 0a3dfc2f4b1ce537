
# Podman, from the distribution.
say "Podman"
command -v podman >/dev/null || install_package podman
