//! [`Fingerprint`]: the fingerprint of an `OpenPGP` key.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The fingerprint of a key: 40 hexadecimal digits, stored in upper case and without spaces.
    Fingerprint, "a key fingerprint" => read
}

const HELP: &str = "`gpg --show-keys KEYFILE` shows it: 40 hexadecimal digits, with or without spaces";

fn read(word: &str) -> Result<String, Invalid> {
    let bare: String = word.chars().filter(|c| *c != ' ').collect();
    let bare = bare.strip_prefix("0x").unwrap_or(&bare);
    if bare.bytes().all(|b| b.is_ascii_hexdigit()) && matches!(bare.len(), 8 | 16) {
        let message = "a short key ID is not enough: keys with the same short ID can be forged";
        return Err(Invalid::new(message).help(HELP));
    }
    // The ranges would be wrong for a text with spaces.
    let digits =
        text::hex(bare, "a key fingerprint", 40, HELP).map_err(|invalid| Invalid { at: None, ..invalid })?;
    Ok(digits.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(Fingerprint: "0123456789ABCDEF0123456789ABCDEF01234567", "0123 4567 89ab cdef 0123  4567 89ab cdef 0123 4567");

    #[test]
    fn short_key_ids_are_rejected() {
        for short in ["89ABCDEF", "0x89ABCDEF", "0123 4567 89AB CDEF"] {
            let message = Fingerprint::parse(short).unwrap_err().message;
            assert!(message.starts_with("a short key ID is not enough"), "{message}");
        }
    }
}
