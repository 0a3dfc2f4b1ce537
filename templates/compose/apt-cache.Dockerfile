FROM debian:bookworm-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# hadolint ignore=DL3008 # versions are the distribution's own
RUN --mount=type=secret,id=apt-conf,target=/etc/apt/apt.conf.d/99-secret,required=false <<'EOF'
apt-get update
apt-get install -y --no-install-recommends apt-cacher-ng
rm -rf /var/lib/apt/lists/*
EOF

# hadolint ignore=DL3066 # its number is the package's to choose
USER apt-cacher-ng
CMD ["apt-cacher-ng", "-c", "/etc/apt-cacher-ng", "ForeGround=1", "BindAddress=127.0.0.1", "Port=3142"]
