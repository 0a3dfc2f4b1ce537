//! [`Sha256`]: the checksum of a file.

use super::parse::word;
use super::text;

word! {
    /// A SHA-256 checksum: 64 hexadecimal digits, in lower case.
    Sha256, "a SHA-256 checksum" => |word| text::hex(word.strip_prefix("sha256:").unwrap_or(word), "a SHA-256 checksum", 64, HELP)
}

const HELP: &str = "`sha256sum FILE` shows it";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(Sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef");

    #[test]
    fn counts_its_digits() {
        let message = Sha256::parse("0123").unwrap_err().message;
        assert_eq!(message, "a SHA-256 checksum has 64 hexadecimal digits, this has 4");
        assert_eq!(
            Sha256::parse("01g").unwrap_err().message,
            "a SHA-256 checksum has 64 hexadecimal digits, `g` is none"
        );
    }
}
