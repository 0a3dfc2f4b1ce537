# shellcheck shell=bash disable=SC2329,SC2154
# Built and run, by Docker and by Buildah with Podman. Between them the cases use every step of a definition.
builds_and_runs() { case_of tiny; built jcc-proof-tiny; [[ $(docker run --rm jcc-proof-tiny) == "hello from app" ]]; }
builds_with_buildah() { case_of tiny; built_by_buildah jcc-proof; }
python_is_held() { case_of python; built jcc-proof-python; docker run --rm jcc-proof-python; }

# Every line of the `test` service says `ok`, and there are as many as it has tests.
all_pass() { # COMMAND…
  local wanted
  wanted=$(grep -c 'say \$\$? ' docker-compose.yaml)
  "$@" | tee "$work/tests"
  [[ $(grep -c '^ok   ' "$work/tests") == "$wanted" ]]
}
tests_while_building() { grep -q "^FROM final AS test\$" Dockerfile; }
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
  docker compose --profile test config --format json >"$work/compose.json"
  mapfile -d '' -t tested < <(python3 -c "import json, sys
test = json.load(open(sys.argv[1]))['services']['test']
sys.stdout.write(chr(0).join([*test['entrypoint'], *test['command']]).replace('\$\$', '\$') + chr(0))" "$work/compose.json")
  options=$(sed -n '/^podman run/,$p' "$work/command" | sed "\$s|.*|--entrypoint '' $image|")
  all_pass bash -euo pipefail -c "$options \"\$@\"" - "${tested[@]}"
}
docker_native() { lives native; }
podman_native() { lives_by_podman native; }
docker_snake() { lives snake; }
podman_snake() { lives_by_podman snake; }
docker_archives() { lives archives; }
podman_archives() { lives_by_podman archives; }
docker_service() { lives service; }

proof "an image builds, and runs as its user" builds_and_runs
proof "Buildah builds it too" builds_with_buildah
proof "Python packages keep to what was resolved" python_is_held
for tool in docker podman; do
  by=$([[ $tool == docker ]] && echo "Docker" || echo "Buildah and Podman")
  proof "an archive and Git trees by cmake, make, ninja and colcon, and the small steps: built, healthy, tested by $by" "${tool}_native"
  proof "wheels of an address, an index and a source, held and apart: built, healthy, tested by $by" "${tool}_snake"
  proof "signed archives and a deb: built, healthy, tested by $by" "${tool}_archives"
done
proof "a service beside another, with limits, secrets and volumes: built, healthy, tested by Docker" docker_service
