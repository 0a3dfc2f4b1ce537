//! Files are written as one, whatever operation is the last.

#![expect(clippy::disallowed_methods, reason = "somebody else writes here")]

use std::collections::BTreeMap;

use super::folder::{InjectedFault, set, struck};
use super::{Disk, FileSystem as _};

type Files = BTreeMap<String, Vec<u8>>;

fn files(all: &[(&str, &str)]) -> Files {
    all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

/// What lies there, folders with it.
fn found(disk: &Disk) -> Files {
    let mut all = Files::new();
    for entry in walkdir::WalkDir::new(disk.root()).min_depth(1) {
        let entry = entry.expect("it can be listed");
        let path = entry.path().strip_prefix(disk.root()).expect("it lies below").to_str().expect("UTF-8");
        let content =
            if entry.file_type().is_dir() { b"/".to_vec() } else { disk.read(path).expect("it is there") };
        all.insert(path.to_owned(), content);
    }
    all
}

/// Writes over `old` with a fault at each operation in turn, and calls `see` with the files that are there then, and after
/// the next run has restored them.
fn each(
    fault: fn(usize) -> InjectedFault,
    mut see: impl FnMut(&std::io::Result<()>, &Files, bool, &Files),
) -> usize {
    for at in 0.. {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let state = tempfile::tempdir().expect("a folder for the test");
        let disk = Disk::new(folder.path()).with_state(Some(state.path()));
        disk.write_all(&old()).expect("it is writable");
        set(fault(at));
        let report = disk.write_all(&new());
        let struck = struck();
        set(InjectedFault::None);
        let before = found(&disk);
        let repaired = Disk::new(folder.path()).with_state(Some(state.path()));
        drop(disk);
        let unfinished = repaired.hold().expect("it is repaired");
        let after = found(&repaired);
        see(&report, &before, unfinished, &after);
        // And the repaired run can write.
        repaired.write_all(&new()).expect("it is writable");
        assert_eq!(found(&repaired), there(&new()));
        if !struck {
            return at;
        }
    }
    unreachable!("writing ends")
}

fn old() -> Files {
    files(&[("a", "old a"), ("d/e", "old e"), ("left", "alone")])
}

fn new() -> Files {
    files(&[("a", "new a"), ("b", "new b"), ("d/e", "new e"), ("f/g/h", "new h"), ("left", "alone")])
}

fn there(files: &Files) -> Files {
    let mut all = files.clone();
    for path in files.keys() {
        for (place, _) in path.match_indices('/') {
            all.insert(path[..place].to_owned(), b"/".to_vec());
        }
    }
    all
}

#[test]
fn an_operation_that_fails_leaves_all_old_or_all_new() {
    let operations = each(InjectedFault::Once, |report, before, unfinished, after| {
        let expected = if report.is_ok() { there(&new()) } else { there(&old()) };
        assert_eq!((after, unfinished), (&expected, false), "{report:?}");
        // What could not be swept is swept by the next run.
        assert!(before.iter().filter(|(path, _)| !path.contains(".jcc-")).eq(&expected), "{report:?}");
    });
    assert!(operations > 20, "{operations}");
}

#[test]
fn a_run_that_is_stopped_anywhere_is_taken_back_by_the_next() {
    let mut mixed = 0;
    each(InjectedFault::Ever, |report, before, unfinished, after| {
        let expected = if report.is_ok() { there(&new()) } else { there(&old()) };
        assert_eq!(after, &expected, "{report:?}");
        let visible: Files = before
            .iter()
            .filter(|(path, _)| !path.contains(".jcc-"))
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect();
        if visible != there(&old()) && visible != there(&new()) {
            assert!(unfinished, "a mixture is known as one");
            mixed += 1;
        }
    });
    assert!(mixed > 2, "the test sees what it is for");
}

#[test]
fn files_are_removed_with_the_others_or_not_at_all() {
    let removed = ["d/e".to_owned(), "left".to_owned(), "never/there".to_owned()].into();
    let after = files(&[("a", "new a"), ("b", "new b")]);
    let mut mixed = 0;
    for fault in [InjectedFault::Once, InjectedFault::Ever] {
        for at in 0.. {
            let folder = tempfile::tempdir().expect("a folder for the test");
            let state = tempfile::tempdir().expect("a folder for the test");
            let disk = Disk::new(folder.path()).with_state(Some(state.path()));
            disk.write_all(&old()).expect("it is writable");
            set(fault(at));
            let report = disk.change_all(&after, &removed);
            let struck = struck();
            set(InjectedFault::None);
            let visible =
                found(&disk).into_iter().filter(|(path, content)| !path.contains(".jcc-") && content != b"/");
            let visible: Files = visible.collect();
            mixed += usize::from(visible != old() && visible != after);
            let next = Disk::new(folder.path()).with_state(Some(state.path()));
            drop(disk);
            next.hold().expect("it is restored");
            let mut there = found(&next);
            there.retain(|_, content| content != b"/");
            assert_eq!(there, if report.is_ok() { after.clone() } else { old() }, "{report:?}");
            if !struck {
                assert!(report.is_ok() && !found(&next).contains_key("d"), "an empty folder goes too");
                break;
            }
        }
    }
    assert!(mixed > 2, "the test sees what it is for");
}

#[test]
fn what_somebody_else_wrote_is_not_removed() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let state = tempfile::tempdir().expect("a folder for the test");
    let disk = Disk::new(folder.path()).with_state(Some(state.path()));
    disk.write_all(&old()).expect("it is writable");
    // Stopped after the removal, before it counts.
    let mut at = 0;
    while disk.read("d/e").is_ok() {
        set(InjectedFault::Ever(at));
        let _ = disk.change_all(&Files::new(), &["d/e".to_owned()].into());
        set(InjectedFault::None);
        at += 1;
    }
    assert!(disk.is_unfinished());
    std::fs::write(folder.path().join("d/e"), "mine").expect("it is writable");
    assert!(disk.hold().expect("it is restored"));
    assert_eq!(disk.read("d/e").expect("it is there"), b"mine");
}

#[test]
fn what_somebody_else_wrote_since_is_left() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let state = tempfile::tempdir().expect("a folder for the test");
    let disk = Disk::new(folder.path()).with_state(Some(state.path()));
    disk.write_all(&old()).expect("it is writable");
    // Stopped just before the files count.
    let mut at = 0;
    while disk.read("f/g/h").is_err() {
        set(InjectedFault::Ever(at));
        let _ = disk.write_all(&new());
        set(InjectedFault::None);
        at += 1;
    }
    assert!(disk.is_unfinished());
    std::fs::write(folder.path().join("d/e"), "an edit").expect("it is writable");
    std::fs::write(folder.path().join("f/note"), "mine").expect("it is writable");
    assert!(disk.hold().expect("it is repaired"));
    let mut expected = old();
    expected.extend(files(&[("d/e", "an edit"), ("f/note", "mine")]));
    assert_eq!(found(&disk), there(&expected));
}

#[cfg(unix)]
#[test]
fn one_run_writes_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let first = Disk::new(folder.path());
    assert!(!first.hold().expect("nobody else is there"));
    std::thread::scope(|scope| {
        let second = scope.spawn(|| Disk::new(folder.path()).write_all(&files(&[("a", "second")])));
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(!second.is_finished() && found(&first).is_empty());
        drop(first);
        second.join().expect("it ends").expect("it waited");
    });
}

#[cfg(unix)]
#[test]
fn a_folder_that_becomes_a_link_is_not_followed() {
    let (folder, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let disk = Disk::new(folder.path());
    disk.write_all(&old()).expect("it is writable");
    // Between the look at the place and the writing.
    let names = ["d".to_owned()];
    assert!(super::folder::Folder::along(folder.path(), &names).is_ok());
    std::fs::rename(folder.path().join("d"), folder.path().join("was")).expect("it is ours");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("d")).expect("it is ours");
    assert!(super::folder::Folder::along(folder.path(), &names).is_err());
    let wanted =
        super::writing::FileChange { folders: names.to_vec(), name: "e".to_owned(), content: Some(b"new") };
    assert!(super::writing::write(folder.path(), None, &[wanted]).is_err());
    assert_eq!(outside.path().read_dir().expect("a folder").count(), 0);
}
