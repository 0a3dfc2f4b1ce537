//! [`Ppa`]: a personal package archive of Launchpad.

use std::fmt;

use super::{Invalid, Parse, text};

/// A personal package archive of Launchpad: `deadsnakes/ppa`, with an optional prefix `ppa:`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ppa {
    owner: String,
    name: String,
}

impl Ppa {
    pub fn owner(&self) -> &str {
        &self.owner
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

const HELP: &str = "use OWNER/NAME, as its page shows after `ppa:`";

impl Parse for Ppa {
    const WHAT: &'static str = "a personal package archive";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let bare = text.strip_prefix("ppa:").unwrap_or(text);
        let offset = text.len() - bare.len();
        let Some((owner, name)) = bare.split_once('/') else {
            return Err(Invalid::new("a personal package archive is given as OWNER/NAME").help(HELP));
        };
        for (part, at) in [(owner, offset), (name, offset + owner.len() + 1)] {
            text::only(part, "the name of a personal package archive", HELP, |c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '.' | '-')
            })
            .map_err(|invalid| invalid.within(at, part.len()))?;
            if part.starts_with(['+', '.', '-']) {
                let message = "owner and name must start with a letter or a digit";
                return Err(Invalid::new(message).help(HELP).at(at..at + 1));
            }
        }
        Ok(Self { owner: owner.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for Ppa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(Ppa: "deadsnakes/ppa", "ppa:ubuntu-toolchain-r/test");

    #[test]
    fn errors_are_precise() {
        let message = |text| Ppa::parse(text).unwrap_err().message;
        assert_eq!(message("deadsnakes"), "a personal package archive is given as OWNER/NAME");
        assert_eq!(message("a/b/c"), "the name of a personal package archive cannot contain `/`");
        assert_eq!(message("a/"), "the name of a personal package archive cannot be empty");
    }
}
