//! Keys of Compose services that `run` does not have, and what to write instead.
//!
//! Source: <https://docs.docker.com/reference/compose-file/services/>

/// Lists of keys, each with the help for them.
pub(super) const COMPOSE_KEYS: &[(&[&str], &str)] = &[
    (
        &["services"],
        "`run` describes the main service; write each additional one as `service \"NAME\" { image \"REF\" }` in `run`",
    ),
    (
        &["deploy", "resources", "limits", "reservations"],
        "write the limits as `memory \"6g\"` and `cpus 2`, the GPU as `gpu`, and the restart policy as `restart`",
    ),
    (
        &["scale", "replicas"],
        "a manifest has no number of containers: run `docker compose up --scale SERVICE=NUMBER`",
    ),
    (
        &["build"],
        "remove it: jcc builds the image from this manifest; options of the build are in `build` at the top level",
    ),
    (
        &["image"],
        "the main service runs the image that jcc builds: write its base as `base image=\"REF\"`, and its name as \
            `project \"NAME\" { image \"REF\" }`",
    ),
    (&["dockerfile"], "remove it: jcc writes the Dockerfile; `output { dockerfile \"PATH\" }` sets its path"),
    (&["platform"], "the architecture is that of the `target`"),
    (
        &["networks"],
        "services of a project share one network; `network \"MODE\"` sets another mode, such as `host`",
    ),
    (
        &["links", "external-links", "link"],
        "services of a project reach each other by name; `depends-on \"SERVICE\"` sets the order in which they start",
    ),
    (&["volumes-from"], "write the same `volume` in both services"),
    (
        &["configs", "config"],
        "mount the file with `volume \"./FILE\" \"/PATH\" mode=\"ro\"`, or use `secret` for a secret value",
    ),
    (
        &["dns", "dns-opt", "dns-search"],
        "write single names with `extra-hosts \"NAME=ADDRESS\"`, or set the DNS server in the configuration of the engine",
    ),
    (
        &[
            "cpu-count",
            "cpu-percent",
            "cpu-shares",
            "cpu-quota",
            "cpu-period",
            "cpuset",
            "cpu-rt-runtime",
            "cpu-rt-period",
        ],
        "write `cpus 2` to limit the CPU time",
    ),
    (
        &["mem-reservation", "mem-swappiness", "memswap-limit", "oom-kill-disable", "oom-score-adj"],
        "write `memory \"6g\"` to limit the memory",
    ),
    (&["working-dir", "workdir"], "write `workdir \"PATH\"` in `app`"),
    (&["entrypoint"], "write `entrypoint` in `app`; `command` here sets its arguments"),
    (&["copy", "add"], "write `copy \"SRC\" to=\"DST\"` in `app`, or `volume \"./SRC\" \"/DST\"` here"),
    (&["domainname"], "write it in `hostname`, such as `hostname \"robot.example.com\"`"),
    (&["use-api-socket"], "write `docker-socket`"),
    (&["label-file", "annotations"], "write `label \"KEY\" \"VALUE\"` for each of them"),
    (&["pull-policy", "pull"], "remove it, and run `docker compose up --pull always`"),
    (&["develop", "watch"], "write `output { devcontainer \".devcontainer/devcontainer.json\" }`"),
    (&["version"], "remove it: jcc writes the Compose file in the current format"),
    (
        &[
            "attach",
            "blkio-config",
            "cgroup",
            "cgroup-parent",
            "credential-spec",
            "driver-opts",
            "isolation",
            "mac-address",
            "post-start",
            "pre-stop",
            "provider",
            "storage-opt",
            "userns-mode",
            "uts",
        ],
        "jcc has no node for it: write it in `docker-compose.override.yaml`, which Compose merges with the generated file",
    ),
];
