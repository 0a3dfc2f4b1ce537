FROM debian:bookworm-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# hadolint ignore=DL3008 # versions are those of the distribution
RUN --mount=type=secret,id=apt-conf,target=/etc/apt/apt.conf.d/99-secret,required=false <<'EOF'
apt-get update
apt-get install -y --no-install-recommends apt-cacher-ng
rm -rf /var/lib/apt/lists/*
EOF

COPY --chmod=0755 <<'EOF' /usr/local/bin/apt-cache
#!/bin/bash
# This cache also uses the proxy of the secret apt-conf, which is written to memory only.
set -euo pipefail
conf=/dev/shm/apt-cacher-ng secret=/run/secrets/apt-conf proxy=
rm -rf "$conf"
cp -rL /etc/apt-cacher-ng "$conf"
if [[ -s $secret ]]; then
  [[ -r $secret ]] || { echo "the file of JCC_APT_CONF must be readable for user $(id -u)" >&2; exit 1; }
  eval "$(APT_CONFIG=$secret apt-config shell proxy Acquire::http::Proxy)"
fi
if [[ -n $proxy && $proxy != DIRECT ]]; then (umask 077; echo "Proxy: $proxy" >"$conf/zz_proxy.conf"); fi
# If the cache of another project serves this host, this one waits until it stops.
while (: <>/dev/tcp/127.0.0.1/3142) 2>/dev/null; do sleep 5; done
exec apt-cacher-ng -c "$conf" ForeGround=1 BindAddress=127.0.0.1 Port=3142 SocketPath= AllowUserPorts=0
EOF

# hadolint ignore=DL3066 # the package chooses the UID
USER apt-cacher-ng
CMD ["/usr/local/bin/apt-cache"]
