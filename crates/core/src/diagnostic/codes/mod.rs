//! The table of codes: one file an area, each code with the page that `jcc explain` shows.

pub mod catalog;
pub mod check;
pub mod fs;
pub mod manifest;
pub mod plan;
pub mod resolve;
pub mod syntax;
#[cfg(test)]
mod tests;

use super::Code;

#[derive(Debug, Clone, Copy)]
pub struct CodeEntry {
    pub code: Code,
    /// Markdown: a title, what is wrong and why it matters, an example that fails (a `kdl` block under `## Wrong`) and
    /// its suggestion (under `## Right`).
    pub page: &'static str,
}

/// Declares the codes of one area: constant, short name; the page is `pages/AREA/NAME.md`.
macro_rules! codes {
    ($area:literal: $($(#[$doc:meta])* $constant:ident = $name:literal;)*) => {
        $($(#[$doc])* pub const $constant: $crate::diagnostic::Code =
            $crate::diagnostic::Code::new(concat!("jcc::", $area, "::", $name));)*

        /// The codes of this area with their pages.
        pub(super) const TABLE: &[super::CodeEntry] = &[
            $(super::CodeEntry {
                code: $constant,
                page: include_str!(concat!("../pages/", $area, "/", $name, ".md")),
            },)*
        ];
    };
}
pub(crate) use codes;

/// Every code, by area, in the order of declaration.
pub fn all() -> impl Iterator<Item = CodeEntry> {
    [syntax::TABLE, manifest::TABLE, catalog::TABLE, check::TABLE, resolve::TABLE, plan::TABLE, fs::TABLE]
        .into_iter()
        .flatten()
        .copied()
}

/// The entry of a code as users write it: whole (`jcc::manifest::unknown-node`) or its last part.
pub fn find(text: &str) -> Option<CodeEntry> {
    all().find(|entry| {
        let code = entry.code.as_str();
        code == text || code.strip_prefix("jcc::") == Some(text) || code.rsplit("::").next() == Some(text)
    })
}
