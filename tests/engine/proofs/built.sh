# shellcheck shell=bash disable=SC2329,SC2154
# Built and run, by Docker and by Buildah with Podman. Between them the cases use every step of a definition.
builds_and_runs() { case_of tiny; built jcc-proof-tiny; [[ $(docker run --rm --network=host jcc-proof-tiny) == "hello from app" ]]; }
builds_with_buildah() { case_of tiny; built_by_buildah jcc-proof; }
python_is_held() { case_of python; built jcc-proof-python; docker run --rm --network=host jcc-proof-python; }

# Every line of the `test` service says `ok`, and there are as many as it has tests.
all_pass() { # COMMAND…
  local wanted
  wanted=$(find .jcc/test -path '.jcc/test/run*' -type f -exec cat {} + | grep -c '^check ')
  "$@" | tee "$work/tests"
  [[ $wanted -gt 0 && $(grep -c '^ok   ' "$work/tests") == "$wanted" ]]
}
tests_while_building() { grep -q "^FROM final AS test\$" Dockerfile; }
# What the `test` service runs, a zero byte behind each word.
test_words() {
  docker compose --profile test config --format json | python3 -c "import json, sys
test = json.load(sys.stdin)['services']['test']
sys.stdout.write(''.join(word.replace('\$\$', '\$') + chr(0) for word in [*test['entrypoint'], *(test['command'] or [])]))"
}
declared_user() { sed -n 's/^ *user "[^"]*" uid=\([0-9]*\).*/\1/p' project.kdl; }
# The case comes up by Compose, healthy and as its user; its tests pass in the build and in the container.
lives() { # CASE
  serve_sources
  case_of "$1"
  composed "$PWD"
  docker compose build
  if tests_while_building; then built "jcc-proof-$1-test" --target test; fi
  docker compose up --detach --wait --wait-timeout 60
  local container
  container=$(docker compose ps --quiet "$1")
  [[ $(docker inspect --format '{{.State.Health.Status}}' "$container") == healthy ]]
  [[ $(docker exec "$container" stat --format %u /proc/1) == "$(declared_user)" ]]
  [[ $(docker exec "$container" id -u) == "$(declared_user)" ]]
  all_pass docker compose --profile test run --rm --no-TTY test
}
# The same without Docker: the target is Podman's.
lives_by_podman() { # CASE
  podman_ready
  serve_sources
  copied "$1" "podman-$1"
  sed -i 's/^target {/target { engine "podman";/' project.kdl
  "$jcc" compile
  bases Dockerfile
  local image=localhost/$1:0.1.0 container=jcc-proof-$1 options tested
  built_by_buildah "$image" --target final
  if tests_while_building; then built_by_buildah "jcc-proof-$1-test" --target test; fi
  "$jcc" run-command >"$work/command"
  cat "$work/command"
  contained+=("$container")
  bash -euo pipefail -c "$(sed "s|^podman run|& --detach --name $container|" "$work/command")"
  for _ in {1..60}; do podman healthcheck run "$container" && break; sleep 0.5; done
  podman healthcheck run "$container"
  [[ $(podman exec "$container" id -u) == "$(declared_user)" ]]
  mapfile -d '' -t tested < <(test_words)
  options=$(sed -n '/^podman run/,$p' "$work/command" | sed "\$s|.*|--volume '$PWD/.jcc/test:/run/test:ro' --entrypoint '' $image|")
  all_pass bash -euo pipefail -c "$options \"\$@\"" - "${tested[@]}"
}
docker_native() { lives native; }
podman_native() { lives_by_podman native; }
docker_snake() { lives snake; }
podman_snake() { lives_by_podman snake; }
docker_archives() { lives archives; }
podman_archives() { lives_by_podman archives; }
docker_service() { lives service; }
# The units' own command lines, in the order that they require; systemd itself is not here.
podman_service() {
  local unit
  local -a words
  podman_ready
  copied service service-units
  sed -i 's/^target {/target { engine "podman";/; /group-add/d; / 3000 /d' project.kdl
  "$jcc" compile
  bases Dockerfile
  to_podman "$(images_of Dockerfile)"
  mkdir -p "$work/units-config/containers/systemd"
  ln -s "$PWD" "$work/units-config/containers/systemd/"
  XDG_CONFIG_HOME=$work/units-config quadlet -dryrun -user >"$work/service.words"
  contained+=(systemd-service-broker systemd-service)
  network_of_units "$work/service.words" service
  for unit in service-state-volume service-build service-broker service; do
    mapfile -d '' -t words < <("$project/tests/engine/unit-words" "$work/service.words" "$unit")
    printf '%q ' "${words[@]}"
    "${words[0]##*/}" "${words[@]:1}"
  done
  for _ in {1..60}; do podman healthcheck run systemd-service && break; sleep 0.5; done
  podman healthcheck run systemd-service
  [[ $(podman exec systemd-service id -u) == "$(declared_user)" ]]
  # On the units' network a service is found by its name.
  podman run --rm --network service service:0.1.0 getent hosts broker
  # The unit mounts no tests, and its root is read-only.
  all_pass podman exec systemd-service bash -c "$(sed '/^for /,$d' .jcc/test/run; find .jcc/test/run.d -type f -exec cat {} + 2>/dev/null; sed '1,/^done/d' .jcc/test/run)"
  podman rm --force --time 0 systemd-service
  podman volume rm service_state
}
# uv asks the index that the manifest names, and PyPI in person for nothing.
docker_quick() {
  local log name
  no_caches
  lives quick
  log=$(cat "$work/sources.log")
  for name in uv six packaging toml; do grep -q "\"GET /pypi/simple/$name/ HTTP" <<<"$log" || { echo "not asked for $name"; return 1; }; done
}
# Users and groups of the base have the project's names and numbers.
takes_names_and_numbers() {
  local base=jcc-proof-base:12 image=jcc-proof-users made
  "$project/tests/engine/up" base debian:bookworm-slim
  given[base]=$base
  for made in \
    "useradd --create-home --groups users --uid 1000 ubuntu" \
    "groupadd --gid 2000 app && useradd --create-home --groups users --uid 1234 --gid 2000 app" \
    "useradd --system --uid 1000 daemon2 && useradd --create-home --home-dir /home/other --uid 1001 app" \
    "groupadd --gid 1000 app && useradd --no-create-home --uid 1000 --gid users someone"; do
    echo "$made"
    printf 'FROM debian:bookworm-slim\nRUN %s\n' "$made" | docker build --quiet --network=host --tag "$base" -
    case_of users
    built "$image"
    docker run --rm --network=none "$image"
  done
}
# The image with its build tools: the project's folder is beside what the image has, and what the packages were built by works.
develops() {
  serve_sources
  case_of native develops
  composed "$PWD"
  echo 'int main(void) { return 42; }' >own.c
  docker compose --progress quiet --profile dev run --rm --build --no-TTY dev bash -euc '
    [[ $(id -u):$(id -g) == 1234:1235 && $PWD == /srv && -f /workspaces/native/project.kdl && $(hail) == "hello moon!, from a submodule" ]]
    cmake --version; ninja --version; make --version; git --version; colcon --help
    code=0; cc /workspaces/native/own.c -o /tmp/own && /tmp/own || code=$?; [[ $code == 42 ]]' >"$work/developed"
  # What ships is without them, and is not what was started.
  ! grep -qE "^ *(gcc|cmake|git) " <(sed -n '/ AS final$/,/^FROM /p' Dockerfile)
}
# More system packages, named when it is built.
takes_more() {
  serve_sources
  case_of archives more
  docker compose --progress quiet build --build-arg EXTRA_APT_PACKAGES="bc dc"
  [[ $(docker run --rm --network=host --entrypoint sh archives:0.1.0 -c 'echo 6*7 | bc; dc -e "6 7 + p"') == $'42\n13' ]]
}
# Targets over a common manifest, by the one bake file, as its head says.
bakes() {
  copied fleet
  "$jcc" compile
  bases first/Dockerfile second/Dockerfile
  # With secrets, which are read.
  echo 'APT::Update::Pre-Invoke {"echo told by a secret";};' >"$work/apt-of-bake.conf"
  JCC_APT_CONF=$work/apt-of-bake.conf docker buildx bake --no-cache --progress plain --allow network.host \
    --allow "fs.read=$work/apt-of-bake.conf" --allow "fs.read=$JCC_CA_BUNDLE" 2>&1 | tee "$work/baked"
  grep -q 'told by a secret' "$work/baked"
  unset JCC_CA_BUNDLE
  docker buildx bake --allow network.host
  [[ $(docker run --rm --network=host fleet:0.1.0-first) == "one all top" ]]
  [[ $(docker run --rm --network=host fleet:0.1.0-second) == $'two all top\n42' ]]
}
# The same files, by every builder that reads them, in both formats of images. The last stage runs the checks.
builds_everywhere() {
  local format image by
  copied everywhere
  "$jcc" compile
  bases one/Dockerfile
  docker build --quiet --file one/Dockerfile --tag jcc-proof-everywhere .
  (cd one && docker compose --progress quiet build)
  docker buildx bake
  [[ $(docker run --rm --network=none everywhere:0.1.0-one) == a ]]
  command -v buildah >/dev/null || return 0
  for image in $(images_of one/Dockerfile); do to_podman "$image"; done
  for format in oci docker; do
    for by in buildah podman; do
      "$by" build --no-cache "${buildah_limits[@]}" --network=host --format "$format" --file one/Dockerfile . >"$work/built" 2>&1 || { tail "$work/built"; return 1; }
      grep '^ok   built$' "$work/built"
    done
  done
}
# A fetch that is not what the definition says ends the build, and says why.
refuses_what_changed() {
  local right
  serve_sources
  right=${given[fingerprint]}
  given[fingerprint]=0123456789ABCDEF0123456789ABCDEF01234567
  copied archives
  if "$jcc" compile project.kdl >"$work/compiled" 2>&1; then echo "compiled with another key"; return 1; fi
  grep -F "${given[fingerprint]}" "$work/compiled" || { cat "$work/compiled"; return 1; }
  given[fingerprint]=$right
  cp -r "$work/sources" "$work/changed"
  sed -i 's/^Description: .*/Description: another/' "$work/changed/apt/dists/stable/main/binary-amd64/Packages"
  serve "$work/changed"
  given[server]=$served
  case_of archives
  stops 'Packages.*(File has unexpected size|Hash Sum mismatch)' --target final
  given[greet-sha256]=${given[greet-sha256]//[0-9]/0}
  given[wave-commit]=${given[wave-commit]//[0-9]/0}
  case_of native
  stops 'digest mismatch|checksum' --target build-greet
  stops "not our ref ${given[wave-commit]}" --target build-wave
}
stops() { # WHAT OPTION…
  if docker build --progress plain --network=host "${@:2}" . >"$work/built" 2>&1; then echo "built: ${*:2}"; return 1; fi
  grep -E "$1" "$work/built" || { tail -n 20 "$work/built"; return 1; }
}

proof "an image builds, and runs as its user" builds_and_runs
proof "Buildah builds it too" builds_with_buildah
proof "Python packages keep to what was resolved" python_is_held
for tool in docker podman; do
  by=$([[ $tool == docker ]] && echo "Docker" || echo "Buildah and Podman")
  proof "an archive and Git trees by cmake, make, ninja and colcon, and the small steps: built, healthy, tested by $by" "${tool}_native"
  proof "wheels of an address, an index, a source and a Git repository, held and apart: built, healthy, tested by $by" "${tool}_snake"
  proof "signed archives and a deb: built, healthy, tested by $by" "${tool}_archives"
done
proof "wheels by uv, from an index instead of PyPI: built, healthy, tested by Docker" docker_quick
proof "the stage dev has what the packages were built by, and the project's folder" develops
proof "a user whose name, number or group the base has is the image's, with a home" takes_names_and_numbers
proof "EXTRA_APT_PACKAGES are installed" takes_more
proof "a service beside another, with limits, secrets and volumes: built, healthy, tested by Docker" docker_service
proof "a service beside another, with limits, secrets and volumes: its units' commands by Podman" podman_service
proof "two targets over one manifest: built by docker buildx bake, with and without secrets" bakes
proof "one checkout is built by docker build, compose, bake, Buildah and Podman, without entitlements" builds_everywhere
proof "another key, archive, list of packages or commit than the definition names ends the build" refuses_what_changed
