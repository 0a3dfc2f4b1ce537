# shellcheck shell=bash disable=SC2329,SC2154,SC2016
# Every committed output of examples/, read by the tools that it is for.
examples=$project/examples
linted() { "$project/tests/lint/run" "$examples"; }
# Files of this name below a folder; that there is none is a failure.
every() { # NAME FOLDER
  find "$2" -name "$1" | LC_ALL=C sort | grep .
}

# Buildah reads the whole file before it builds; a last stage on no image has nothing to build.
parsed_by_buildah() {
  command -v buildah >/dev/null || cannot "no Buildah here"
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
# A bake target builds what the Compose file of its folder builds.
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
  command -v quadlet >/dev/null || cannot "no Podman here"
  local file
  every '*.container' "$examples" | while IFS= read -r file; do units_taken "$file"; done
}
# The folder is linked as the units' head says; paths in them still lead into the project.
units_taken() { # CONTAINER
  local folder path units=$work/config/containers/systemd
  folder=$(cd "$(dirname "$1")" && pwd)
  rm -rf "$units"
  mkdir -p "$units"
  ln -s "$folder" "$units/"
  XDG_CONFIG_HOME=$work/config quadlet -dryrun -user >"$work/units" 2>"$work/told"
  cat "$work/told"
  # What it only warns of it leaves out.
  grep -v ': Loading source unit file ' "$work/told" && return 1
  [[ $(grep -c '^ExecStart=' "$work/units") == "$(find "$folder" -name '*.container' -o -name '*.build' -o -name '*.volume' -o -name '*.network' | wc -l)" ]]
  grep '^RequiresMountsFor=/' "$work/units" | cut -d= -f2 | while IFS= read -r path; do
    [[ $path == "$(dirname "$folder")"/* || ! $path == "$project"/* && ! $path == "$work"/* ]]
  done
}
# A judge that finds no fault in a faulty file proves nothing, nor does one that finds fault with everything.
judges_judge() {
  local tools
  tools=$("$project/tests/lint/tools")
  case_of tiny faulty
  tells_apart docker-compose.yaml 's/^    image: /    imagine: /' docker compose config --quiet
  tells_apart docker-compose.yaml 's/^    image: /    imagine: /' \
    "$tools/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yaml
  tells_apart Dockerfile 's/^WORKDIR .*/WORKDIR app/' "$tools/hadolint" Dockerfile
  tells_apart Dockerfile 's/^USER .*/ENV KEY value/' docker build --check --build-arg BUILDKIT_DOCKERFILE_CHECK=error=true .
  if command -v buildah >/dev/null; then
    tells_apart Dockerfile '$ aRUN <<EOF' parsed Dockerfile
  fi
  tells_apart Dockerfile 's/^apt-get update$/&\necho $HOME/' scripts_checked "$tools"
  tells_apart Dockerfile 's/^apt-get update$/&\necho $HOME/' "$project/tests/lint/run" .
  copied fleet
  "$jcc" compile
  tells_apart docker-bake.hcl 's/"fleet:/"float:/' baked_as_composed docker-bake.hcl
  tells_apart second/docker-compose.yaml 's|dockerfile: second/|dockerfile: first/|' baked_as_composed docker-bake.hcl
  if command -v quadlet >/dev/null; then
    copied service podman-service
    sed -i 's/^target {/target { engine "podman";/; /group-add/d; / 3000 /d' project.kdl
    "$jcc" compile
    tells_apart service.container 's/^Image=/Imagine=/' units_taken service.container
    tells_apart service-broker.container 's/^Image=.*//' units_taken service.container
    tells_apart service.container "s|^Volume=[^:]*data:|Volume=$project/data:|" units_taken service.container
  fi
}
scripts_checked() { # TOOLS
  rm -rf "$work/scripts"
  "$project/tests/lint/scripts" Dockerfile "$work/scripts"
  "$1/shellcheck" --severity=style --exclude=SC1091 "$work/scripts/"*.sh
}
tells_apart() { # FILE FAULT COMMAND…
  (set -e; "${@:3}")
  cp "$1" "$work/right"
  sed -i "$2" "$1"
  ! cmp --quiet "$1" "$work/right" || { echo "nothing was changed by $2"; return 1; }
  # A function's commands end it only where nobody asks how it ended.
  set +e; (trap - ERR; set -e; "${@:3}"); local status=$?; set -e
  cp "$work/right" "$1"
  [[ $status != 0 ]] || { echo "not refused with $2: ${*:3}"; return 1; }
}

proof "hadolint, ShellCheck, docker build --check, docker compose config and the Compose schema find nothing in the examples" linted
proof "Buildah parses every Dockerfile of the examples" parsed_by_buildah
proof "a bake target builds what its Compose file builds" baked
proof "podman's generator takes every Quadlet unit of the examples" generated_by_podman
proof "each judge refuses a faulty file" judges_judge
