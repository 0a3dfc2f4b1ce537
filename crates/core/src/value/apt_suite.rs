//! [`AptSuite`]: a suite of an apt archive.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// A suite of an archive: `jammy`, `jammy-updates`. One that ends with `/` is the folder of a flat
    /// archive.
    AptSuite, "a suite" => |word| check(word, "a suite", "`stable`, `stable-updates`, or `./` for a flat archive")
}

/// Checks a suite or a component, which must be a single word in a sources file.
pub(super) fn check(word: &str, what: &str, help: &str) -> Result<String, Invalid> {
    text::only(word, what, help, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '+' | '-' | '~')
    })?;
    if word.starts_with('-') || word.split('/').any(|part| part == "..") {
        return Err(Invalid::new(format!("{} is not {what}", text::quoted(word))).help(help));
    }
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(AptSuite: "jammy", "jammy-updates", "./", "/", "r36.4", "stable/updates");

    #[test]
    fn errors_are_precise() {
        assert_eq!(AptSuite::parse("jammy main").unwrap_err().message, "a suite cannot contain a space");
        assert_eq!(AptSuite::parse("../x").unwrap_err().message, "`../x` is not a suite");
    }
}
