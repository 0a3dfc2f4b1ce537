//! Rules of the Dockerfiles that can be checked on the files themselves.

use std::collections::BTreeSet;

use super::{Example, dockerfiles, examples};

/// Splits a Dockerfile into instructions, each with its continuation lines and its heredoc.
fn instructions(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let (mut open, mut end): (bool, Option<String>) = (false, None);
    for line in text.lines() {
        if open {
            let last = all.last_mut().expect("an instruction is open");
            last.push('\n');
            last.push_str(line);
        } else if line.starts_with(|c: char| c.is_ascii_uppercase()) {
            all.push(line.to_owned());
        } else {
            continue;
        }
        if let Some(delimiter) = &end {
            if line == delimiter {
                (open, end) = (false, None);
            }
            continue;
        }
        end = line
            .split_once("<<'")
            .and_then(|(_, rest)| rest.split_once('\''))
            .map(|(word, _)| word.to_owned());
        open = end.is_some() || line.ends_with('\\');
    }
    all
}

/// Returns all instructions with this keyword, with the path of their Dockerfile.
fn all(keyword: &str) -> Vec<(String, String)> {
    let of = |(name, text): (String, String)| {
        let own = instructions(&text).into_iter().filter(|each| each.split(' ').next() == Some(keyword));
        own.map(|each| (name.clone(), each)).collect::<Vec<_>>()
    };
    let all: Vec<_> = dockerfiles().into_iter().flat_map(of).collect();
    assert!(!all.is_empty(), "no {keyword}");
    all
}

#[test]
fn the_header_names_the_manifest_and_the_target() {
    for (name, text) in dockerfiles() {
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
        for wanted in ["# jcc 0.1.0 · project.kdl · do not edit, run `jcc compile`", "# target "] {
            assert_eq!(head.iter().filter(|line| line.starts_with(wanted)).count(), 1, "{name}: {wanted}");
        }
        assert!(head.len() <= 5, "{name}: {head:?}");
    }
}

#[test]
fn linter_rules_are_ignored_once_with_a_reason() {
    for (name, text) in dockerfiles() {
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("hadolint")).collect();
        assert!(
            matches!(lines[..], [line] if line.starts_with("# hadolint global ignore=") && line.contains(" # ")),
            "{name}: {lines:?}"
        );
    }
}

#[test]
fn comments_name_the_requesting_nodes() {
    let mut asked = 0;
    for (name, text) in dockerfiles() {
        let comments: Vec<&str> =
            text.lines().skip_while(|line| !line.is_empty()).filter(|line| line.starts_with("# ")).collect();
        // Only the header names the manifest. Reasons name nodes, never line numbers, which change too often.
        assert!(!comments.iter().any(|line| line.contains("project.kdl")), "{name}: {comments:?}");
        assert!(!comments.iter().any(|line| line.contains(".kdl:1")), "{name} names a line number");
        asked +=
            comments.iter().filter(|line| line.contains("(packages") || line.contains("(app user)")).count();
    }
    assert!(asked > 10, "{asked} comments name the node that requested the block");
}

#[test]
fn build_stages_start_from_images_or_shared_stages() {
    for (name, text) in dockerfiles() {
        for line in text.lines().filter(|line| line.starts_with("FROM ") && line.contains(" AS build-")) {
            let from = line.split(' ').nth(1).unwrap_or_default();
            // They start from an image, or from a stage that all share.
            assert!(["base", "devel"].contains(&from) || from.contains(':'), "{name}: {line}");
        }
    }
}

#[test]
fn stages_have_one_apt_transaction_per_group() {
    for (name, text) in dockerfiles() {
        for stage in text.split("\nFROM ").skip(1) {
            let stage_name = stage.lines().next().unwrap_or_default();
            // One for the packages, and one for the `apt` block of the manifest.
            let most = if stage_name.ends_with(" AS final") { 2 } else { 1 };
            assert!(stage.matches("apt-get install").count() <= most, "{name}: {stage_name}");
        }
    }
}

#[test]
fn cache_mounts_are_keyed_and_apt_caches_locked() {
    for (name, run) in all("RUN") {
        for mount in run.split("--mount=").skip(1).filter(|mount| mount.starts_with("type=cache,")) {
            let id = mount
                .split(',')
                .find_map(|part| part.strip_prefix("id="))
                .expect("each cache mount has an id");
            let release = ["ubuntu2", "debian1"].iter().any(|release| id.contains(release));
            assert!(release && (id.ends_with("-arm64") || id.ends_with("-amd64")), "{name}: {id}");
            // The caches of pip and uv support concurrent use. Locking them would make stages wait for each
            // other.
            let locked = mount.lines().next().is_some_and(|line| line.contains("sharing=locked"));
            assert_eq!(locked, id.contains("-apt-"), "{name}: {id}");
        }
        if run.contains("apt-get install") {
            let kept =
                ["id=jcc-apt-archives-", "id=jcc-apt-lists-", "target=/etc/apt/apt.conf.d/docker-clean"];
            assert!(kept.iter().all(|part| run.contains(part)), "{name}: {run}");
        }
    }
}

#[test]
fn credentials_are_mounted_only_where_requested() {
    for (name, run) in all("RUN") {
        assert!(!run.contains("type=secret"), "no example requests a secret: {name}: {run}");
    }
    let all = examples();
    let example: &Example = all.iter().find(|example| example.name == "apt-extras").expect("it exists");
    let manifest =
        example.read("project.kdl") + "\nbuild { secrets { apt-conf; ca-bundle; netrc; pip-conf } }\n";
    example.write("project.kdl", &manifest);
    let files = example.compiled();
    for run in instructions(&files["Dockerfile"]) {
        let secrets: BTreeSet<&str> = run
            .split("--mount=type=secret,id=")
            .skip(1)
            .map(|mount| mount.split(',').next().unwrap_or_default())
            .inspect(|_| assert!(run.contains("required=false"), "{run}"))
            .collect();
        let wanted: &[&str] = match &run {
            run if run.contains("apt-get install") => &["apt-conf", "ca-bundle", "netrc"],
            run if run.contains("pip install") => &["ca-bundle", "netrc", "pip-conf"],
            _ => &[],
        };
        assert_eq!(secrets, wanted.iter().copied().collect(), "{run}");
        assert_eq!(run.contains("\n. /run/ca/env\n"), !wanted.is_empty(), "{run}");
    }
    assert!(files[".jcc/ca/env"].contains("PIP_CERT=/run/secrets/ca-bundle"));
    for (name, text) in dockerfiles() {
        let kept = ["ARG http_proxy", "ENV http_proxy", "ENV PIP_INDEX_URL", "ENV PIP_CONFIG_FILE"];
        assert!(kept.iter().all(|word| !text.contains(word)), "{name}");
    }
}

#[test]
fn steps_without_downloads_have_no_network() {
    for (name, run) in all("RUN") {
        let alone = ["/run/add-user.sh", "/run/test/build", "/run/check.py", "\nldconfig &&"];
        if alone.iter().any(|part| run.contains(part)) {
            assert!(run.starts_with("RUN --network=none"), "{name}: {run}");
        }
    }
}

#[test]
fn mounted_files_exist_and_are_used() {
    for example in examples() {
        let files = example.compiled();
        let own = |name: &str| name.ends_with("Dockerfile") && !name.contains("caches/");
        for (name, text) in files.iter().filter(|(name, _)| own(name)) {
            let mounted = text
                .split("type=bind,source=")
                .skip(1)
                .map(|rest| rest.split(',').next().unwrap_or_default());
            let copied =
                text.lines().filter(|line| line.starts_with("COPY ")).flat_map(|line| line.split(' '));
            let own: BTreeSet<&str> =
                mounted.chain(copied).filter(|path| path.starts_with(".jcc/")).collect();
            assert!(!own.is_empty(), "{name}");
            for path in own {
                let there = files.keys().any(|file| file == path || file.starts_with(&format!("{path}/")));
                assert!(there, "{}: {name} mounts {path}", example.name);
            }
        }
        // Every file in .jcc/ is named by another file, directly or by its folder.
        for path in files.keys().filter(|path| path.starts_with(".jcc/")) {
            let name = path.rsplit('/').next().unwrap_or_default();
            let folder = path.strip_suffix(name).unwrap_or_default().trim_end_matches('/');
            let folder = folder.rsplit('/').next().unwrap_or_default();
            let names = |text: &String| text.contains(path.as_str()) || text.contains(folder);
            let mut others = files.iter().filter(|(other, _)| *other != "jcc.lock" && *other != path);
            assert!(others.any(|(_, text)| names(text)), "{}: nothing uses {path}", example.name);
        }
    }
}

#[test]
fn downloads_are_pinned() {
    for (name, add) in all("ADD") {
        // Keys have no checksum: a later step compares their fingerprint.
        let key = add.contains(" /run/keys/");
        assert!(key || add.starts_with("ADD --checksum=sha256:"), "{name}: {add}");
    }
    for (name, run) in all("RUN") {
        for line in run.lines().filter(|line| line.contains(" fetch --quiet --depth=1 ")) {
            let commit = line.rsplit(' ').next().unwrap_or_default();
            assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{name}: {line}");
        }
    }
}

#[test]
fn only_flags_that_both_builders_support_are_used() {
    for (name, text) in dockerfiles() {
        assert!(!text.contains("# syntax="), "{name}");
        for each in instructions(&text) {
            let flags: Vec<&str> = each.lines().next().unwrap_or_default().split(' ').skip(1).collect();
            for flag in flags.iter().take_while(|flag| flag.starts_with("--")) {
                let known = [
                    "--mount",
                    "--network",
                    "--link",
                    "--from",
                    "--chmod",
                    "--chown",
                    "--checksum",
                    "--exclude",
                ];
                let known = known.contains(&flag.split('=').next().unwrap_or_default());
                let health = each.starts_with("HEALTHCHECK ");
                let octal =
                    flag.strip_prefix("--chmod=").is_none_or(|mode| mode.chars().all(|c| c.is_ascii_digit()));
                assert!((known || health) && octal, "{name}: {each}");
            }
        }
    }
}

#[test]
fn source_builds_limit_parallel_jobs() {
    for (name, text) in dockerfiles() {
        for stage in
            text.split("\nFROM ").filter(|stage| stage.contains("cmake --build") || stage.contains("make -C"))
        {
            assert!(stage.contains("$MAX_JOBS"), "{name}: {}", stage.lines().next().unwrap_or_default());
        }
    }
}

#[test]
fn stages_that_build_set_source_date_epoch() {
    let mut built = 0;
    for (name, text) in dockerfiles() {
        for stage in text.split("\nFROM ").skip(1) {
            let image = stage.split(' ').next().is_some_and(|from| from.contains(':'));
            let builds = text.contains("$MAX_JOBS") || text.contains("pip install");
            // The stage of the keys, and stages that are only copied from, build nothing.
            if image && builds && !stage.contains(" AS keys\n") {
                assert!(stage.contains("\nARG SOURCE_DATE_EPOCH=315532800\n"), "{name}: {stage}");
                built += 1;
            }
        }
    }
    assert!(built > 3, "{built} stages");
}

#[test]
fn pip_steps_are_constrained_to_the_resolution() {
    for (name, run) in all("RUN").into_iter().filter(|(_, run)| run.contains("pip install")) {
        // Separate environments exist to have other versions than the main one.
        let is_separate = run.contains("/opt/venvs/");
        let constrained =
            run.contains("PIP_CONSTRAINT=/run/constraints.txt") && run.contains("/constraints/");
        assert_eq!(run.contains("PIP_CONSTRAINT"), constrained, "{name}: {run}");
        // A call that names every version exactly needs no constraints.
        let named = run.lines().filter(|line| line.starts_with("    ") && line.contains("==")).count();
        let lines = run
            .lines()
            .filter(|line| line.starts_with("    ") && line.ends_with('\\') && !line.contains("--"))
            .count();
        assert!(is_separate || constrained || named == lines, "{name}: {run}");
    }
    for (name, text) in dockerfiles() {
        // If the project installs Python packages itself, the build compares the result with the resolution.
        let project = text.contains("# Python packages of the project");
        assert!(!project || text.contains("/run/check.py") || name.starts_with("apt-extras"), "{name}");
    }
}

#[test]
fn heavy_wheels_have_a_separate_layer() {
    let all = examples();
    let example: &Example = all.iter().find(|example| example.name == "lerobot-orin").expect("it exists");
    let files = example.compiled();
    let text = &files["Dockerfile"];
    let stage = |name: &str| {
        text.split("\nFROM ")
            .find(|stage| stage.lines().next().is_some_and(|line| line.ends_with(&format!(" AS {name}"))))
            .expect("it exists")
    };
    assert!(stage("python").contains("/torch-") && !stage("python").contains("jupyterlab"), "{text}");
    assert!(stage("final").contains("jupyterlab==") && !stage("final").contains("/torch-"), "{text}");
    assert!(stage("python").contains("/run/layers.py pytorch=torch\n"), "{text}");
    assert!(stage("final").contains("COPY --link --from=python /layers/pytorch /opt/venv\n"), "{text}");
}

/// Compiles `tiny` with this many additional `RUN` instructions. Fails with the diagnostics.
fn with_layers(count: usize) -> Result<(), String> {
    let all = examples();
    let example: &Example = all.iter().find(|example| example.name == "tiny").expect("it exists");
    let runs = "run \"true\"; ".repeat(count);
    let text = example.read("project.kdl").replace("command \"disks\"", &format!("{runs}command \"disks\""));
    example.write("project.kdl", &text);
    example.reported()
}

#[test]
fn layer_limits_are_enforced() {
    let few = with_layers(80);
    assert!(few.is_ok(), "{few:?}");
    let many = with_layers(101).expect_err("it is reported");
    assert!(many.contains("jcc::plan::layers") && many.contains("Warning"), "{many}");
    let most = with_layers(126).expect_err("it is reported");
    assert!(most.contains("jcc::plan::layers") && most.contains("Error"), "{most}");
}
