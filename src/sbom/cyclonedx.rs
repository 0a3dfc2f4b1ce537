//! `CycloneDX` 1.6: <https://cyclonedx.org/docs/1.6/json/>.

use serde_json::{Value, json};

use crate::value::Sha256;

use super::{Bom, Component, ComponentKind};

/// The bill of materials as `CycloneDX`. It has no time, and its serial number follows from its content.
pub fn cyclonedx(bom: &Bom) -> Value {
    let root = format!("image:{}:{}", bom.name, bom.target);
    let mut dependencies = vec![json!({
        "ref": root,
        "dependsOn": bom.components.iter().filter(|one| !one.is_build_only).map(|one| &one.id).collect::<Vec<_>>(),
    })];
    dependencies.extend(bom.components.iter().map(|one| json!({ "ref": one.id, "dependsOn": one.requires })));
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": { "components": [{ "type": "application", "name": "jcc", "version": crate::VERSION }] },
            "component": {
                "bom-ref": root,
                "type": "container",
                "name": bom.name,
                "version": bom.version,
                "properties": [{ "name": "jcc:target", "value": bom.target }],
            },
        },
        "components": bom.components.iter().map(component).collect::<Vec<_>>(),
        "dependencies": dependencies,
        // Dependencies of system packages, and of Python packages without a lock, are known after a build only.
        "compositions": [{ "aggregate": "incomplete", "assemblies": [root] }],
    });
    let serial = serial_number(&document.to_string());
    document["serialNumber"] = Value::String(serial);
    document
}

fn component(one: &Component) -> Value {
    let mut value = json!({
        "bom-ref": one.id,
        "type": match one.kind {
            ComponentKind::Image => "container",
            ComponentKind::Library => "library",
            ComponentKind::OperatingSystem => "operating-system",
        },
        "name": one.name,
        "scope": if one.is_build_only { "excluded" } else { "required" },
    });
    let mut set = |key: &str, content: Option<Value>| {
        if let Some(content) = content {
            value[key] = content;
        }
    };
    set("version", one.version.clone().map(Value::String));
    set("description", one.summary.clone().map(Value::String));
    set("purl", one.purl.clone().map(Value::String));
    set("licenses", one.license.as_ref().map(|license| license_choice(license)));
    let hash = one.sources.iter().find_map(|(_, hash)| hash.as_ref()).filter(|_| one.sources.len() == 1);
    set("hashes", hash.map(|hash| json!([hash_of(hash)])));
    let homepage = one.homepage.iter().map(|url| json!({ "type": "website", "url": url }));
    let sources = one.sources.iter().map(|(url, hash)| {
        let mut reference =
            json!({ "type": if hash.is_some() { "distribution" } else { "vcs" }, "url": url });
        if let Some(hash) = hash {
            reference["hashes"] = json!([hash_of(hash)]);
        }
        reference
    });
    let references: Vec<Value> = homepage.chain(sources).collect();
    set("externalReferences", (!references.is_empty()).then_some(Value::Array(references)));
    value
}

fn hash_of(hash: &Sha256) -> Value {
    json!({ "alg": "SHA-256", "content": hash.as_str() })
}

/// An expression, or a name where the text is no expression.
fn license_choice(license: &str) -> Value {
    if is_expression(license) {
        json!([{ "expression": license }])
    } else {
        json!([{ "license": { "name": license } }])
    }
}

/// Whether a text has the form of an SPDX expression: identifiers joined by operators.
pub(super) fn is_expression(text: &str) -> bool {
    let text = text.replace(['(', ')'], " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_identifier = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte)) && !is_operator(word)
    };
    words.len() % 2 == 1
        && words
            .iter()
            .enumerate()
            .all(|(at, word)| if at % 2 == 0 { is_identifier(word) } else { is_operator(word) })
}

fn is_operator(word: &str) -> bool {
    ["AND", "OR", "WITH"].contains(&word)
}

/// A UUID of version 8 (RFC 9562) from the hash of a text.
fn serial_number(text: &str) -> String {
    let hash = Sha256::of_text(text);
    let hex = hash.as_str();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}
