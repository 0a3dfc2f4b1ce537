//! [`Commit`]: a Git commit.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The full hash of a Git commit: 40 hexadecimal digits.
    Commit, "a commit" => read
}

const HELP: &str =
    "`git ls-remote URL TAG` shows the commit of a tag, `git rev-parse NAME` that of a checkout";

fn read(word: &str) -> Result<String, Invalid> {
    let is_hex = word.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex && (7..40).contains(&word.len()) {
        let message = format!(
            "expected a full commit hash of 40 hexadecimal digits, found a short one of {}",
            word.len()
        );
        return Err(Invalid::new(message).help(HELP));
    }
    if !is_hex && text::first_other(word, |c| c.is_ascii_graphic()).is_none() {
        return Err(Invalid::new("expected a commit, not a tag or a branch, which can be moved").help(HELP));
    }
    text::hex(word, "a commit", 40, HELP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(Commit: "0123456789abcdef0123456789abcdef01234567");

    #[test]
    fn errors_are_precise() {
        let message = |text| Commit::parse(text).unwrap_err().message;
        assert_eq!(message("v2.5.1"), "expected a commit, not a tag or a branch, which can be moved");
        assert_eq!(
            message("0123456"),
            "expected a full commit hash of 40 hexadecimal digits, found a short one of 7"
        );
        assert_eq!(message(""), "a commit cannot be empty");
    }
}
