//! [`Duration`]: a span of time.

use std::fmt;

use super::{Invalid, Parse, text};

/// A duration in the syntax of Docker and Compose: `30s`, `1m30s`, `1h`, `500ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    micros: u64,
}

/// The units in microseconds, in descending order.
const UNITS: [(&str, u64); 5] =
    [("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)];
const HELP: &str = "use integers with units, `h`, `m`, `s`, `ms` or `us`: `30s`, `1m30s`";

impl Duration {
    /// Returns the number of microseconds.
    pub fn micros(self) -> u64 {
        self.micros
    }
}

impl Parse for Duration {
    const WHAT: &'static str = "a duration";

    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new("empty duration").help(HELP));
        }
        let wrong = || Invalid::new(format!("{} is not a valid duration", text::quoted(text))).help(HELP);
        let mut rest = text;
        let mut micros = Some(0_u64);
        while !rest.is_empty() {
            let (digits, after) =
                rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
            let number = text::number(digits).ok_or_else(wrong)?;
            let (unit, after) =
                after.split_at(after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len()));
            if unit.is_empty() && after.is_empty() {
                return Err(Invalid::new("missing unit in a duration").meant(format!("{text}s")));
            }
            let (_, factor) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
            micros = micros.and_then(|sum| sum.checked_add(number.checked_mul(factor)?));
            rest = after;
        }
        // Docker stores nanoseconds in 63 bits.
        let micros = micros.filter(|micros| *micros < (1 << 63) / 1000);
        micros
            .map(|micros| Self { micros })
            .ok_or_else(|| Invalid::new("this duration is too long").help(HELP))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.micros == 0 {
            return f.write_str("0s");
        }
        let mut left = self.micros;
        for (unit, factor) in UNITS {
            if left >= factor {
                write!(f, "{}{unit}", left / factor)?;
                left %= factor;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(Duration: "30s", "1m30s", "1h", "500ms", "0s", "90s", "1h5us");

    #[test]
    fn values_are_normalised() {
        for (written, spelt) in [("90s", "1m30s"), ("1500ms", "1s500ms"), ("0m", "0s"), ("60m", "1h")] {
            assert_eq!(Duration::parse(written).unwrap().to_string(), spelt);
        }
    }

    #[test]
    fn errors_are_precise() {
        let unitless = Duration::parse("30").unwrap_err();
        assert_eq!(
            (unitless.message.as_str(), unitless.help.as_deref()),
            ("missing unit in a duration", Some("write `30s`"))
        );
        assert_eq!(Duration::parse("1 m").unwrap_err().message, "`1 m` is not a valid duration");
        assert_eq!(Duration::parse("1d").unwrap_err().message, "`1d` is not a valid duration");
        assert_eq!(Duration::parse("9999999999999h").unwrap_err().message, "this duration is too long");
    }
}
