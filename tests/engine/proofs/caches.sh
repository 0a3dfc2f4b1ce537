# shellcheck shell=bash disable=SC2329,SC2154,SC2034
# Caches: of layers, and the ones of the Compose file.
stays_cached() {
  case_of tiny; built jcc-proof-a; docker build --network=host --progress=plain . 2>"$work/log"
  ! grep -qE '^#[0-9]+ [0-9.]+ .*(Setting up|Unpacking)' "$work/log"
}

# The case `cached`: apt's way out is a proxy that counts, its package's index is one that counts, PyPI is PyPI or one too.
with_caches() { # WANTED [DEFAULT-INDEX]
  printf 'FROM debian:bookworm-slim\nRUN --mount=type=secret,id=apt-conf,target=/etc/apt/apt.conf.d/99-secret \\\n%s\n' \
    "apt-get update -qq && apt-get install -qq --no-install-recommends python3-pip python3-venv >/dev/null" >"$work/with-python"
  mkdir -p "$work/first" "$work/second" "$work/own"
  "$servers" wheel acmefirst "$work/first"
  "$servers" wheel acmesecond "$work/second"
  "$servers" wheel acmedemo "$work/own"
  given[wanted]=$1 given[index]=""
  if [[ -n ${2-} ]]; then
    serving index "$work/first" - - "$work/hangs"; first_log=$served_log
    given[index]="index \"$served/simple\""
  fi
  serving index "$work/second" - -; second_pid=${started[-1]} given[second]=$served
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
# Nothing of a build is left but the images.
cleared() {
  docker image rm --force cached:0.1.0 >/dev/null 2>&1 || true
  docker builder prune --all --force >/dev/null
}
# A build that runs no step and gives the image that is there.
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
# Ends the proof where grep finds a line, and shows it: after `!` a failure would go unseen.
lacks() { # OPTION-AND-PATTERN… FILE
  if grep "$@"; then return 1; fi
}
# The commands of a section of docs/caches.md.
told() { # SECTION
  sed -n "/^## $1\$/,/^## /{ /^\`\`\`sh/,/^\`\`\`/{ /^\`\`\`/d; p } }" "$project/docs/caches.md"
}
apt_log() { docker compose exec --no-TTY apt-cache cat /var/log/apt-cacher-ng/apt-cacher.log; }
pip_log() { docker compose logs --no-log-prefix pip-cache; }

# One story, for each step stands on what the one before left.
serves() {
  # `others`: what another build of this machine fetches through them meanwhile.
  local before others='/\/tree_/!{ /\.deb$/d }'
  with_caches '"six==1.17.0"'
  # Without them; then they come up, and no layer is built anew.
  docker compose build
  docker compose --profile cache up -d --wait
  takes_every_layer
  # From them: what they have not, they fetch.
  sed -i 's/"six==1.17.0"/& "acmedemo==1.0"/' project.kdl
  "$jcc" compile
  cp "$work/own/"*.whl .
  bash -euo pipefail -c "$(told "Add a private wheel")"
  cleared
  docker compose build
  apt_log | grep '|I|.*/tree_.*\.deb'
  pip_log | grep -c 'reading remote'
  # Taken down and up again they have what they had. Upstream is asked whether its lists still hold, and for nothing else:
  # one index is gone, and all of it comes from the cache.
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
  # Each of them off, then both.
  docker compose stop apt-cache; takes_every_layer
  docker compose start apt-cache; docker compose stop pip-cache; takes_every_layer
  docker compose stop apt-cache; takes_every_layer
}
# A build during which the cache NAME dies: a request for WHAT hangs, which LOG then tells.
dies() { # NAME WHAT LOG
  local build
  echo "$2" >"$work/hangs"
  docker compose build >"$work/log" 2>&1 &
  build=$!
  until grep '^0 GET' "$3"; do kill -0 "$build" || { tail "$work/log"; return 1; }; sleep 0.2; done
  docker compose kill "$1"
  if wait "$build"; then echo "built, though $1 died"; return 1; fi
}
mends() {
  with_caches '"acmefirst==1.0"' default
  docker compose up -d --wait apt-cache pip-cache
  cleared
  dies pip-cache /files/acmefirst "$first_log"
  docker compose build
  docker compose up -d --wait pip-cache
  cleared
  dies apt-cache /InRelease "$proxy_log"
  docker compose build
  # Started again they serve: what they had when they died does no harm.
  docker compose up -d --wait apt-cache
  cleared
  docker compose build
  apt_log | grep '|O|.*/tree_.*\.deb'
  pip_log | grep -E 'GET /root/127.0.0.1-[0-9]+-simple/\+.*/acmefirst-1.0'
}

proof "a second build takes every layer from the cache, with and without the secrets" stays_cached
proof "they come up, serve a cleared build after down and up, a second index and a private wheel too, and are in no layer's key" serves
proof "one that dies amid a build breaks no other" mends
