#!/bin/bash
# add-user.sh NAME UID GID [--groups A,B] [--owns FOLDER] [--makes FOLDER]...
# Creates the user that the image runs as. A user of the base image with this UID is renamed and keeps its home; one with
# this name gets the UID. Missing groups are added. `--owns` gives a folder to the user, `--makes` only if it is missing.
set -euo pipefail
name=$1 uid=$2 gid=$3 groups=
shift 3
owns=() makes=()
while (($# > 0)); do
  case $1 in
    --groups) groups=$2 ;;
    --owns) owns+=("$2") ;;
    --makes) makes+=("$2") ;;
  esac
  shift 2
done

if owner=$(id --name --user "$uid" 2>/dev/null) && [[ $owner != "$name" ]]; then
  if id "$name" >/dev/null 2>&1; then
    free=$uid
    while getent passwd "$free" >/dev/null; do free=$((free + 1)); done
    usermod --uid "$free" "$owner"
  else
    usermod --login "$name" "$owner"
    if getent group "$owner" >/dev/null && ! getent group "$name" >/dev/null; then
      groupmod --new-name "$name" "$owner"
    fi
  fi
fi

if ! getent group "$gid" >/dev/null; then
  group=$name
  if getent group "$group" >/dev/null; then group=g$gid; fi
  groupadd --gid "$gid" "$group"
fi
for group in ${groups//,/ }; do
  if ! getent group "$group" >/dev/null; then groupadd --system "$group"; fi
done

if home=$(getent passwd "$name" | cut -d : -f 6); then
  if [[ $home == /home/?* && -d $home && ! -e /home/$name ]]; then mv "$home" "/home/$name"; fi
  if [[ ! -e /home/$name ]]; then cp --recursive /etc/skel "/home/$name"; fi
  usermod --uid "$uid" --gid "$gid" --home "/home/$name" --shell /bin/bash --groups "$groups" "$name"
  chown --recursive --no-dereference "$uid:$gid" "/home/$name"
else
  useradd --no-log-init --create-home --shell /bin/bash --uid "$uid" --gid "$gid" --groups "$groups" "$name"
fi
# Keeps the date of the build out of the image.
chage --lastday 1 "$name"

for folder in "${makes[@]}"; do
  if [[ ! -e $folder ]]; then owns+=("$folder"); fi
done
for folder in "${owns[@]}"; do install --directory --owner="$uid" --group="$gid" "$folder"; done
