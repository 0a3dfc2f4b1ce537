
# Rootless Podman passes on the limits of the user's session and cannot raise them.
say "Limits"
limits=/etc/systemd/system/user@.service.d/limits.conf
if [[ ! -e $limits ]]; then
  sudo mkdir -p "$(dirname "$limits")"
  printf '[Service]\n@LIMITS@' | sudo tee "$limits" >/dev/null
  problem "restart the host to apply the limits in $limits"
fi
