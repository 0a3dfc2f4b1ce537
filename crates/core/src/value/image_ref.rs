//! [`ImageRef`]: a reference to an image.

use std::fmt;

use super::{Digest, Invalid, Parse, Repository, text};

/// A reference to an image: `ubuntu:22.04`, `ghcr.io/acme/robot:1.4@sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageRef {
    repository: Repository,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl ImageRef {
    /// Returns the registry as written; `None` for Docker Hub.
    pub fn registry(&self) -> Option<&str> {
        self.repository.registry()
    }

    /// Returns the name without tag and digest.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Returns the tag. Without one, Docker uses `latest`.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest, which takes precedence over the tag.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Returns the reference without its digest.
    #[must_use]
    pub fn without_digest(&self) -> Self {
        Self { digest: None, ..self.clone() }
    }

    #[must_use]
    pub fn with_digest(&self, digest: Digest) -> Self {
        Self { digest: Some(digest), ..self.clone() }
    }
}

impl Parse for ImageRef {
    const WHAT: &'static str = "an image reference";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => {
                let parsed =
                    Digest::parse(digest).map_err(|invalid| invalid.within(named.len() + 1, digest.len()))?;
                (named, Some(parsed))
            }
            None => (text, None),
        };
        let last = named.rfind('/').map_or(0, |slash| slash + 1);
        // The colon of `https://…` does not precede a tag. `Repository` reports it.
        let (name, tag) = match named[last..].find(':') {
            Some(colon) => {
                let (name, tag) = named.split_at(last + colon);
                check_tag(&tag[1..]).map_err(|invalid| invalid.within(name.len() + 1, tag.len() - 1))?;
                (name, Some(tag[1..].to_owned()))
            }
            None => (named, None),
        };
        Ok(Self { repository: Repository::parse(name)?, tag, digest })
    }
}

fn check_tag(tag: &str) -> Result<(), Invalid> {
    let help = "a tag consists of letters, digits, `.`, `_` and `-`, such as `22.04` or `r36.4.0-py3`";
    text::only(tag, "a tag", help, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))?;
    if tag.starts_with(['.', '-']) {
        return Err(Invalid::new(format!("a tag cannot start with `{}`", &tag[..1])).help(help).at(0..1));
    }
    text::at_most(tag, "a tag", 128)
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    laws!(ImageRef: "ubuntu:22.04", "ubuntu", "localhost:5000/a", "localhost:5000/a/b:_1.2-x", "nvcr.io/nvidia/l4t-jetpack:r36.4.0",
        "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "a.b/c:d@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");

    #[test]
    fn parts_are_accessible() {
        let image = ImageRef::parse("localhost:5000/acme/robot:1.4").unwrap();
        assert_eq!(
            (image.registry(), image.repository().path(), image.tag()),
            (Some("localhost:5000"), "acme/robot", Some("1.4"))
        );
        let fixed = image.with_digest(Digest::parse(DIGEST).unwrap());
        assert_eq!(fixed.to_string(), format!("localhost:5000/acme/robot:1.4@{DIGEST}"));
        assert_eq!(fixed.digest().map(Digest::as_str), Some(DIGEST));
    }

    #[test]
    fn errors_are_precise() {
        let message = |text| ImageRef::parse(text).unwrap_err().message;
        assert_eq!(message("docker://ubuntu:22.04"), "an image name cannot have a scheme");
        assert_eq!(message("ubuntu:"), "a tag cannot be empty");
        assert_eq!(message("ubuntu:a b"), "a tag cannot contain a space");
        assert_eq!(message("Ubuntu"), "an image name must be lower case, but contains `U`");
        assert_eq!(ImageRef::parse("a@sha256:x").unwrap_err().at, Some(9..10));
    }
}
