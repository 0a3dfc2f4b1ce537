//! `jcc update --digests`.

use std::path::Path;

use super::lock::{read, two, write};

const ONE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// What a command prints, and reports.
fn reported(folder: &Path, arguments: &[&str], code: i32) -> String {
    let ran = super::runs(folder, arguments, code);
    ran.out + &ran.err
}

fn inspected(name: &str, digest: &str) -> String {
    format!(
        "Name:      {name}\nMediaType: application/vnd.oci.image.index.v1+json\nDigest:    {digest}\n\nManifests:\n  Name: {name}@{TWO}\n"
    )
}

#[test]
fn the_lock_holds_the_digest_that_a_registry_had() {
    let folder = two();
    let folder = folder.path();
    let named = "docker.io/library/debian:bookworm-slim";
    write(folder, "digests.txt", &inspected(named, ONE));
    let lock = read(folder, "jcc.lock");
    let dry = reported(folder, &["update", "--digests", "digests.txt", "--dry-run"], 0);
    assert!(dry.contains(ONE), "{dry}");
    assert_eq!(read(folder, "jcc.lock"), lock, "a dry run writes nothing");

    reported(folder, &["update", "--digests", "digests.txt"], 0);
    let held = read(folder, "jcc.lock");
    let with = |text: &str, digest: &str| {
        text.replace("debian:bookworm-slim\"", &format!("debian:bookworm-slim@{digest}\""))
    };
    assert_eq!(held, with(&lock, ONE), "nothing but the digest, in both targets");
    reported(folder, &["compile"], 0);
    for file in ["a/Dockerfile", "b/Dockerfile"] {
        let text = read(folder, file);
        assert!(text.contains(&format!("FROM debian:bookworm-slim@{ONE}")), "{text}");
    }
    reported(folder, &["compile", "--locked", "--check"], 0);

    // A newer one replaces it, for one target alone where one is named.
    write(
        folder,
        "digests.txt",
        &format!("{{\"name\": \"{named}\", \"manifest\": {{\"digest\": \"{TWO}\"}}}}"),
    );
    reported(folder, &["update", "--digests", "digests.txt", "--target", "b"], 0);
    let lock = read(folder, "jcc.lock");
    assert_eq!((lock.matches(ONE).count(), lock.matches(TWO).count()), (1, 1), "{lock}");
    // `update` without names chooses everything again.
    reported(folder, &["update"], 0);
    let lock = read(folder, "jcc.lock");
    assert!(!lock.contains("@sha256:"), "{lock}");
}

#[test]
fn a_digest_that_fits_nothing_is_reported() {
    let folder = two();
    let folder = folder.path();
    let lock = read(folder, "jcc.lock");
    for (text, expected) in [
        (inspected("docker.io/library/debian:12", ONE), "resolve::unused-digest"),
        ("no such image".to_owned(), "resolve::not-inspected"),
        ("x".repeat((4 << 20) + 1), "is larger than 4 MiB"),
    ] {
        write(folder, "digests.txt", &text);
        let said = reported(folder, &["update", "--digests", "digests.txt"], 1);
        assert!(said.contains(expected), "{said}");
        assert_eq!(read(folder, "jcc.lock"), lock, "{said}");
    }
    let said = reported(folder, &["update", "--digests", "absent.txt"], 1);
    assert!(said.contains("`absent.txt` cannot be read"), "{said}");
    let both = inspected("docker.io/library/debian:bookworm-slim", ONE) + &inspected("debian:12", TWO);
    write(folder, "digests.txt", &both);
    let said = reported(folder, &["update", "--digests", "digests.txt"], 0);
    assert!(said.contains("unused-digest") && read(folder, "jcc.lock").contains(ONE), "{said}");
}

#[test]
fn the_manifest_s_digest_comes_first() {
    let folder = two();
    let folder = folder.path();
    let with = super::lock::TWO.replace("slim\" {", &format!("slim\" digest=\"{TWO}\" {{"));
    write(folder, "project.kdl", &with);
    write(folder, "digests.txt", &inspected("debian:bookworm-slim", ONE));
    let said = reported(folder, &["update", "--digests", "digests.txt"], 0);
    assert!(said.contains("resolve::fixed-digest"), "{said}");
    let lock = read(folder, "jcc.lock");
    assert!(lock.contains(TWO) && !lock.contains(ONE), "{lock}");
}
