//! Changes of the services, read from the Compose files of both sides.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::render::read_yaml;
use crate::source::masked;

use super::DiffSide;

/// One property of a service (or of the project) that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceChange {
    /// The service; `None` for a property of the project, such as a volume.
    pub service: Option<String>,
    /// The path of the property in the Compose file: `ports`, `build.network`.
    pub key: String,
    /// Values of the old side only, secrets masked.
    pub removed: Vec<String>,
    /// Values of the new side only, secrets masked.
    pub added: Vec<String>,
}

/// The values at each property.
type Properties = BTreeMap<(Option<String>, String), BTreeSet<String>>;

pub(super) fn compare(old: Option<DiffSide<'_>>, new: DiffSide<'_>) -> Vec<ServiceChange> {
    let before = old.map(properties).unwrap_or_default();
    let after = properties(new);
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let empty = BTreeSet::new();
    let changes = keys.into_iter().map(|key| {
        let (old, new) = (before.get(key).unwrap_or(&empty), after.get(key).unwrap_or(&empty));
        let shown = |values: std::collections::btree_set::Difference<'_, String>| {
            values.map(|value| masked(value)).collect::<Vec<String>>()
        };
        let (service, key) = key.clone();
        ServiceChange { service, key, removed: shown(old.difference(new)), added: shown(new.difference(old)) }
    });
    changes.filter(|change| !change.removed.is_empty() || !change.added.is_empty()).collect()
}

fn properties(side: DiffSide<'_>) -> Properties {
    let text = side.artifacts.get(side.planned.files.compose.as_str());
    let Some(Value::Object(file)) = text.and_then(|text| read_yaml(text)) else { return Properties::new() };
    let mut all = Properties::new();
    for (key, value) in &file {
        match (key.as_str(), value) {
            // The label of the image and the services of the caches are in files of their own.
            ("include", _) => {}
            ("services", Value::Object(services)) => {
                for (name, service) in services {
                    flatten((Some(name), ""), &without_inherited(service, services), &mut all);
                }
            }
            _ => flatten((None, key), value, &mut all),
        }
    }
    all
}

/// A service without what it takes over unchanged from another one by `<<`.
fn without_inherited(service: &Value, services: &serde_json::Map<String, Value>) -> Value {
    let Value::Object(own) = service else { return service.clone() };
    if let Some(Value::Object(inherited)) = own.get("<<") {
        let kept = own.iter().filter(|(key, _)| *key != "<<" && !inherited.contains_key(*key));
        let changed =
            own.iter().filter(|(key, value)| inherited.get(*key).is_some_and(|other| other != *value));
        return Value::Object(kept.chain(changed).map(|(key, value)| (key.clone(), value.clone())).collect());
    }
    // A reader that resolves `<<` leaves the inherited values in place.
    let is_inherited = |key: &String, value: &Value| {
        own.contains_key("profiles")
            && services.values().any(|other| {
                other != service && other.get("profiles").is_none() && other.get(key) == Some(value)
            })
    };
    let kept = own.iter().filter(|(key, value)| !is_inherited(key, value));
    Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// Puts every scalar below a value at the path of its property; an object in a list is one value.
fn flatten((service, path): (Option<&String>, &str), value: &Value, all: &mut Properties) {
    let key = || (service.cloned(), path.to_owned());
    match value {
        Value::Object(map) if path == "environment" || path == "labels" => {
            let pairs = map.iter().map(|(name, value)| format!("{name}={}", scalar(value)));
            all.entry(key()).or_default().extend(pairs);
        }
        Value::Object(map) => {
            for (name, value) in map {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten((service, &path), value, all);
            }
        }
        Value::Array(list) if path == "command" || path == "entrypoint" => {
            let words: Vec<String> = list.iter().map(scalar).collect();
            all.entry(key()).or_default().insert(words.join(" "));
        }
        Value::Array(list) => all.entry(key()).or_default().extend(list.iter().map(item)),
        Value::Null => {}
        scalar_value => _ = all.entry(key()).or_default().insert(scalar(scalar_value)),
    }
}

/// An item of a list; a mount in the short form `SOURCE:TARGET`.
fn item(value: &Value) -> String {
    let text = |key: &str| value.get(key).map(scalar);
    match (text("source"), text("target")) {
        (Some(source), Some(target)) => {
            let read_only = value.get("read_only") == Some(&Value::Bool(true));
            format!("{source}:{target}{}", if read_only { ":ro" } else { "" })
        }
        _ => scalar(value),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
