//! `jcc update --digests`.

use std::path::Path;

use super::lock::{read, two, write};

const ONE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// Runs a command and returns its stdout and stderr.
fn output(folder: &Path, arguments: &[&str], code: i32) -> String {
    let ran = super::run_expecting(folder, arguments, code);
    ran.out + &ran.err
}

fn inspected(name: &str, digest: &str) -> String {
    format!(
        "Name:      {name}\nMediaType: application/vnd.oci.image.index.v1+json\nDigest:    {digest}\n\nManifests:\n  Name: {name}@{TWO}\n"
    )
}

#[test]
fn inspected_digests_are_written_to_the_lock() {
    let folder = two();
    let folder = folder.path();
    let named = "docker.io/library/debian:bookworm-slim";
    write(folder, "digests.txt", &inspected(named, ONE));
    let lock = read(folder, "jcc.lock");
    let dry = output(folder, &["update", "--digests", "digests.txt", "--dry-run"], 0);
    assert!(dry.contains(ONE), "{dry}");
    assert_eq!(read(folder, "jcc.lock"), lock, "a dry run writes nothing");

    output(folder, &["update", "--digests", "digests.txt"], 0);
    let updated = read(folder, "jcc.lock");
    let with = |text: &str, digest: &str| {
        text.replace("debian:bookworm-slim\"", &format!("debian:bookworm-slim@{digest}\""))
    };
    assert_eq!(updated, with(&lock, ONE), "only the digest changes, in both targets");
    output(folder, &["compile"], 0);
    for file in ["a/Dockerfile", "b/Dockerfile"] {
        let text = read(folder, file);
        assert!(text.contains(&format!("FROM debian:bookworm-slim@{ONE}")), "{text}");
    }
    output(folder, &["compile", "--locked", "--check"], 0);

    // A newer digest replaces it, only for the named target.
    write(
        folder,
        "digests.txt",
        &format!("{{\"name\": \"{named}\", \"manifest\": {{\"digest\": \"{TWO}\"}}}}"),
    );
    output(folder, &["update", "--digests", "digests.txt", "--target", "b"], 0);
    let lock = read(folder, "jcc.lock");
    assert_eq!((lock.matches(ONE).count(), lock.matches(TWO).count()), (1, 1), "{lock}");
    // `update` without names chooses everything again.
    output(folder, &["update"], 0);
    let lock = read(folder, "jcc.lock");
    assert!(!lock.contains("@sha256:"), "{lock}");
}

#[test]
fn unused_digests_are_reported() {
    let folder = two();
    let folder = folder.path();
    let lock = read(folder, "jcc.lock");
    for (text, expected) in [
        (inspected("docker.io/library/debian:12", ONE), "resolve::unused-digest"),
        ("no such image".to_owned(), "resolve::not-inspected"),
        ("x".repeat((4 << 20) + 1), "is larger than 4 MiB"),
    ] {
        write(folder, "digests.txt", &text);
        let report = output(folder, &["update", "--digests", "digests.txt"], 1);
        assert!(report.contains(expected), "{report}");
        assert_eq!(read(folder, "jcc.lock"), lock, "{report}");
    }
    let report = output(folder, &["update", "--digests", "absent.txt"], 1);
    assert!(report.contains("`absent.txt` cannot be read"), "{report}");
    let both = inspected("docker.io/library/debian:bookworm-slim", ONE) + &inspected("debian:12", TWO);
    write(folder, "digests.txt", &both);
    let report = output(folder, &["update", "--digests", "digests.txt"], 0);
    assert!(report.contains("unused-digest") && read(folder, "jcc.lock").contains(ONE), "{report}");
}

#[test]
fn the_digest_of_the_manifest_takes_precedence() {
    let folder = two();
    let folder = folder.path();
    let with = super::lock::TWO.replace("slim\" {", &format!("slim\" digest=\"{TWO}\" {{"));
    write(folder, "project.kdl", &with);
    write(folder, "digests.txt", &inspected("debian:bookworm-slim", ONE));
    let report = output(folder, &["update", "--digests", "digests.txt"], 0);
    assert!(report.contains("resolve::fixed-digest"), "{report}");
    let lock = read(folder, "jcc.lock");
    assert!(lock.contains(TWO) && !lock.contains(ONE), "{lock}");
}
