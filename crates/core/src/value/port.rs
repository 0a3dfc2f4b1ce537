//! [`Port`]: a port number.

use std::fmt;

use super::{Invalid, Parse, text};

/// A port number: 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(u16);

impl Port {
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Parse for Port {
    const WHAT: &'static str = "a port";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let number =
            text::number(text).and_then(|number| u16::try_from(number).ok()).filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| {
            Invalid::new(format!("{} is not a valid port", text::quoted(text)))
                .help("use an integer from 1 to 65535")
        })
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(Port: "1", "8080", "65535");

    #[test]
    fn invalid_values_are_rejected() {
        for wrong in ["", "0", "65536", "-1", "http"] {
            assert_eq!(Port::parse(wrong).unwrap_err().message, format!("`{wrong}` is not a valid port"));
        }
    }
}
