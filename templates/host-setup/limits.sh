
# Without root's rights Podman hands on the limits of the user's session, and can set no higher ones.
say "Limits"
limits=/etc/systemd/system/user@.service.d/limits.conf
if [[ ! -e $limits ]]; then
  sudo mkdir -p "$(dirname "$limits")"
  printf '[Service]\n@LIMITS@' | sudo tee "$limits" >/dev/null
  problem "restart the host, so that the limits in $limits hold"
fi
