//! [`Url`]: a URL to download from.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{HostName, Invalid, PackedText, Parse, Port, text};

/// A URL to download from: `https://example.com/a.tar.gz`, `git+https://example.com/x.git`.
///
/// Scheme and host are normalised to lower case. Invalid characters must be percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Url {
    text: PackedText,
    scheme: usize,
    /// The range of the host.
    host: (usize, usize),
    /// The range of the path.
    path: (usize, usize),
}

const HELP: &str = "use a URL such as `https://example.com/a.tar.gz`";
const SCHEMES: [&str; 3] = ["https", "http", "git+https"];

impl Url {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the scheme: `https`, `http` or `git+https`.
    pub fn scheme(&self) -> &str {
        &self.text[..self.scheme]
    }

    /// Returns the host without its port. An IPv6 address has brackets.
    pub fn host(&self) -> &str {
        &self.text[self.host.0..self.host.1]
    }

    /// Returns the URL from the host on, without scheme and credentials.
    pub fn address(&self) -> &str {
        &self.text[self.host.0..]
    }

    /// Returns the path from its first `/`, without query and fragment. It may be empty.
    pub fn path(&self) -> &str {
        &self.text[self.path.0..self.path.1]
    }

    /// Returns the last segment of the path: `a.tar.gz`.
    pub fn file_name(&self) -> Option<&str> {
        self.path().rsplit('/').next().filter(|name| !name.is_empty())
    }
}

impl Parse for Url {
    const WHAT: &'static str = "a URL";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let scheme = scheme(text)?;
        characters(text)?;
        let start = scheme.len() + "://".len();
        let rest = &text[start..];
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let user = authority.rfind('@').map_or(0, |at| at + 1);
        let (host, port) = split_port(&authority[user..]);
        let host = start + user..start + user + host.len();
        check_host(&text[host.clone()]).map_err(|invalid| invalid.at(host.clone()))?;
        if let Some(port) = port {
            let at = host.end + 1..host.end + 1 + port.len();
            Port::parse(port).map_err(|invalid| invalid.at(at))?;
        }
        let path = start + authority.len();
        let length = text[path..].find(['?', '#']).unwrap_or(text.len() - path);
        let mut spelt = text.to_owned();
        spelt[..scheme.len()].make_ascii_lowercase();
        spelt[host.clone()].make_ascii_lowercase();
        Ok(Self {
            text: spelt.into(),
            scheme: scheme.len(),
            host: (host.start, host.end),
            path: (path, path + length),
        })
    }
}

fn scheme(word: &str) -> Result<&str, Invalid> {
    if word.is_empty() {
        return Err(Invalid::new("empty URL").help(HELP));
    }
    let Some((scheme, rest)) = word.split_once("://") else {
        let help = match word.split_once('@').and_then(|(_, rest)| rest.split_once(':')) {
            // `git@host:owner/name.git`, the syntax of SSH.
            Some((host, path)) => format!("write {}", text::quoted(&format!("https://{host}/{path}"))),
            None if word.starts_with(|c: char| c.is_ascii_alphanumeric()) && word.contains('.') => {
                format!("write {}", text::quoted(&format!("https://{word}")))
            }
            None => HELP.to_owned(),
        };
        return Err(Invalid::new("a URL must start with `https://`").help(help));
    };
    if !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
        let message = format!("the scheme {} is not supported", text::quoted(&format!("{scheme}://")));
        let help = if matches!(scheme, "git" | "ssh" | "git+ssh" | "ftp") {
            format!("write {}", text::quoted(&format!("https://{}", rest.trim_start_matches("git@"))))
        } else {
            "use `https://`, `http://` or `git+https://`".to_owned()
        };
        return Err(Invalid::new(message).help(help).at(0..scheme.len()));
    }
    Ok(scheme)
}

/// Checks that a URL contains only valid characters, and two digits after every `%`.
fn characters(word: &str) -> Result<(), Invalid> {
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    if let Some((letter, at)) = text::first_other(word, plain) {
        let encoded = word[at.clone()].bytes().fold(String::new(), |done, byte| format!("{done}%{byte:02X}"));
        let message = format!("a URL cannot contain {}", text::shown(letter));
        return Err(Invalid::new(message).help(format!("encode it as `{encoded}`")).at(at));
    }
    for (at, _) in word.match_indices('%') {
        let digits = word.get(at + 1..at + 3).unwrap_or_default();
        if digits.len() < 2 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            let message = "`%` must be followed by two hexadecimal digits";
            return Err(Invalid::new(message).help("write `%25` for a literal `%`").at(at..at + 1));
        }
    }
    Ok(())
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn check_host(host: &str) -> Result<(), Invalid> {
    if host.is_empty() {
        return Err(Invalid::new("missing host in the URL").help(HELP));
    }
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return match address.parse::<std::net::Ipv6Addr>() {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(Invalid::new(format!("{} is not a valid address", text::quoted(address))).help(HELP))
            }
        };
    }
    HostName::parse(host).map(drop)
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(Url: "https://example.com/a.tar.gz", "git+https://example.com/x.git", "HTTP://u:p@Example.com:8080/a/b%20c?q=1#f",
        "https://[::1]:80", "https://a");

    #[test]
    fn parts_are_accessible() {
        let url = Url::parse("HTTP://u:p@Example.com:8080/a/B%20c?q=/x#f").unwrap();
        assert_eq!((url.scheme(), url.host(), url.path()), ("http", "example.com", "/a/B%20c"));
        assert_eq!(url.file_name(), Some("B%20c"));
        assert_eq!(url.address(), "example.com:8080/a/B%20c?q=/x#f");
        assert_eq!(Url::parse("https://a.b/").unwrap().file_name(), None);
        assert_eq!(Url::parse("https://a.b?x").unwrap().path(), "");
    }

    #[test]
    fn errors_are_precise() {
        let message = |text| {
            let invalid = Url::parse(text).unwrap_err();
            format!("{} ({})", invalid.message, invalid.help.unwrap_or_default())
        };
        assert_eq!(
            message("git@example.com:a/b.git"),
            "a URL must start with `https://` (write `https://example.com/a/b.git`)"
        );
        assert_eq!(
            message("example.com/x"),
            "a URL must start with `https://` (write `https://example.com/x`)"
        );
        assert_eq!(message("ftp://a/b"), "the scheme `ftp://` is not supported (write `https://a/b`)");
        assert_eq!(
            message("https:///x"),
            "missing host in the URL (use a URL such as `https://example.com/a.tar.gz`)"
        );
        assert_eq!(message("https://a/ä"), "a URL cannot contain `ä` (encode it as `%C3%A4`)");
        assert_eq!(message("https://a/b c"), "a URL cannot contain a space (encode it as `%20`)");
        assert!(message("https://a/%zz").starts_with("`%` must be followed by two hexadecimal digits"));
        assert!(message("https://a:0/").starts_with("`0` is not a valid port"));
    }
}
