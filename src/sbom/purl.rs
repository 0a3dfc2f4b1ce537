//! Package URLs: <https://github.com/package-url/purl-spec>.

use crate::catalog::Package;
use crate::value::{AptPackage, ImageRef};

use super::{BomInputs, Component};

/// Encodes everything but the characters that a package URL may contain.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn with_version(name: String, version: Option<&str>) -> String {
    match version {
        Some(version) => format!("{name}@{}", encoded(version)),
        None => name,
    }
}

pub(super) fn pypi(name: &str, version: Option<&str>) -> String {
    with_version(format!("pkg:pypi/{}", encoded(name)), version)
}

/// A package of the distribution's own archive; `None` if the image has no known distribution.
pub(super) fn deb(package: &AptPackage, inputs: BomInputs<'_>) -> Option<String> {
    let mut chosen = inputs.resolution.chosen.values();
    let distribution =
        chosen.find(|one| inputs.catalog.package(one.name.as_str()).is_some_and(Package::is_distribution))?;
    let version = package.version().filter(|version| !version.contains('*'));
    let name = with_version(
        format!("pkg:deb/{}/{}", encoded(distribution.name.as_str()), encoded(package.name())),
        version,
    );
    let arch = inputs.resolution.target.arch.as_str();
    Some(format!(
        "{name}?arch={}&distro={}-{}",
        encoded(arch),
        distribution.name,
        encoded(distribution.version.as_str())
    ))
}

pub(super) fn image(image: &ImageRef) -> String {
    let path = image.repository().to_string();
    let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
    let digest = image.digest().map(ToString::to_string);
    let purl = with_version(format!("pkg:oci/{}", encoded(&name)), digest.as_deref());
    let repository = match image.registry() {
        Some(_) => path,
        None if path.contains('/') => format!("docker.io/{path}"),
        None => format!("docker.io/library/{path}"),
    };
    let tag = image.tag().map(|tag| format!("&tag={}", encoded(tag))).unwrap_or_default();
    format!("{purl}?repository_url={}{tag}", encoded(&repository))
}

/// A component that no index distributes: by the place of its source.
pub(super) fn generic(component: &Component) -> String {
    let purl =
        with_version(format!("pkg:generic/{}", encoded(&component.name)), component.version.as_deref());
    match component.sources.first() {
        Some((url, Some(hash))) => {
            format!("{purl}?checksum=sha256:{}&download_url={}", hash.as_str(), encoded(url))
        }
        Some((url, None)) => format!("{purl}?download_url={}", encoded(url)),
        None => purl,
    }
}
