//! Full disks, killed runs and concurrent runs: the outputs are either all old or all new.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{jcc, journal_path, run, run_expecting, sha256, snapshot, tiny, write_journal};

type Files = BTreeMap<String, Vec<u8>>;

/// Compiles the smallest example, then changes the manifest so that its outputs change. Returns the folder
/// with the old outputs, the old outputs, and the new ones.
fn stale() -> (tempfile::TempDir, Files, Files) {
    let folder = tiny();
    let manifest = folder.path().join("project.kdl");
    run_expecting(folder.path(), &["compile"], 0);
    let old = outputs(folder.path());
    let text = fs::read_to_string(&manifest).expect("it exists");
    let text = text.replace("install \"jq\"", "install \"jq\" \"tree\"").replace("\"tiny\"", "\"small\"");
    fs::write(&manifest, text).expect("the folder is writable");
    let other = tempfile::tempdir().expect("the folder is writable");
    super::copy_into(folder.path(), other.path());
    run_expecting(other.path(), &["compile"], 0);
    let new = outputs(other.path());
    assert!(old.iter().filter(|(path, content)| new.get(*path) != Some(content)).count() > 2);
    (folder, old, new)
}

/// Returns all files except KDL files: the outputs, and temporary files that a run may have left.
fn outputs(folder: &Path) -> Files {
    let mut files = snapshot(folder);
    files.retain(|path, _| !path.contains(".kdl"));
    files
}

#[test]
fn the_next_run_repairs_a_killed_one() {
    let (folder, old, new) = stale();
    let start = Instant::now();
    run_expecting(folder.path(), &["compile", "--stdout"], 0);
    let whole = start.elapsed() * 3 / 2;
    let (mut random, mut killed) = (12_345_u64, 0);
    for _ in 0..40 {
        for (path, content) in &old {
            fs::write(folder.path().join(path), content).expect("the folder is writable");
        }
        let mut child =
            jcc(folder.path(), &["compile"]).stderr(Stdio::null()).spawn().expect("it can be run");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(whole.mul_f64(f64::from((random >> 40) as u32) / f64::from(1 << 24)));
        child.kill().expect("we own it");
        killed += u32::from(!child.wait().expect("it ends").success());
        let found = outputs(folder.path());
        let journal = journal_path(folder.path(), "unfinished").exists();
        assert!(found == old || found == new || journal || journal_path(folder.path(), "finished").exists());
        let ran = run_expecting(folder.path(), &["compile"], 0);
        assert_eq!(ran.err.contains("was interrupted while writing"), journal, "{}", ran.err);
        assert_eq!(outputs(folder.path()), new);
    }
    assert!(killed > 0, "no run was killed");
}

/// The manifest became invalid in the meantime. The undo does not depend on it.
#[test]
fn partial_writes_are_undone_first() {
    let (folder, old, new) = stale();
    // The state after a run that was killed when it had replaced one of two files.
    let path = |name: &str| folder.path().join(name);
    let entry = |name: &str, number: u32| {
        fs::write(path(&format!(".jcc-{number}.old")), &old[name]).expect("the folder is writable");
        fs::write(path(&format!(".jcc-{number}.new")), &new[name]).expect("the folder is writable");
        serde_json::json!({
            "folders": [], "name": name, "old": sha256(&old[name]), "new": sha256(&new[name]), "number": number,
        })
    };
    let journal =
        serde_json::json!({ "made": [], "files": [entry("Dockerfile", 0), entry("docker-compose.yaml", 1)] });
    write_journal(&journal_path(folder.path(), "unfinished"), &journal);
    fs::rename(path(".jcc-0.new"), path("Dockerfile")).expect("it exists");
    let text = fs::read_to_string(path("project.kdl")).expect("it exists");
    fs::write(path("project.kdl"), text + "nonsense\n").expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("was interrupted while writing"), "{}", ran.err);
    assert_eq!(outputs(folder.path()), old);
}

#[cfg(unix)]
#[test]
fn concurrent_runs_are_serialised() {
    let folder = tiny();
    let text = fs::read_to_string(folder.path().join("project.kdl")).expect("it exists");
    let mut expected = Vec::new();
    for name in ["a.kdl", "b.kdl"] {
        let other = text.replace("\"jq\"", &format!("\"jq\" \"{}sciidoc\"", &name[..1]));
        fs::write(folder.path().join(name), other).expect("the folder is writable");
        run_expecting(folder.path(), &["compile", "--force", name], 0);
        expected.push(outputs(folder.path()));
    }
    assert_ne!(expected[0], expected[1]);
    for round in 0..15 {
        let children: Vec<_> = ["a.kdl", "b.kdl", "a.kdl", "b.kdl"]
            .map(|name| {
                jcc(folder.path(), &["compile", "--force", "-q", name]).spawn().expect("it can be run")
            })
            .into();
        for mut child in children {
            assert!(child.wait().expect("it ends").success(), "round {round}");
        }
        let found = outputs(folder.path());
        assert!(expected.contains(&found), "round {round}: {:?}", found.keys());
    }
}

#[cfg(unix)]
#[test]
fn waiting_for_another_run_times_out() {
    let (folder, old, _) = stale();
    let held = fs::File::open(folder.path()).expect("it is a folder");
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive)
        .expect("no other process holds the lock");
    let start = Instant::now();
    let ran = run_expecting(folder.path(), &["compile"], 4);
    assert!(
        ran.err.contains("another jcc process") && ran.err.contains("help: wait until it finishes"),
        "{}",
        ran.err
    );
    assert!(start.elapsed() > Duration::from_secs(4));
    assert_eq!(outputs(folder.path()), old);
    // Commands that only read need no lock.
    run_expecting(folder.path(), &["check"], 3);
}

/// Runs a script in a separate mount namespace. Prints a line and returns `None` if this machine does not
/// allow it.
#[cfg(target_os = "linux")]
fn with_mounts(script: &str, arguments: &[&Path]) -> Option<String> {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-euc"]);
    let probe = command.arg("mount -t tmpfs tmpfs /mnt").output();
    if !probe.is_ok_and(|output| output.status.success()) {
        // Written directly to stderr, because the test harness captures `eprintln!`.
        _ = writeln!(std::io::stderr(), "skipped: only root can mount a small disk");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "bash", "-euc", script, "bash"]).args(arguments);
    let output = command.output().expect("the probe has just run it");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{report}", String::from_utf8_lossy(&output.stdout));
    Some(String::from_utf8(output.stdout).expect("it is UTF-8"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_system_error() {
    let (folder, old, new) = stale();
    let place = tempfile::tempdir().expect("the folder is writable");
    let kept = tempfile::tempdir().expect("the folder is writable");
    // Disks with 0 to 40 free pages of 4 KiB: too few at first, enough at the end.
    let script = r#"
        for pages in $(seq 0 40); do
            mount -t tmpfs -o size=256k tmpfs "$2"
            cp -r "$1/." "$2/"
            truncate -s 0 "$2/filler"
            free=$(stat -f -c %a "$2")
            head -c "$(((free - pages) * 4096))" /dev/zero > "$2/filler"
            code=0; "$3" compile "$2/project.kdl" 2> "$4/$pages.err" || code=$?
            echo "$pages $code"
            rm "$2/filler"
            cp -r "$2" "$4/$pages"
            umount "$2"
        done"#;
    let jcc = Path::new(env!("CARGO_BIN_EXE_jcc"));
    let Some(reports) = with_mounts(script, &[folder.path(), place.path(), jcc, kept.path()]) else { return };
    let mut codes = std::collections::BTreeSet::new();
    for line in reports.lines() {
        let (pages, code) = line.split_once(' ').expect("it has two words");
        let found = outputs(&kept.path().join(pages));
        let err = fs::read_to_string(kept.path().join(format!("{pages}.err"))).expect("it exists");
        assert!(
            found == if code == "0" { new.clone() } else { old.clone() },
            "{line} {:?}\n{err}",
            found.keys()
        );
        assert!(
            code == "0" || err.contains("no files were written: `") && err.contains("free some disk space"),
            "{err}"
        );
        codes.insert(code.to_owned());
    }
    assert!(codes.iter().eq(["0", "4"]), "{codes:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_disk_is_a_system_error() {
    let (folder, old, _) = stale();
    let script = r#"
        mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"
        code=0; "$2" compile "$1/project.kdl" 2>&1 || code=$?
        echo "exit $code"; "$2" compile "$1/project.kdl" --stdout > /dev/null"#;
    let jcc = Path::new(env!("CARGO_BIN_EXE_jcc"));
    let Some(report) = with_mounts(script, &[folder.path(), jcc]) else { return };
    assert!(
        report.contains("no files were written: `") && report.contains("make the folder writable"),
        "{report}"
    );
    assert!(report.contains("exit 4"), "{report}");
    assert_eq!(outputs(folder.path()), old);
}

/// Another process repeatedly replaces a path with a folder or a link while jcc writes there.
#[cfg(unix)]
#[test]
fn paths_replaced_during_a_write_are_not_followed() {
    let (folder, _, _) = stale();
    let outside = tempfile::tempdir().expect("the folder is writable");
    let manifest = folder.path().join("project.kdl");
    let text = fs::read_to_string(&manifest).expect("it exists");
    fs::write(&manifest, text + "output { dockerfile \"out/Dockerfile\" }\n")
        .expect("the folder is writable");
    let place = folder.path().join("out");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = std::os::unix::fs::symlink(outside.path(), &place);
                std::thread::sleep(Duration::from_micros(300));
                let _ = fs::remove_file(&place);
                let _ = fs::create_dir_all(place.join("Dockerfile"));
                std::thread::sleep(Duration::from_micros(300));
                let _ = fs::remove_dir_all(&place);
                std::thread::sleep(Duration::from_micros(300));
            }
        });
        for _ in 0..30 {
            let ran = run(folder.path(), &["compile", "--force"]);
            assert!(matches!(ran.code, Some(0 | 1 | 4)), "{:?} {}", ran.code, ran.err);
            assert!(ran.code == Some(0) || ran.err.contains("help: "), "{}", ran.err);
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(outside.path().read_dir().expect("it is a folder").count(), 0);
    let _ = fs::remove_file(&place);
    let _ = fs::remove_dir_all(&place);
    run_expecting(folder.path(), &["compile", "--force"], 0);
    run_expecting(folder.path(), &["check"], 0);
    assert!(snapshot(folder.path()).keys().all(|path| !path.contains(".jcc-")));
}
