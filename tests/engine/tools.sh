# shellcheck shell=bash disable=SC2329
# What the proofs share. Sourced by tests/engine/run, after `project` is set.
jcc=${CARGO_TARGET_DIR:-$project/target}/debug/jcc
cases=$project/tests/engine/cases
work=$(mktemp -d)
servers=$project/tests/engine/proofs/servers
# What a proof exits with that could not be made.
unproved=77
# What Buildah needs where it may not make its own namespaces or raise limits.
buildah_limits=(--isolation chroot --ulimit nofile=20000:20000 --ulimit nproc=2000:2000)
# Where the network has its own certificate, the machine knows it: its bundle is the build's secret, as a company's is.
export JCC_CA_BUNDLE=${JCC_CA_BUNDLE:-/dev/null}
if [[ $JCC_CA_BUNDLE == /dev/null && -s /etc/ssl/certs/ca-certificates.crt ]]; then
  JCC_CA_BUNDLE=$work/ca.crt
  cp /etc/ssl/certs/ca-certificates.crt "$JCC_CA_BUNDLE"
fi
# Words of a case's files that only a run knows: `given[port]=80` fills `@port@`.
declare -A given=()

# Ends a proof that this machine cannot make.
cannot() { echo "$*"; exit "$unproved"; }
# Ends a proof where something of this machine would be asked instead of what the proof starts.
no_caches() {
  local port
  for port in 3141 3142; do
    if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then cannot "a cache answers on port $port of this machine"; fi
  done
}

# Copies the case NAME into a separate folder, fills in what is given, and goes there.
copied() { # NAME [FOLDER]
  local folder=$work/${2:-$1} key
  rm -rf "${folder:?}"
  mkdir -p "$(dirname "$folder")"
  # What a case has of another is a link there.
  cp -rL "$cases/$1" "$folder"
  cd "$folder" || return
  for key in "${!given[@]}"; do
    { grep -rlF "@$key@" . || true; } | while IFS= read -r file; do sed -i "s|@$key@|${given[$key]}|g" "$file"; done
  done
  if [[ -f $work/sources/archive.asc ]]; then find . -name archive.asc -exec cp "$work/sources/archive.asc" {} \;; fi
}
# The same, compiled, and its bases there.
case_of() { # NAME [FOLDER] [OPTION…]
  copied "$1" "${2:-$1}"
  "$jcc" compile project.kdl "${@:3}"
  all_bases
}
# The bases of the image and of the caches.
all_bases() {
  local files=(Dockerfile .jcc/caches/*/Dockerfile)
  [[ -e ${files[1]} ]] || unset 'files[1]'
  bases "${files[@]}"
}
# Sees to it that the bases of these files are available.
bases() { # FILE…
  local image
  images_of "$@" | while IFS= read -r image; do "$project/tests/engine/up" base "$image"; done
}
# The images of other makers that these files are built from.
images_of() { # FILE…
  sed -n 's/^ *FROM \([^ ]*\).*/\1/p' "$@" | sort -u | while IFS= read -r image; do
    if [[ $image != scratch ]] && ! grep -qE "^ *FROM .* AS $image\$" "$@"; then echo "$image"; fi
  done
}
built() { # TAG [OPTION…]
  docker build --quiet --network=host --secret "id=ca-bundle,src=$JCC_CA_BUNDLE" --tag "$1" "${@:2}" .
}
# Has Podman run where cgroups are of two kinds and limits may not be raised; what it is asked stays as it is. runc does not
# fall back to the host's /sys where a user namespace is on the host's network, as crun does.
podman_ready() {
  command -v podman >/dev/null || cannot "no Podman here"
  cat >"$work/containers.conf" <<'EOF'
[containers]
netns = "host"
default_ulimits = ["nofile=20000:20000", "nproc=2000:2000"]
volumes = ["/sys:/sys:ro"]
[engine]
runtime = "runc"
[network]
firewall_driver = "none"
EOF
  export CONTAINERS_CONF_OVERRIDE=$work/containers.conf BUILDAH_ISOLATION=chroot PODMAN_IGNORE_CGROUPSV1_WARNING=1
}
# The network that the units share, by its own unit, until the proof ends.
network_of_units() { # UNITS NAME
  local -a words
  networked+=("$2")
  mapfile -d '' -t words < <("$project/tests/engine/unit-words" "$1" "$2-network")
  "${words[0]##*/}" "${words[@]:1}"
}
# Gives Buildah and Podman an image of Docker's, once.
to_podman() { # IMAGE
  buildah inspect --type image "$1" >/dev/null 2>&1 && return
  docker save --output "$work/image.tar" "$1"
  buildah pull --quiet "docker-archive:$work/image.tar"
}
# The same by Buildah, from the images that Docker has.
built_by_buildah() { # TAG [OPTION…]
  local image
  for image in $(images_of Dockerfile); do to_podman "$image"; done
  buildah build "${buildah_limits[@]}" --network=host --format docker --layers --secret "id=ca-bundle,src=$JCC_CA_BUNDLE" \
    --tag "$1" "${@:2}" .
}

# Serves FOLDER on the loopback until the proof ends: `$served` is its address, `$served_log` has a line a request.
serve() { # FOLDER
  served_log=$(mktemp "$work/served.XXXXXX")
  "$project/tests/engine/serve" "$1" >"$served_log" 2>&1 &
  started+=("$!")
  until served=$(head -n 1 "$served_log") && [[ $served == http* ]]; do sleep 0.1; done
}
# Serves what `make-sources` makes, and gives its facts to the cases. One address for all proofs: what one has built is the
# others' too.
serve_sources() {
  local tool key value
  for tool in git gpg; do command -v "$tool" >/dev/null || cannot "no $tool here"; done
  if [[ ! -f $work/facts ]]; then
    "$project/tests/engine/make-sources" "$work/sources" >"$work/facts.part"
    serve "$work/sources"
    echo "server=$served" >>"$work/facts.part"
    mv "$served_log" "$work/sources.log"
    echo "${started[-1]}" >"$work/sources.pid"
    unset 'started[-1]'
    mv "$work/facts.part" "$work/facts"
  fi
  while IFS="=" read -r key value; do given[$key]=$value; done <"$work/facts"
}
# Starts a server until the proof ends: `$served` is its address, `$served_log` what was asked.
serving() { # COMMAND…
  served_log=$(mktemp "$work/served.XXXXXX")
  "$servers" "$@" >"$served_log" &
  started+=("$!")
  until served=$(head -n 1 "$served_log") && [[ $served == http* ]]; do sleep 0.1; done
}
# A folder whose Compose project is taken down when the proof ends.
composed() { # FOLDER
  composed+=("$1")
}

# At the end of a proof, whatever its verdict.
started=() composed=() contained=() networked=() others=()
ended() {
  local one
  for one in "${composed[@]}"; do (cd "$one" && docker compose --profile '*' down --volumes --timeout 2 >/dev/null 2>&1) || true; done
  for one in "${contained[@]}"; do podman rm --force --time 0 "$one" >/dev/null 2>&1 || true; done
  for one in "${networked[@]}"; do podman network rm --force --time 0 "$one" >/dev/null 2>&1 || true; done
  for one in "${others[@]}"; do "$project/tests/engine/up" gone "$one" || true; done
  for one in "${started[@]}"; do kill "$one" 2>/dev/null || true; done
}
# At the end of all.
finish() {
  if [[ -f $work/sources.pid ]]; then kill "$(cat "$work/sources.pid")" 2>/dev/null || true; fi
  docker image ls --quiet 'jcc-proof*' | sort -u | xargs -r docker image rm --force >/dev/null 2>&1 || true
  rm -rf "$work"
}
