//! [`HostName`]: a host name.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// A host name in lower case, or an IPv4 address: `example.com`, `robot-1`.
    HostName, "a host name" => read
}

const HELP: &str =
    "a host name consists of letters, digits and hyphens, separated by dots: `robot-1`, `example.com`";

fn read(word: &str) -> Result<String, Invalid> {
    text::only(word, "a host name", HELP, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))?;
    text::at_most(word, "a host name", 253)?;
    let mut at = 0;
    for label in word.split('.') {
        let place = at..at + label.len();
        at = place.end + 1;
        if label.is_empty() {
            return Err(Invalid::new("part of the host name is empty").help(HELP).at(place));
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err(Invalid::new("a part of a host name cannot start or end with a hyphen")
                .help(HELP)
                .at(place));
        }
        text::at_most(label, "a part of a host name", 63).map_err(|invalid| invalid.at(place))?;
    }
    Ok(word.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(HostName: "example.com", "robot-1", "10.0.0.1", "Example.COM");

    #[test]
    fn errors_are_precise() {
        let message = |text| HostName::parse(text).unwrap_err().message;
        assert_eq!(message("a..b"), "part of the host name is empty");
        assert_eq!(message("-a"), "a part of a host name cannot start or end with a hyphen");
        assert_eq!(message("a_b"), "a host name cannot contain `_`");
    }
}
