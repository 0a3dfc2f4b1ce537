//! Tests `jcc lock` with fake programs. Their answers are files next to them.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::lock::{change, read, write};
use super::{Ran, jcc};

const MANIFEST: &str = r#"project "demo"
target "pc" { platform "x86_64"; ubuntu "22.04"; driver ">=550"; gpu "8.6" }
pip { install "server==2.0" "tool==1.5"; venv "apart" { install "server==2.0" } }
app { user "me" uid=1000; command "true" }
"#;

/// The requirements file that the fake uv writes.
const RESOLVED: &str = "markupsafe==3.0.2  # via server\nserver==2.0  # via jcc-python-environment (pyproject.toml)\n\
    tool==1.5  # via jcc-python-environment (pyproject.toml)\n";

/// A fake uv, which also records its input.
const UV: &str = r#"#!/bin/sh
set -e
[ "$1 $2" = "pip compile" ]
here=$(dirname "$0")
echo "$*" >>"$here/calls"
cat pyproject.toml requirements.in constraints.txt >>"$here/given"
env | sed -n 's/^UV_/UV_/p' | sort >>"$here/environment"
case " $* " in
  *" pylock.toml "*) cp "$here/pylock.toml" pylock.toml ;;
  *)
    cat resolved.txt >"$here/preferred"
    if [ -e "$here/fails" ]; then cat "$here/fails" >&2; exit 2; fi
    answer=apart.txt
    if grep -q '"tool' pyproject.toml; then answer=resolved.txt; fi
    cp "$here/$answer" resolved.txt
    ;;
esac
"#;

/// A project, and a folder with fake programs.
struct Place {
    project: TempDir,
    programs: TempDir,
}

impl Place {
    fn new(manifest: &str) -> Self {
        let place = Self {
            project: tempfile::tempdir().expect("the folder is writable"),
            programs: tempfile::tempdir().expect("the folder is writable"),
        };
        write(place.project.path(), "project.kdl", manifest);
        for program in ["sh", "cat", "cp", "dirname", "env", "grep", "sed", "sort"] {
            let real = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(program));
            let real = real.into_iter().find(|path| path.exists()).expect("every system has it");
            std::os::unix::fs::symlink(real, place.programs.path().join(program))
                .expect("the folder is writable");
        }
        place
    }

    /// Returns a project with the manifest above and a fake uv.
    fn with_uv() -> Self {
        let place = Self::new(MANIFEST);
        place.program("uv", UV);
        place.answer("resolved.txt", RESOLVED);
        place.answer("apart.txt", &RESOLVED[..RESOLVED.find("tool==").expect("it has one")]);
        let versions = [("markupsafe", "3.0.2", "a"), ("server", "2.0", "b"), ("tool", "1.5", "c")];
        place.answer(
            "pylock.toml",
            &versions.map(|(name, version, digit)| package(name, version, digit)).concat(),
        );
        place
    }

    fn program(&self, name: &str, text: &str) {
        let path = self.programs.path().join(name);
        fs::write(&path, text).expect("the folder is writable");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it is ours");
    }

    fn answer(&self, name: &str, text: &str) {
        write(self.programs.path(), name, text);
    }

    fn given(&self, name: &str) -> String {
        read(self.programs.path(), name)
    }

    fn file(&self, path: &str) -> String {
        read(self.project.path(), path)
    }

    #[track_caller]
    fn runs(&self, arguments: &[&str], code: i32) -> Ran {
        let mut command = jcc(self.project.path(), arguments);
        command
            .env("PATH", self.programs.path())
            .env("UV_EXCLUDE_NEWER", "2020-01-01")
            .env("UV_CACHE_DIR", "/kept");
        let ran = Ran::from(command.output().expect("it can be run"));
        assert_eq!(ran.code, Some(code), "jcc {}\n{}\n{}", arguments.join(" "), ran.out, ran.err);
        ran
    }
}

fn package(name: &str, version: &str, digit: &str) -> String {
    let hash = digit.repeat(64);
    format!(
        "[[packages]]\nname = \"{name}\"\nversion = \"{version}\"\n\
        wheels = [{{ url = \"https://a.example/x.whl\", hashes = {{ sha256 = \"{hash}\" }} }}]\n"
    )
}

#[test]
fn locked_packages_are_installed_by_hashes() {
    let place = Place::with_uv();
    change(place.project.path(), "project.kdl", "\"tool==1.5\"", "\"tool>=1\"");
    assert!(place.runs(&["compile"], 0).err.contains("jcc::check::unpinned-python"));
    let ran = place.runs(&["lock", "--only", "python"], 0);
    assert_eq!(ran.out, "pc  python  venv-apart  2 distributions\npc  python  final       3 distributions\n");
    let (a, b, c) = ("a".repeat(64), "b".repeat(64), "c".repeat(64));
    assert_eq!(
        place.file(".jcc/locked/final.txt"),
        format!(
            "# Written by `jcc lock`: do not edit\nmarkupsafe==3.0.2 --hash=sha256:{a}  # via server\n\
            server==2.0 --hash=sha256:{b}\ntool==1.5 --hash=sha256:{c}\n"
        )
    );
    let ran = place.runs(&["compile"], 0);
    assert!(!ran.err.contains("unpinned-python"), "the closure pins it: {}", ran.err);
    let dockerfile = place.file("Dockerfile");
    for line in [
        "    --mount=type=bind,source=.jcc/locked/final.txt,target=/run/locked/final.txt <<'EOF'",
        "/opt/venv/bin/pip install --no-deps --require-hashes \\",
        "    --requirement /run/locked/final.txt \\",
    ] {
        assert!(dockerfile.lines().any(|one| one == line), "{line}\n{dockerfile}");
    }
    assert!(!dockerfile.contains("server==2.0"), "{dockerfile}");
    let audit = place.runs(&["audit"], 0).out;
    for what in ["markupsafe==3.0.2", "server==2.0", "tool==1.5"] {
        assert!(audit.lines().any(|line| line.starts_with("  A  pip") && line.ends_with(what)), "{audit}");
    }
    assert!(!audit.contains("unlocked closure"), "{audit}");
    place.runs(&["check"], 0);

    // Locking again changes nothing and does not run uv.
    let (lock, calls) = (place.file("jcc.lock"), place.given("calls"));
    place.runs(&["lock", "--only", "python"], 0);
    assert_eq!((place.file("jcc.lock"), place.given("calls")), (lock, calls));
}

#[test]
fn uv_resolves_for_the_target() {
    let place = Place::with_uv();
    place.runs(&["lock", "--only", "python"], 0);
    let calls = place.given("calls");
    for words in ["--no-config", "--python-version 3.10", "--python-platform x86_64-manylinux_2_35"] {
        assert!(calls.lines().all(|call| call.contains(words)), "{words}\n{calls}");
    }
    assert!(
        place.given("given").contains("\"server==2.0\",\n    \"tool==1.5\",\n"),
        "{}",
        place.given("given")
    );
    let environment = place.given("environment");
    assert!(!environment.contains("EXCLUDE_NEWER"), "{environment}");
    assert!(environment.contains("UV_CACHE_DIR=/kept\nUV_PYTHON_DOWNLOADS=never\n"), "{environment}");
}

#[test]
fn after_a_change_the_closure_is_not_used_until_it_is_locked_again() {
    let place = Place::with_uv();
    place.runs(&["lock", "--only", "python"], 0);
    place.runs(&["compile"], 0);
    change(place.project.path(), "project.kdl", "\"tool==1.5\"", "\"tool==1.6\"");
    let ran = place.runs(&["compile"], 0);
    assert!(
        ran.err.contains("jcc::plan::stale-closure") && ran.err.contains("run `jcc lock`"),
        "{}",
        ran.err
    );
    let dockerfile = place.file("Dockerfile");
    assert!(dockerfile.contains("    tool==1.6 \\\n"), "{dockerfile}");
    assert!(
        dockerfile.contains("--requirement /run/locked/venv-apart.txt"),
        "the other environment stays locked: {dockerfile}"
    );
    let audit = place.runs(&["audit"], 0).out;
    assert!(audit.contains("unlocked closure of server, tool\n"), "{audit}");
    place.runs(&["compile", "--deny-warnings"], 1);
    place.runs(&["compile"], 0);

    // uv gets the locked versions as preferences.
    place.answer("resolved.txt", &RESOLVED.replace("tool==1.5", "tool==1.6"));
    let pylock = place.given("pylock.toml").replace("\"1.5\"", "\"1.6\"");
    place.answer("pylock.toml", &pylock);
    place.runs(&["lock", "--only", "python"], 0);
    assert_eq!(place.given("preferred"), "markupsafe==3.0.2\nserver==2.0\ntool==1.5\n");
    let ran = place.runs(&["compile"], 0);
    assert!(!ran.err.contains("stale-closure"), "{}", ran.err);
    place.runs(&["check"], 0);
}

#[test]
fn an_edited_closure_file_is_not_used() {
    let place = Place::with_uv();
    place.runs(&["lock", "--only", "python"], 0);
    place.runs(&["compile"], 0);
    change(place.project.path(), ".jcc/locked/final.txt", "server==2.0", "server==2.1");
    let ran = place.runs(&["compile", "--stdout"], 0);
    assert!(ran.err.contains("is missing or was edited"), "{}", ran.err);
    assert!(ran.out.contains("    server==2.0 \\\n"), "{}", ran.out);
    // Locking restores it.
    place.runs(&["lock", "--only", "python"], 0);
    assert!(place.file(".jcc/locked/final.txt").contains("server==2.0"));
    place.runs(&["compile"], 0);
    place.runs(&["check"], 0);
}

#[test]
fn without_uv_only_the_lock_command_fails() {
    let place = Place::new(MANIFEST);
    let ran = place.runs(&["lock", "--only", "python"], 1);
    assert_eq!(ran.err.matches("jcc::resolve::missing-tool").count(), 1, "{}", ran.err);
    assert!(ran.err.contains("`pip install uv`"), "{}", ran.err);
    assert!(ran.out.contains("pc  python  final       not locked"), "{}", ran.out);
    let ran = place.runs(&["compile"], 0);
    assert!(!ran.err.contains("warning"), "{}", ran.err);
}

#[test]
fn errors_of_uv_are_shown_and_the_old_closure_stays() {
    let place = Place::with_uv();
    place.runs(&["lock", "--only", "python"], 0);
    place.runs(&["compile"], 0);
    let before = place.file(".jcc/locked/final.txt");
    change(place.project.path(), "project.kdl", "\"tool==1.5\"", "\"tool==1.6\"");
    place.answer(
        "fails",
        "error: no answer from https://me:hunter2hunter2@pypi.example.com/simple\nsecond line\n",
    );
    let ran = place.runs(&["lock", "--only", "python"], 1);
    assert!(ran.err.contains("no answer from") && ran.err.contains("second line"), "{}", ran.err);
    assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    assert_eq!(place.file(".jcc/locked/final.txt"), before);
    assert_eq!(ran.out, "pc  python  venv-apart  2 distributions\npc  python  final       not locked\n");
}

#[test]
fn a_project_can_require_that_everything_is_locked() {
    let place = Place::with_uv();
    let offline = place.runs(&["lock", "--offline", "--only", "python"], 1);
    assert_eq!(offline.out, "pc  python  venv-apart  not locked\npc  python  final       not locked\n");
    assert!(!place.project.path().join("jcc.lock").exists(), "nothing is written");
    change(place.project.path(), "project.kdl", "app {", "output { require \"locked\" }\napp {");
    let ran = place.runs(&["compile"], 1);
    assert_eq!(
        ran.err.matches("jcc::plan::not-locked").count(),
        3,
        "two environments and an image: {}",
        ran.err
    );
    assert!(ran.err.contains("run `jcc lock`"), "{}", ran.err);
    place.runs(&["lock", "--only", "python"], 0);
    let ran = place.runs(&["compile"], 1);
    assert_eq!(ran.err.matches("jcc::plan::not-locked").count(), 1, "{}", ran.err);
    change(place.project.path(), "project.kdl", "output { require \"locked\" }\n", "");
    place.runs(&["compile"], 0);
    let ran = place.runs(&["compile", "--locked"], 1);
    assert_eq!(ran.err.matches("jcc::plan::not-locked").count(), 1, "{}", ran.err);
}

const ONE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

/// A project with a service, whose images have no digests.
const IMAGES: &str = r#"project "demo"
target "a" { platform "x86_64" }
target "b" { platform "x86_64" }
base image="debian:bookworm-slim" { provides { debian "12" } }
app { user "me" uid=1000; command "true" }
run { gpu #false; service "broker" { image "redis:7" } }
"#;

const DOCKER: &str = r#"#!/bin/sh
echo "$*" >>"$(dirname "$0")/calls"
[ "$1 $2 $3" = "buildx imagetools inspect" ] || exit 1
echo "Name:      docker.io/library/$4"
echo "Digest:    sha256:1111111111111111111111111111111111111111111111111111111111111111"
echo "Manifests:"
echo "  Name:      docker.io/library/$4@sha256:2222222222222222222222222222222222222222222222222222222222222222"
"#;

#[test]
fn images_are_pinned_by_digest() {
    let place = Place::new(IMAGES);
    place.program("docker", DOCKER);
    let ran = place.runs(&["lock"], 0);
    assert!(ran.out.starts_with(&format!("a  image  debian:bookworm-slim  {ONE}\n")), "{}", ran.out);
    assert_eq!(place.given("calls").lines().count(), 2, "each image is looked up once");
    place.runs(&["compile"], 0);
    for target in ["a", "b"] {
        let dockerfile = place.file(&format!("{target}/Dockerfile"));
        assert!(dockerfile.contains(&format!("FROM debian:bookworm-slim@{ONE} AS")), "{dockerfile}");
        let compose = place.file(&format!("{target}/docker-compose.yaml"));
        assert!(compose.contains(&format!("redis:7@{ONE}")), "{compose}");
    }
    place.runs(&["compile", "--locked", "--check"], 0);
    place.runs(&["lock", "--offline"], 0);

    // A released image is looked up again, and only then.
    place.runs(&["lock"], 0);
    assert_eq!(place.given("calls").lines().count(), 2);
    place.runs(&["update", "--only", "images", "--target", "b"], 0);
    let offline = place.runs(&["lock", "--offline"], 1).out;
    assert!(offline.contains("b  image  redis:7               not locked"), "{offline}");
    assert_eq!(offline.matches(ONE).count(), 2, "{offline}");
    place.runs(&["lock"], 0);
    place.runs(&["check"], 0);

    // A service that is gone leaves the lock.
    change(place.project.path(), "project.kdl", "; service \"broker\" { image \"redis:7\" }", "");
    place.runs(&["compile"], 0);
    assert!(!place.file("jcc.lock").contains("redis"), "{}", place.file("jcc.lock"));
}

#[test]
fn skopeo_is_used_if_docker_is_missing() {
    let place = Place::new(IMAGES);
    let ran = place.runs(&["lock"], 1);
    assert_eq!(ran.err.matches("jcc::resolve::missing-tool").count(), 1, "{}", ran.err);
    place.program("skopeo", &format!("#!/bin/sh\n[ \"$1\" = inspect ] && echo 'Digest: {ONE}'\n"));
    place.runs(&["lock"], 0);
    assert!(place.file("jcc.lock").contains(&format!("image \"redis:7@{ONE}\"")));
    place.program("docker", "#!/bin/sh\necho 'ERROR: no such host' >&2\nexit 1\n");
    place.program("skopeo", "#!/bin/sh\nexit 1\n");
    place.runs(&["update", "--only", "images"], 0);
    let ran = place.runs(&["lock"], 1);
    assert!(
        ran.err.contains("the image `redis:7` was not locked") && ran.err.contains("no such host"),
        "{}",
        ran.err
    );
}

const GIT: &str = r#"#!/bin/sh
echo "$*" >>"$(dirname "$0")/calls"
[ "$1" = ls-remote ] || exit 1
printf '%s\trefs/tags/v1\n%s\trefs/tags/v1^{}\n' 1111111111111111111111111111111111111111 2222222222222222222222222222222222222222
"#;

#[test]
fn tags_are_locked_to_commits() {
    let place = Place::new(
        "project \"demo\"\ncatalog \"defs\"\ntarget \"a\" { platform \"x86_64\" }\n\
        base image=\"debian:bookworm-slim\" { provides { debian \"12\" } }\npackages { robot-map }\n\
        app { user \"me\" uid=1000; command \"true\" }\nrun { gpu #false }\n",
    );
    let definition = "package \"robot-map\" {\n    summary \"Maps\"\n    group \"extra\"\n    license \"MIT\"\n    \
        source \"https://example.com/map\"\n    version \"1\"\n    \
        build { git \"https://example.com/map.git\" tag=\"v1\" to=\"/src\"; run \"true\"; export \"/src\" }\n}\n";
    write(place.project.path(), "defs/robot-map/package.kdl", definition);
    place.program("git", GIT);
    let ran = place.runs(&["lock", "--only", "git"], 0);
    let commit = "2".repeat(40);
    assert_eq!(ran.out, format!("a  git  https://example.com/map.git v1  {commit}\n"));
    assert_eq!(place.given("calls"), "ls-remote --exit-code -- https://example.com/map.git v1 v1^{}\n");
    place.runs(&["compile"], 0);
    assert!(place.file("Dockerfile").contains(&commit), "{}", place.file("Dockerfile"));
    let audit = place.runs(&["audit"], 0).out;
    let is_pinned =
        |line: &str| line.starts_with("  A  git") && line.ends_with("https://example.com/map.git");
    assert!(audit.lines().any(is_pinned), "{audit}");
    place.runs(&["update", "--only", "git"], 0);
    assert!(!place.file("jcc.lock").contains(&commit));
}

#[test]
fn update_releases_distributions() {
    let place = Place::with_uv();
    place.runs(&["lock", "--only", "python"], 0);
    place.runs(&["compile"], 0);
    place.runs(&["update", "MarkupSafe"], 2);
    place.runs(&["update", "markupsafe"], 0);
    let ran = place.runs(&["compile"], 0);
    assert!(ran.err.contains("`jcc update` released some of its packages"), "{}", ran.err);
    place.answer("resolved.txt", &RESOLVED.replace("markupsafe==3.0.2", "markupsafe==3.0.3"));
    place.answer("pylock.toml", &place.given("pylock.toml").replace("\"3.0.2\"", "\"3.0.3\""));
    place.runs(&["lock", "--only", "python"], 0);
    assert_eq!(place.given("preferred"), "server==2.0\ntool==1.5\n", "all but the released one");
    place.runs(&["compile"], 0);
    assert!(place.file(".jcc/locked/final.txt").contains("markupsafe==3.0.3 "));
    place.runs(&["check"], 0);
    // Without names everything is released.
    place.runs(&["update"], 0);
    place.runs(&["lock", "--only", "python"], 0);
    assert_eq!(place.given("preferred"), "");
    place.runs(&["compile"], 0);
    place.runs(&["check"], 0);
}
