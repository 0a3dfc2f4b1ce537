# shellcheck shell=bash disable=SC2329,SC2154
# Caches: of layers, and the ones of the Compose file.
stays_cached() {
  case_of tiny; built jcc-proof-a; docker build --network=host --progress=plain . 2>"$work/log"
  ! grep -qE '^#[0-9]+ [0-9.]+ .*(Setting up|Unpacking)' "$work/log"
}
serves_from_caches() {
  case_of tiny cached
  composed "$PWD"
  docker compose --profile cache up --detach --wait apt-cache pip-cache
  docker builder prune --all --force >/dev/null
  docker compose build --no-cache
  docker compose exec apt-cache sh -c 'ls -R /var/cache/apt-cacher-ng' | grep -q '\.deb$'
}

proof "a second build takes every layer from the cache, with and without the secrets" stays_cached
proof "the caches of the compose file serve a build" serves_from_caches
