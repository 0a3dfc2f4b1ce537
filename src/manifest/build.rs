//! `build`.

use std::collections::BTreeMap;

use crate::diagnostic::Log;
use crate::syntax::Reader;
use crate::syntax::schema::NodeSpec;

use super::decode::{flag, words};

pub(super) static BUILD: NodeSpec =
    NodeSpec::new("build", "How the image is built.").children(&[&SECRETS]).optional().block();
static SECRETS: NodeSpec = NodeSpec::new(
    "secrets",
    "Files on the builder that steps which download may read; no layer contains them. A variable names each file; without it, the file is empty.",
)
.children(&[&APT_CONF, &CA_BUNDLE, &NETRC, &PIP_CONF])
.also(&[("secret", "")])
.optional()
.block();
static APT_CONF: NodeSpec = flag("apt-conf", "An apt configuration, from the file set in `JCC_APT_CONF`.");
static CA_BUNDLE: NodeSpec =
    flag("ca-bundle", "Certificates to trust, in the PEM file that `JCC_CA_BUNDLE` names.");
static NETRC: NodeSpec =
    flag("netrc", "Logins for apt, pip, git and curl, from the netrc file set in `JCC_NETRC`.");
static PIP_CONF: NodeSpec = flag("pip-conf", "A `pip.conf`, from the file set in `JCC_PIP_CONF`.");

/// The `build` node: secrets that build steps may read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BuildOptions {
    /// `secrets { … }`.
    pub secrets: BuildSecrets,
}

/// A file on the builder that build steps may read while they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuildSecret {
    AptConf,
    CaBundle,
    Netrc,
    PipConf,
}

words! {
    BuildSecret: "apt-conf" => AptConf, "ca-bundle" => CaBundle, "netrc" => Netrc, "pip-conf" => PipConf
}

impl BuildSecret {
    /// All secrets, in the order in which the generated files list them.
    pub const ALL: [Self; 4] = [Self::AptConf, Self::CaBundle, Self::Netrc, Self::PipConf];

    /// Returns the purpose of the file, for comments in the generated files.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::AptConf => "settings of apt",
            Self::CaBundle => "certificates to trust",
            Self::Netrc => "logins for downloads",
            Self::PipConf => "settings of pip",
        }
    }

    /// Returns the environment variable that sets the path of the file.
    pub fn variable(self) -> &'static str {
        match self {
            Self::AptConf => "JCC_APT_CONF",
            Self::CaBundle => "JCC_CA_BUNDLE",
            Self::Netrc => "JCC_NETRC",
            Self::PipConf => "JCC_PIP_CONF",
        }
    }
}

/// The secrets that are passed to build steps; none by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildSecrets(BTreeMap<BuildSecret, bool>);

impl BuildSecrets {
    /// Whether build steps get this secret.
    pub fn has(&self, secret: BuildSecret) -> bool {
        self.0.get(&secret).copied().unwrap_or_default()
    }

    pub fn apt_conf(&self) -> bool {
        self.has(BuildSecret::AptConf)
    }

    pub fn ca_bundle(&self) -> bool {
        self.has(BuildSecret::CaBundle)
    }

    pub fn netrc(&self) -> bool {
        self.has(BuildSecret::Netrc)
    }

    pub fn pip_conf(&self) -> bool {
        self.has(BuildSecret::PipConf)
    }

    /// Returns the secrets that are passed, in the order of [`BuildSecret::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = BuildSecret> + '_ {
        BuildSecret::ALL.into_iter().filter(|secret| self.has(*secret))
    }

    /// Enables a secret that another node of the manifest needs, unless the manifest disables it.
    pub(super) fn imply(&mut self, secret: BuildSecret) {
        self.0.entry(secret).or_insert(true);
    }

    /// Merges a `secrets` node that has precedence.
    pub(super) fn overlay(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl FromIterator<BuildSecret> for BuildSecrets {
    fn from_iter<T: IntoIterator<Item = BuildSecret>>(secrets: T) -> Self {
        Self(secrets.into_iter().map(|secret| (secret, true)).collect())
    }
}

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> BuildOptions {
    let mut secrets = BTreeMap::new();
    if let Some(block) = node.child("secrets") {
        for secret in BuildSecret::ALL {
            secrets.extend(block.flag_of_child(secret.as_str(), log).map(|on| (secret, on.value)));
        }
    }
    BuildOptions { secrets: BuildSecrets(secrets) }
}
