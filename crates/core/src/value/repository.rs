//! [`Repository`]: the name of an image without tag and digest.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::project_name::stray_separator;
use super::{Invalid, PackedText, Parse, text};

/// An image name without tag and digest: `ghcr.io/acme/perception`, `dustynv/l4t-pytorch`,
/// `localhost:5000/robot`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Repository {
    text: PackedText,
    /// The length of the registry at the start of the text, without the slash; 0 if there is none.
    registry: usize,
}

const HELP: &str = "use an image name such as `robot`, `acme/robot` or `ghcr.io/acme/robot`";

impl Repository {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the registry as written (`ghcr.io`, `localhost:5000`); `None` for Docker Hub.
    pub fn registry(&self) -> Option<&str> {
        (self.registry > 0).then(|| &self.text[..self.registry])
    }

    /// Returns the path in the registry: `acme/perception`.
    pub fn path(&self) -> &str {
        self.text[self.registry..].trim_start_matches('/')
    }
}

impl Parse for Repository {
    const WHAT: &'static str = "an image name";

    fn parse(text: &str) -> Result<Self, Invalid> {
        known_mistake(text)?;
        let registry = match text.split_once('/') {
            Some((first, _)) if is_registry(first) => first.len(),
            _ => 0,
        };
        check_registry(&text[..registry])?;
        let start = if registry > 0 { registry + 1 } else { 0 };
        let mut at = start;
        for component in text[start..].split('/') {
            check_component(component).map_err(|invalid| invalid.within(at, component.len()))?;
            at += component.len() + 1;
        }
        super::text::at_most(text, "an image name", 255)?;
        Ok(Self { text: text.to_owned().into(), registry })
    }
}

fn known_mistake(word: &str) -> Result<(), Invalid> {
    if word.is_empty() {
        return Err(Invalid::new("empty image name").help(HELP));
    }
    if let Some(place) = word.find("://") {
        let help = format!("write {}", text::quoted(&word[place + 3..]));
        return Err(Invalid::new("an image name cannot have a scheme").help(help).at(0..place + 3));
    }
    if let Some((name, digest)) = word.split_once('@') {
        let message = "a digest is not allowed in this image name";
        return Err(Invalid::new(message)
            .help(format!("write {}", text::quoted(name)))
            .at(word.len() - digest.len() - 1..word.len()));
    }
    let last = word.rfind('/').map_or(0, |slash| slash + 1);
    if let Some(colon) = word[last..].find(':') {
        let name = &word[..last + colon];
        let message = "a tag is not allowed in this image name";
        return Err(Invalid::new(message)
            .help(format!("write {}", text::quoted(name)))
            .at(name.len()..word.len()));
    }
    Ok(())
}

/// Whether the first component is a host: it has a dot or a port, or is `localhost`. Docker also treats one
/// with an upper-case letter as a host; here that is an error.
fn is_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost"
}

fn check_registry(registry: &str) -> Result<(), Invalid> {
    if registry.is_empty() {
        return Ok(());
    }
    let (host, port) = match registry.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (registry, None),
    };
    let help = "a registry is a host with an optional port: `ghcr.io`, `localhost:5000`";
    if let Some(port) =
        port.filter(|port| text::number(port).is_none_or(|number| number == 0 || number > 65535))
    {
        let message = format!("{} is not a valid registry port", text::quoted(port));
        return Err(Invalid::new(message).help(help).at(host.len() + 1..registry.len()));
    }
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let valid = match bracketed {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => super::HostName::parse(host).is_ok(),
    };
    if !valid {
        let message = format!("{} is not a valid registry host", text::quoted(host));
        return Err(Invalid::new(message).help(help).at(0..host.len()));
    }
    Ok(())
}

fn check_component(component: &str) -> Result<(), Invalid> {
    if component.is_empty() {
        return Err(Invalid::new("part of an image name is empty").help(HELP));
    }
    if let Some((letter, at)) = text::first_other(component, |c| !c.is_ascii_uppercase()) {
        let help = format!("write {}", text::quoted(&component.to_ascii_lowercase()));
        return Err(Invalid::new(format!("an image name must be lower case, but contains `{letter}`"))
            .help(help)
            .at(at));
    }
    text::only(component, "an image name", HELP, |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-')
    })?;
    match stray_separator(component) {
        Some(at) => {
            let message = format!("an image name cannot contain `{}` here", &component[at.clone()]);
            let help = "separate letters and digits with single `.`, `_`, `__` or hyphens";
            Err(Invalid::new(message).help(help).at(at))
        }
        None => Ok(()),
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(Repository: "ubuntu", "acme/robot", "ghcr.io/acme/robot", "localhost:5000/robot", "localhost/a", "[::1]:5000/a", "nvcr.io/nvidia/l4t-jetpack");

    #[test]
    fn tells_registry_from_path() {
        let parts = |text| {
            let repository = Repository::parse(text).unwrap();
            (repository.registry().map(str::to_owned), repository.path().to_owned())
        };
        assert_eq!(parts("acme/robot"), (None, "acme/robot".to_owned()));
        assert_eq!(parts("ghcr.io/acme/robot"), (Some("ghcr.io".to_owned()), "acme/robot".to_owned()));
        assert_eq!(parts("localhost:5000/robot"), (Some("localhost:5000".to_owned()), "robot".to_owned()));
    }

    #[test]
    fn errors_are_precise() {
        let message = |text| Repository::parse(text).unwrap_err().message;
        assert_eq!(message("https://ghcr.io/a"), "an image name cannot have a scheme");
        assert_eq!(message("a/b:1"), "a tag is not allowed in this image name");
        assert_eq!(message("a/b@sha256:1"), "a digest is not allowed in this image name");
        assert_eq!(message("a/Bc"), "an image name must be lower case, but contains `B`");
        assert_eq!(message("a//b"), "part of an image name is empty");
        assert_eq!(message("ghcr.io:x/b"), "`x` is not a valid registry port");
        assert_eq!(Repository::parse("a/b--/c").unwrap_err().at, Some(3..5));
    }
}
