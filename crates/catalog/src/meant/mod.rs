//! What a person may have meant by a word that is no name, and by a text that is no known version. Whatever is
//! suggested is looked up: it is a name or a version that the catalogue has.

#[cfg(test)]
mod tests;

use crate::diagnostic::wording;
use crate::value::{Parse, Requirement, Version};

use super::{Catalog, DefinitionKind, Entry, Package};

/// Names that a word may stand for, and how much of it they explain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meant<'a> {
    /// The names, likeliest first, three at most.
    pub names: Vec<&'a str>,
    /// How many parts of the word are explained; 0 for names that are only spelled alike.
    pub parts: usize,
}

/// A compute capability that the name of a GPU stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeantGpu<'a> {
    pub capability: &'a str,
    /// The platform that has such GPUs.
    pub platform: &'a str,
}

/// At most so many are suggested.
const MOST: usize = 3;

/// Shorter words are part of too many others.
const SHORTEST: usize = 3;

/// A word without what people write differently.
struct PlainWord {
    compact: String,
    parts: Vec<String>,
}

impl PlainWord {
    fn of(word: &str) -> Self {
        let mut parts: Vec<String> = Vec::new();
        let mut last = None;
        for letter in word.chars().flat_map(char::to_lowercase) {
            let class =
                if letter.is_ascii_digit() { Some(true) } else { letter.is_alphanumeric().then_some(false) };
            match (class, class == last) {
                (None, _) => {}
                (Some(_), true) => {
                    if let Some(part) = parts.last_mut() {
                        part.push(letter);
                    }
                }
                (Some(_), false) => parts.push(letter.to_string()),
            }
            last = class;
        }
        Self { compact: parts.concat(), parts }
    }

    /// Its parts without their order: `orin-agx` is `agx-orin`.
    fn sorted(&self) -> Vec<&str> {
        let mut parts: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        parts.sort_unstable();
        parts
    }

    /// How many parts of this word the known one explains, and where it begins; `None` where it is not in it.
    fn explained_by(&self, known: &Self) -> Option<(usize, usize)> {
        if known.compact.is_empty() {
            return None;
        }
        if self.compact == known.compact {
            return Some((usize::MAX, 0));
        }
        if self.sorted() == known.sorted() {
            return Some((usize::MAX, 1));
        }
        let size = known.parts.len();
        let at = self.parts.windows(size).position(|window| window == known.parts);
        at.filter(|_| known.compact.len() >= SHORTEST || self.parts.len() == size + 1).map(|at| (size, at))
    }
}

impl Catalog {
    /// What a person may have meant by a word: names of this kind.
    pub fn meant(&self, kind: DefinitionKind, word: &str) -> Meant<'_> {
        let plain = PlainWord::of(word);
        let mut found: Vec<(usize, usize, &str)> = Vec::new();
        for entry in self.entries(kind) {
            let best = words(entry)
                .filter_map(|known| plain.explained_by(&PlainWord::of(known)))
                .min_by_key(|(size, at)| (usize::MAX - size, *at));
            found.extend(best.map(|(size, at)| (usize::MAX - size, at, entry.name.as_str())));
        }
        found.sort_unstable();
        let slips = wording::slips(word, self.entries(kind).map(|entry| entry.name.as_str()));
        if !slips.is_empty() && found.first().is_none_or(|one| one.0 > 0) {
            return Meant { names: slips, parts: plain.parts.len() };
        }
        if let Some((size, at, _)) = found.first().copied() {
            let same = found.iter().filter(|one| (one.0, one.1) == (size, at));
            return Meant {
                names: same.map(|one| one.2).take(MOST).collect(),
                parts: (usize::MAX - size).min(plain.parts.len()),
            };
        }
        Meant { names: self.spelled_alike(kind, word), parts: 0 }
    }

    fn spelled_alike(&self, kind: DefinitionKind, word: &str) -> Vec<&str> {
        let known = |entry: &Entry| -> Vec<(String, String)> {
            let long = |word: &&str| entry.name == **word || word.len() > SHORTEST + 1;
            words(entry).filter(long).map(|word| (word.to_owned(), entry.name.to_string())).collect()
        };
        let all: Vec<(String, String)> = self.entries(kind).flat_map(known).collect();
        let mut names: Vec<&str> = Vec::new();
        for near in wording::nearest(word, all.iter().map(|(known, _)| known.as_str())) {
            let name = all.iter().find(|(known, _)| known == near).map(|(_, name)| name);
            let entry = name.and_then(|name| self.entry(kind, name));
            names.extend(entry.map(|entry| entry.name.as_str()).filter(|name| !names.contains(name)));
        }
        names
    }

    /// The capabilities that the name of a GPU or of an architecture stands for.
    pub fn meant_gpus(&self, word: &str) -> (Vec<MeantGpu<'_>>, usize) {
        let meant = self.meant(DefinitionKind::Gpu, word);
        if meant.parts == 0 {
            return (Vec::new(), 0);
        }
        let plain = PlainWord::of(word);
        let mut found = Vec::new();
        for name in self.entries(DefinitionKind::Gpu) {
            let best = (name.known_as.iter())
                .filter_map(|(known, platform)| {
                    Some((plain.explained_by(&PlainWord::of(known))?.0, platform))
                })
                .max_by_key(|(size, _)| *size);
            let Some((size, platform)) = best else { continue };
            if size.min(plain.parts.len()) == meant.parts {
                found.push(MeantGpu { capability: &name.name, platform });
            }
        }
        found.sort_by_key(|gpu| Version::parse(gpu.capability).ok());
        (found, meant.parts)
    }

    /// A request as it is written here, for one that another tool would read: `pytorch "2.5"` for `pytorch==2.5`,
    /// `ros "humble" variant="desktop"` for `ros-humble-desktop`.
    pub fn meant_request(&self, word: &str) -> Option<String> {
        const SIGNS: [char; 9] = [':', '@', '=', '<', '>', '~', '!', '^', ' '];
        if let Some(at) = word.find(SIGNS) {
            let (name, rest) = word.split_at(at);
            let package = self.package(name).or_else(|| self.only(name))?;
            let sign = rest.len() - rest.trim_start_matches(SIGNS).len();
            let (sign, version) = rest.split_at(sign);
            return package.request(sign.trim(), version);
        }
        let ends = word
            .char_indices()
            .rev()
            .filter(|(_, letter)| "-_.".contains(*letter) || letter.is_ascii_digit());
        for (at, letter) in ends.filter(|(at, _)| *at > 0) {
            let rest = if letter.is_ascii_digit() { &word[at..] } else { &word[at + 1..] };
            if let Some(package) = self.package(&word[..at])
                && !rest.is_empty()
                && let Some(found) = package.request("", rest)
                && found.contains('"')
            {
                return Some(found);
            }
        }
        None
    }

    /// The one package that a word stands for.
    fn only(&self, word: &str) -> Option<&Package> {
        match self.meant(DefinitionKind::Package, word).names[..] {
            [one] => self.package(one),
            _ => None,
        }
    }
}

/// Everything that an entry is known by.
fn words(entry: &Entry) -> impl Iterator<Item = &str> {
    let own = std::iter::once(&entry.name).chain(&entry.aliases);
    own.map(crate::value::PackedText::as_str).chain(entry.known_as.iter().map(|(word, _)| word.as_str()))
}

impl Package {
    /// The request that was meant by this package, a sign and what follows it.
    fn request(&self, sign: &str, rest: &str) -> Option<String> {
        let name = self.name.as_str();
        let sign = if matches!(sign, ":" | "@" | "=" | "==" | "") { "" } else { sign };
        let whole = format!("{sign}{rest}");
        if let Ok(requirement) = Requirement::parse(&whole)
            && self.has(&requirement)
        {
            return Some(format!("{name} \"{whole}\""));
        }
        let named = |word: &str| {
            self.versions.iter().filter_map(|one| one.name.as_ref()).any(|own| own.as_str() == word)
        };
        let (first, variant) = rest.split_once(['-', '_', ' ']).unwrap_or((rest, ""));
        if named(first) {
            let known = self.variants.iter().any(|one| one.name.as_str() == variant);
            let variant = if known { format!(" variant=\"{variant}\"") } else { String::new() };
            return Some(format!("{name} \"{first}\"{variant}"));
        }
        let meant = self.meant_versions(rest);
        meant.first().map(|version| format!("{name} \"{version}\""))
    }

    /// Whether a version of it satisfies the requirement.
    fn has(&self, requirement: &Requirement) -> bool {
        let Ok(meant) = self.meaning(requirement) else { return false };
        let matcher = meant.matcher();
        self.versions.iter().any(|one| matcher.matches(&one.version))
    }

    /// Requirements that a person may have meant by a text that no version satisfies: `12.6` for `cu126`, `126` and
    /// `12-6`, `3.10` for `cp310`, `22.04` for its code name. Each has a version.
    pub fn meant_versions(&self, text: &str) -> Vec<String> {
        let bare = text.trim_start_matches(|c: char| c.is_whitespace() || "=<>~^!".contains(c));
        let sign = text[..text.len() - bare.len()].trim();
        let known = |version: &str| self.versions.iter().any(|one| one.version.as_str() == version);
        // The beginning of what was asked is a version itself, or it is not what was asked.
        let fits = |(version, cut): &(String, bool)| {
            let there = Requirement::parse(version).is_ok_and(|one| self.has(&one));
            there && (!cut || known(version))
        };
        let named = self.called(bare);
        let numbers = spellings(bare).into_iter().filter(fits).map(|(version, _)| version).take(1);
        let mut found: Vec<String> =
            named.into_iter().chain(numbers).map(|version| format!("{sign}{version}")).collect();
        found.retain(|one| one != text && Requirement::parse(one).is_ok());
        found.dedup();
        found.truncate(1);
        found
    }

    /// The version of this name, code name or the like.
    fn called(&self, word: &str) -> Option<String> {
        let plain = PlainWord::of(word);
        let fits = |known: &str| {
            known.starts_with(char::is_alphabetic) && plain.explained_by(&PlainWord::of(known)).is_some()
        };
        let names = self.versions.iter().filter_map(|one| Some((one, one.name.as_ref()?.as_str())));
        let name = names.filter(|(_, name)| fits(name)).map(|(_, name)| name.to_owned()).next();
        name.or_else(|| {
            let mut all = self.versions.iter().filter(|one| {
                one.values.values().filter(|value| value.is_plain()).any(|value| fits(&value.text))
            });
            let first = all.next()?;
            let alone = all.all(|other| other.version.value == first.version.value);
            alone.then(|| first.version.to_string())
        })
    }
}

/// The numbers of a text as versions could be written, the likeliest first; with whether some are left out.
fn spellings(text: &str) -> Vec<(String, bool)> {
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let mut all = Vec::new();
    for length in (2..=runs.len().min(4)).rev() {
        all.push((runs[..length].join("."), length < runs.len()));
    }
    for run in runs.iter().take(1) {
        let after = text.split_once(run).map_or("", |(_, after)| after);
        if runs.len() == 1 || !after.starts_with('.') {
            all.extend(
                (1..run.len()).rev().map(|at| (format!("{}.{}", &run[..at], &run[at..]), runs.len() > 1)),
            );
            all.push(((*run).to_owned(), runs.len() > 1));
        }
    }
    if let [first, second] = runs[..] {
        // `JP62.1`
        all.extend(
            (1..first.len()).rev().map(|at| (format!("{}.{}.{second}", &first[..at], &first[at..]), false)),
        );
    }
    all
}
