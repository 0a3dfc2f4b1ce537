# Sourced by pip steps: uses the pip cache of .jcc/caches.yaml if it runs on this machine.
# shellcheck shell=bash

# cached NAME: whether the cache has the index with this name. A pip.conf of the builder takes precedence.
cached() {
  [[ ! -s /etc/pip.conf ]] && exec 3<>/dev/tcp/127.0.0.1/3141 && printf 'GET /root/%s HTTP/1.0\r\n\r\n' "$1" >&3 &&
    read -r _ status _ <&3 && [[ $status == 200 ]]
}

# index NAME URL: the URL to fetch packages of this index from.
index() {
  if (cached "$1") 2>/dev/null; then echo "http://127.0.0.1:3141/root/$1/+simple/"; else echo "$2"; fi
}

if (cached "$1") 2>/dev/null; then
  export PIP_INDEX_URL=http://127.0.0.1:3141/root/$1/+simple/ UV_DEFAULT_INDEX=http://127.0.0.1:3141/root/$1/+simple/
fi
