//! `apt`.

use crate::diagnostic::Log;
use crate::source::{Span, Spanned};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec};
use crate::syntax::{Reader, invalid};
use crate::value::{
    AptArch, AptComponent, AptPackage, AptSuite, Fingerprint, Invalid, KeyLocation, Name, Ppa, ProjectPath,
    Timestamp, Url,
};

use super::Flag;
use super::decode::{self, flag};

pub(super) static APT: NodeSpec =
    NodeSpec::new("apt", "Additional system packages and the archives that they come from.")
        .children(&[&INSTALL, &SOURCE, &PPA, &RECOMMENDS, &SNAPSHOT, &EXTRA_ARG])
        .bare("install")
        .also(&[("apt-get", ""), ("system-packages", ""), ("apt-packages", "")])
        .block();
static INSTALL: NodeSpec = NodeSpec::new("install", "System packages to install.")
    .rest(ArgSpec::text("NAME", "A package, or `NAME=VERSION` for a specific version."))
    .also(&[("package", ""), ("packages", "")]);
static SOURCE: NodeSpec = NodeSpec::new("source", "A third-party archive.")
    .args(&[ArgSpec::text("NAME", "The name of its files in `/etc/apt`.")])
    .children(&[&URI, &SUITE, &COMPONENT, &ARCH, &KEY, &TRUSTED, &LOGIN])
    .also(&[("repository", ""), ("repo", ""), ("deb", ""), ("archive", "")])
    .block();
static URI: NodeSpec = NodeSpec::new("uri", "The location of the archive.")
    .args(&[ArgSpec::text("URL", "The base URL.")])
    .once();
static SUITE: NodeSpec = NodeSpec::new("suite", "The suites of the archive.")
    .rest(ArgSpec::text("SUITE", "A suite such as `jammy`, or a folder that ends in `/` for a flat archive."))
    .at_least_once();
static COMPONENT: NodeSpec =
    NodeSpec::new("component", "The components of the suites; none for a flat archive.")
        .rest(ArgSpec::text("COMPONENT", "A component such as `main`."));
static ARCH: NodeSpec =
    NodeSpec::new("arch", "The architectures to use from the archive; the target's if absent.")
        .args(&[ArgSpec::text(
            "ARCH",
            "A Debian architecture such as `arm64`; separate several with commas.",
        )])
        .optional();
static KEY: NodeSpec = NodeSpec::new("key", "The key that signs the archive.")
    .args(&[ArgSpec::text("WHERE", "A file in the project, or an https URL.")])
    .properties(&[PropertySpec::text(
        "fingerprint",
        "The fingerprint of the key. jcc checks a key in a file; the build checks a key at a URL.",
    )])
    .optional();
static TRUSTED: NodeSpec = flag(
    "trusted",
    "Accepts packages that are not signed: anyone who controls the address can put anything into the image.",
);
static LOGIN: NodeSpec = flag(
    "login",
    "Whether the archive requires a login; builds then read the netrc file that `JCC_NETRC` names.",
);
static PPA: NodeSpec = NodeSpec::new("ppa", "A Launchpad personal package archive.")
    .args(&[ArgSpec::text("OWNER/NAME", "The owner and the name of the archive.")])
    .properties(&[PropertySpec::text("fingerprint", "The fingerprint of its key, which the build checks.")]);
static RECOMMENDS: NodeSpec =
    flag("recommends", "Whether to install recommended packages too; `#false` if absent.");
static SNAPSHOT: NodeSpec =
    NodeSpec::new("snapshot", "Uses all archives that offer snapshots as of this time.")
        .args(&[ArgSpec::text("TIME", "The time, such as `20260901T000000Z`.")])
        .optional();
static EXTRA_ARG: NodeSpec =
    flag("extra-arg", "Adds the build argument `EXTRA_APT_PACKAGES`, for additional packages at build time.");

/// The `apt` node: additional system packages and their archives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Apt {
    /// `install "NAME" "NAME=VERSION" …`, one entry per package.
    pub install: Vec<AptInstall>,
    /// `source "NAME" { … }`.
    pub sources: Vec<AptSource>,
    /// `ppa "OWNER/NAME" fingerprint="…"`.
    pub ppas: Vec<(Spanned<Ppa>, Option<Spanned<Fingerprint>>)>,
    /// `recommends #true`; off if absent.
    pub recommends: Flag,
    /// `snapshot "20260901T000000Z"`.
    pub snapshot: Option<Spanned<Timestamp>>,
    /// `extra-arg #true`: `ARG EXTRA_APT_PACKAGES=""`.
    pub extra_arg: Flag,
}

/// An argument of `install`.
#[derive(Debug, Clone, PartialEq)]
pub struct AptInstall {
    /// The package, optionally with a version.
    pub package: Spanned<AptPackage>,
}

/// A third-party apt archive: URI, suites, components and signing key.
#[derive(Debug, Clone, PartialEq)]
pub struct AptSource {
    /// The name of its files in `/etc/apt`.
    pub name: Spanned<Name>,
    pub uri: Spanned<Url>,
    pub suites: Vec<Spanned<AptSuite>>,
    /// The components; none for a flat archive (a suite that ends in `/`).
    pub components: Vec<Spanned<AptComponent>>,
    /// The architectures; that of the target if empty.
    pub arch: Vec<Spanned<AptArch>>,
    /// The signing key; absent only if the archive is `trusted`.
    pub key: Option<Spanned<KeyLocation>>,
    pub fingerprint: Option<Spanned<Fingerprint>>,
    /// The fingerprint of the key in a file of the project, set when the file is read.
    pub in_file: Option<Fingerprint>,
    /// Whether packages without a signature are accepted.
    pub trusted: Flag,
    /// Whether the archive requires a login.
    pub login: Flag,
    pub span: Span,
}

/// The children that are allowed only once in all `apt` nodes of a scope together.
pub(super) const SINGLE: &[&str] = &["recommends", "snapshot", "extra-arg"];

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Apt {
    let install = node.args_of_children("install", log);
    Apt {
        install: install.into_iter().map(|package| AptInstall { package }).collect(),
        sources: node.children_named("source").filter_map(|source| decode_source(source, log)).collect(),
        ppas: node
            .children_named("ppa")
            .filter_map(|ppa| {
                let (name, fingerprint) = (ppa.arg(0, log), ppa.prop("fingerprint", log));
                Some((name?, fingerprint))
            })
            .collect(),
        recommends: decode::flag_of(node, "recommends", log),
        snapshot: node.text_of_child("snapshot", log),
        extra_arg: decode::flag_of(node, "extra-arg", log),
    }
}

fn decode_source(node: Reader<'_>, log: &mut Log) -> Option<AptSource> {
    let name = node.arg(0, log);
    let uri = node.text_of_child("uri", log);
    let suites = node.args_of_children("suite", log);
    let components = node.args_of_children("component", log);
    let arch = node.child("arch").and_then(|arch| arch.arg::<String>(0, log));
    let arch = arch.map(|all| decode::listed(&all, "`arch`", log)).unwrap_or_default();
    let key = node.child("key");
    let fingerprint = key.and_then(|key| key.prop("fingerprint", log));
    let key = key.and_then(|key| decode_key(key, log));
    let trusted = decode::flag_of(node, "trusted", log);
    let login = decode::flag_of(node, "login", log);
    let (name, uri) = (name?, uri?);
    Some(AptSource {
        name,
        uri,
        suites,
        components,
        arch,
        key,
        fingerprint,
        in_file: None,
        trusted,
        login,
        span: node.span(),
    })
}

fn decode_key(node: Reader<'_>, log: &mut Log) -> Option<Spanned<KeyLocation>> {
    let written: Spanned<String> = node.arg(0, log)?;
    if let Some(rest) = written.strip_prefix("http://") {
        let why = Invalid::new("keys must be fetched over https").help(format!("write `https://{rest}`"));
        log.error(invalid(&why.at(0..7), &written, written.span, "`key`"));
        return None;
    }
    if written.contains("://") {
        let url: Spanned<Url> = node.arg(0, log)?;
        Some(url.map(KeyLocation::Url))
    } else {
        let path: Spanned<ProjectPath> = node.arg(0, log)?;
        Some(path.map(KeyLocation::File))
    }
}
