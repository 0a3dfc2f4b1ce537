# shellcheck shell=bash disable=SC2329,SC2154,SC2034
# The layer cache, and the cache services of the Compose file.
stays_cached() {
  case_of tiny; built jcc-proof-a; docker build --network=host --progress=plain . 2>"$work/log"
  ! grep -qE '^#[0-9]+ [0-9.]+ .*(Setting up|Unpacking)' "$work/log"
}

# Prepares the case `cached`. apt uses a proxy and the package `acmesecond` an index, which both log requests. pip uses PyPI,
# or such an index as the default.
with_caches() { # WANTED [DEFAULT-INDEX]
  printf 'FROM debian:bookworm-slim\nRUN --mount=type=secret,id=apt-conf,target=/etc/apt/apt.conf.d/99-secret \\\n%s\n' \
    "apt-get update -qq && apt-get install -qq --no-install-recommends python3-pip python3-venv >/dev/null" >"$work/with-python"
  mkdir -p "$work/first" "$work/second" "$work/own"
  "$servers" wheel acmefirst "$work/first"
  "$servers" wheel acmesecond "$work/second"
  "$servers" wheel acmedemo "$work/own"
  fill[wanted]=$1 fill[index]=""
  if [[ -n ${2-} ]]; then
    serving index "$work/first" - - "$work/hangs"; first_log=$served_log
    fill[index]="index \"$served/simple\""
  fi
  serving index "$work/second" - -; second_pid=${started[-1]} fill[second]=$served
  serving proxy - "$work/hangs"; proxy_log=$served_log
  printf 'Acquire::http::Proxy "%s";\n' "$served" >"$work/apt.conf"
  export JCC_APT_CONF=$work/apt.conf
  bases "$work/with-python"
  docker image inspect jcc-engine-python:12 >/dev/null 2>&1 ||
    docker build --quiet --network=host --secret "id=apt-conf,src=$JCC_APT_CONF" --tag jcc-engine-python:12 - <"$work/with-python"
  copied cached
  "$jcc" compile
  all_bases
  composed "$PWD"
}
# Removes the image and the build cache.
cleared() {
  docker image rm --force cached:0.1.0 >/dev/null 2>&1 || true
  docker builder prune --all --force >/dev/null
}
# Builds again: no step runs, and the image stays the same.
takes_every_layer() {
  local image
  image=$(docker image inspect --format '{{.Id}}' cached:0.1.0)
  docker compose build --progress=plain >"$work/log" 2>&1 || { tail -n 20 "$work/log"; return 1; }
  awk '
    $2 ~ /^\[/ && / RUN / { step[$1] = $0 }
    $2 == "CACHED" { delete step[$1]; cached += 1 }
    END { for (each in step) { print "not cached: " step[each]; failed = 1 }; exit failed || !cached }' "$work/log"
  [[ $(docker image inspect --format '{{.Id}}' cached:0.1.0) == "$image" ]]
}
# Fails if grep finds a line, and shows it. With `! grep`, `set -e` would not end the proof.
lacks() { # OPTION-AND-PATTERN… FILE
  if grep "$@"; then return 1; fi
}
# Prints the commands in a section of docs/caches.md.
documented_commands() { # SECTION
  sed -n "/^## $1\$/,/^## /{ /^\`\`\`sh/,/^\`\`\`/{ /^\`\`\`/d; p } }" "$project/docs/caches.md"
}
apt_log() { docker compose exec --no-TTY apt-cache cat /var/log/apt-cacher-ng/apt-cacher.log; }
pip_log() { docker compose logs --no-log-prefix pip-cache; }

# One proof, because each step depends on the state after the one before.
caches_serve() {
  # `others` leaves out what other builds of this machine download through the caches.
  local before others='/\/tree_/!{ /\.deb$/d }'
  with_caches '"six==1.17.0"'
  # Build without the caches, then start them: no layer is built again.
  docker compose build
  docker compose --profile cache up -d --wait
  takes_every_layer
  # Build with the caches, which download what they do not have.
  sed -i 's/"six==1.17.0"/& "acmedemo==1.0"/' project.kdl
  "$jcc" compile
  cp "$work/own/"*.whl .
  bash -euo pipefail -c "$(documented_commands "Add a private wheel")"
  cleared
  docker compose build
  apt_log | grep '|I|.*/tree_.*\.deb'
  pip_log | grep -c 'reading remote'
  # After a restart the caches have the same content. They ask upstream only whether the package lists are current. One index
  # is no longer available, so its packages come from the cache.
  docker compose --profile cache down
  takes_every_layer
  docker compose up -d --wait apt-cache pip-cache
  kill "$second_pid"
  before=$(wc -l <"$proxy_log")
  cleared
  docker compose build
  tail -n "+$((before + 1))" "$proxy_log" | sed "$others" >"$work/asked"
  lacks -v '/InRelease$' "$work/asked"
  apt_log >"$work/log"
  grep '|O|.*/tree_.*\.deb' "$work/log"
  sed -n "$others; /|I|/p" "$work/log" >"$work/fetched"
  lacks -v '/InRelease$' "$work/fetched"
  pip_log >"$work/log"
  grep -E 'GET /root/pypi/\+f/.*/six-1.17.0' "$work/log"
  grep -E 'GET /root/127.0.0.1-[0-9]+-simple/\+.*/acmesecond-1.0' "$work/log"
  grep -E 'GET /root/local/\+f/.*/acmedemo-1.0' "$work/log"
  lacks -E 'reading remote.*(six|acme)' "$work/log"
  docker run --rm --network none cached:0.1.0 python3 -c 'import six, acmesecond, acmedemo'
  # Stop each of them, then both.
  docker compose stop apt-cache; takes_every_layer
  docker compose start apt-cache; docker compose stop pip-cache; takes_every_layer
  docker compose stop apt-cache; takes_every_layer
}
# Kills the cache NAME during a build, while a request for WHAT hangs. LOG is the log of the server that hangs.
kill_during_build() { # NAME WHAT LOG
  local build
  echo "$2" >"$work/hangs"
  docker compose build >"$work/log" 2>&1 &
  build=$!
  until grep '^0 GET' "$3"; do kill -0 "$build" || { tail "$work/log"; return 1; }; sleep 0.2; done
  docker compose kill "$1"
  if wait "$build"; then echo "the build succeeded although $1 was killed"; return 1; fi
}
caches_recover() {
  with_caches '"acmefirst==1.0"' default
  docker compose up -d --wait apt-cache pip-cache
  cleared
  kill_during_build pip-cache /files/acmefirst "$first_log"
  docker compose build
  docker compose up -d --wait pip-cache
  cleared
  kill_during_build apt-cache /InRelease "$proxy_log"
  docker compose build
  # After a restart they work: incomplete downloads do no harm.
  docker compose up -d --wait apt-cache
  cleared
  docker compose build
  apt_log | grep '|O|.*/tree_.*\.deb'
  pip_log | grep -E 'GET /root/127.0.0.1-[0-9]+-simple/\+.*/acmefirst-1.0'
}

proof "a second build takes every layer from the cache, with and without the secrets" stays_cached
proof "cache services serve a build without layer cache, also after a restart, and do not change the keys of layers" caches_serve
proof "a cache service that is killed during a build breaks no later build" caches_recover
