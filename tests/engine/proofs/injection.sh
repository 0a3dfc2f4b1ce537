# shellcheck shell=bash disable=SC2329,SC2154,SC2164
# Values with special characters of a shell, a builder, YAML, HCL or systemd arrive unchanged or are rejected at their line.
values=$project/tests/engine/proofs/values

# Writes a project with the values of the table and compiles it, without the lines that jcc rejects.
table_of() { # KIND [OPTION…]
  local round
  rm -rf "$work/values-$1"
  "$values" "$1" "$work/values-$1"
  cd "$work/values-$1"
  # Each round reports at most 100 errors.
  for round in {1..30}; do
    if "$jcc" compile --format json project.kdl "${@:2}" >compiled 2>reports; then
      ! grep -q '"severity":"error"' reports
      echo "round $round: $(grep -c . rejected) values rejected"
      return
    fi
    "$values" remove-rejected . <reports >>rejected
  done
  cat reports
  return 1
}
# Builds the images of the table, once for all proofs.
values_image() {
  if [[ ! -e $work/values-write/built ]]; then
    table_of write
    bases docker/Dockerfile
    # Lines are truncated, because the engine prints values of 64 KiB.
    (cd docker && docker compose build 2>&1 | cut -c1-500)
    touch "$work/values-write/built"
  fi
  cd "$work/values-write"
}
# Compares the values in a container with those of the table.
arrived() { # ENGINE CONTAINER SERVICE
  local seen=$work/seen-$1-$3 wanted
  wanted="image-check"
  if [[ $3 == main ]]; then wanted="run-check"; fi
  for _ in {1..60}; do
    rm -rf "$seen"; mkdir "$seen"
    # Copying fails if a file grows meanwhile. The next attempt gets the whole file.
    if ! "$1" cp "$2:/seen/." "$seen/" >/dev/null; then sleep 0.5; continue; fi
    if [[ $1 == podman ]]; then podman healthcheck run "$2" >/dev/null 2>&1 || true; fi
    if [[ -e $seen/done && -e $seen/$wanted ]]; then break; fi
    sleep 0.5
  done
  docker image inspect values:docker --format '{{json .Config}}' >"$seen/image"
  "$values" compare "$work/values-write" "$seen" "$3"
}
restricted_values() {
  table_of restricted --stdout
  "$values" check-accepted .
}
arrives_by_compose() {
  values_image
  composed "$PWD/docker"
  (cd docker && docker compose up --detach --no-build --quiet-pull 2>&1 | cut -c1-500)
  arrived docker values-docker-values-1 main
  arrived docker values-docker-own-1 own
  ran_nothing
}
arrives_by_command() {
  values_image
  "$jcc" run-command --target docker project.kdl >"$work/command"
  cd docker
  sed 's/^  --rm /  --rm --detach --name jcc-proof-values /' "$work/command" | bash | cut -c1-100
  # shellcheck disable=SC2064 # this one
  trap "docker rm --force jcc-proof-values >/dev/null; $(trap -p EXIT | cut -d"'" -f2)" EXIT
  arrived docker jcc-proof-values main
  ran_nothing
}
arrives_by_quadlet() {
  local -a words
  podman_ready
  command -v quadlet >/dev/null || skip "Podman is not installed"
  values_image
  mkdir -p "$work/values-units/containers/systemd"
  ln -s "$PWD/podman" "$work/values-units/containers/systemd/"
  XDG_CONFIG_HOME=$work/values-units quadlet -dryrun -user >"$work/values.units"
  "$values" unit "$work/values.units" values-podman >"$work/values.words"
  mapfile -d '' -t words <"$work/values.words"
  podman run --rm --entrypoint true "$(stand_in_for_podman)" >/dev/null 2>&1 ||
    skip "the arguments of the unit are read, but Podman cannot start a container"
  docker tag values:docker values:podman
  docker save values:podman | podman load --quiet >/dev/null
  contained+=(systemd-values)
  network_of_units "$work/values.units" values-podman
  podman "${words[@]}" | cut -c1-100
  arrived podman systemd-values main
  ran_nothing
}
stand_in_for_podman() {
  local image
  image=$(images_of docker/Dockerfile)
  docker save "$image" | podman load --quiet >/dev/null
  echo "$image"
}
arrives_as_folder() {
  local target path
  table_of folders
  bases ./*/Dockerfile
  docker buildx bake --allow network.host --allow "fs.read=$JCC_CA_BUNDLE" --load 2>&1 | tail -n 3
  "$values" paths . >"$work/values.paths"
  while IFS=$'\t' read -r target path; do
    [[ $(docker run --rm --network none "folders:$target" | base64 --wrap=0) == "$path" ]] || { echo "$target"; return 1; }
  done <"$work/values.paths"
  ran_nothing
}
ran_nothing() { [[ ! -e /tmp/ran ]]; }

proof "nodes with restricted values reject other values at their line" restricted_values
proof "values arrive unchanged with docker compose" arrives_by_compose
proof "values arrive unchanged with jcc run-command" arrives_by_command
proof "values arrive unchanged with Podman's generator and Podman" arrives_by_quadlet
proof "values arrive unchanged as working directories of images that bake builds" arrives_as_folder
