
# Groups with access to the host's devices. Their IDs differ between hosts: Compose reads them from .env, and rejects
# duplicates.
say "Groups"
group() { # VARIABLE NUMBER
  case $2 in @KNOWN@) return ;; esac
  grep -qs "^JCC_GID_.*=$2\$" .env || echo "$1=$2" >>.env
}
