
# Groups that may use the host's devices. Their numbers differ from host to host: Compose reads them from .env, and
# takes no number twice.
say "Groups"
group() { # VARIABLE NUMBER
  case $2 in @KNOWN@) return ;; esac
  grep -qs "^JCC_GID_.*=$2\$" .env || echo "$1=$2" >>.env
}
