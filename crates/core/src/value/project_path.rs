//! [`ProjectPath`]: the path of a file or folder of the project.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// A path inside the project, relative to its root, with `/` as separator: `keys/vendor.asc`, `.` for the
    /// root.
    ///
    /// `./a//b/` is normalised to `a/b`. Paths cannot leave the project.
    ProjectPath, "a path inside the project" => read
}

const HELP: &str = "use a path relative to the manifest's folder, with `/` as separator: `keys/vendor.asc`";

impl ProjectPath {
    pub fn root() -> Self {
        Self(".".into())
    }

    /// Returns the last component; `None` for the root.
    pub fn file_name(&self) -> Option<&str> {
        if self.0 == "." { None } else { self.0.rsplit('/').next() }
    }

    /// Returns the folder that contains it; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        self.file_name()?;
        Some(self.0.rsplit_once('/').map_or_else(Self::root, |(folder, _)| Self(folder.to_owned().into())))
    }

    /// Resolves a path relative to this folder. It can contain `..`, but cannot leave the project.
    pub fn join(&self, relative: &str) -> Result<Self, Invalid> {
        check(relative)?;
        let mut parts: Vec<&str> = self.0.split('/').filter(|part| *part != ".").collect();
        walk(&mut parts, relative)?;
        Ok(Self(spelt(&parts).into()))
    }
}

fn read(word: &str) -> Result<String, Invalid> {
    check(word)?;
    let mut parts = Vec::new();
    walk(&mut parts, word)?;
    Ok(spelt(&parts))
}

fn check(word: &str) -> Result<(), Invalid> {
    if word.is_empty() {
        return Err(Invalid::new("empty path").help("write `.` for the project folder"));
    }
    unprintable(word)?;
    if word.starts_with('/') {
        return Err(Invalid::new("a path inside the project cannot be absolute").help(HELP).at(0..1));
    }
    if word.starts_with("~/") || word == "~" {
        return Err(Invalid::new("a path inside the project cannot start with a home folder")
            .help(HELP)
            .at(0..1));
    }
    if let Some(slash) = word.find('\\') {
        let help = format!("write {}", text::quoted(&word.replace('\\', "/")));
        return Err(Invalid::new("use `/` as separator, not a backslash").help(help).at(slash..slash + 1));
    }
    if has_drive(word) {
        return Err(Invalid::new("a path inside the project cannot have a drive letter").help(HELP).at(0..2));
    }
    Ok(())
}

/// Applies the components of a relative path to those of a folder.
fn walk<'a>(parts: &mut Vec<&'a str>, relative: &'a str) -> Result<(), Invalid> {
    let mut at = 0;
    for part in relative.split('/') {
        let place = at..at + part.len();
        at = place.end + 1;
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    let help = "copy the file into the project, or move the manifest up to a folder that \
                            contains both";
                    return Err(Invalid::new("this path leaves the project folder").help(help).at(place));
                }
            }
            _ => parts.push(part),
        }
    }
    // `a/../C:` would be a drive when the result is parsed again.
    if parts.first().is_some_and(|first| has_drive(first) || *first == "~") {
        return Err(Invalid::new("a path inside the project cannot have a drive letter or `~`").help(HELP));
    }
    Ok(())
}

fn spelt(parts: &[&str]) -> String {
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn has_drive(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

/// Reports control characters in a path, which the outputs cannot contain.
pub(super) fn unprintable(word: &str) -> Result<(), Invalid> {
    match text::first_other(word, |c| !c.is_control()) {
        Some((letter, at)) => {
            Err(Invalid::new(format!("a path cannot contain {}", text::shown(letter))).at(at))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(ProjectPath: ".", "a/b", "./a//b/", "a/../b", "keys/vendor.asc", "with space", "ä");

    #[test]
    fn values_are_normalised() {
        for (written, spelt) in [("./a//b/", "a/b"), ("a/..", "."), ("./", "."), ("a/../b/./c", "b/c")] {
            assert_eq!(ProjectPath::parse(written).unwrap().as_str(), spelt);
        }
    }

    #[test]
    fn paths_stay_inside_the_project() {
        let message = |text| ProjectPath::parse(text).unwrap_err().message;
        assert_eq!(message("../a"), "this path leaves the project folder");
        assert_eq!(message("a/../../b"), "this path leaves the project folder");
        assert_eq!(message("/a"), "a path inside the project cannot be absolute");
        assert_eq!(message("C:/a"), "a path inside the project cannot have a drive letter");
        assert_eq!(message("a\\b"), "use `/` as separator, not a backslash");
        assert_eq!(message("a\0b"), "a path cannot contain the character U+0000");
        assert_eq!(message(""), "empty path");
    }

    #[test]
    fn paths_are_joined() {
        let folder = ProjectPath::parse("stacks/l4t").unwrap();
        assert_eq!(folder.join("../x.kdl").unwrap().as_str(), "stacks/x.kdl");
        assert!(folder.join("../../../x").is_err());
        assert_eq!(folder.parent().unwrap().as_str(), "stacks");
        assert_eq!(folder.file_name(), Some("l4t"));
        assert_eq!(ProjectPath::root().parent(), None);
    }
}
