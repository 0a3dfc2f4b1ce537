# shellcheck shell=bash disable=SC2329,SC2154
# What an edit of a project builds anew, read from what BuildKit reports of each step. No step that does not depend on the
# edit runs again, but for those behind one that does in the same stage.

# A base that no build has seen, so that no earlier run's layers are taken, with what the platform would install.
fresh_base() {
  given[base]=jcc-proof-fresh:12
  "$project/tests/engine/up" base debian:bookworm-slim
  docker build --quiet --network=host --tag "${given[base]}" - <<EOF
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends python3-pip python3-venv bc >/dev/null && echo $RANDOM$RANDOM-$$ >/fresh
EOF
}
# Compiles and builds all of the project; the steps that ran.
steps_of_build() {
  "$jcc" compile project.kdl >../compiled 2>&1 || { cat ../compiled; return 1; }
  docker build --progress=plain --network=host --secret "id=ca-bundle,src=$JCC_CA_BUNDLE" --target test . >../log 2>&1 ||
    { tail -n 40 ../log; return 1; }
  "$project/tests/engine/proofs/steps" Dockerfile ../log
}
# A step of the stage that ships and all behind it.
from() { # STEP
  local step found=no
  for step in "${order[@]}"; do
    [[ $step != "final: $1" ]] || found=yes
    [[ $found == no ]] || echo "$step"
  done
}
# From the project as it was to one that COMMAND changed: what ran is the steps named, and those from the one behind `from`.
edit() { # WHAT COMMAND [STEP…] [from STEP]
  local ran expected
  rm -rf ../edited; cp -r ../as-it-was ../edited; cd ../edited || return
  eval "$2"
  if diff -r ../as-it-was . >/dev/null; then echo "$1: nothing was changed"; return 1; fi
  ran=$(steps_of_build) || { echo "$1: $ran"; return 1; }
  edits=$((edits + 1))
  expected=$(printf '%s\n' "${@:3}" | while IFS= read -r step; do
    if [[ $step == from ]]; then IFS= read -r step; from "$step"; else echo "$step"; fi
  done | LC_ALL=C sort)
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
  # The steps of the stage that ships, in their order, then the one behind them.
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
  edit "an environment apart" "manifest 's/packaging==24.0/packaging==24.1/'" \
    "venv-new: run" from "COPY /opt/venvs/new"
  edit "a package built from source" "manifest 's/rock \"1.0.0\"/rock \"1.1.0\"/'" "build-rock: run" from "COPY /opt/rock"
  edit "a system package" "manifest 's/install \"tree\"/install \"tree\" \"ed\"/'" from "System packages of the project"
  edit "the user" "manifest 's/uid=1234/uid=1235/'" from "User \`sailor\`"
  echo "$edits edits"
  [[ ${#wrong[@]} == 0 && $edits -ge 12 ]]
}
# Builds the project as an image of that name.
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
# pip's cache is nobody's alone: each of two environments gets its package only once the other one asks for its own.
side_by_side() {
  local name
  fresh_base
  mkdir meeting-wheels
  "$servers" wheel acmeleft meeting-wheels
  "$servers" wheel acmeright meeting-wheels
  serving meeting "$PWD/meeting-wheels" acmeleft acmeright
  given[index]=$served
  copied meeting
  "$jcc" compile
  docker build --progress=plain --network=host . >../log 2>&1 || { tail -n 30 ../log; return 1; }
  cat "$served_log"
  for name in acmeleft acmeright; do grep -q "^200 GET /files/$name-" "$served_log" || return 1; done
  ! grep -q '^503 ' "$served_log"
}

proof "an edit runs its own steps again and those behind them, and no other" reruns_its_own
proof "another version of one heavy package leaves the layer of the other as it is" heavy_apart
proof "Python environments are made side by side" side_by_side
