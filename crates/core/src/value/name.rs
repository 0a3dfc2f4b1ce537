//! [`Name`]: the name of a package, target, environment or service.

use super::parse::word;
use super::{Invalid, Parse, text};

word! {
    /// A name: `pytorch`, `stable-diffusion-webui`, `llama_cpp`.
    Name, "a name" => read
}

impl Name {
    /// Creates a name for a lookup in the catalogue, even if it is invalid. It will not be found, and the
    /// diagnostic about that suggests similar names.
    pub fn as_written(word: &str) -> Result<Self, Invalid> {
        let shown = !word.trim().is_empty() && !word.chars().any(char::is_control);
        if shown && text::at_most(word, "a name", 64).is_ok() {
            Ok(Self(word.to_owned().into()))
        } else {
            Self::parse(word)
        }
    }
}

const HELP: &str = "a name starts with a lower-case letter or a digit, followed by lower-case letters, digits, \
        `-`, `_` and `.`";

fn read(word: &str) -> Result<String, Invalid> {
    let upper = word.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = if upper { word.to_ascii_lowercase().replace(' ', "-") } else { String::new() };
    if upper && read(&lower).is_ok() {
        let (_, at) =
            text::first_other(word, |c| !c.is_ascii_uppercase()).expect("the two differ in a letter");
        let without = if word.contains(' ') { " and contain no spaces" } else { "" };
        let message = format!("a name must be lower case{without}");
        return Err(Invalid::new(message).help(format!("write `{lower}`")).at(at));
    }
    text::only(word, "a name", HELP, |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-')
    })?;
    if word.starts_with(['.', '_', '-']) {
        let message = format!("a name cannot start with `{}`", &word[..1]);
        return Err(Invalid::new(message).help(HELP).at(0..1));
    }
    text::at_most(word, "a name", 64)?;
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(Name: "pytorch", "stable-diffusion-webui", "llama_cpp", "3d", "a.b");

    #[test]
    fn errors_are_precise() {
        let upper = Name::parse("PyTorch").unwrap_err();
        assert_eq!(upper.help.as_deref(), Some("write `pytorch`"));
        assert_eq!(upper.at, Some(0..1));
        let spaced = Name::parse("Jetson AGX Orin").unwrap_err();
        assert_eq!(spaced.message, "a name must be lower case and contain no spaces");
        assert_eq!(spaced.help.as_deref(), Some("write `jetson-agx-orin`"));
        assert_eq!(Name::parse("").unwrap_err().message, "a name cannot be empty");
        assert_eq!(Name::parse("a b").unwrap_err().message, "a name cannot contain a space");
        assert_eq!(Name::parse("-a").unwrap_err().message, "a name cannot start with `-`");
        assert_eq!(
            Name::parse(&"a".repeat(65)).unwrap_err().message,
            "a name has at most 64 characters, this one has 65"
        );
    }
}
