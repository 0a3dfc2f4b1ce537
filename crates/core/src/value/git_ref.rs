//! [`GitRef`]: a tag or branch of a Git repository.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// A tag or branch: `v1.2.0`, `release/5.x`.
    GitRef, "a tag" => read
}

const HELP: &str = "use a tag from the output of `git ls-remote --tags URL`: `v1.2.0`";

/// Checks the rules of git-check-ref-format that matter on a command line.
fn read(word: &str) -> Result<String, Invalid> {
    text::only(word, "a tag", HELP, |c| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\')
    })?;
    if word.starts_with(['-', '/']) {
        return Err(Invalid::new(format!("a tag cannot start with {}", text::quoted(&word[..1])))
            .help(HELP)
            .at(0..1));
    }
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(GitRef: "v1.2.0", "release/5.x", "4.10.0+jp6");

    #[test]
    fn errors_are_precise() {
        let message = |text| GitRef::parse(text).unwrap_err().message;
        assert_eq!(message("--upload-pack=x"), "a tag cannot start with `-`");
        assert_eq!(message("v1 v2"), "a tag cannot contain a space");
        assert_eq!(message("HEAD^{}"), "a tag cannot contain `^`");
    }
}
