//! Nothing in the catalogue, the stacks, the templates and the examples with their generated files looks like
//! a secret.

use std::fs;
use std::path::Path;

use jcc::internals::source::secrets;

use crate::support::repository;

fn search(folder: &Path, read: &mut usize, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("it can be listed") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            search(&path, read, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            *read += 1;
            for secret in secrets(&text) {
                let line = text[..secret.range.start].lines().count();
                let what = &text[secret.range];
                found.push(format!("{}:{line}: {:?}: {what}", path.display(), secret.kind));
            }
        }
    }
}

#[test]
fn nothing_shipped_with_jcc_looks_like_a_secret() {
    let (mut read, mut found) = (0, Vec::new());
    for folder in ["packages", "manifests", "examples", "templates"] {
        search(&repository(folder), &mut read, &mut found);
    }
    assert!(read > 300, "{read}");
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}
