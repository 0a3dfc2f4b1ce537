# shellcheck shell=bash disable=SC2329,SC2154,SC2164
# Values with letters that mean something to a shell, a builder, YAML, HCL or systemd: each arrives as it is, or is refused
# at its line.
values=$project/tests/engine/proofs/values

# A project of the table's values in its folder, without the lines that jcc refuses, compiled.
table_of() { # KIND [OPTION…]
  local round
  rm -rf "$work/values-$1"
  "$values" "$1" "$work/values-$1"
  cd "$work/values-$1"
  # A round shows no more than 100 reports.
  for round in {1..30}; do
    if "$jcc" compile --format json project.kdl "${@:2}" >compiled 2>told; then
      ! grep -q '"severity":"error"' told
      echo "round $round: $(grep -c . refused) values refused"
      return
    fi
    "$values" strike . <told >>refused
  done
  cat told
  return 1
}
# The table in images and services, once for all proofs.
values_image() {
  if [[ ! -e $work/values-write/built ]]; then
    table_of write
    bases docker/Dockerfile
    # Without words that an engine would show: 64 KiB of them.
    (cd docker && docker compose build 2>&1 | cut -c1-500)
    touch "$work/values-write/built"
  fi
  cd "$work/values-write"
}
# What a container saw, held against what was meant.
arrived() { # ENGINE CONTAINER SERVICE
  local seen=$work/seen-$1-$3 wanted
  wanted="image-check"
  if [[ $3 == main ]]; then wanted="run-check"; fi
  for _ in {1..60}; do
    rm -rf "$seen"; mkdir "$seen"
    # A file that grows while it is copied ends the copy: the next one has it whole.
    if ! "$1" cp "$2:/seen/." "$seen/" >/dev/null; then sleep 0.5; continue; fi
    if [[ $1 == podman ]]; then podman healthcheck run "$2" >/dev/null 2>&1 || true; fi
    if [[ -e $seen/done && -e $seen/$wanted ]]; then break; fi
    sleep 0.5
  done
  docker image inspect values:docker --format '{{json .Config}}' >"$seen/image"
  "$values" compare "$work/values-write" "$seen" "$3"
}
narrow_words() {
  table_of narrow --stdout
  "$values" left .
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
  command -v quadlet >/dev/null || cannot "no Podman here"
  values_image
  mkdir -p "$work/values-units/containers/systemd"
  ln -s "$PWD/podman" "$work/values-units/containers/systemd/"
  XDG_CONFIG_HOME=$work/values-units quadlet -dryrun -user >"$work/values.units"
  "$values" unit "$work/values.units" values-podman >"$work/values.words"
  mapfile -d '' -t words <"$work/values.words"
  podman run --rm --entrypoint true "$(stand_in_for_podman)" >/dev/null 2>&1 ||
    cannot "the unit's words are read, but Podman starts no container here"
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

proof "words that must be of a kind are refused at their line where they are not" narrow_words
proof "values arrive by docker compose" arrives_by_compose
proof "values arrive by jcc run-command" arrives_by_command
proof "values arrive by Podman's generator and Podman" arrives_by_quadlet
proof "values arrive as folders of images that bake built" arrives_as_folder
