# shellcheck shell=bash disable=SC2329
# Shared functions of the proofs. Sourced by tests/engine/run after it has set `project`.
jcc=${CARGO_TARGET_DIR:-$project/target}/debug/jcc
cases=$project/tests/engine/cases
work=$(mktemp -d)
servers=$project/tests/engine/proofs/servers
# Exit status of a skipped proof.
skip_status=77
# Options for Buildah on machines where it may not create namespaces or raise limits.
buildah_limits=(--isolation chroot --ulimit nofile=20000:20000 --ulimit nproc=2000:2000)
# The network may have its own certificate authority. The machine's bundle is passed to builds as a secret, as in a company.
export JCC_CA_BUNDLE=${JCC_CA_BUNDLE:-/dev/null}
if [[ $JCC_CA_BUNDLE == /dev/null && -s /etc/ssl/certs/ca-certificates.crt ]]; then
  JCC_CA_BUNDLE=$work/ca.crt
  cp /etc/ssl/certs/ca-certificates.crt "$JCC_CA_BUNDLE"
fi
# Values for placeholders in the files of a case: `fill[port]=80` replaces `@port@`.
declare -A fill=()

# Ends a proof that cannot run on this machine.
skip() { echo "$*"; exit "$skip_status"; }
# Skips a proof if this machine runs a cache, which builds would use instead of the servers that the proof starts.
no_caches() {
  local port
  for port in 3141 3142; do
    if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then skip "port $port of this machine is in use"; fi
  done
}

# Copies the case NAME to a separate folder, replaces its placeholders, and changes to the folder.
copied() { # NAME [FOLDER]
  local folder=$work/${2:-$1} key
  rm -rf "${folder:?}"
  mkdir -p "$(dirname "$folder")"
  # Cases share files by links.
  cp -rL "$cases/$1" "$folder"
  cd "$folder" || return
  for key in "${!fill[@]}"; do
    { grep -rlF "@$key@" . || true; } | while IFS= read -r file; do sed -i "s|@$key@|${fill[$key]}|g" "$file"; done
  done
  if [[ -f $work/sources/archive.asc ]]; then find . -name archive.asc -exec cp "$work/sources/archive.asc" {} \;; fi
}
# Copies and compiles a case, and provides its base images.
case_of() { # NAME [FOLDER] [OPTION…]
  copied "$1" "${2:-$1}"
  "$jcc" compile project.kdl "${@:3}"
  all_bases
}
# Provides the base images of the image and of the cache services.
all_bases() {
  local files=(Dockerfile .jcc/caches/*/Dockerfile)
  [[ -e ${files[1]} ]] || unset 'files[1]'
  bases "${files[@]}"
}
# Provides the base images of these Dockerfiles.
bases() { # FILE…
  local image
  images_of "$@" | while IFS= read -r image; do "$project/tests/engine/up" base "$image"; done
}
# Prints the base images of these Dockerfiles.
images_of() { # FILE…
  sed -n 's/^ *FROM \([^ ]*\).*/\1/p' "$@" | sort -u | while IFS= read -r image; do
    if [[ $image != scratch ]] && ! grep -qE "^ *FROM .* AS $image\$" "$@"; then echo "$image"; fi
  done
}
built() { # TAG [OPTION…]
  docker build --quiet --network=host --secret "id=ca-bundle,src=$JCC_CA_BUNDLE" --tag "$1" "${@:2}" .
}
# Configures Podman for machines with hybrid cgroups where limits may not be raised, without changing its arguments. It uses
# runc because crun falls back to the host's /sys if a user namespace uses the host's network.
podman_ready() {
  command -v podman >/dev/null || skip "Podman is not installed"
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
# Creates the network that the units share, with the command of its unit. It is removed when the proof ends.
network_of_units() { # UNITS NAME
  local -a words
  networked+=("$2")
  mapfile -d '' -t words < <("$project/tests/engine/unit-words" "$1" "$2-network")
  "${words[0]##*/}" "${words[@]:1}"
}
# Copies an image from Docker to the store of Buildah and Podman unless it is there.
to_podman() { # IMAGE
  buildah inspect --type image "$1" >/dev/null 2>&1 && return
  docker save --output "$work/image.tar" "$1"
  buildah pull --quiet "docker-archive:$work/image.tar"
}
# Builds with Buildah, with the base images from Docker.
built_by_buildah() { # TAG [OPTION…]
  local image
  for image in $(images_of Dockerfile); do to_podman "$image"; done
  buildah build "${buildah_limits[@]}" --network=host --format docker --layers --secret "id=ca-bundle,src=$JCC_CA_BUNDLE" \
    --tag "$1" "${@:2}" .
}

# Serves FOLDER on the loopback interface until the proof ends. Sets `$served` to the address and `$served_log` to a file
# with a line for each request.
serve() { # FOLDER
  served_log=$(mktemp "$work/served.XXXXXX")
  "$project/tests/engine/serve" "$1" >"$served_log" 2>&1 &
  started+=("$!")
  until served=$(head -n 1 "$served_log") && [[ $served == http* ]]; do sleep 0.1; done
}
# Serves the files of `make-sources`, and sets their checksums and commits as placeholders. All proofs use the same address,
# so that they share the build cache.
serve_sources() {
  local tool key value
  for tool in git gpg; do command -v "$tool" >/dev/null || skip "$tool is not installed"; done
  if [[ ! -f $work/facts ]]; then
    "$project/tests/engine/make-sources" "$work/sources" >"$work/facts.part"
    serve "$work/sources"
    echo "server=$served" >>"$work/facts.part"
    mv "$served_log" "$work/sources.log"
    echo "${started[-1]}" >"$work/sources.pid"
    unset 'started[-1]'
    mv "$work/facts.part" "$work/facts"
  fi
  while IFS="=" read -r key value; do fill[$key]=$value; done <"$work/facts"
}
# Starts a server until the proof ends. Sets `$served` to its address and `$served_log` to a file with its requests.
serving() { # COMMAND…
  served_log=$(mktemp "$work/served.XXXXXX")
  "$servers" "$@" >"$served_log" &
  started+=("$!")
  until served=$(head -n 1 "$served_log") && [[ $served == http* ]]; do sleep 0.1; done
}
# Registers a folder whose Compose project is stopped and removed when the proof ends.
composed() { # FOLDER
  composed+=("$1")
}

# Cleans up at the end of a proof, whatever its result.
started=() composed=() contained=() networked=() others=()
ended() {
  local one
  for one in "${composed[@]}"; do (cd "$one" && docker compose --profile '*' down --volumes --timeout 2 >/dev/null 2>&1) || true; done
  for one in "${contained[@]}"; do podman rm --force --time 0 "$one" >/dev/null 2>&1 || true; done
  for one in "${networked[@]}"; do podman network rm --force --time 0 "$one" >/dev/null 2>&1 || true; done
  for one in "${others[@]}"; do "$project/tests/engine/up" gone "$one" || true; done
  for one in "${started[@]}"; do kill "$one" 2>/dev/null || true; done
}
# Cleans up at the end of all proofs.
finish() {
  if [[ -f $work/sources.pid ]]; then kill "$(cat "$work/sources.pid")" 2>/dev/null || true; fi
  docker image ls --quiet 'jcc-proof*' | sort -u | xargs -r docker image rm --force >/dev/null 2>&1 || true
  rm -rf "$work"
}
