//! [`AptSuite`]: which release of an archive.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// A suite of an archive: `jammy`, `jammy-updates`; one that ends with `/` is a flat archive's folder.
    AptSuite, "a suite" => |word| check(word, "a suite", "`stable`, `stable-updates`, or `./` for a flat archive")
}

/// A suite or a component: nothing that would end the word in a list of sources.
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
    fn says_what_is_wrong() {
        assert_eq!(AptSuite::parse("jammy main").unwrap_err().message, "a suite cannot contain a space");
        assert_eq!(AptSuite::parse("../x").unwrap_err().message, "`../x` is not a suite");
    }
}
