//! [`Sha256`]: a SHA-256 checksum.

use sha2::Digest as _;

use super::parse::{Parse, word};
use super::text;

word! {
    /// A SHA-256 checksum: 64 hexadecimal digits, in lower case.
    Sha256, "a SHA-256 checksum" => |word| text::hex(word.strip_prefix("sha256:").unwrap_or(word), "a SHA-256 checksum", 64, HELP)
}

impl Sha256 {
    /// Computes the checksum of a sequence of parts. The lengths are hashed too, so that different splits of
    /// the same bytes differ.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = sha2::Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self::of_bytes(&hash.finalize())
    }

    /// Computes the checksum of a text, as `sha256sum` does.
    pub fn of_text(text: &str) -> Self {
        Self::of_content(text.as_bytes())
    }

    /// Computes the checksum of a file's content, as `sha256sum` does.
    pub fn of_content(content: &[u8]) -> Self {
        Self::of_bytes(&sha2::Sha256::digest(content))
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        let mut hex = String::with_capacity(64);
        for byte in bytes {
            hex.push_str(&format!("{byte:02x}"));
        }
        Self::parse(&hex).expect("a hash has 64 hexadecimal digits")
    }
}

const HELP: &str = "run `sha256sum FILE` to get it";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(Sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef");

    #[test]
    fn checksums_have_64_digits() {
        let message = Sha256::parse("0123").unwrap_err().message;
        assert_eq!(message, "a SHA-256 checksum has 64 hexadecimal digits, this one has 4");
        assert_eq!(
            Sha256::parse("01g").unwrap_err().message,
            "a SHA-256 checksum has 64 hexadecimal digits, and `g` is not one"
        );
    }
}
