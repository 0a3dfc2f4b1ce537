# jcc 0.1.0 · project.kdl · do not edit, run `jcc compile`
# `docker buildx bake --allow network.host` builds every target

# Timestamp of files in the images, from jcc.lock.
variable "SOURCE_DATE_EPOCH" {
  default = "1767225600"
}

# A repository for the build cache, such as `ghcr.io/acme/cache`; none if unset.
variable "JCC_CACHE" {
  default = ""
}

# If set, Buildx adds provenance and a bill of materials to the images, if the builder can.
variable "JCC_ATTEST" {
  default = ""
}

group "default" {
  targets = ["docker", "podman"]
}

target "_common" {
  args = {
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  attest = JCC_ATTEST == "" ? [] : ["type=provenance,mode=max", "type=sbom"]
}

target "docker" {
  inherits   = ["_common"]
  context    = "."
  dockerfile = "docker/Dockerfile"
  platforms  = ["linux/amd64"]
  tags       = ["dl-workstation:1.0.0-docker"]
  cache-from = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:docker"]
  cache-to   = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:docker,mode=max"]
  target     = "final"
  network    = "host"
}

target "podman" {
  inherits   = ["_common"]
  context    = "."
  dockerfile = "podman/Dockerfile"
  platforms  = ["linux/amd64"]
  tags       = ["dl-workstation:1.0.0-podman"]
  cache-from = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:podman"]
  cache-to   = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:podman,mode=max"]
  target     = "final"
  network    = "host"
}
