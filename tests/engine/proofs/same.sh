# shellcheck shell=bash disable=SC2329,SC2154
# The same input, the same image: two engines whose caches are empty, two folders, and not one byte of the image differs.
cold() { # NUMBER CASE
  local store=same-$1-$$
  engine=$("$project/tests/engine/up" other "$store" --feature containerd-snapshotter=true) || cannot "$engine"
  others+=("$store")
  case_of "$2" "$1/folder-of-$1/$2"
  images_of Dockerfile | while IFS= read -r image; do docker save "$image" | docker --host "$engine" load; done
  # A checkout gives files the time of the checkout. (What is older than the epoch keeps its time: BuildKit only bounds it.)
  find . -type f -exec touch --date "2026-06-0$1" {} +
  docker --host "$engine" build --progress=plain --network=host --secret "id=ca-bundle,src=$JCC_CA_BUNDLE" \
    --build-arg SOURCE_DATE_EPOCH=1767225600 --target final --output "type=oci,dest=$work/$1.tar,rewrite-timestamp=true" . \
    >"$work/$1.log" 2>&1 || { tail -n 40 "$work/$1.log"; return 1; }
  "$project/tests/engine/up" gone "$store"
  rm -rf "$work/$1.oci"
  mkdir "$work/$1.oci"
  tar -C "$work/$1.oci" -xf "$work/$1.tar"
}
twice() { # CASE
  others=()
  cold 1 "$1"
  cold 2 "$1"
  # The index names the image by its hash, and so all that is in it: layers, their times, the config.
  cmp "$work/1.oci/index.json" "$work/2.oci/index.json" || { differing; return 1; }
}
# What differs, for the report.
differing() {
  local n layer
  for n in 1 2; do
    for layer in "$work/$n.oci/blobs/sha256/"*; do
      (tar -tvzf "$layer" || cat "$layer") 2>/dev/null
    done >"$work/$n.listed"
  done
  diff "$work/1.listed" "$work/2.listed"
}
tiny_is_the_same() { twice tiny; }
whole_is_the_same() { serve_sources; twice whole; }

proof "two cold builds of a small image on two engines, from two folders, give the same image" tiny_is_the_same
proof "the same of one with packages from sources, archives, wheels, an environment, files and a user" whole_is_the_same
