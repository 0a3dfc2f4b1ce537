//! [`VcsUrl`]: the URL of a repository that pip clones.

use super::text;

/// A version control system that pip supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vcs {
    /// `git+…`.
    Git,
    /// `hg+…`.
    Mercurial,
    /// `svn+…`.
    Subversion,
    /// `bzr+…`.
    Bazaar,
}

/// The URL of a repository: `git+https://example.com/x.git@REVISION#egg=x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VcsUrl<'t> {
    pub vcs: Vcs,
    /// The protocol: `https`, `ssh`.
    pub transport: &'t str,
    /// The revision, as written.
    pub revision: Option<&'t str>,
}

impl<'t> VcsUrl<'t> {
    /// Parses a URL; `None` if pip would not clone it.
    pub fn read(url: &'t str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (system, transport) = scheme.split_once('+').unwrap_or((scheme, scheme));
        let vcs = match system.to_ascii_lowercase().as_str() {
            "git" => Vcs::Git,
            "hg" => Vcs::Mercurial,
            "svn" => Vcs::Subversion,
            "bzr" => Vcs::Bazaar,
            _ => return None,
        };
        let place = rest.split('#').next().unwrap_or(rest);
        // An `@` before the path belongs to a login, one after it to the revision.
        let path = place.split_once('/').map_or("", |(_, path)| path);
        let revision = path.rsplit_once('@').map(|(_, revision)| revision).filter(|one| !one.is_empty());
        Some(Self { vcs, transport, revision })
    }

    /// Whether the revision is a commit, rather than a branch or tag, which can move.
    pub fn is_immutable(&self) -> bool {
        let Some(revision) = self.revision else { return false };
        match self.vcs {
            Vcs::Git | Vcs::Mercurial => {
                revision.len() == 40 && revision.chars().all(|c| c.is_ascii_hexdigit())
            }
            Vcs::Subversion | Vcs::Bazaar => text::number(revision).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_accessible() {
        let read = |url| {
            let url = VcsUrl::read(url)?;
            Some((url.vcs, url.transport, url.revision, url.is_immutable()))
        };
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (url, vcs, transport, revision, fixed) in [
            ("git+https://example.com/x.git", Vcs::Git, "https", None, false),
            ("git+https://example.com/x.git@main#egg=x", Vcs::Git, "https", Some("main"), false),
            ("git+https://me:token@example.com/x.git#a@b", Vcs::Git, "https", None, false),
            ("git+ssh://git@example.com/x@feature/y", Vcs::Git, "ssh", Some("feature/y"), false),
            ("hg+https://example.com/x@tip", Vcs::Mercurial, "https", Some("tip"), false),
            ("svn+https://example.com/x/trunk@2019", Vcs::Subversion, "https", Some("2019"), true),
            ("git://example.com/x", Vcs::Git, "git", None, false),
        ] {
            assert_eq!(read(url), Some((vcs, transport, revision, fixed)), "{url}");
        }
        let whole = format!("git+https://example.com/x.git@{commit}");
        assert_eq!(read(&whole), Some((Vcs::Git, "https", Some(commit), true)));
        let short = format!("git+https://example.com/x.git@{}", &commit[..12]);
        assert_eq!(read(&short).map(|read| read.3), Some(false));
        assert_eq!(read("https://example.com/x.whl"), None);
        assert_eq!(read("x.git"), None);
    }
}
