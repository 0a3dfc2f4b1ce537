//! [`Id`]: a user or group ID.

use std::fmt;

use super::{Invalid, Parse, text};

/// A user or group ID: 0 (root) to 2147483647.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u32);

impl Id {
    /// The ID of root.
    pub const ROOT: Self = Self(0);
    /// The first ID of normal users on most systems.
    pub const FIRST_USER: Self = Self(1000);

    pub fn get(self) -> u32 {
        self.0
    }
}

impl Parse for Id {
    const WHAT: &'static str = "a user or group ID";

    fn parse(text: &str) -> Result<Self, Invalid> {
        text::number(text)
            .and_then(|number| i32::try_from(number).ok())
            .and_then(|number| u32::try_from(number).ok())
            .map(Self)
            .ok_or_else(|| {
                let message = format!("{} is not a valid user or group ID", text::quoted(text));
                Invalid::new(message)
                    .help("use an integer from 0 to 2147483647; IDs of normal users start at 1000")
            })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(Id: "0", "1000", "2147483647");

    #[test]
    fn invalid_values_are_rejected() {
        for wrong in ["", "-1", "2147483648", "1e3", "robot"] {
            assert!(Id::parse(wrong).is_err(), "{wrong}");
        }
    }
}
