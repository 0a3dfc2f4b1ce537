FROM debian:bookworm-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# hadolint ignore=DL3008 # versions are those of the distribution
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
# pip-cache [KIND NAME URL]…: each URL is mirrored as root/NAME. KIND is `mirror`, or `default` if root/local-NAME is based
# on it as root/local is on PyPI.
set -euo pipefail
export HOME=/data PATH=/opt/devpi/bin:$PATH
if [[ -s /run/secrets/ca-bundle ]]; then
  export REQUESTS_CA_BUNDLE=/run/secrets/ca-bundle SSL_CERT_FILE=/run/secrets/ca-bundle
fi
# If the cache of another project serves this host, this one waits until it stops.
while (: <>/dev/tcp/127.0.0.1/3141) 2>/dev/null; do touch /tmp/ready; sleep 5; done
rm -f /tmp/ready
# The password of devpi's root is generated once and kept in the volume, so that nobody else on the machine can change what
# builds get. It replaces @ in a command, so that process lists do not show it.
password=/data/root-password
[[ -s $password ]] || (umask 077 && python3 -c 'import secrets; print(secrets.token_hex(32))' >"$password")
with_password() {
  python3 -c 'import runpy, shutil, sys
word = open(sys.argv[1]).read().strip()
sys.argv = [shutil.which(sys.argv[2])] + [each.replace("@", word) for each in sys.argv[3:]]
runpy.run_path(sys.argv[0], run_name="__main__")' "$password" "$@"
}
index() { devpi index --create "$@" || devpi index "$@"; }
configure() {
  until devpi use http://127.0.0.1:3141; do sleep 0.2; done
  if ! with_password devpi login root --password @; then
    # Volumes of older versions have none.
    devpi login root --password ""
    with_password devpi user -m root password=@
    with_password devpi login root --password @
  fi
  index root/pypi type=mirror mirror_url=https://pypi.org/simple/ mirror_no_project_list=true
  index root/local type=stage bases=root/pypi
  while (($# > 0)); do
    index "root/$2" type=mirror "mirror_url=$3" mirror_no_project_list=true
    if [[ $1 == default ]]; then index "root/local-$2" type=stage "bases=root/$2"; fi
    shift 3
  done
  touch /tmp/ready
}
[[ -e /data/.serverversion ]] || with_password devpi-init --serverdir /data --root-passwd @
configure "$@" &
exec devpi-server --restrict-modify root --serverdir /data --host 127.0.0.1 --port 3141
EOF

USER 1000:1000
ENTRYPOINT ["/usr/local/bin/pip-cache"]
