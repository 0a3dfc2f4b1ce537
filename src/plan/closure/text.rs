//! Closure files: requirements files with hashes for pip and uv, one distribution per line.

use std::collections::BTreeSet;

use crate::value::{Parse as _, PepRequirement, Sha256};

/// A distribution of a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureLine {
    /// The requirement, such as `numpy==2.2.6` or `a @ https://…`.
    pub requirement: String,
    /// The hashes of the files that may be installed; empty for a Git repository.
    pub hashes: BTreeSet<Sha256>,
    /// Whether there is no wheel, so the build creates one.
    pub source: bool,
    /// The distributions that require it, by normalised name.
    pub via: BTreeSet<String>,
}

/// A parsed closure file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureText {
    text: String,
    /// Options from requirements files of the project, such as `--extra-index-url https://…`.
    pub options: Vec<String>,
    pub lines: Vec<ClosureLine>,
}

const HEAD: &str = "# Written by `jcc lock`: do not edit\n";
/// Marks a distribution without a wheel.
const SOURCE: &str = "source";
/// Starts the list of distributions that require this one.
const VIA: &str = "via ";

impl ClosureLine {
    /// Returns the normalised name.
    pub fn name(&self) -> String {
        PepRequirement::parse(&self.requirement).map_or_else(|_| String::new(), |one| one.normalised_name())
    }

    fn write(&self) -> String {
        let mut line = self.requirement.clone();
        line.extend(self.hashes.iter().map(|hash| format!(" --hash=sha256:{hash}")));
        let via: Vec<&str> = self.via.iter().map(String::as_str).collect();
        let via = (!via.is_empty()).then(|| format!("{VIA}{}", via.join(", ")));
        let notes: Vec<String> = self.source.then(|| SOURCE.to_owned()).into_iter().chain(via).collect();
        if !notes.is_empty() {
            line.push_str(&format!("  # {}", notes.join("; ")));
        }
        line
    }

    fn read(line: &str) -> Option<Self> {
        let (body, notes) = line.split_once("  # ").unwrap_or((line, ""));
        let mut words = body.split(" --hash=sha256:");
        let requirement = words.next()?.to_owned();
        PepRequirement::parse(&requirement).ok()?;
        let hashes: Option<BTreeSet<Sha256>> = words.map(|word| Sha256::parse(word).ok()).collect();
        let mut one = Self { requirement, hashes: hashes?, source: false, via: BTreeSet::new() };
        for note in notes.split("; ") {
            if let Some(names) = note.strip_prefix(VIA) {
                one.via = names.split(", ").map(str::to_owned).collect();
            }
            one.source |= note == SOURCE;
        }
        Some(one)
    }
}

impl ClosureText {
    /// Returns the file with these options and distributions, sorted by name.
    pub fn new(options: Vec<String>, mut lines: Vec<ClosureLine>) -> Self {
        lines.sort_by_key(|line| (line.name(), line.requirement.clone()));
        let mut text = HEAD.to_owned();
        for line in options.iter().cloned().chain(lines.iter().map(ClosureLine::write)) {
            text.push_str(&format!("{line}\n"));
        }
        Self { text, options, lines }
    }

    /// Parses a file; `None` if jcc did not write it.
    pub fn read(text: &str) -> Option<Self> {
        let all = text.strip_prefix(HEAD)?.lines();
        let (options, lines): (Vec<&str>, Vec<&str>) = all.partition(|line| line.starts_with('-'));
        let lines = lines.into_iter().map(ClosureLine::read).collect::<Option<_>>()?;
        Some(Self { text: text.to_owned(), options: options.into_iter().map(str::to_owned).collect(), lines })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_can_be_read_back() {
        let hash = |digit: &str| Sha256::parse(&digit.repeat(64)).unwrap();
        let line = |requirement: &str, hashes: &[&str], source, via: &[&str]| ClosureLine {
            requirement: requirement.to_owned(),
            hashes: hashes.iter().map(|digit| hash(digit)).collect(),
            source,
            via: via.iter().map(|one| (*one).to_owned()).collect(),
        };
        let text = ClosureText::new(
            vec!["--pre".to_owned()],
            vec![
                line("zlib-ng==1.0", &["b", "a"], true, &["numpy", "scipy"]),
                line("Attrs==25.1", &["c"], false, &[]),
                line(
                    "own @ git+https://example.com/own@0123456789012345678901234567890123456789",
                    &[],
                    false,
                    &["a"],
                ),
            ],
        );
        let (a, b, c) = ("a".repeat(64), "b".repeat(64), "c".repeat(64));
        let expected = format!(
            "{HEAD}--pre\nAttrs==25.1 --hash=sha256:{c}\n\
            own @ git+https://example.com/own@0123456789012345678901234567890123456789  # via a\n\
            zlib-ng==1.0 --hash=sha256:{a} --hash=sha256:{b}  # source; via numpy, scipy\n"
        );
        assert_eq!(text.as_str(), expected);
        assert_eq!(ClosureText::read(text.as_str()), Some(text));
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in ["", "numpy==1\n", &format!("{HEAD}a b c\n"), &format!("{HEAD}a==1 --hash=sha256:0\n")] {
            assert_eq!(ClosureText::read(text), None, "{text:?}");
        }
    }
}
