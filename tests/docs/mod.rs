//! The pages in `docs/` that are generated from the tables of the languages and of the codes are current.
//!
//! `JCC_BLESS=1 cargo test -- --include-ignored` regenerates them.

use std::path::PathBuf;

use jcc::internals::diagnostic::codes;
use jcc::internals::syntax::schema::reference;

/// Asserts that a page of `docs/` has this text. Writes it first with `JCC_BLESS=1`.
pub(crate) fn assert_current(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var("JCC_BLESS").is_ok() {
        std::fs::write(&path, text).expect("docs/ exists");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "docs/{name} is stale: JCC_BLESS=1 cargo test -- --include-ignored");
}

#[test]
fn the_manifest_reference_is_current() {
    let head = "# The manifest: reference\n\nAll nodes of `project.kdl`, with their arguments and properties. Generated from the tables that jcc checks manifests \
                with; the [guide](guide.md) explains how the nodes fit together.\n\nYou can also put every node except `project`, `extends`, `catalog` and `output` \
                into a `target`. It then applies to that target only.\n\n";
    assert_current("manifest.md", &format!("{head}{}", reference(jcc::internals::manifest::LANGUAGE)));
}

#[test]
fn the_definitions_reference_is_current() {
    let head = "# Package definitions: reference\n\nAll nodes of `packages/GROUP/NAME/package.kdl` and of `packages/platform/*.kdl`. Generated from the tables \
                that jcc checks definitions with; [Writing a package](packages.md) explains how the nodes fit together.\n\n# Packages and axes\n\n";
    let definitions = reference(jcc::internals::catalog::schema::DEFINITION);
    let platforms: Vec<_> = jcc::internals::catalog::schema::PLATFORMS
        .iter()
        .filter(|spec| !jcc::internals::catalog::schema::DEFINITION.iter().any(|one| one.name == spec.name))
        .copied()
        .collect();
    let platforms = reference(platforms.leak());
    assert_current("definitions.md", &format!("{head}{definitions}# Platforms\n\n{platforms}"));
}

#[test]
fn the_diagnostics_index_is_current() {
    let mut text = String::from(
        "# Diagnostics\n\nAll diagnostics, by code. `jcc explain CODE` prints the same pages. Generated from `crates/core/src/diagnostic/pages`.\n",
    );
    for entry in codes::all() {
        let page = entry.page.trim().replace("\n## ", "\n#### ");
        let page = page.replacen("# ", &format!("### `{}`: ", entry.code), 1);
        text.push_str(&format!("\n{page}\n"));
    }
    assert_current("errors.md", &text);
}
