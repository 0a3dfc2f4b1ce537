//! The pages under `docs/` that are made from the decoders' tables and the table of codes are current.
//!
//! `JCC_BLESS=1 cargo test -- --include-ignored` writes them anew.

use std::path::PathBuf;

use jcc::internals::diagnostic::codes;
use jcc::internals::syntax::schema::reference;

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
    let head = "# The manifest: reference\n\nAll nodes of `project.kdl`, with their arguments and properties. Generated from the tables that jcc checks manifests \
                with; the [guide](guide.md) explains how the nodes fit together.\n\nYou can also put every node except `project`, `extends`, `catalog` and `output` \
                into a `target`. It then applies to that target only.\n\n";
    holds("manifest.md", &format!("{head}{}", reference(jcc::internals::manifest::LANGUAGE)));
}

#[test]
fn the_catalogue_s_reference() {
    let head = "# Package definitions: reference\n\nAll nodes of `packages/GROUP/NAME/package.kdl` and of `packages/platform/*.kdl`. Generated from the tables \
                that jcc checks definitions with; [Writing a package](packages.md) explains how the nodes fit together.\n\n# Packages and axes\n\n";
    let definitions = reference(jcc::internals::catalog::schema::DEFINITION);
    let platforms: Vec<_> = jcc::internals::catalog::schema::PLATFORMS
        .iter()
        .filter(|spec| !jcc::internals::catalog::schema::DEFINITION.iter().any(|one| one.name == spec.name))
        .copied()
        .collect();
    let platforms = reference(platforms.leak());
    holds("definitions.md", &format!("{head}{definitions}# Platforms\n\n{platforms}"));
}

#[test]
fn the_index_of_errors() {
    let mut text = String::from(
        "# Diagnostics\n\nAll diagnostics, by code. `jcc explain CODE` prints the same pages. Generated from `crates/core/src/diagnostic/pages`.\n",
    );
    for entry in codes::all() {
        let page = entry.page.trim().replace("\n## ", "\n#### ");
        let page = page.replacen("# ", &format!("### `{}`: ", entry.code), 1);
        text.push_str(&format!("\n{page}\n"));
    }
    holds("errors.md", &text);
}
