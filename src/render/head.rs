//! The first lines of a generated file.

use crate::plan::ServicesHead;

use super::quote;

/// Returns comment lines with the compiler and the manifest, followed by `more`.
pub(super) fn head(head: &ServicesHead, more: &[String]) -> String {
    let manifest = quote::comment(&head.manifest);
    let mut out = format!("# jcc {} · {manifest} · do not edit, run `jcc compile`\n", head.compiler);
    for line in more {
        out.push_str(&format!("# {}\n", quote::comment(line)));
    }
    out
}
