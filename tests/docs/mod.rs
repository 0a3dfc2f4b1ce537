//! The pages under `docs/` that are made from the decoders' tables and the table of codes are current.
//!
//! `JCC_BLESS=1 cargo test -- --include-ignored` writes them anew.

use std::path::PathBuf;

use jcc::diagnostic::codes;
use jcc::syntax::schema::reference;

/// A page of the book is what it should be; `JCC_BLESS=1` writes it anew.
pub(crate) fn holds(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var("JCC_BLESS").is_ok() {
        std::fs::write(&path, text).expect("docs/ is there");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "docs/{name} is stale: JCC_BLESS=1 cargo test -- --include-ignored");
}

#[test]
fn the_manifest_s_reference() {
    let head = "# The manifest: reference\n\nEvery node of `project.kdl`, with what it takes. Made from the tables by which manifests are checked; \
                the [guide](guide.md) explains how they fit together.\n\nEvery node but `project`, `extends`, `catalog` and `output` may also stand inside a `target`, \
                for that target alone.\n\n";
    holds("manifest.md", &format!("{head}{}", reference(jcc::manifest::LANGUAGE)));
}

#[test]
fn the_catalogue_s_reference() {
    let head = "# Package definitions: reference\n\nEvery node of `packages/GROUP/NAME/package.kdl`, then of `packages/platform/*.kdl`. Made from the tables \
                by which definitions are checked; [writing a package](packages.md) explains how they fit together.\n\n# Packages and axes\n\n";
    let definitions = reference(jcc::catalog::schema::DEFINITION);
    let platforms: Vec<_> = jcc::catalog::schema::PLATFORMS
        .iter()
        .filter(|spec| !jcc::catalog::schema::DEFINITION.iter().any(|one| one.name == spec.name))
        .copied()
        .collect();
    let platforms = reference(platforms.leak());
    holds("definitions.md", &format!("{head}{definitions}# Platforms\n\n{platforms}"));
}

#[test]
fn the_index_of_errors() {
    let mut text = String::from(
        "# Diagnostics\n\nEvery code, with its page; `jcc explain CODE` shows the same. Made from the pages beside the rules.\n",
    );
    for entry in codes::all() {
        let page = entry.page.trim().replace("\n## ", "\n#### ");
        let page = page.replacen("# ", &format!("### `{}`: ", entry.code), 1);
        text.push_str(&format!("\n{page}\n"));
    }
    holds("errors.md", &text);
}
