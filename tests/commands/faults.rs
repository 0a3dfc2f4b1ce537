//! Disks that are full, runs that are killed, two runs at once: old outputs or new ones, never some of each.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{jcc, note, run, runs, sha256, snapshot, tiny, write_note};

type Files = BTreeMap<String, Vec<u8>>;

/// The smallest example, compiled, then changed so that all of its outputs are to be written anew; and both outputs.
fn stale() -> (tempfile::TempDir, Files, Files) {
    let folder = tiny();
    let manifest = folder.path().join("project.kdl");
    runs(folder.path(), &["compile"], 0);
    let old = outputs(folder.path());
    let text = fs::read_to_string(&manifest).expect("it is there");
    let text = text.replace("install \"jq\"", "install \"jq\" \"tree\"").replace("\"tiny\"", "\"small\"");
    fs::write(&manifest, text).expect("there is room");
    let other = tempfile::tempdir().expect("there is room");
    super::copy_into(folder.path(), other.path());
    runs(other.path(), &["compile"], 0);
    let new = outputs(other.path());
    assert!(old.iter().filter(|(path, content)| new.get(*path) != Some(content)).count() > 2);
    (folder, old, new)
}

/// What jcc wrote, and whatever it may have left.
fn outputs(folder: &Path) -> Files {
    let mut files = snapshot(folder);
    files.retain(|path, _| !path.contains(".kdl"));
    files
}

#[test]
fn a_killed_run_is_repaired_by_the_next() {
    let (folder, old, new) = stale();
    let start = Instant::now();
    runs(folder.path(), &["compile", "--stdout"], 0);
    let whole = start.elapsed() * 3 / 2;
    let (mut random, mut killed) = (12_345_u64, 0);
    for _ in 0..40 {
        for (path, content) in &old {
            fs::write(folder.path().join(path), content).expect("there is room");
        }
        let mut child =
            jcc(folder.path(), &["compile"]).stderr(Stdio::null()).spawn().expect("it can be run");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(whole.mul_f64(f64::from((random >> 40) as u32) / f64::from(1 << 24)));
        child.kill().expect("it is ours");
        killed += u32::from(!child.wait().expect("it ends").success());
        let found = outputs(folder.path());
        let journal = note(folder.path(), "unfinished").exists();
        assert!(found == old || found == new || journal || note(folder.path(), "finished").exists());
        let ran = runs(folder.path(), &["compile"], 0);
        assert_eq!(ran.err.contains("was interrupted while writing"), journal, "{}", ran.err);
        assert_eq!(outputs(folder.path()), new);
    }
    assert!(killed > 0, "no run was killed");
}

/// Even where the manifest has become wrong meanwhile.
#[test]
fn what_was_half_written_is_taken_back_first() {
    let (folder, old, new) = stale();
    // As a run leaves it that is killed when it has put one of two files in place.
    let path = |name: &str| folder.path().join(name);
    let entry = |name: &str, number: u32| {
        fs::write(path(&format!(".jcc-{number}.old")), &old[name]).expect("there is room");
        fs::write(path(&format!(".jcc-{number}.new")), &new[name]).expect("there is room");
        serde_json::json!({
            "folders": [], "name": name, "old": sha256(&old[name]), "new": sha256(&new[name]), "number": number,
        })
    };
    let journal =
        serde_json::json!({ "made": [], "files": [entry("Dockerfile", 0), entry("docker-compose.yaml", 1)] });
    write_note(&note(folder.path(), "unfinished"), &journal);
    fs::rename(path(".jcc-0.new"), path("Dockerfile")).expect("it is there");
    let text = fs::read_to_string(path("project.kdl")).expect("it is there");
    fs::write(path("project.kdl"), text + "nonsense\n").expect("there is room");
    let ran = runs(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("was interrupted while writing"), "{}", ran.err);
    assert_eq!(outputs(folder.path()), old);
}

#[cfg(unix)]
#[test]
fn two_runs_at_once_are_one_after_the_other() {
    let folder = tiny();
    let text = fs::read_to_string(folder.path().join("project.kdl")).expect("it is there");
    let mut expected = Vec::new();
    for name in ["a.kdl", "b.kdl"] {
        let other = text.replace("\"jq\"", &format!("\"jq\" \"{}sciidoc\"", &name[..1]));
        fs::write(folder.path().join(name), other).expect("there is room");
        runs(folder.path(), &["compile", name], 0);
        expected.push(outputs(folder.path()));
    }
    assert_ne!(expected[0], expected[1]);
    for round in 0..15 {
        let children: Vec<_> = ["a.kdl", "b.kdl", "a.kdl", "b.kdl"]
            .map(|name| jcc(folder.path(), &["compile", "-q", name]).spawn().expect("it can be run"))
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
fn a_run_does_not_wait_for_ever() {
    let (folder, old, _) = stale();
    let held = fs::File::open(folder.path()).expect("it is a folder");
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive).expect("nobody else is there");
    let start = Instant::now();
    let ran = runs(folder.path(), &["compile"], 4);
    assert!(
        ran.err.contains("another jcc process") && ran.err.contains("help: wait until it finishes"),
        "{}",
        ran.err
    );
    assert!(start.elapsed() > Duration::from_secs(4));
    assert_eq!(outputs(folder.path()), old);
    // A look needs no lock.
    runs(folder.path(), &["check"], 3);
}

/// Runs a script where mounts are its own, or says that this machine does not let a test do so.
#[cfg(target_os = "linux")]
fn with_mounts(script: &str, arguments: &[&Path]) -> Option<String> {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-euc"]);
    let probe = command.arg("mount -t tmpfs tmpfs /mnt").output();
    if !probe.is_ok_and(|output| output.status.success()) {
        // Past what the test's runner keeps to itself.
        _ = writeln!(std::io::stderr(), "not tested: only root can mount a small disk");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "bash", "-euc", script, "bash"]).args(arguments);
    let output = command.output().expect("it was there just now");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{report}", String::from_utf8_lossy(&output.stdout));
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_the_machine_s_failure() {
    let (folder, old, new) = stale();
    let place = tempfile::tempdir().expect("there is room");
    let kept = tempfile::tempdir().expect("there is room");
    // A disk with so many pages left, from none to enough.
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
        let (pages, code) = line.split_once(' ').expect("two words");
        let found = outputs(&kept.path().join(pages));
        let err = fs::read_to_string(kept.path().join(format!("{pages}.err"))).expect("it is there");
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
fn a_read_only_disk_is_the_machine_s_failure() {
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

/// Somebody else makes folders and links out of what is being written, again and again.
#[cfg(unix)]
#[test]
fn what_becomes_a_folder_or_a_link_meanwhile_is_neither_followed_nor_half_written() {
    let (folder, _, _) = stale();
    let outside = tempfile::tempdir().expect("there is room");
    let manifest = folder.path().join("project.kdl");
    let text = fs::read_to_string(&manifest).expect("it is there");
    fs::write(&manifest, text + "output { dockerfile \"out/Dockerfile\" }\n").expect("there is room");
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
    assert_eq!(outside.path().read_dir().expect("a folder").count(), 0);
    let _ = fs::remove_file(&place);
    let _ = fs::remove_dir_all(&place);
    runs(folder.path(), &["compile", "--force"], 0);
    runs(folder.path(), &["check"], 0);
    assert!(snapshot(folder.path()).keys().all(|path| !path.contains(".jcc-")));
}
