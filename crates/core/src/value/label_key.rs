//! [`LabelKey`]: the key of an image label.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The key of a label: `org.opencontainers.image.source`, `maintainer`.
    LabelKey, "a label key" => read
}

const HELP: &str =
    "a label key consists of letters, digits, `.`, `-`, `_` and `/`: `org.opencontainers.image.source`";

fn read(word: &str) -> Result<String, Invalid> {
    text::only(word, "a label key", HELP, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/')
    })?;
    text::at_most(word, "a label key", 255)?;
    for (letter, at) in [(word.chars().next(), 0), (word.chars().last(), word.len() - 1)] {
        if let Some(letter) = letter.filter(|letter| !letter.is_ascii_alphanumeric()) {
            let message =
                format!("a label key must start and end with a letter or a digit, not with `{letter}`");
            return Err(Invalid::new(message).help(HELP).at(at..at + 1));
        }
    }
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(LabelKey: "org.opencontainers.image.source", "maintainer", "com.acme/robot_1");

    #[test]
    fn errors_are_precise() {
        let message = |text| LabelKey::parse(text).unwrap_err().message;
        assert_eq!(message("a b"), "a label key cannot contain a space");
        assert_eq!(message(".a"), "a label key must start and end with a letter or a digit, not with `.`");
    }
}
