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
  targets = ["orin", "thor", "workstation"]
}

target "_common" {
  args = {
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  attest = JCC_ATTEST == "" ? [] : ["type=provenance,mode=max", "type=sbom"]
}

target "orin" {
  inherits   = ["_common"]
  context    = "."
  dockerfile = "orin/Dockerfile"
  platforms  = ["linux/arm64"]
  tags       = ["registry.example.com/acme/detector:2.1.0-orin"]
  cache-from = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:orin"]
  cache-to   = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:orin,mode=max"]
  target     = "final"
  network    = "host"
}

target "thor" {
  inherits   = ["_common"]
  context    = "."
  dockerfile = "thor/Dockerfile"
  platforms  = ["linux/arm64"]
  tags       = ["registry.example.com/acme/detector:2.1.0-thor"]
  cache-from = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:thor"]
  cache-to   = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:thor,mode=max"]
  target     = "final"
  network    = "host"
}

target "workstation" {
  inherits   = ["_common"]
  context    = "."
  dockerfile = "workstation/Dockerfile"
  platforms  = ["linux/amd64"]
  tags       = ["registry.example.com/acme/detector:2.1.0-workstation"]
  cache-from = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:workstation"]
  cache-to   = JCC_CACHE == "" ? [] : ["type=registry,ref=${JCC_CACHE}:workstation,mode=max"]
  target     = "final"
  network    = "host"
}
