# shellcheck shell=bash disable=SC2329,SC2154,SC2034
# Images contain no secrets and temporary files of their build.
leaves_nothing() {
  case_of tiny; built jcc-proof-tiny
  docker run --rm --network=host --user 0 jcc-proof-tiny sh -c '! ls /run/jcc /run/secrets /etc/apt/apt.conf.d/99-secret /var/cache/apt/*.bin /var/cache/apt/archives/*.deb 2>/dev/null'
}

# Creates a certificate authority (ca.crt), and a certificate for the loopback address (server.pem).
authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=acme-authority-3e81d0 -keyout ca.key -out ca.crt 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout server.key -out server.csr 2>/dev/null
  openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt \
    -extfile <(echo subjectAltName=IP:127.0.0.1,DNS:localhost) 2>/dev/null
  cat server.crt server.key >server.pem
}
# Prints the files below FOLDER that contain one of the words or its base64.
containing() { # FOLDER WORD…
  local word words=()
  for word in "${@:2}"; do words+=(-e "$word" -e "$(printf %s "$word" | base64 --wrap=0 | tr -d =)"); done
  { grep -rlaF "${words[@]}" "$1" || true; } | sort -u
}
# Unpacks an image: its layers, history and configuration.
unpacked() { # IMAGE FOLDER
  local blob at=0
  mkdir -p "$2/layers"
  docker save "$1" | tar -xC "$2"
  docker history --no-trunc "$1" >"$2/history"
  docker image inspect "$1" >"$2/inspected"
  find "$2/blobs" -type f | while IFS= read -r blob; do
    at=$((at + 1)); mkdir "$2/layers/$at"
    tar -xf "$blob" -C "$2/layers/$at" --exclude='dev/*' 2>/dev/null || rmdir "$2/layers/$at"
  done
}
keeps_no_secret() {
  local proxy_password=Pr0xy-6fd2b8 conf_password=C0nf-b81e4a netrc_password=N3trc-27cc90 proxy first second logs=()
  no_caches
  copied leaks
  mkdir secrets first second
  authority
  mv ca.* server.* secrets/
  "$servers" wheel acmesecret first
  "$servers" wheel acmenetrc second
  serving proxy "corp:$proxy_password"; proxy=${served#http://}; logs+=("$served_log")
  serving index first "conf:$conf_password" secrets/server.pem; first=${served#https://}; logs+=("$served_log")
  serving index second "netrc:$netrc_password" secrets/server.pem; second=${served##*:}; logs+=("$served_log")
  cat secrets/ca.crt >secrets/bundle
  printf 'Acquire::http::Proxy "http://corp:%s@%s";\n' "$proxy_password" "$proxy" >secrets/apt.conf
  printf '[global]\nindex-url = https://conf:%s@%s/simple/\nextra-index-url = https://localhost:%s/simple/\n' \
    "$conf_password" "$first" "$second" >secrets/pip.conf
  printf 'machine localhost login netrc password %s\n' "$netrc_password" >secrets/netrc
  export JCC_CA_BUNDLE=$PWD/secrets/bundle JCC_APT_CONF=$PWD/secrets/apt.conf JCC_PIP_CONF=$PWD/secrets/pip.conf
  export JCC_NETRC=$PWD/secrets/netrc
  mkdir said
  "$jcc" compile -v project.kdl >said/compile 2>&1
  "$jcc" audit project.kdl >said/audit 2>&1
  "$jcc" resolve -v project.kdl >said/resolve 2>&1
  "$jcc" run-command project.kdl >said/run 2>&1
  all_bases
  docker compose --progress plain build --no-cache >said/build 2>&1 || { tail -n 20 said/build; return 1; }
  grep -q 'Collecting acmesecret' said/build
  docker compose config >said/config
  # Each secret was used.
  grep -qE '^(200|304) GET http://.*InRelease' "${logs[0]}"
  grep -q '^200 GET /files/acme' "${logs[1]}"
  grep -q '^200 GET /files/acme' "${logs[2]}"
  docker run --rm --network none leaks:0.1.0
  unpacked leaks:0.1.0 ../unpacked-leaks
  local marks=("$proxy_password" "$conf_password" "$netrc_password" "corp:$proxy_password" "conf:$conf_password"
    "netrc:$netrc_password" "$(sed -n 5p secrets/ca.crt)" acme-authority-3e81d0)
  # The search finds what exists.
  [[ -n $(containing ../unpacked-leaks canary-9c1f27) && -n $(containing secrets "${marks[@]}") ]]
  [[ -z $(containing ../unpacked-leaks "${marks[@]}") ]] || { containing ../unpacked-leaks "${marks[@]}"; return 1; }
  mv secrets ..
  [[ -z $(containing . "${marks[@]}") ]] || { containing . "${marks[@]}"; return 1; }
  # Without the secrets the build gives the same layers.
  unset JCC_APT_CONF JCC_PIP_CONF JCC_NETRC JCC_CA_BUNDLE
  docker compose build --progress=plain >../again 2>&1 || { tail -n 40 ../again; return 1; }
  ! grep -E '^#[0-9]+ [0-9.]+ (Get:|Collecting)' ../again
}

proof "no secret, temporary file or download is in the image" leaves_nothing
proof "the credentials of proxy, index and netrc and the certificate authority are used and stored nowhere" keeps_no_secret
