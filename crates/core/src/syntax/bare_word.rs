//! Classifies words without quotes.

/// What KDL 2 reads an unquoted word as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    Text,
    Number,
    /// `true` and other keywords, which KDL 2 writes with `#`.
    Keyword,
    /// It starts like a number but is not one: `22.04.1`, `10GB`, `.5`.
    LikeNumber,
}

/// Classifies an unquoted word.
pub(super) fn classify(word: &str) -> Bare {
    if matches!(word, "true" | "false" | "null" | "inf" | "-inf" | "nan") {
        return Bare::Keyword;
    }
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let digits = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    if digits(unsigned) {
        return if is_number(unsigned) { Bare::Number } else { Bare::LikeNumber };
    }
    if unsigned.strip_prefix('.').is_some_and(digits) { Bare::LikeNumber } else { Bare::Text }
}

fn is_number(text: &str) -> bool {
    let run = |text: &str, allowed: fn(char) -> bool| {
        text.starts_with(allowed) && text.chars().all(|letter| allowed(letter) || letter == '_')
    };
    for (prefix, allowed, radix) in [
        ("0x", (|letter| letter.is_ascii_hexdigit()) as fn(char) -> bool, 16),
        ("0o", |letter| ('0'..='7').contains(&letter), 8),
        ("0b", |letter| matches!(letter, '0' | '1'), 2),
    ] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return run(digits, allowed) && i128::from_str_radix(&digits.replace('_', ""), radix).is_ok();
        }
    }
    let decimal: fn(char) -> bool = |letter| letter.is_ascii_digit();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let whole = match mantissa.split_once('.') {
        Some((whole, fraction)) => run(whole, decimal) && run(fraction, decimal),
        None => {
            run(mantissa, decimal)
                && (exponent.is_some() || mantissa.replace('_', "").parse::<i128>().is_ok())
        }
    };
    whole && exponent.is_none_or(|text| run(text.strip_prefix(['+', '-']).unwrap_or(text), decimal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_classified() {
        for (word, expected) in [
            ("abc", Bare::Text),
            ("-", Bare::Text),
            ("<2.9", Bare::Text),
            ("~2.5", Bare::Text),
            ("7", Bare::Number),
            ("-7_000", Bare::Number),
            ("2.50", Bare::Number),
            ("1e9", Bare::Number),
            ("1.5E-3", Bare::Number),
            ("0x1F", Bare::Number),
            ("0b12", Bare::LikeNumber),
            ("22.04.1", Bare::LikeNumber),
            ("2.", Bare::LikeNumber),
            (".5", Bare::LikeNumber),
            ("-.5", Bare::LikeNumber),
            ("10GB", Bare::LikeNumber),
            ("2024-01-01", Bare::LikeNumber),
            ("true", Bare::Keyword),
            ("-inf", Bare::Keyword),
            ("trues", Bare::Text),
        ] {
            assert_eq!(classify(word), expected, "{word}");
        }
    }
}
