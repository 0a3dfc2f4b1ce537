# shellcheck shell=bash disable=SC2329,SC2154
# Images are built and run by Docker, and by Buildah with Podman. Together the cases use every step of a definition.
builds_and_runs() { case_of tiny; built jcc-proof-tiny; [[ $(docker run --rm --network=host jcc-proof-tiny) == "hello from app" ]]; }
builds_with_buildah() { case_of tiny; built_by_buildah jcc-proof; }
python_is_constrained() { case_of python; built jcc-proof-python; docker run --rm --network=host jcc-proof-python; }

# Runs the `test` service. It must print one `ok` line for each of its tests.
all_pass() { # COMMAND…
  local wanted
  wanted=$(find .jcc/test -path '.jcc/test/run*' -type f -exec cat {} + | grep -c '^check ')
  "$@" | tee "$work/tests"
  [[ $wanted -gt 0 && $(grep -c '^ok   ' "$work/tests") == "$wanted" ]]
}
tests_while_building() { grep -q "^FROM final AS test\$" Dockerfile; }
# Prints the entrypoint and command of the `test` service, with a NUL byte after each word.
test_words() {
  docker compose --profile test config --format json | python3 -c "import json, sys
test = json.load(sys.stdin)['services']['test']
sys.stdout.write(''.join(word.replace('\$\$', '\$') + chr(0) for word in [*test['entrypoint'], *(test['command'] or [])]))"
}
declared_user() { sed -n 's/^ *user "[^"]*" uid=\([0-9]*\).*/\1/p' project.kdl; }
# Builds and starts a case with Compose. It must become healthy and run as its user, and its tests must pass in the build and
# in the container.
works_in_docker() { # CASE
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
# Does the same with Buildah and Podman, for a target with `engine "podman"`.
works_in_podman() { # CASE
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
docker_native() { works_in_docker native; }
podman_native() { works_in_podman native; }
docker_snake() { works_in_docker snake; }
podman_snake() { works_in_podman snake; }
docker_archives() { works_in_docker archives; }
podman_archives() { works_in_podman archives; }
docker_service() { works_in_docker service; }
# Runs the commands of the Quadlet units in the order of their dependencies, without systemd.
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
  # Services find each other by name on the units' network.
  podman run --rm --network service service:0.1.0 getent hosts broker
  # The unit mounts no tests, and its root is read-only.
  all_pass podman exec systemd-service bash -c "$(sed '/^for /,$d' .jcc/test/run; find .jcc/test/run.d -type f -exec cat {} + 2>/dev/null; sed '1,/^done/d' .jcc/test/run)"
  podman rm --force --time 0 systemd-service
  podman volume rm service_state
}
# uv uses the index of the manifest for every package.
docker_quick() {
  local log name
  no_caches
  works_in_docker quick
  log=$(cat "$work/sources.log")
  for name in uv six packaging toml; do grep -q "\"GET /pypi/simple/$name/ HTTP" <<<"$log" || { echo "$name was not requested"; return 1; }; done
}
# The base image already has users and groups with the project's names and ids.
creates_the_user() {
  local base=jcc-proof-base:12 image=jcc-proof-users command
  "$project/tests/engine/up" base debian:bookworm-slim
  fill[base]=$base
  for command in \
    "useradd --create-home --groups users --uid 1000 ubuntu" \
    "groupadd --gid 2000 app && useradd --create-home --groups users --uid 1234 --gid 2000 app" \
    "useradd --system --uid 1000 daemon2 && useradd --create-home --home-dir /home/other --uid 1001 app" \
    "groupadd --gid 1000 app && useradd --no-create-home --uid 1000 --gid users someone"; do
    echo "$command"
    printf 'FROM debian:bookworm-slim\nRUN %s\n' "$command" | docker build --quiet --network=host --tag "$base" -
    case_of users
    built "$image"
    docker run --rm --network=none "$image"
  done
}
# The `dev` stage contains the image, the build tools of its packages and the mounted project folder.
develops() {
  serve_sources
  case_of native develops
  composed "$PWD"
  echo 'int main(void) { return 42; }' >own.c
  docker compose --progress quiet --profile dev run --rm --build --no-TTY dev bash -euc '
    [[ $(id -u):$(id -g) == 1234:1235 && $PWD == /srv && -f /workspaces/native/project.kdl && $(hail) == "hello moon!, from a submodule" ]]
    cmake --version; ninja --version; make --version; git --version; colcon --help
    code=0; cc /workspaces/native/own.c -o /tmp/own && /tmp/own || code=$?; [[ $code == 42 ]]' >"$work/developed"
  # The final stage has no build tools.
  ! grep -qE "^ *(gcc|cmake|git) " <(sed -n '/ AS final$/,/^FROM /p' Dockerfile)
}
# A build argument installs additional system packages.
installs_extra_packages() {
  serve_sources
  case_of archives more
  docker compose --progress quiet build --build-arg EXTRA_APT_PACKAGES="bc dc"
  [[ $(docker run --rm --network=host --entrypoint sh archives:0.1.0 -c 'echo 6*7 | bc; dc -e "6 7 + p"') == $'42\n13' ]]
}
# Builds targets with a common manifest with the bake file, as its header describes.
bakes() {
  copied fleet
  "$jcc" compile
  bases first/Dockerfile second/Dockerfile
  # With a secret, whose content must take effect.
  echo 'APT::Update::Pre-Invoke {"echo set by a secret";};' >"$work/apt-of-bake.conf"
  JCC_APT_CONF=$work/apt-of-bake.conf docker buildx bake --no-cache --progress plain --allow network.host \
    --allow "fs.read=$work/apt-of-bake.conf" --allow "fs.read=$JCC_CA_BUNDLE" 2>&1 | tee "$work/baked"
  grep -q 'set by a secret' "$work/baked"
  unset JCC_CA_BUNDLE
  docker buildx bake --allow network.host
  [[ $(docker run --rm --network=host fleet:0.1.0-first) == "one all top" ]]
  [[ $(docker run --rm --network=host fleet:0.1.0-second) == $'two all top\n42' ]]
}
# Every builder builds the same files, in both image formats. The last stage runs the tests.
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
# A download that differs from the definition fails the build with a message.
rejects_changed_downloads() {
  local right
  serve_sources
  right=${fill[fingerprint]}
  fill[fingerprint]=0123456789ABCDEF0123456789ABCDEF01234567
  copied archives
  if "$jcc" compile project.kdl >"$work/compiled" 2>&1; then echo "compiled with another key"; return 1; fi
  grep -F "${fill[fingerprint]}" "$work/compiled" || { cat "$work/compiled"; return 1; }
  fill[fingerprint]=$right
  cp -r "$work/sources" "$work/changed"
  sed -i 's/^Description: .*/Description: another/' "$work/changed/apt/dists/stable/main/binary-amd64/Packages"
  serve "$work/changed"
  fill[server]=$served
  case_of archives
  stops 'Packages.*(File has unexpected size|Hash Sum mismatch)' --target final
  fill[greet-sha256]=${fill[greet-sha256]//[0-9]/0}
  fill[wave-commit]=${fill[wave-commit]//[0-9]/0}
  case_of native
  stops 'digest mismatch|checksum' --target build-greet
  stops "not our ref ${fill[wave-commit]}" --target build-wave
}
stops() { # WHAT OPTION…
  if docker build --progress plain --network=host "${@:2}" . >"$work/built" 2>&1; then echo "built: ${*:2}"; return 1; fi
  grep -E "$1" "$work/built" || { tail -n 20 "$work/built"; return 1; }
}

proof "Docker builds an image, which runs as its user" builds_and_runs
proof "Buildah builds the same image" builds_with_buildah
proof "Python packages have the resolved versions" python_is_constrained
for tool in docker podman; do
  by=$([[ $tool == docker ]] && echo "Docker" || echo "Buildah and Podman")
  proof "builds from an archive and from Git with cmake, make, ninja and colcon, and simple steps work with $by" "${tool}_native"
  proof "wheels from a URL, an index, a source archive and Git, and a separate environment work with $by" "${tool}_snake"
  proof "signed apt archives and a deb work with $by" "${tool}_archives"
done
proof "wheels that uv installs from an index instead of PyPI work with Docker" docker_quick
proof "the dev stage has the build tools of the packages and the project folder" develops
proof "the user of the image is created even if the base uses its name, id or group" creates_the_user
proof "EXTRA_APT_PACKAGES are installed" installs_extra_packages
proof "two services with limits, secrets and volumes work with Docker" docker_service
proof "two services with limits, secrets and volumes work with the commands of their units and Podman" podman_service
proof "docker buildx bake builds two targets of one manifest, with and without secrets" bakes
proof "docker build, Compose, bake, Buildah and Podman build one checkout without entitlements" builds_everywhere
proof "a build fails if a key, an archive, a package list or a commit differs from the definition" rejects_changed_downloads
