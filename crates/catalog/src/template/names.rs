//! Names in a template, without their values.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::Environment;

use crate::diagnostic::{Log, wording};
use crate::value::Name;

use super::super::words;
use super::view::word;
use super::{Template, limits, unknown};

/// The names that have a value in the templates of a package, whatever is chosen.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Each with what may follow its `.`; `None` where that is not known beforehand.
    all: BTreeMap<String, Option<BTreeSet<String>>>,
}

/// What every version has.
const PARTS: &[&str] = &["version", "major", "minor", "patch"];

impl Names {
    /// What every template may use.
    pub fn new() -> Self {
        let mut names = Self::default();
        for text in ["arch", "platform", "variant", "sm_list", "sm_flat"] {
            names.all.insert(text.to_owned(), Some(BTreeSet::new()));
        }
        for open in ["sm", "packages", "device", "range", "option"] {
            names.all.insert(open.to_owned(), None);
        }
        names.version("version", []);
        names
    }

    /// An axis or a package with the values that one of its versions has.
    pub fn package<'a>(&mut self, name: &Name, values: impl IntoIterator<Item = &'a str>) {
        self.version(&word(name), values);
    }

    /// The options of the package itself.
    pub fn options<'a>(&mut self, keys: impl IntoIterator<Item = &'a Name>) {
        let keys = keys.into_iter().flat_map(|key| [key.to_string(), word(key)]);
        self.all.insert("option".to_owned(), Some(keys.collect()));
    }

    /// A value of the package's own version.
    pub fn value(&mut self, name: &str) {
        self.all.insert(name.to_owned(), Some(BTreeSet::new()));
    }

    /// Whether a name is taken by what every template sees.
    pub fn contains(&self, name: &str) -> bool {
        self.all.contains_key(name)
    }

    fn version<'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a str>) {
        let parts = PARTS.iter().copied().chain(values).map(str::to_owned);
        self.all.insert(name.to_owned(), Some(parts.collect()));
    }
}

impl Template {
    /// Tells what can't be read and names that never have a value, nothing computed.
    pub(crate) fn check_names(&self, known: &Names, log: &mut Log) {
        if self.is_plain() {
            return;
        }
        if let Some(fault) = limits::fault(&self.text) {
            log.error(self.refused(fault));
            return;
        }
        let engine = engine();
        let used = match engine.template_from_str(&self.text) {
            Ok(template) => template.undeclared_variables(true).into_iter().collect::<BTreeSet<String>>(),
            Err(error) => {
                log.error(self.reported(&error, [].into_iter()));
                return;
            }
        };
        for name in &used {
            let mut parts = name.split('.');
            let root = parts.next().unwrap_or(name);
            match (known.all.get(root), parts.next()) {
                (None, _) => {
                    let span = self.place(self.find(root));
                    log.error(unknown(root, span, known.all.keys().map(String::as_str)));
                }
                (Some(Some(fields)), Some(field)) if !fields.contains(field) => {
                    let whole = format!("{root}.{field}");
                    let span = self.place(self.find(&whole));
                    let diagnostic = unknown(&whole, span, [].into_iter());
                    log.error(
                        diagnostic
                            .maybe_help(wording::did_you_mean(field, fields.iter().map(String::as_str))),
                    );
                }
                _ => {}
            }
        }
    }

    /// Whether it decides what it uses, so that not all of its names need a value.
    pub(crate) fn decides(&self) -> bool {
        self.text.contains(" if ") || self.text.contains("{%")
    }

    /// Whether it comes to nothing where no compute capability is known: it lists them, whatever else is decided.
    pub fn lists_capabilities(&self) -> bool {
        let lists = [words::SM, "sm_list", "sm_flat"];
        self.text.contains(words::SM)
            && !self.decides()
            && lists.iter().any(|one| self.roots().contains(*one))
    }

    /// The names at the roots of what it uses.
    pub(crate) fn roots(&self) -> BTreeSet<String> {
        if self.is_plain() || limits::fault(&self.text).is_some() {
            return BTreeSet::new();
        }
        let engine = engine();
        let Ok(template) = engine.template_from_str(&self.text) else { return BTreeSet::new() };
        template.undeclared_variables(false).into_iter().collect()
    }

    /// Where a name is used first; all of the text where it stands in no such form.
    fn find(&self, name: &str) -> Range<usize> {
        let is_word = |letter: Option<char>| letter.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let code = ["{{", "{%"].iter().filter_map(|brace| self.text.find(brace)).min().unwrap_or(0);
        self.text[code..]
            .match_indices(name)
            .map(|(at, _)| code + at..code + at + name.len())
            .find(|range| {
                let before = self.text[..range.start].chars().next_back();
                let after = self.text[range.end..].chars().next();
                !is_word(before) && before != Some('.') && !is_word(after)
            })
            .unwrap_or(0..0)
    }
}

/// An engine that only reads.
fn engine<'a>() -> Environment<'a> {
    let mut engine = Environment::empty();
    engine.set_debug(true);
    engine
}
