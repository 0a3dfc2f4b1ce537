//! [`UserName`]: the name of a user or group.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The name of a user or group that `useradd` accepts: `robot`, `_apt`.
    UserName, "a user name" => read
}

const HELP: &str = "a user name starts with a lower-case letter or `_`, followed by lower-case letters, digits, `_` \
    and `-`";

fn read(word: &str) -> Result<String, Invalid> {
    let lower = word.to_ascii_lowercase();
    if lower != word && read(&lower).is_ok() {
        let (_, at) =
            text::first_other(word, |c| !c.is_ascii_uppercase()).expect("the two differ in a letter");
        return Err(Invalid::new("a user name must be lower case").help(format!("write `{lower}`")).at(at));
    }
    text::only(word, "a user name", HELP, |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')
    })?;
    if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Err(Invalid::new(format!("a user name cannot start with `{}`", &word[..1]))
            .help(HELP)
            .at(0..1));
    }
    text::at_most(word, "a user name", 32)?;
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(UserName: "robot", "_apt", "a-b_1");

    #[test]
    fn errors_are_precise() {
        let message = |text| UserName::parse(text).unwrap_err().message;
        assert_eq!(message("Robot"), "a user name must be lower case");
        assert_eq!(message("1000"), "a user name cannot start with `1`");
        assert_eq!(message("a.b"), "a user name cannot contain `.`");
    }
}
