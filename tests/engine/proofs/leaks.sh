# shellcheck shell=bash disable=SC2329,SC2154
# Nothing of a build's secrets and helpers stays.
leaves_nothing() {
  case_of tiny; built jcc-proof-tiny
  docker run --rm --network=host --user 0 jcc-proof-tiny sh -c '! ls /run/jcc /run/secrets /etc/apt/apt.conf.d/99-secret /var/cache/apt/*.bin /var/cache/apt/archives/*.deb 2>/dev/null'
}

proof "no secret, helper or download is in the image" leaves_nothing
