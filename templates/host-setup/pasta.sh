
# Podman's networks use pasta, which needs this setting on a host without IPv6.
if [[ ! -s /proc/net/if_inet6 ]] && command -v pasta >/dev/null; then
  say "pasta without IPv6"
  config=~/.config/containers/containers.conf.d/50-no-ipv6.conf
  if [[ ! -e $config ]]; then
    mkdir -p "$(dirname "$config")"
    printf '[network]\npasta_options = ["--ipv4-only"]\n' >"$config"
  fi
fi
