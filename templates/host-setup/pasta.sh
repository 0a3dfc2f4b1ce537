
# Podman's networks are made by pasta, which fails on a host without IPv6 unless it is configured for that.
if [[ ! -s /proc/net/if_inet6 ]] && command -v pasta >/dev/null; then
  say "pasta without IPv6"
  config=~/.config/containers/containers.conf.d/50-no-ipv6.conf
  if [[ ! -e $config ]]; then
    mkdir -p "$(dirname "$config")"
    printf '[network]\npasta_options = ["--ipv4-only"]\n' >"$config"
  fi
fi
