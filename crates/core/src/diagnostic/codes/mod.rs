//! The table of codes, with one file per area. Each code has the page that `jcc explain` shows.

pub mod catalog;
pub mod check;
pub mod manifest;
pub mod output;
pub mod plan;
pub mod resolve;
pub mod syntax;
#[cfg(test)]
mod tests;

use super::Code;

#[derive(Debug, Clone, Copy)]
pub struct CodeEntry {
    pub code: Code,
    /// The page in Markdown: a title, what is wrong and why it matters, an example that fails (a `kdl` block
    /// under `## Wrong`) and its correction (under `## Right`).
    pub page: &'static str,
}

/// Declares the codes of an area, as constants and short names. The page is `pages/AREA/NAME.md`.
macro_rules! codes {
    ($area:literal: $($(#[$doc:meta])* $constant:ident = $name:literal;)*) => {
        $($(#[$doc])* pub const $constant: $crate::diagnostic::Code =
            $crate::diagnostic::Code::new(concat!("jcc::", $area, "::", $name));)*

        /// The codes of this area, with their pages.
        pub(super) const TABLE: &[super::CodeEntry] = &[
            $(super::CodeEntry {
                code: $constant,
                page: include_str!(concat!("../pages/", $area, "/", $name, ".md")),
            },)*
        ];
    };
}
pub(crate) use codes;

/// Returns all codes by area, in the order of declaration.
pub fn all() -> impl Iterator<Item = CodeEntry> {
    [syntax::TABLE, manifest::TABLE, catalog::TABLE, check::TABLE, resolve::TABLE, plan::TABLE, output::TABLE]
        .into_iter()
        .flatten()
        .copied()
}

/// Finds a code as users write it: in full (`jcc::manifest::unknown-node`) or only its last segment.
pub fn find(text: &str) -> Option<CodeEntry> {
    all().find(|entry| {
        let code = entry.code.as_str();
        code == text || code.strip_prefix("jcc::") == Some(text) || code.rsplit("::").next() == Some(text)
    })
}
