//! Rules of the Dockerfile that can be read off any of them.

use std::collections::BTreeSet;

use super::{Example, dockerfiles, examples};

/// A file's instructions: each with the lines that continue it and its heredoc.
fn instructions(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let (mut open, mut end): (bool, Option<String>) = (false, None);
    for line in text.lines() {
        if open {
            let last = all.last_mut().expect("one is open");
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

/// The instructions of every Dockerfile that begin with a word.
fn all(word: &str) -> Vec<(String, String)> {
    let of = |(name, text): (String, String)| {
        let own = instructions(&text).into_iter().filter(|each| each.split(' ').next() == Some(word));
        own.map(|each| (name.clone(), each)).collect::<Vec<_>>()
    };
    let all: Vec<_> = dockerfiles().into_iter().flat_map(of).collect();
    assert!(!all.is_empty(), "there is a {word}");
    all
}

#[test]
fn the_head_says_what_it_was_made_for() {
    for (name, text) in dockerfiles() {
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
        for wanted in ["# jcc 0.1.0 · project.kdl · do not edit, run `jcc compile`", "# target "] {
            assert_eq!(head.iter().filter(|line| line.starts_with(wanted)).count(), 1, "{name}: {wanted}");
        }
        assert!(head.len() <= 5, "{name}: {head:?}");
    }
}

#[test]
fn rules_of_checkers_are_left_out_once_and_with_a_reason() {
    for (name, text) in dockerfiles() {
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("hadolint")).collect();
        assert!(
            matches!(lines[..], [line] if line.starts_with("# hadolint global ignore=") && line.contains(" # ")),
            "{name}: {lines:?}"
        );
    }
}

#[test]
fn blocks_say_what_they_are_and_who_asked() {
    let mut asked = 0;
    for (name, text) in dockerfiles() {
        let comments: Vec<&str> =
            text.lines().skip_while(|line| !line.is_empty()).filter(|line| line.starts_with("# ")).collect();
        // The head names the manifest; reasons name nodes, never lines.
        assert!(!comments.iter().any(|line| line.contains("project.kdl")), "{name}: {comments:?}");
        assert!(!comments.iter().any(|line| line.contains(".kdl:1")), "{name} cites a line");
        asked +=
            comments.iter().filter(|line| line.contains("(packages") || line.contains("(app user)")).count();
    }
    assert!(asked > 10, "blocks say who asked");
}

#[test]
fn builds_start_side_by_side() {
    for (name, text) in dockerfiles() {
        for line in text.lines().filter(|line| line.starts_with("FROM ") && line.contains(" AS build-")) {
            let from = line.split(' ').nth(1).unwrap_or_default();
            // On an image itself, or on what all stages share.
            assert!(["base", "devel"].contains(&from) || from.contains(':'), "{name}: {line}");
        }
    }
}

#[test]
fn one_transaction_of_system_packages_a_layer() {
    for (name, text) in dockerfiles() {
        for stage in text.split("\nFROM ").skip(1) {
            let stage_name = stage.lines().next().unwrap_or_default();
            // Those of the packages, and the user's own.
            let most = if stage_name.ends_with(" AS final") { 2 } else { 1 };
            assert!(stage.matches("apt-get install").count() <= most, "{name}: {stage_name}");
        }
    }
}

#[test]
fn caches_are_keyed_and_those_of_apt_locked() {
    for (name, run) in all("RUN") {
        for mount in run.split("--mount=").skip(1).filter(|mount| mount.starts_with("type=cache,")) {
            let id = mount.split(',').find_map(|part| part.strip_prefix("id=")).expect("each is named");
            let release = ["ubuntu2", "debian1"].iter().any(|release| id.contains(release));
            assert!(release && (id.ends_with("-arm64") || id.ends_with("-amd64")), "{name}: {id}");
            // What pip and uv keep may be shared: locked, stages would wait for each other.
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
fn credentials_are_mounted_where_they_are_asked_for() {
    for (name, run) in all("RUN") {
        assert!(!run.contains("type=secret"), "no example asks for any: {name}: {run}");
    }
    let all = examples();
    let example: &Example = all.iter().find(|example| example.name == "apt-extras").expect("it is there");
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
fn steps_that_do_not_fetch_have_no_network() {
    for (name, run) in all("RUN") {
        let alone = ["/run/add-user.sh", "/run/test/build", "/run/check.py", "\nldconfig &&"];
        if alone.iter().any(|part| run.contains(part)) {
            assert!(run.starts_with("RUN --network=none"), "{name}: {run}");
        }
    }
}

#[test]
fn what_steps_mount_is_there() {
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
        // And nothing lies there that no file names, by itself or by its folder.
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
fn fetches_are_held_to_what_they_are() {
    for (name, add) in all("ADD") {
        // Keys are held to their fingerprints.
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
fn only_what_both_builders_know() {
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
fn builds_from_source_know_the_memory() {
    for (name, text) in dockerfiles() {
        for stage in
            text.split("\nFROM ").filter(|stage| stage.contains("cmake --build") || stage.contains("make -C"))
        {
            assert!(stage.contains("$MAX_JOBS"), "{name}: {}", stage.lines().next().unwrap_or_default());
        }
    }
}

#[test]
fn what_is_built_is_given_the_same_time() {
    let mut built = 0;
    for (name, text) in dockerfiles() {
        for stage in text.split("\nFROM ").skip(1) {
            let image = stage.split(' ').next().is_some_and(|from| from.contains(':'));
            let builds = text.contains("$MAX_JOBS") || text.contains("pip install");
            // The key stage and what is only copied build nothing.
            if image && builds && !stage.contains(" AS keys\n") {
                assert!(stage.contains("\nARG SOURCE_DATE_EPOCH=315532800\n"), "{name}: {stage}");
                built += 1;
            }
        }
    }
    assert!(built > 3, "something is built");
}

#[test]
fn pip_steps_are_held_to_what_was_resolved() {
    for (name, run) in all("RUN").into_iter().filter(|(_, run)| run.contains("pip install")) {
        // Environments apart from the main one are there to clash with it.
        let apart = run.contains("/opt/venvs/");
        let constrained =
            run.contains("PIP_CONSTRAINT=/run/constraints.txt") && run.contains("/constraints/");
        assert_eq!(run.contains("PIP_CONSTRAINT"), constrained, "{name}: {run}");
        // One call that names every version itself needs no constraints.
        let named = run.lines().filter(|line| line.starts_with("    ") && line.contains("==")).count();
        let lines = run
            .lines()
            .filter(|line| line.starts_with("    ") && line.ends_with('\\') && !line.contains("--"))
            .count();
        assert!(apart || constrained || named == lines, "{name}: {run}");
    }
    for (name, text) in dockerfiles() {
        // What the project installs on top of exact versions is compared with them.
        let project = text.contains("# Python packages of the project");
        assert!(!project || text.contains("/run/check.py") || name.starts_with("apt-extras"), "{name}");
    }
}

#[test]
fn heavy_wheels_have_a_separate_layer() {
    let all = examples();
    let example: &Example = all.iter().find(|example| example.name == "lerobot-orin").expect("it is there");
    let files = example.compiled();
    let text = &files["Dockerfile"];
    let stage = |name: &str| {
        text.split("\nFROM ")
            .find(|stage| stage.lines().next().is_some_and(|line| line.ends_with(&format!(" AS {name}"))))
            .expect("it is there")
    };
    assert!(stage("python").contains("/torch-") && !stage("python").contains("jupyterlab"), "{text}");
    assert!(stage("final").contains("jupyterlab==") && !stage("final").contains("/torch-"), "{text}");
    assert!(stage("python").contains("/run/layers.py pytorch=torch\n"), "{text}");
    assert!(stage("final").contains("COPY --link --from=python /layers/pytorch /opt/venv\n"), "{text}");
}

/// An example whose own definitions make so many layers.
fn with_layers(many: usize) -> Result<(), String> {
    let all = examples();
    let example: &Example = all.iter().find(|example| example.name == "tiny").expect("it is there");
    let runs = "run \"true\"; ".repeat(many);
    let text = example.read("project.kdl").replace("command \"disks\"", &format!("{runs}command \"disks\""));
    example.write("project.kdl", &text);
    example.reported()
}

#[test]
fn layers_are_counted() {
    let few = with_layers(80);
    assert!(few.is_ok(), "{few:?}");
    let many = with_layers(101).expect_err("it is reported");
    assert!(many.contains("jcc::plan::layers") && many.contains("Warning"), "{many}");
    let most = with_layers(126).expect_err("it is reported");
    assert!(most.contains("jcc::plan::layers") && most.contains("Error"), "{most}");
}
