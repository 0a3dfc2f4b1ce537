//! [`EnvName`]: the name of an environment variable.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The name of an environment variable: `ROS_DOMAIN_ID`.
    EnvName, "the name of a variable" => read
}

const HELP: &str = "a variable name consists of letters, digits and `_`, and does not start with a digit: \
    `ROS_DOMAIN_ID`";

fn read(word: &str) -> Result<String, Invalid> {
    if let Some(sign) = word.find('=') {
        let (name, value) = (&word[..sign], &word[sign + 1..]);
        let help = format!("write the value as a separate argument: `{name} \"{value}\"`");
        return Err(Invalid::new("a variable name cannot contain `=`").help(help).at(sign..sign + 1));
    }
    text::only(word, "the name of a variable", HELP, |c| c.is_ascii_alphanumeric() || c == '_')?;
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Invalid::new("a variable name cannot start with a digit").help(HELP).at(0..1));
    }
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(EnvName: "ROS_DOMAIN_ID", "_x", "a1");

    #[test]
    fn errors_are_precise() {
        let message = |text| EnvName::parse(text).unwrap_err().message;
        assert_eq!(message("A=1"), "a variable name cannot contain `=`");
        assert_eq!(message("1A"), "a variable name cannot start with a digit");
        assert_eq!(message("A-B"), "the name of a variable cannot contain `-`");
        assert_eq!(message(""), "the name of a variable cannot be empty");
    }
}
