#!/bin/sh
# The SSH server beside JupyterLab; when one of them ends, so does the container.
set -eu
start-sshd &
server=$!
trap 'kill "$server"' EXIT INT TERM
setpriv --reuid dev --regid dev --init-groups env HOME=/home/dev \
    jupyter lab --ip 0.0.0.0 --port 8888 --no-browser --notebook-dir /work
