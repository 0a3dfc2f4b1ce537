//! [`ByteSize`]: an amount of memory.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Invalid, Parse, text};

/// An amount of memory with a unit of Compose, a power of 1024: `8g`, `512m`, `64k`, `100b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ByteSize(u64);

const UNITS: [(&str, u32); 4] = [("g", 30), ("m", 20), ("k", 10), ("b", 0)];
const HELP: &str = "use an integer with a unit, `b`, `k`, `m` or `g`: `512m`, `8g`";

impl ByteSize {
    /// Returns the number of bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl Parse for ByteSize {
    const WHAT: &'static str = "an amount of memory";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(end);
        let wrong =
            || Invalid::new(format!("{} is not a valid amount of memory", text::quoted(text))).help(HELP);
        let shift = match unit.trim_start().to_ascii_lowercase().as_str() {
            "" if !digits.is_empty() => {
                let meant = format!("{digits}{}", if digits.len() < 4 { "g" } else { "b" });
                return Err(Invalid::new("missing unit in an amount of memory").meant(meant));
            }
            "b" => 0,
            "k" | "kb" | "kib" => 10,
            "m" | "mb" | "mib" => 20,
            "g" | "gb" | "gib" => 30,
            "t" | "tb" | "tib" => 40,
            other if other.starts_with('.') => {
                return Err(
                    Invalid::new("an amount of memory must be an integer").help("write 1.5g as `1536m`")
                );
            }
            other => {
                // `256GB NVMe`: text after the unit is dropped in the suggestion.
                let word = other.split_whitespace().next().unwrap_or_default();
                let amount = format!("{digits}{}", word.get(..1).unwrap_or_default());
                let meant = Some(amount).filter(|one| *one != text && Self::parse(one).is_ok());
                let cut = word.len() < other.len() && Self::parse(&format!("{digits}{word}")).is_ok();
                return Err(match meant.filter(|_| cut) {
                    Some(meant) => wrong().meant(meant),
                    None => wrong(),
                });
            }
        };
        let number = text::number(digits).ok_or_else(wrong)?;
        let bytes = number.checked_mul(1 << shift);
        bytes.map(Self).ok_or_else(|| Invalid::new("this amount of memory is too large").help(HELP))
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |shift: u32| self.0.is_multiple_of(1 << shift) && self.0 > 0;
        let (unit, shift) = UNITS.into_iter().find(|(_, shift)| fits(*shift)).unwrap_or(("b", 0));
        write!(f, "{}{unit}", self.0 >> shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(ByteSize: "8g", "512m", "64k", "100b", "1024b", "8 GB", "2t", "0b");

    #[test]
    fn the_largest_unit_is_used() {
        for (written, spelt) in
            [("1024b", "1k"), ("1025b", "1025b"), ("8GiB", "8g"), ("1024m", "1g"), ("0g", "0b")]
        {
            assert_eq!(ByteSize::parse(written).unwrap().to_string(), spelt);
        }
        assert_eq!(ByteSize::parse("1k").unwrap().bytes(), 1024);
    }

    #[test]
    fn errors_are_precise() {
        let message = |text| ByteSize::parse(text).unwrap_err().message;
        assert_eq!(message("1.5g"), "an amount of memory must be an integer");
        assert_eq!(message("8"), "missing unit in an amount of memory");
        assert_eq!(ByteSize::parse("8").unwrap_err().meant.as_deref(), Some("8g"));
        for (written, meant) in [("256GB NVMe", "256g"), ("512 GiB SSD", "512g"), ("1TB nvme drive", "1t")] {
            assert_eq!(ByteSize::parse(written).unwrap_err().meant.as_deref(), Some(meant));
        }
        assert_eq!(ByteSize::parse("8 gold").unwrap_err().meant, None);
        assert_eq!(message("8x"), "`8x` is not a valid amount of memory");
        assert_eq!(message("99999999999g"), "this amount of memory is too large");
    }
}
