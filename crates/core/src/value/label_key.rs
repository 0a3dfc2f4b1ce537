//! [`LabelKey`]: the key of an image's label.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The key of a label: `org.opencontainers.image.source`, `maintainer`.
    LabelKey, "the key of a label" => read
}

const HELP: &str = "it is letters, digits, `.`, `-`, `_` and `/`: `org.opencontainers.image.source`";

fn read(word: &str) -> Result<String, Invalid> {
    text::only(word, "the key of a label", HELP, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/')
    })?;
    text::at_most(word, "the key of a label", 255)?;
    for (letter, at) in [(word.chars().next(), 0), (word.chars().last(), word.len() - 1)] {
        if let Some(letter) = letter.filter(|letter| !letter.is_ascii_alphanumeric()) {
            let message =
                format!("the key of a label starts and ends with a letter or a digit, not with `{letter}`");
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
    fn says_what_is_wrong() {
        let said = |text| LabelKey::parse(text).unwrap_err().message;
        assert_eq!(said("a b"), "a space can't be part of the key of a label");
        assert_eq!(said(".a"), "the key of a label starts and ends with a letter or a digit, not with `.`");
    }
}
