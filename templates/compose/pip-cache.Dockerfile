FROM debian:bookworm-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# hadolint ignore=DL3008 # versions are the distribution's own
RUN --mount=type=secret,id=apt-conf,target=/etc/apt/apt.conf.d/99-secret,required=false <<'EOF'
apt-get update
apt-get install -y --no-install-recommends ca-certificates python3-venv
rm -rf /var/lib/apt/lists/*
EOF

RUN --mount=type=secret,id=pip-conf,target=/etc/pip.conf,required=false \
    --mount=type=secret,id=netrc,target=/root/.netrc,required=false \
    --mount=type=secret,id=ca-bundle,required=false <<'EOF'
if [[ -s /run/secrets/ca-bundle ]]; then export PIP_CERT=/run/secrets/ca-bundle; fi
python3 -m venv /opt/devpi
/opt/devpi/bin/pip install --no-cache-dir devpi-client==7.3.0 devpi-server==6.20.3
groupadd --gid 1000 devpi && useradd --no-log-init --uid 1000 --gid 1000 devpi
install -d -o devpi -g devpi /data
EOF

COPY --chmod=0755 <<'EOF' /usr/local/bin/pip-cache
#!/bin/bash
# pip-cache [KIND NAME URL]…: each URL is mirrored as root/NAME. KIND is `mirror`, or `default` where root/local-NAME stands
# on it as root/local does on PyPI.
set -euo pipefail
export HOME=/data PATH=/opt/devpi/bin:$PATH
if [[ -s /run/secrets/ca-bundle ]]; then
  export REQUESTS_CA_BUNDLE=/run/secrets/ca-bundle SSL_CERT_FILE=/run/secrets/ca-bundle
fi
rm -f /tmp/ready
index() { devpi index --create "$@" || devpi index "$@"; }
configure() {
  until devpi use http://127.0.0.1:3141; do sleep 0.2; done
  devpi login root --password ""
  index root/pypi type=mirror mirror_url=https://pypi.org/simple/ mirror_no_project_list=true
  index root/local type=stage bases=root/pypi
  while (($# > 0)); do
    index "root/$2" type=mirror "mirror_url=$3" mirror_no_project_list=true
    if [[ $1 == default ]]; then index "root/local-$2" type=stage "bases=root/$2"; fi
    shift 3
  done
  touch /tmp/ready
}
[[ -e /data/.serverversion ]] || devpi-init --serverdir /data
configure "$@" &
exec devpi-server --serverdir /data --host 127.0.0.1 --port 3141
EOF

USER 1000:1000
ENTRYPOINT ["/usr/local/bin/pip-cache"]
