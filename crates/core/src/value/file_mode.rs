//! [`FileMode`]: the permissions of a file.

use std::fmt;

use super::{Invalid, Parse, text};

/// The permissions of a file, in octal: `0755`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileMode(u16);

impl FileMode {
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Parse for FileMode {
    const WHAT: &'static str = "file permissions";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix("0o").unwrap_or(text);
        let is_octal = digits.bytes().all(|b| matches!(b, b'0'..=b'7')) && matches!(digits.len(), 3 | 4);
        let bits = if is_octal { u16::from_str_radix(digits, 8).ok() } else { None };
        bits.map(Self).ok_or_else(|| {
            let what = if text.contains(['+', '=', 'r', 'w', 'x']) {
                "permissions must be octal here: not all builders support symbolic modes".to_owned()
            } else {
                format!("{} are not valid file permissions", text::quoted(text))
            };
            Invalid::new(what)
                .help("use three or four octal digits: `0755` for programs, `0644` for other files")
        })
    }
}

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(FileMode: "0755", "644", "4755", "0o644");

    #[test]
    fn modes_are_octal() {
        assert_eq!(FileMode::parse("755").unwrap().to_string(), "0755");
        assert_eq!(FileMode::parse("755").unwrap().get(), 0o755);
        assert_eq!(FileMode::parse("0788").unwrap_err().message, "`0788` are not valid file permissions");
        assert!(FileMode::parse("u+x").unwrap_err().message.starts_with("permissions must be octal"));
    }
}
