//! The hash that a generated file bears of itself, by which an edit by hand is told from a stale file.

use sha2::{Digest as _, Sha256};

/// What the line starts with.
const LINE: &str = "# jcc:self sha256:";

/// Who wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// jcc, and it is as jcc wrote it.
    Own,
    /// jcc, and someone changed it since.
    Edited,
    /// Not jcc.
    Foreign,
}

impl Signature {
    /// Reads it off a file's text.
    pub fn of(text: &str) -> Self {
        let Some(line) = text.lines().find(|line| line.starts_with(LINE)) else { return Self::Foreign };
        let without: String =
            text.split_inclusive('\n').filter(|each| each.trim_end_matches('\n') != line).collect();
        if line.strip_prefix(LINE) == Some(hash(&without).as_str()) { Self::Own } else { Self::Edited }
    }
}

/// Stands for the hash until it is known.
pub(super) const EMPTY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The text with its hash in the place of [`EMPTY`]; the line that bears it is left out of the hash.
pub(super) fn sign(text: &str) -> String {
    let line = format!("{LINE}{EMPTY}\n");
    let Some((before, after)) = text.split_once(&line) else { return text.to_owned() };
    let hash = hash(&[before, after].concat());
    format!("{before}{LINE}{hash}\n{after}")
}

/// The hash of a text that has no such line yet.
pub(super) fn hash(text: &str) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_an_edit() {
        let text = "# a\nFROM scratch AS x\n";
        let signed = format!("# a\n{LINE}{}\nFROM scratch AS x\n", hash(text));
        assert_eq!(Signature::of(&signed), Signature::Own);
        assert_eq!(Signature::of(&signed.replace("AS x", "AS y")), Signature::Edited);
        assert_eq!(Signature::of(text), Signature::Foreign);
    }
}
