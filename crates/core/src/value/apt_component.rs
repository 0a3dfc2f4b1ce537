//! [`AptComponent`]: a component of an apt archive.

use super::apt_suite::check;
use super::parse::word;
use super::{Invalid, text};

word! {
    /// A component of an archive: `main`, `universe`, `non-free-firmware`.
    AptComponent, "a component" => read
}

const HELP: &str = "write each component as a separate argument, such as `\"main\" \"universe\"`";

fn read(word: &str) -> Result<String, Invalid> {
    if word.ends_with('/') || word.starts_with('/') {
        return Err(Invalid::new(format!("{} is not a valid component", text::quoted(word))).help(HELP));
    }
    check(word, "a component", HELP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(AptComponent: "main", "non-free-firmware", "updates/main");

    #[test]
    fn errors_are_precise() {
        assert_eq!(
            AptComponent::parse("main universe").unwrap_err().message,
            "a component cannot contain a space"
        );
        assert_eq!(AptComponent::parse("main/").unwrap_err().message, "`main/` is not a valid component");
    }
}
