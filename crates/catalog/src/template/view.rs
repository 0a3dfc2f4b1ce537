//! The values that a template sees.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use crate::PackageVersion;
use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::value::{Name, PackedText, Version};

use super::Template;

/// The values that the templates of one package see.
///
/// Built by what was resolved: first what all packages see ([`Self::package`], [`Self::text`], [`Self::sm`],
/// [`Self::device`]), then, on a copy, what this package alone sees ([`Self::option`], [`Self::variant`], and last
/// [`Self::own`]).
#[derive(Debug, Clone, Default)]
pub struct TemplateView {
    packages: Arc<Packages>,
    /// Every other word. One without a value hides a package of that name.
    root: BTreeMap<String, Option<Value>>,
    options: BTreeMap<String, Value>,
}

/// What was chosen. The views of all packages share it: a copy each would take time by the square of their number.
#[derive(Debug, Clone, Default)]
struct Packages {
    names: BTreeMap<String, Value>,
    /// By their names as templates can write them.
    words: BTreeMap<String, Value>,
}

impl TemplateView {
    pub fn new() -> Self {
        let mut view = Self::default();
        view.text("variant", "");
        view.device(&BTreeMap::new());
        view.sm(&[]);
        view
    }

    /// A plain word: `arch`, `platform`.
    pub fn text(&mut self, name: &str, value: &str) {
        self.root.insert(name.to_owned(), Some(Value::from(value)));
    }

    /// An axis or a package that was chosen, with those values of its version that are no templates themselves:
    /// `cuda.major`, `ubuntu.codename`, `packages["flash-attention"].version`.
    pub fn package(&mut self, name: &Name, version: &Version, entry: Option<&PackageVersion>) {
        let mut values =
            BTreeMap::from([("version".to_owned(), VersionView::value(version, BTreeMap::new()))]);
        for (key, value) in entry.iter().flat_map(|entry| &entry.values).filter(|(_, value)| value.is_plain())
        {
            values.insert(key.to_string(), Value::from(value.text.as_str()));
        }
        let value = VersionView::value(version, values);
        let packages = Arc::make_mut(&mut self.packages);
        packages.words.insert(word(name), value.clone());
        packages.names.insert(name.to_string(), value);
    }

    /// The compute capabilities of the target: `sm` (a list of versions), `sm_list` (`8.7;8.9`), `sm_flat` (`87;89`).
    pub fn sm(&mut self, capabilities: &[Version]) {
        let list: Vec<String> =
            capabilities.iter().map(|one| format!("{}.{}", one.major(), one.minor())).collect();
        let flat: Vec<String> =
            capabilities.iter().map(|one| format!("{}{}", one.major(), one.minor())).collect();
        let all = capabilities.iter().map(|one| VersionView::value(one, BTreeMap::new()));
        self.root.insert("sm".to_owned(), Some(all.collect::<Vec<_>>().into()));
        self.text("sm_list", &list.join(";"));
        self.text("sm_flat", &flat.join(";"));
    }

    /// The values of the target's device: `device.model`.
    pub fn device(&mut self, values: &BTreeMap<PackedText, PackedText>) {
        let values: BTreeMap<String, Value> =
            values.iter().map(|(key, value)| (key.to_string(), Value::from(value.as_str()))).collect();
        self.root.insert("device".to_owned(), Some(Value::from_object(values)));
    }

    /// The value of an option: `option.qt`.
    pub fn option(&mut self, key: &Name, value: &str) {
        self.options.insert(key.to_string(), Value::from(value));
        self.options.insert(word(key), Value::from(value));
    }

    /// The variant that was chosen.
    pub fn variant(&mut self, name: &Name) {
        self.text("variant", name.as_str());
    }

    /// The package's own version and its values, which may refer to each other. What is wrong in them is reported.
    pub fn own(&mut self, version: &Version, values: &BTreeMap<PackedText, Template>, log: &mut Log) {
        self.root.insert("version".to_owned(), Some(VersionView::value(version, BTreeMap::new())));
        let mut waiting: Vec<(&str, &Template)> = Vec::new();
        for (key, value) in values {
            if value.is_plain() {
                self.text(key, &value.text);
            } else {
                self.root.insert(key.to_string(), None);
                waiting.push((key, value));
            }
        }
        while !waiting.is_empty() {
            let names: Vec<&str> = waiting.iter().map(|(key, _)| *key).collect();
            let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, value)| {
                let used = value.roots();
                !names.iter().any(|name| used.contains(*name))
            });
            if ready.is_empty() {
                for (key, value) in later {
                    log.error(circle(key, value));
                }
                return;
            }
            for (key, value) in ready {
                // What failed was reported; an empty value keeps others from telling it again.
                let text = value.expand(self, log).unwrap_or_default();
                self.text(key, &text);
            }
            waiting = later;
        }
    }

    /// Returns the value of a name.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        match name {
            "packages" => Some(Value::from_dyn_object(Arc::clone(&self.packages))),
            "option" => Some(Value::from_object(self.options.clone())),
            name => match self.root.get(name) {
                Some(value) => value.clone(),
                None => self.packages.words.get(name).cloned(),
            },
        }
    }

    pub(super) fn root(&self) -> Value {
        Value::from_object(Root(self.clone()))
    }

    /// What has a value, as templates write it.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.root.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name.as_str());
        let packages = self.packages.words.keys().map(String::as_str);
        let packages = packages.filter(|name| !self.root.contains_key(*name));
        own.chain(packages).chain(["packages", "option"])
    }
}

/// A view as the engine reads it.
#[derive(Debug)]
struct Root(TemplateView);

impl Object for Root {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.value(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.names().map(Value::from).collect())
    }
}

impl Object for Packages {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.names.get(key.as_str()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.names.keys().map(|name| Value::from(name.as_str())).collect())
    }
}

fn circle(key: &str, value: &Template) -> Diagnostic {
    Diagnostic::error(codes::TEMPLATE_FAILED, format!("the value {} refers to itself", wording::code(key)))
        .at(value.span, "refers to a value that refers back to this one")
        .help("write one of them as plain text")
}

/// A name as templates can write it: `flash_attention`.
pub(super) fn word(name: &Name) -> String {
    name.as_str().replace(['-', '.'], "_")
}

/// A version with its parts and the values of its entry; prints as the version.
#[derive(Debug)]
struct VersionView {
    text: String,
    values: BTreeMap<String, Value>,
}

impl VersionView {
    fn value(version: &Version, mut values: BTreeMap<String, Value>) -> Value {
        let parts = [("major", version.major()), ("minor", version.minor()), ("patch", version.patch())];
        values.extend(parts.map(|(name, number)| (name.to_owned(), Value::from(number))));
        Value::from_object(Self { text: version.to_string(), values })
    }
}

impl Object for VersionView {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.values.get(key.as_str()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.values.keys().map(|key| Value::from(key.as_str())).collect())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
