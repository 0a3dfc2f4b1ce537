# shellcheck shell=bash disable=SC2329,SC2154,SC2016
# The tools that the outputs are for accept every committed output of examples/.
examples=$project/examples
linted() { "$project/tests/lint/run" "$examples"; }
# Prints the files of this name below a folder. Fails if there are none.
every() { # NAME FOLDER
  find "$2" -name "$1" | LC_ALL=C sort | grep .
}

# Buildah parses the whole file before it builds. An added last stage from scratch has nothing to build.
parsed_by_buildah() {
  command -v buildah >/dev/null || skip "Buildah is not installed"
  local file
  every Dockerfile "$examples" | while IFS= read -r file; do
    echo "$file"
    parsed "$file"
  done
}
parsed() { # DOCKERFILE
  mkdir -p "$work/config"
  { cat "$1"; echo; echo "FROM scratch AS nothing"; } >"$work/Dockerfile"
  buildah build "${buildah_limits[@]}" --quiet --target nothing --file "$work/Dockerfile" "$work/config"
}
# Each bake target builds the same as the Compose file in its folder.
baked() {
  local file
  every docker-bake.hcl "$examples" | while IFS= read -r file; do baked_as_composed "$file"; done
}
baked_as_composed() { # FILE
  cd "$(dirname "$1")" || return
  local folder as_composed=()
  for folder in */docker-compose.yaml; do
    docker compose --file "$folder" config --format json >"$work/$(dirname "$folder").json"
    as_composed+=("$work/$(dirname "$folder").json")
  done
  JCC_NETRC=$1 JCC_APT_CONF=$1 JCC_PIP_CONF=$1 docker buildx bake --print >"$work/bake.json"
  "$project/tests/engine/baked" "$work/bake.json" "${as_composed[@]}"
}
generated_by_podman() {
  command -v quadlet >/dev/null || skip "Podman is not installed"
  local file
  every '*.container' "$examples" | while IFS= read -r file; do units_taken "$file"; done
}
# The folder is linked as the header of the units describes. Paths in the units still point to the project.
units_taken() { # CONTAINER
  local folder path units=$work/config/containers/systemd
  folder=$(cd "$(dirname "$1")" && pwd)
  rm -rf "$units"
  mkdir -p "$units"
  ln -s "$folder" "$units/"
  XDG_CONFIG_HOME=$work/config quadlet -dryrun -user >"$work/units" 2>"$work/messages"
  cat "$work/messages"
  # It skips units that it warns about, so no message is allowed.
  grep -v ': Loading source unit file ' "$work/messages" && return 1
  [[ $(grep -c '^ExecStart=' "$work/units") == "$(find "$folder" -name '*.container' -o -name '*.build' -o -name '*.volume' -o -name '*.network' | wc -l)" ]]
  grep '^RequiresMountsFor=/' "$work/units" | cut -d= -f2 | while IFS= read -r path; do
    [[ $path == "$(dirname "$folder")"/* || ! $path == "$project"/* && ! $path == "$work"/* ]]
  done
}
# A linter proves something only if it accepts correct files and rejects faulty ones.
linters_reject_faults() {
  local tools
  tools=$("$project/tests/lint/tools")
  case_of tiny faulty
  rejects_fault docker-compose.yaml 's/^    image: /    imagine: /' docker compose config --quiet
  rejects_fault docker-compose.yaml 's/^    image: /    imagine: /' \
    "$tools/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yaml
  rejects_fault Dockerfile 's/^WORKDIR .*/WORKDIR app/' "$tools/hadolint" Dockerfile
  rejects_fault Dockerfile 's/^USER .*/ENV KEY value/' docker build --check --build-arg BUILDKIT_DOCKERFILE_CHECK=error=true .
  if command -v buildah >/dev/null; then
    rejects_fault Dockerfile '$ aRUN <<EOF' parsed Dockerfile
  fi
  rejects_fault Dockerfile 's/^apt-get update$/&\necho $HOME/' scripts_checked "$tools"
  rejects_fault Dockerfile 's/^apt-get update$/&\necho $HOME/' "$project/tests/lint/run" .
  copied fleet
  "$jcc" compile
  rejects_fault docker-bake.hcl 's/"fleet:/"float:/' baked_as_composed docker-bake.hcl
  rejects_fault second/docker-compose.yaml 's|dockerfile: second/|dockerfile: first/|' baked_as_composed docker-bake.hcl
  if command -v quadlet >/dev/null; then
    copied service podman-service
    sed -i 's/^target {/target { engine "podman";/; /group-add/d; / 3000 /d' project.kdl
    "$jcc" compile
    rejects_fault service.container 's/^Image=/Imagine=/' units_taken service.container
    rejects_fault service-broker.container 's/^Image=.*//' units_taken service.container
    rejects_fault service.container "s|^Volume=[^:]*data:|Volume=$project/data:|" units_taken service.container
  fi
}
scripts_checked() { # TOOLS
  rm -rf "$work/scripts"
  "$project/tests/lint/scripts" Dockerfile "$work/scripts"
  "$1/shellcheck" --severity=style --exclude=SC1091 "$work/scripts/"*.sh
}
# Runs COMMAND, which must succeed, and again after sed applied FAULT to FILE, when it must fail.
rejects_fault() { # FILE FAULT COMMAND…
  (set -e; "${@:3}")
  cp "$1" "$work/right"
  sed -i "$2" "$1"
  ! cmp --quiet "$1" "$work/right" || { echo "$2 changes nothing"; return 1; }
  # `set -e` has no effect in a function that is called in a condition.
  set +e; (trap - ERR; set -e; "${@:3}"); local status=$?; set -e
  cp "$work/right" "$1"
  [[ $status != 0 ]] || { echo "accepted with $2: ${*:3}"; return 1; }
}

proof "hadolint, ShellCheck, docker build --check, docker compose config and the Compose schema find nothing in the examples" linted
proof "Buildah parses every Dockerfile of the examples" parsed_by_buildah
proof "each bake target builds the same as its Compose file" baked
proof "Podman's generator accepts every Quadlet unit of the examples" generated_by_podman
proof "each linter rejects a faulty file" linters_reject_faults
