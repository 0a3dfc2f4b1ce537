//! The lines above everything in a generated file.

use crate::plan::ServicesHead;

use super::quote;

/// Where a file is from and what else its reader must know, in lines that begin with `#`.
pub(super) fn head(head: &ServicesHead, more: &[String]) -> String {
    let manifest = quote::comment(&head.manifest);
    let mut out = format!("# jcc {} · {manifest} · do not edit, run `jcc compile`\n", head.compiler);
    for line in more {
        out.push_str(&format!("# {}\n", quote::comment(line)));
    }
    out
}
