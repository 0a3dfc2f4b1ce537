# shellcheck shell=bash disable=SC2329,SC2154,SC2034,SC2016
# Containers can use what `.jcc/host-setup.sh` prepares, even if their user is neither root nor the user who starts them.

# The user who starts the containers. The uid is not used on this machine.
captain=4321
while getent passwd "$captain" >/dev/null; do captain=$((captain + 1)); done

# Runs COMMAND as the captain, who can use sudo and the engine.
as_captain() { # COMMAND…
  unshare --mount bash -euc 'mount --bind "$1" /etc/passwd
    exec setpriv --reuid "$2" --regid "$2" --clear-groups env --ignore-environment PATH="$3/stubs:$3/loginctl:/usr/bin:/bin" HOME="$3" \
      USER=captain DISPLAY=:97 HOSTED_WORD="a word" "${@:4}"' - "$work/passwd" "$captain" "$home" "$@"
}
# Runs a COMMAND of `session` until the proof ends.
standing_in() { # COMMAND…
  local ready
  ready=$(mktemp "$work/ready.XXXXXX")
  "$project/tests/engine/proofs/session" "$@" >"$ready" &
  started+=("$!")
  until [[ -s $ready ]]; do kill -0 "${started[-1]}"; sleep 0.1; done
}
# Creates the captain's home, and stand-ins for sudo, docker and loginctl on a machine without systemd.
make_captain() {
  # Users other than root need access.
  chmod 0711 "$work"
  mkdir -p "$home/stubs" "$home/loginctl"
  { cat /etc/passwd; echo "captain:x:$captain:$captain::$home:/bin/bash"; } >"$work/passwd"
  cp "$project/tests/engine/proofs/session" "$home/session"
  printf '#!/bin/sh\nexec /usr/bin/python3 %q as-root %q "$@"\n' "$home/session" "$home/root" >"$home/stubs/sudo"
  printf '#!/bin/sh\nexec sudo docker "$@"\n' >"$home/stubs/docker"
  printf '#!/bin/sh\ncase $1 in show-user) [ ! -e %q ] || echo yes ;; enable-linger) touch %q ;; esac\n' \
    "$home/lingers" "$home/lingers" >"$home/loginctl/loginctl"
  chmod +x "$home/stubs/"* "$home/loginctl/loginctl"
  chown -R "$captain:$captain" "$home"
  PATH=$home/loginctl:$PATH standing_in root "$home/root" "$captain" "$work/as-root"
}
# Creates the sockets of the captain's session and X server. Only the captain can access the folder, as with logind.
make_session() {
  local folder
  folder=$("$project/tests/engine/up" root)/run/user/$captain
  session=$folder
  install -d -o "$captain" -g "$captain" -m 0700 "$folder" "$folder/pulse"
  [[ -d /tmp/.X11-unix ]] || install -d -m 1777 /tmp/.X11-unix
  standing_in sockets "$captain" "$folder/wayland-0" "$folder/pulse/native" "$folder/pipewire-0" /tmp/.X11-unix/X97
  # An X server checks the cookie, not the user.
  chmod 0777 /tmp/.X11-unix/X97
  as_captain xauth -q add :97 MIT-MAGIC-COOKIE-1 0123456789abcdef0123456789abcdef
}
end_session() {
  rm -rf --one-file-system "${session:-/nonexistent}" /tmp/.X11-unix/X97
  ended
}
set_up() { as_captain bash .jcc/host-setup.sh >../set-up 2>&1; }
prepared() {
  local tool before
  home=$work/captain
  [[ $EUID == 0 ]] || skip "root is needed"
  for tool in xauth setpriv unshare /usr/bin/python3; do command -v "$tool" >/dev/null || skip "$tool is not installed"; done
  "$project/tests/engine/up" running || skip "the sockets of a session need the separate engine"
  fill[session]=$captain
  case_of hosted
  composed "$PWD"
  trap end_session EXIT
  docker compose --progress quiet build
  make_captain
  make_session
  echo 'key = "value"' >settings.toml
  chown -R "$captain:$captain" .

  # Without the values of the secrets it fails.
  if set_up; then echo "it succeeds without secrets"; return 1; fi
  grep -F '!! the secret token is empty' ../set-up || { cat ../set-up; return 1; }
  as_captain bash -c 'echo t0ken >secrets/token.txt; echo desk >secrets/desk.txt; echo here >read/here'
  set_up || { cat ../set-up; return 1; }
  # A second run changes nothing.
  before=$(grep -vc '^docker ' "$work/as-root")
  set_up || { cat ../set-up; return 1; }
  [[ $(grep -vc '^docker ' "$work/as-root") == "$before" ]] || { cat "$work/as-root"; return 1; }

  as_captain docker compose --progress quiet up --detach --wait
  finds hosted 1700 writes /written writes /made writes /home-written holds /read/here here refuses /read \
    holds /settings.toml 'key = "value"' refuses /settings.toml writes /state refuses /shared writes /scratch \
    writes "$(mounted hosted "$home/models")" secret /run/secrets/token t0ken holds /run/secrets/word 'a word' \
    socket /tmp/.X11-unix/X97 same /run/x11/cookie "$(sha256sum <"$home/.local/state/jcc/x11/cookie")"
  finds desk "$captain" writes /desk writes /shared writes /desk-state writes /scratch secret /run/secrets/desk desk \
    socket "/run/user/$captain/wayland-0" socket "/run/user/$captain/pulse/native"
  finds sound "$captain" socket "/run/user/$captain/pipewire-0"
}
# Prints where a folder of the host is mounted in a service.
mounted() { # SERVICE FOLDER
  docker compose ps --quiet "$1" | xargs docker inspect --format '{{json .Mounts}}' |
    python3 -c 'import json, sys; print(next(each["Destination"] for each in json.load(sys.stdin) if each["Source"] == sys.argv[1]))' "$2"
}
finds() { # SERVICE WORD…
  docker compose exec --no-TTY "$1" bash /srv/app/as-declared "${@:2}"
}

proof "users other than root can use the folders, files, secrets, volumes and sockets that host-setup.sh prepares" prepared
