//! [`Digest`]: the digest of an image.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The digest of an image: `sha256:` and 64 hexadecimal digits.
    Digest, "an image digest" => read
}

const HELP: &str = "a digest is `sha256:` followed by 64 hexadecimal digits; `docker buildx imagetools inspect \
        IMAGE` shows it";

fn read(word: &str) -> Result<String, Invalid> {
    match word.split_once(':') {
        Some(("sha256", digits)) => {
            let digits = text::hex(digits, "an image digest", 64, HELP)
                .map_err(|invalid| invalid.within("sha256:".len(), digits.len()))?;
            Ok(format!("sha256:{digits}"))
        }
        Some((algorithm, _)) => {
            let message =
                format!("an image digest must start with `sha256:`, not {}", text::quoted(algorithm));
            Err(Invalid::new(message).help(HELP).at(0..algorithm.len()))
        }
        None => Err(Invalid::new("an image digest must start with `sha256:`").help(HELP)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(Digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");

    #[test]
    fn errors_are_precise() {
        assert_eq!(
            Digest::parse("md5:ab").unwrap_err().message,
            "an image digest must start with `sha256:`, not `md5`"
        );
        assert_eq!(Digest::parse("sha256:ax").unwrap_err().at, Some(8..9));
        assert_eq!(Digest::parse("").unwrap_err().message, "an image digest must start with `sha256:`");
    }
}
