//! Searching all that is known by words.

use crate::diagnostic::wording;

use crate::value::PackedText;

use super::{Catalog, DefinitionKind, Entry};

/// Something that a search can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Searchable<'a> {
    pub sort: Sort,
    pub name: &'a str,
    pub aliases: &'a [PackedText],
    pub group: &'a str,
    pub summary: &'a str,
}

/// What a person takes it for. Of things that fit alike the first sort comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// What can be installed: `pytorch`.
    Package,
    /// A ready-made manifest: `stack:l4t-ml`.
    Stack,
    /// What is decided for every target and not installed: `l4t`.
    Axis,
    /// A machine: `jetson-agx-orin`.
    Device,
    /// A kind of machine: `tegra`.
    Platform,
    /// An image to start from: `l4t-jetpack`.
    Base,
}

impl Sort {
    pub fn word(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Stack => "stack",
            Self::Axis => "axis",
            Self::Device => "device",
            Self::Platform => "platform",
            Self::Base => "base",
        }
    }
}

/// Search results, best first, with the corrections of words that matched nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search<'a> {
    /// What all of the words fit, best first: by name, then by alias, then by its summary.
    pub found: Vec<Searchable<'a>>,
    /// Words that stand nowhere, each with the near one that was looked for instead.
    pub taken_for: Vec<(String, String)>,
}

/// Looks for words in the catalogue and in the ready-made manifests, of which each has a name and a description.
pub fn search<'a>(
    catalog: &'a Catalog,
    stacks: impl Iterator<Item = (&'a str, &'a str)>,
    words: &str,
) -> Search<'a> {
    let all: Vec<Searchable<'a>> = catalog.known().chain(stacks.map(stack)).collect();
    let mut taken_for = Vec::new();
    let words: Vec<String> = words
        .split_whitespace()
        .map(str::to_lowercase)
        .map(|word| {
            if all.iter().any(|one| rank(one, &word).is_some()) {
                return word;
            }
            let Some(near) = near(&all, &word) else { return word };
            taken_for.push((word, near.clone()));
            near
        })
        .collect();
    let mut found: Vec<(u32, Searchable<'a>)> =
        all.into_iter().filter_map(|one| Some((rank_all(&one, &words)?, one))).collect();
    found.sort_by_key(|(rank, one)| (*rank, one.sort, one.name));
    Search { found: found.into_iter().map(|(_, one)| one).collect(), taken_for }
}

impl Catalog {
    /// All that a search goes through, by kind and name.
    fn known(&self) -> impl Iterator<Item = Searchable<'_>> {
        let kinds =
            [DefinitionKind::Package, DefinitionKind::Platform, DefinitionKind::Device, DefinitionKind::Base];
        kinds.into_iter().flat_map(|kind| self.entries(kind)).filter_map(known)
    }
}

fn stack<'a>((name, summary): (&'a str, &'a str)) -> Searchable<'a> {
    Searchable { sort: Sort::Stack, name, aliases: &[], group: "", summary }
}

fn known(entry: &Entry) -> Option<Searchable<'_>> {
    let sort = match entry.kind {
        DefinitionKind::Package if entry.installable => Sort::Package,
        DefinitionKind::Package => Sort::Axis,
        DefinitionKind::Platform => Sort::Platform,
        DefinitionKind::Device => Sort::Device,
        DefinitionKind::Base => Sort::Base,
        DefinitionKind::Gpu | DefinitionKind::Index | DefinitionKind::Epoch | DefinitionKind::Forbidden => {
            return None;
        }
    };
    let Entry { name, aliases, group, summary, .. } = entry;
    Some(Searchable { sort, name, aliases, group, summary })
}

/// How well all of the words fit; `None` where one does not. Lower is better.
fn rank_all(one: &Searchable<'_>, words: &[String]) -> Option<u32> {
    let whole = plain(&words.join("-"));
    let sum = words.iter().map(|word| rank(one, word)).sum::<Option<u32>>()?;
    let is_it = plain(one.name) == whole || one.aliases.iter().any(|alias| plain(alias) == whole);
    Some(if is_it { 0 } else { sum })
}

fn rank(one: &Searchable<'_>, word: &str) -> Option<u32> {
    let (name, word) = (plain(one.name), plain(word));
    let described = plain(&format!("{} {}", one.summary, one.group));
    let alias = |fits: &dyn Fn(&str) -> bool| one.aliases.iter().any(|alias| fits(&plain(alias)));
    let begins = |text: &str| text.split('-').any(|part| part.starts_with(&*word));
    Some(if name == word {
        1
    } else if alias(&|alias| alias == word) {
        2
    } else if name.starts_with(&*word) {
        3
    } else if name.contains(&*word) {
        4
    } else if alias(&|alias| alias.contains(&*word)) {
        5
    } else if begins(&described) {
        8
    } else if described.contains(&*word) {
        9
    } else {
        return None;
    })
}

/// Of one kind of hyphen, and small.
fn plain(text: &str) -> String {
    text.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "-")
}

/// The name that a person may have meant by a word, or a longer word of a summary.
fn near(all: &[Searchable<'_>], word: &str) -> Option<String> {
    let names = all
        .iter()
        .flat_map(|one| std::iter::once(one.name).chain(one.aliases.iter().map(PackedText::as_str)));
    let described = || {
        let words = all.iter().flat_map(|one| one.summary.split(|letter: char| !letter.is_alphanumeric()));
        words.filter(|word| word.chars().count() > 4)
    };
    let found = wording::nearest(word, names).into_iter().next();
    found.or_else(|| wording::nearest(word, described()).into_iter().next()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::built_in;

    const STACKS: [(&str, &str); 1] = [("l4t-ml", "Machine learning with notebooks")];

    fn names(words: &str) -> Vec<String> {
        let (catalog, _) = built_in();
        let found = search(&catalog, STACKS.into_iter(), words).found;
        found.iter().map(|one| format!("{} {}", one.sort.word(), one.name)).collect()
    }

    #[test]
    fn the_name_comes_first() {
        assert_eq!(names("pytorch")[..2], ["package pytorch", "package l4t-pytorch"]);
        assert_eq!(names("torch")[0], "package pytorch", "by its other name");
        assert_eq!(names("llama cpp")[0], "package llama_cpp");
        let clouds = names("point cloud");
        assert!(clouds.contains(&"package pcl".to_owned()), "{clouds:?}");
    }

    #[test]
    fn every_kind_is_found() {
        assert_eq!(names("l4t")[0], "axis l4t");
        assert_eq!(names("orin nx")[0], "device jetson-orin-nx");
        assert_eq!(names("l4t-jetpack")[0], "base l4t-jetpack");
        assert_eq!(names("tegra")[0], "platform tegra");
        assert!(names("notebooks").contains(&"stack l4t-ml".to_owned()));
    }

    #[test]
    fn a_slip_finds_what_is_near() {
        let (catalog, _) = built_in();
        let slip = search(&catalog, STACKS.into_iter(), "pytroch");
        assert_eq!(slip.found[0].name, "pytorch");
        assert_eq!(slip.taken_for, [("pytroch".to_owned(), "pytorch".to_owned())]);
        let found = search(&catalog, STACKS.into_iter(), "Pont CLOUD");
        assert_eq!(found.taken_for, [("pont".to_owned(), "point".to_owned())]);
        assert!(found.found.iter().any(|one| one.name == "pcl"));
        assert!(search(&catalog, STACKS.into_iter(), "qqqqqqqqqq").found.is_empty());
    }
}
