
# Podman's socket, which containers mount.
say "Podman's socket"
systemctl --user enable --now podman.socket || problem "podman.socket does not start: run \`systemctl --user status podman.socket\`"
