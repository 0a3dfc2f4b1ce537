# shellcheck shell=bash disable=SC2329,SC2154
# After an edit of a project, only the steps that depend on it and the later steps of the same stage run again. The steps are
# read from BuildKit's log.

# Creates a base image that no build has used, so that no layers of earlier runs are reused. It contains the system packages
# of the platform.
fresh_base() {
  fill[base]=jcc-proof-fresh:12
  "$project/tests/engine/up" base debian:bookworm-slim
  docker build --quiet --network=host --tag "${fill[base]}" - <<EOF
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends python3-pip python3-venv bc >/dev/null && echo $RANDOM$RANDOM-$$ >/fresh
EOF
}
# Compiles and builds the project. Prints the steps that ran.
steps_of_build() {
  "$jcc" compile project.kdl >../compiled 2>&1 || { cat ../compiled; return 1; }
  docker build --progress=plain --network=host --secret "id=ca-bundle,src=$JCC_CA_BUNDLE" --target test . >../log 2>&1 ||
    { tail -n 40 ../log; return 1; }
  "$project/tests/engine/proofs/steps" Dockerfile ../log
}
# Prints a step of the final stage and all steps after it.
from() { # STEP
  local step found=no
  for step in "${order[@]}"; do
    [[ $step != "final: $1" ]] || found=yes
    [[ $found == no ]] || echo "$step"
  done
}
# Changes a copy of the project with COMMAND and builds it. Exactly these steps must run. `from STEP` stands for this step of
# the final stage and all after it.
edit() { # WHAT COMMAND [STEP…] [from STEP]
  local ran expected
  rm -rf ../edited; cp -r ../as-it-was ../edited; cd ../edited || return
  eval "$2"
  if diff -r ../as-it-was . >/dev/null; then echo "$1: the command changes nothing"; return 1; fi
  ran=$(steps_of_build) || { echo "$1: $ran"; return 1; }
  edits=$((edits + 1))
  expected=$(printf '%s\n' "${@:3}" | while IFS= read -r step; do
    if [[ $step == from ]]; then IFS= read -r step; from "$step"; else echo "$step"; fi
  done | LC_ALL=C sort)
  "$jcc" diff ../as-it-was . --format json >../forecast || wrong+=("$1")
  "$project/tests/engine/proofs/steps" Dockerfile ../log ../forecast || { echo "$1: the forecast is wrong"; wrong+=("$1"); }
  if [[ $ran == "$expected" ]]; then return; fi
  echo "$1: < expected, > ran"
  diff <(echo "$expected") <(echo "$ran") | grep '^[<>]' || true
  wrong+=("$1")
}
manifest() { sed -i "$1" project.kdl; }
reruns_its_own() {
  local edits=0 wrong=() order=()
  fresh_base
  serve_sources
  copied rebuilt rebuilt/as-it-was
  steps_of_build >../first
  [[ $(wc -l <../first) -ge 20 ]] || { cat ../first; return 1; }
  # The steps of the final stage in order, then the test step.
  order=("final: System packages of the project" "final: User \`sailor\`" "final: COPY /opt/pebble" "final: COPY /opt/rock"
    "final: Library paths for the linker" "final: COPY /opt/venv" "final: COPY /opt/venv" "final: COPY /opt/venvs/old"
    "final: COPY /opt/venvs/new" "final: Python packages" "final: Python packages of the project"
    "final: WORKDIR /srv" "final: COPY /srv/app/" "final: COPY /usr/local/bin/tool" "final: Step of the application"
    "final: Check that the resolved versions are still installed" "test: checks")
  edit "a run option" "manifest 's/init #true/init #true; shm-size \"256MiB\"/'"
  edit "the description" "manifest 's/description \"first\"/description \"second\"/'"
  edit "the version" "manifest 's/version=\"0.1.0\"/version=\"0.2.0\"/'"
  edit "the command" "manifest 's/command \"sleep\" .*/command \"sleep\" \"9\"/'"
  edit "a test" "manifest 's/rock\* ]]/rock?* ]]/'" "test: checks"
  edit "a file of the application" "echo 'print(1)' >app/main.py" from "COPY /srv/app/"
  edit "another file of the application" "echo echo >>tool" from "COPY /usr/local/bin/tool"
  edit "a variable of the application" "manifest 's/MODE \"one\"/MODE \"two\"/'" from "Step of the application"
  edit "a step of the application" "manifest 's/compileall -q app/compileall -qq app/'" from "Step of the application"
  edit "a Python package of the project" "manifest 's/six==1.16.0/six==1.17.0/'" from "Python packages of the project"
  edit "a requirements file" "echo 'toml==0.10.2' >requirements.txt" from "Python packages of the project"
  edit "a light package" "manifest 's/feather \"2.0.0\"/feather \"2.1.0\"/'" from "Python packages"
  edit "a heavy package" "manifest 's/anvil \"1.1\"/anvil \"1.2\"/'" "python: run" from "COPY /opt/venv"
  edit "another heavy package" "manifest 's/hammer \"1.4.0\"/hammer \"1.5.0\"/'" \
    "python: run" "final: COPY /opt/venv" from "COPY /opt/venvs/old"
  edit "a separate environment" "manifest 's/packaging==24.0/packaging==24.1/'" \
    "venv-new: run" from "COPY /opt/venvs/new"
  edit "a package built from source" "manifest 's/rock \"1.0.0\"/rock \"1.1.0\"/'" "build-rock: run" from "COPY /opt/rock"
  edit "a system package" "manifest 's/install \"tree\"/install \"tree\" \"ed\"/'" from "System packages of the project"
  edit "a comment" "sed -i '1i // A comment.' project.kdl"
  edit "the ignore file" "echo 'notes' >.dockerignore; touch notes"
  edit "the user" "manifest 's/uid=1234/uid=1235/'" from "User \`sailor\`"
  echo "$edits edits"
  [[ ${#wrong[@]} == 0 && $edits -ge 12 ]]
}
# Builds the project as an image with this name.
image_of() { # NAME
  "$jcc" compile project.kdl >../compiled 2>&1 || { cat ../compiled; return 1; }
  docker build --quiet --network=host --secret "id=ca-bundle,src=$JCC_CA_BUNDLE" --tag "$1" . >../log 2>&1 || { cat ../log; return 1; }
}
heavy_apart() {
  local one
  fresh_base
  serve_sources
  copied rebuilt
  image_of jcc-proof-layers:before
  manifest 's/hammer "1.4.0"/hammer "1.5.0"/'
  image_of jcc-proof-layers:after
  for one in before after; do
    docker run --rm "jcc-proof-layers:$one" /opt/venv/bin/pip check
    docker save "jcc-proof-layers:$one" >../saved
    "$project/tests/engine/proofs/layers-with" macaw <../saved >"../anvil-$one"
    "$project/tests/engine/proofs/layers-with" pluggy <../saved >"../hammer-$one"
    [[ $(wc -l <"../anvil-$one") == 1 && $(wc -l <"../hammer-$one") == 1 ]]
  done
  docker run --rm jcc-proof-layers:after python3 -c "import macaw, pluggy; assert (macaw.SAYS, pluggy.__version__) == ('macaw 1.1', '1.5.0')"
  diff ../anvil-before ../anvil-after
  ! diff ../hammer-before ../hammer-after
}
# Two environments are built in parallel: the index sends a package of one only after the other has requested its own. A
# lock on pip's cache would make one wait for the other.
side_by_side() {
  local name
  fresh_base
  mkdir meeting-wheels
  "$servers" wheel acmeleft meeting-wheels
  "$servers" wheel acmeright meeting-wheels
  serving meeting "$PWD/meeting-wheels" acmeleft acmeright
  fill[index]=$served
  copied meeting
  "$jcc" compile
  docker build --progress=plain --network=host . >../log 2>&1 || { tail -n 30 ../log; return 1; }
  cat "$served_log"
  for name in acmeleft acmeright; do grep -q "^200 GET /files/$name-" "$served_log" || return 1; done
  ! grep -q '^503 ' "$served_log"
}

proof "an edit runs only the steps that depend on it and later steps of the same stage" reruns_its_own
proof "another version of one heavy package does not change the layer of another" heavy_apart
proof "Python environments are built in parallel" side_by_side
