
# Sockets of the desktop session are there while its user is logged in, or lingers.
say "The session of user @UID@"
if ! user=$(id --name --user @UID@ 2>/dev/null); then
  problem "there is no user @UID@: run session-uid in the manifest names the user of the desktop session"
elif [[ $(loginctl show-user "$user" --property=Linger --value 2>/dev/null) != yes ]]; then
  sudo loginctl enable-linger "$user"
fi
