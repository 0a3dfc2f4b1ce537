//! [`ProjectName`]: the name of a project, which is also the name of its image.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The name of a project, which is a valid component of an image name: `perception`, `yard-robot`,
    /// `a__b`.
    ProjectName, "a project name" => read
}

const HELP: &str = "the name is also used for the image: use lower-case letters and digits, separated by single \
        `.`, `_`, `__` or hyphens";

fn read(word: &str) -> Result<String, Invalid> {
    let lower = word.to_ascii_lowercase();
    if lower != word && read(&lower).is_ok() {
        let (_, at) =
            text::first_other(word, |c| !c.is_ascii_uppercase()).expect("the two differ in a letter");
        return Err(Invalid::new("a project name must be lower case")
            .help(format!("write `{lower}`"))
            .at(at));
    }
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    text::only(word, "a project name", HELP, letter).map_err(|invalid| match slug(word) {
        Some(slug) => invalid.meant(slug),
        None => invalid,
    })?;
    text::at_most(word, "a project name", 128)?;
    if let Some(at) = stray_separator(word) {
        let message = format!("a project name cannot contain `{}` here", &word[at.clone()]);
        return Err(Invalid::new(message).help(HELP).at(at));
    }
    Ok(word.to_owned())
}

/// Replaces invalid characters by hyphens, if the result is a valid name.
fn slug(word: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let parts = word.split(|c: char| !plain(c)).filter(|part| !part.is_empty());
    let slug = parts.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    (!slug.is_empty() && word.is_ascii() && read(&slug).is_ok()).then_some(slug)
}

/// Returns the first run of separators in a component of an image name that is invalid: only `.`, `_`, `__`
/// and hyphens are allowed, between letters or digits. The word must consist of lower-case letters, digits
/// and separators.
pub(super) fn stray_separator(word: &str) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    while let Some(found) = word[start..].find(['.', '_', '-']) {
        let from = start + found;
        let rest = &word[from..];
        let length = rest.find(|c| !matches!(c, '.' | '_' | '-')).unwrap_or(rest.len());
        let run = &rest[..length];
        let allowed = matches!(run, "." | "_" | "__") || run.bytes().all(|b| b == b'-');
        if !allowed || from == 0 || from + length == word.len() {
            return Some(from..from + length);
        }
        start = from + length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(ProjectName: "perception", "yard-robot", "a__b", "a---b", "a.b_c");

    #[test]
    fn names_are_valid_image_path_components() {
        for (wrong, at) in [("-a", 0..1), ("a-", 1..2), ("a..b", 1..3), ("a___b", 1..4), ("a._b", 1..3)] {
            assert_eq!(ProjectName::parse(wrong).unwrap_err().at, Some(at), "{wrong}");
        }
        let spaced = ProjectName::parse("My Robot (2)").unwrap_err();
        assert_eq!(spaced.meant.as_deref(), Some("my-robot-2"));
        assert_eq!(ProjectName::parse("로봇").unwrap_err().meant, None);
        assert_eq!(ProjectName::parse("Yard").unwrap_err().help.as_deref(), Some("write `yard`"));
    }
}
