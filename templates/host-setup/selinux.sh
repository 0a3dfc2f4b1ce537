
# SELinux denies containers access to devices unless a policy allows it.
if command -v getenforce >/dev/null && [[ $(getenforce) == Enforcing && $(getsebool container_use_devices 2>/dev/null) != *on ]]; then
  say "SELinux"
  sudo setsebool -P container_use_devices on
fi
