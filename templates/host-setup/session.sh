
# The sockets of the desktop session exist while its user is logged in or lingering.
say "Session of user @UID@"
if ! user=$(id --name --user @UID@ 2>/dev/null); then
  problem "user @UID@ does not exist: set session-uid in run of the manifest to the user of the desktop session"
elif [[ $(loginctl show-user "$user" --property=Linger --value 2>/dev/null) != yes ]]; then
  sudo loginctl enable-linger "$user"
fi
