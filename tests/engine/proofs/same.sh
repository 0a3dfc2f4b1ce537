# shellcheck shell=bash disable=SC2329,SC2154
# The same input, the same image.
rebuilds_the_same() {
  case_of tiny
  local n
  for n in 1 2; do
    docker build --quiet --no-cache --network=host --build-arg SOURCE_DATE_EPOCH=1767225600 --output "type=tar,dest=$work/$n.tar" .
  done
  cmp "$work/1.tar" "$work/2.tar"
}

proof "two cold builds give the same bytes" rebuilds_the_same
