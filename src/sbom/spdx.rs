//! SPDX 2.3: <https://spdx.github.io/spdx-spec/v2.3/>.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::value::Sha256;

use super::cyclonedx::is_expression;
use super::{Bom, Component};

const ROOT: &str = "SPDXRef-image";

/// The bill of materials as SPDX. Its time is `SOURCE_DATE_EPOCH` of the lock.
pub fn spdx(bom: &Bom) -> Value {
    let created = humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(bom.epoch)).to_string();
    let mut packages = vec![json!({
        "SPDXID": ROOT,
        "name": bom.name,
        "versionInfo": bom.version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "primaryPackagePurpose": "CONTAINER",
    })];
    packages.extend(bom.components.iter().map(package));
    let mut relationships = vec![relationship("SPDXRef-DOCUMENT", "DESCRIBES", ROOT)];
    for one in &bom.components {
        let id = id(one);
        relationships.push(if one.is_build_only {
            relationship(&id, "BUILD_TOOL_OF", ROOT)
        } else {
            relationship(ROOT, "CONTAINS", &id)
        });
        let requires =
            one.requires.iter().filter_map(|name| bom.components.iter().find(|other| other.id == *name));
        relationships.extend(requires.map(|other| relationship(&id, "DEPENDS_ON", &self::id(other))));
    }
    let mut document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": format!("{} for {}", bom.name, bom.target),
        "creationInfo": { "created": created, "creators": [format!("Tool: jcc-{}", crate::VERSION)] },
        "packages": packages,
        "relationships": relationships,
    });
    let own = own_licenses(bom);
    if !own.is_empty() {
        document["hasExtractedLicensingInfos"] = Value::Array(own);
    }
    let hash = Sha256::of_text(&document.to_string());
    document["documentNamespace"] = Value::String(format!("urn:jcc:sbom:{}", hash.as_str()));
    document
}

fn package(one: &Component) -> Value {
    let location = one.sources.first().map_or("NOASSERTION", |(url, _)| url.as_str());
    let mut value = json!({
        "SPDXID": id(one),
        "name": one.name,
        "downloadLocation": location,
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": one.license.as_deref().filter(|license| is_expression(license)).unwrap_or("NOASSERTION"),
        "copyrightText": "NOASSERTION",
    });
    if let Some(version) = &one.version {
        value["versionInfo"] = json!(version);
    }
    if let Some(homepage) = &one.homepage {
        value["homepage"] = json!(homepage);
    }
    if let Some(summary) = &one.summary {
        value["summary"] = json!(summary);
    }
    if let Some(purl) = &one.purl {
        value["externalRefs"] = json!([{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl,
        }]);
    }
    if let Some((_, Some(hash))) = one.sources.first() {
        value["checksums"] = json!([{ "algorithm": "SHA256", "checksumValue": hash.as_str() }]);
    }
    value
}

fn relationship(from: &str, kind: &str, to: &str) -> Value {
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
}

/// An identifier: letters, digits, `.` and `-`. The kind of a component keeps those of different kinds apart, and `_`
/// becomes `..`, which no name contains.
fn id(one: &Component) -> String {
    let name = one.id.replace(':', "-").replace('_', "..").replace('+', ".plus.");
    let plain = |c: char| if c.is_ascii_alphanumeric() || ".-".contains(c) { c } else { '-' };
    format!("SPDXRef-{}", name.chars().map(plain).collect::<String>())
}

/// The licences that SPDX does not list, with where their text is.
fn own_licenses(bom: &Bom) -> Vec<Value> {
    let names =
        bom.components.iter().filter_map(|one| Some((one.license.as_deref()?, one.homepage.as_deref())));
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for (license, homepage) in names.filter(|(license, _)| is_expression(license)) {
        for name in license.split([' ', '(', ')']).filter(|word| word.starts_with("LicenseRef-")) {
            if known.insert(name) {
                let text =
                    format!("The publisher's terms; see {}", homepage.unwrap_or("the publisher's site"));
                all.push(json!({ "licenseId": name, "extractedText": text }));
            }
        }
    }
    all
}
