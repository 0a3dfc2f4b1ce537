//! Tests that all files are written or none, with a fault at every operation.

#![expect(clippy::disallowed_methods, reason = "the tests simulate other writers")]

use std::collections::BTreeMap;

use super::folder::{InjectedFault, has_struck, set};
use super::{Disk, FileSystem as _};

type Files = BTreeMap<String, Vec<u8>>;

fn files(all: &[(&str, &str)]) -> Files {
    all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

/// Returns all files and folders; the content of a folder is `/`.
fn found(disk: &Disk) -> Files {
    let mut all = Files::new();
    for entry in walkdir::WalkDir::new(disk.root()).min_depth(1) {
        let entry = entry.expect("the folder can be listed");
        let path = entry.path().strip_prefix(disk.root()).expect("it is below").to_str().expect("UTF-8");
        let content =
            if entry.file_type().is_dir() { b"/".to_vec() } else { disk.read(path).expect("it exists") };
        all.insert(path.to_owned(), content);
    }
    all
}

/// Writes `new` over `old` with a fault at each operation in turn. Calls `check` with the result, the files
/// after the fault, whether the next run found an interrupted one, and the files after it has restored them.
/// Returns the number of operations.
fn with_each_fault(
    fault: fn(usize) -> InjectedFault,
    mut check: impl FnMut(&std::io::Result<()>, &Files, bool, &Files),
) -> usize {
    for at in 0.. {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let state = tempfile::tempdir().expect("a folder for the test");
        let disk = Disk::new(folder.path()).with_state(Some(state.path()));
        disk.write_all(&old()).expect("it is writable");
        set(fault(at));
        let report = disk.write_all(&new());
        let struck = has_struck();
        set(InjectedFault::None);
        let before = found(&disk);
        let next = Disk::new(folder.path()).with_state(Some(state.path()));
        drop(disk);
        let unfinished = next.lock().expect("the old files are restored");
        let after = found(&next);
        check(&report, &before, unfinished, &after);
        // The next run can write.
        next.write_all(&new()).expect("it is writable");
        assert_eq!(found(&next), with_folders(&new()));
        if !struck {
            return at;
        }
    }
    unreachable!("the number of operations is finite")
}

fn old() -> Files {
    files(&[("a", "old a"), ("d/e", "old e"), ("left", "alone")])
}

fn new() -> Files {
    files(&[("a", "new a"), ("b", "new b"), ("d/e", "new e"), ("f/g/h", "new h"), ("left", "alone")])
}

/// Adds the folders of the files.
fn with_folders(files: &Files) -> Files {
    let mut all = files.clone();
    for path in files.keys() {
        for (place, _) in path.match_indices('/') {
            all.insert(path[..place].to_owned(), b"/".to_vec());
        }
    }
    all
}

#[test]
fn after_a_failed_operation_all_files_are_old_or_all_are_new() {
    let operations = with_each_fault(InjectedFault::Once, |report, before, unfinished, after| {
        let expected = if report.is_ok() { with_folders(&new()) } else { with_folders(&old()) };
        assert_eq!((after, unfinished), (&expected, false), "{report:?}");
        // Temporary files that could not be removed are removed by the next run.
        assert!(before.iter().filter(|(path, _)| !path.contains(".jcc-")).eq(&expected), "{report:?}");
    });
    assert!(operations > 20, "{operations}");
}

#[test]
fn an_interrupted_run_is_rolled_back_by_the_next() {
    let mut mixed = 0;
    with_each_fault(InjectedFault::Ever, |report, before, unfinished, after| {
        let expected = if report.is_ok() { with_folders(&new()) } else { with_folders(&old()) };
        assert_eq!(after, &expected, "{report:?}");
        let visible: Files = before
            .iter()
            .filter(|(path, _)| !path.contains(".jcc-"))
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect();
        if visible != with_folders(&old()) && visible != with_folders(&new()) {
            assert!(unfinished, "the journal is unfinished");
            mixed += 1;
        }
    });
    assert!(mixed > 2, "some faults leave a mixture of old and new files");
}

#[test]
fn removals_are_part_of_the_same_change() {
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
            let struck = has_struck();
            set(InjectedFault::None);
            let visible =
                found(&disk).into_iter().filter(|(path, content)| !path.contains(".jcc-") && content != b"/");
            let visible: Files = visible.collect();
            mixed += usize::from(visible != old() && visible != after);
            let next = Disk::new(folder.path()).with_state(Some(state.path()));
            drop(disk);
            next.lock().expect("the old files are restored");
            let mut restored = found(&next);
            restored.retain(|_, content| content != b"/");
            assert_eq!(restored, if report.is_ok() { after.clone() } else { old() }, "{report:?}");
            if !struck {
                assert!(report.is_ok() && !found(&next).contains_key("d"), "empty folders are removed");
                break;
            }
        }
    }
    assert!(mixed > 2, "some faults leave a mixture of old and new files");
}

#[test]
fn a_rollback_keeps_a_removed_file_that_somebody_else_wrote_again() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let state = tempfile::tempdir().expect("a folder for the test");
    let disk = Disk::new(folder.path()).with_state(Some(state.path()));
    disk.write_all(&old()).expect("it is writable");
    // Interrupt the run after the removal, before the change is complete.
    let mut at = 0;
    while disk.read("d/e").is_ok() {
        set(InjectedFault::Ever(at));
        let _ = disk.change_all(&Files::new(), &["d/e".to_owned()].into());
        set(InjectedFault::None);
        at += 1;
    }
    assert!(disk.is_unfinished());
    std::fs::write(folder.path().join("d/e"), "mine").expect("it is writable");
    assert!(disk.lock().expect("the old files are restored"));
    assert_eq!(disk.read("d/e").expect("it exists"), b"mine");
}

#[test]
fn a_rollback_keeps_changes_of_somebody_else() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let state = tempfile::tempdir().expect("a folder for the test");
    let disk = Disk::new(folder.path()).with_state(Some(state.path()));
    disk.write_all(&old()).expect("it is writable");
    // Interrupt the run just before the change is complete.
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
    assert!(disk.lock().expect("the old files are restored"));
    let mut expected = old();
    expected.extend(files(&[("d/e", "an edit"), ("f/note", "mine")]));
    assert_eq!(found(&disk), with_folders(&expected));
}

#[cfg(unix)]
#[test]
fn only_one_run_writes_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let first = Disk::new(folder.path());
    assert!(!first.lock().expect("no other run has the lock"));
    std::thread::scope(|scope| {
        let second = scope.spawn(|| Disk::new(folder.path()).write_all(&files(&[("a", "second")])));
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(!second.is_finished() && found(&first).is_empty());
        drop(first);
        second.join().expect("the thread ends").expect("it waited for the lock");
    });
}

#[cfg(unix)]
#[test]
fn a_folder_that_becomes_a_link_is_not_followed() {
    let (folder, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let disk = Disk::new(folder.path());
    disk.write_all(&old()).expect("it is writable");
    // The folder is replaced between determining the destination and writing.
    let names = ["d".to_owned()];
    assert!(super::folder::Folder::along(folder.path(), &names).is_ok());
    std::fs::rename(folder.path().join("d"), folder.path().join("moved")).expect("the folder is ours");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("d")).expect("the folder is ours");
    assert!(super::folder::Folder::along(folder.path(), &names).is_err());
    let change =
        super::writing::FileChange { folders: names.to_vec(), name: "e".to_owned(), content: Some(b"new") };
    assert!(super::writing::write(folder.path(), None, &[change]).is_err());
    assert_eq!(outside.path().read_dir().expect("a folder").count(), 0);
}
