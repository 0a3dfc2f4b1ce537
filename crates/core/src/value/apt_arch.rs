//! [`AptArch`]: an architecture as Debian names it.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// An architecture of Debian: `arm64`, `amd64`.
    AptArch, "an architecture" => read
}

const HELP: &str = "use Debian's names: `arm64`, `amd64`; separate several with commas";

fn read(word: &str) -> Result<String, Invalid> {
    text::only(word, "an architecture", HELP, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')?;
    if word.starts_with('-') {
        return Err(Invalid::new("an architecture starts with a letter or a digit").help(HELP).at(0..1));
    }
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(AptArch: "arm64", "amd64", "kfreebsd-amd64");

    #[test]
    fn errors_are_precise() {
        let message = |text| AptArch::parse(text).unwrap_err().message;
        assert_eq!(message("amd64\nTrusted:"), "an architecture cannot contain a line break");
        assert_eq!(message("amd64 arm64"), "an architecture cannot contain a space");
        assert_eq!(message("-arm64"), "an architecture starts with a letter or a digit");
    }
}
