# shellcheck shell=bash disable=SC2329,SC2154
# Two builds on two engines with empty caches, from two folders, give the same image byte for byte.
cold() { # NUMBER CASE
  local store=same-$1-$$
  engine=$("$project/tests/engine/up" other "$store" --feature containerd-snapshotter=true) || skip "$engine"
  others+=("$store")
  case_of "$2" "$1/folder-of-$1/$2"
  images_of Dockerfile | while IFS= read -r image; do docker save "$image" | docker --host "$engine" load; done
  # Files have the time of their checkout. (BuildKit only replaces times after SOURCE_DATE_EPOCH; older ones are kept.)
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
  # The index has the image's digest, which covers the layers, the times in them, and the configuration.
  cmp "$work/1.oci/index.json" "$work/2.oci/index.json" || { differing; return 1; }
}
# Shows the differences.
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

proof "two cold builds of a small image give the same image" tiny_is_the_same
proof "two cold builds of an image with source builds, archives, wheels, an environment, files and a user give the same image" whole_is_the_same
