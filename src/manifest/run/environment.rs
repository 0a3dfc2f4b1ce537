//! Environment files, host variables, secrets and sockets of a service.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes};
use crate::source::Spanned;
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::value::{EnvName, HostPath, Name, ProjectPath};

use crate::manifest::decode::flag;
use crate::manifest::{Env, scope};

pub(super) static ENV_FILE: NodeSpec =
    NodeSpec::new("env-file", "A file with environment variables, read when the container starts.")
        .args(&[ArgSpec::text("FILE", "The file, relative to the manifest.")])
        .properties(&[PropertySpec::new(
            "required",
            ValueKind::Bool,
            "Whether the file must exist; `#true` if absent.",
        )]);
pub(super) static HOST_ENV: NodeSpec = NodeSpec::new(
    "host-env",
    "Passes an environment variable of the host to the container when it starts; the image does not contain the value.",
)
.args(&[ArgSpec::text("NAME", "The variable; it has the same name on the host and in the container.")])
.properties(&[PropertySpec::text(
    "default",
    "The value if the host's variable is unset or empty; empty if absent.",
)])
.also(&[("pass-env", ""), ("env-from-host", ""), ("env-pass", "")]);
pub(super) static SECRET: NodeSpec =
    NodeSpec::new("secret", "A secret, which the container reads from `/run/secrets/NAME`.")
        .args(&[ArgSpec::text("NAME", "The name of the secret.")])
        .properties(&[
            PropertySpec::text("file", "The file on the host that contains it."),
            PropertySpec::text("env", "The environment variable of the caller that contains it."),
        ])
        .also(&[("secrets", "")]);
pub(super) static JTOP: NodeSpec = flag("jtop", "The socket of jtop, which reports the state of a Jetson.");
pub(super) static DOCKER_SOCKET: NodeSpec = flag(
    "docker-socket",
    "The socket of the container engine; access to it is equivalent to root on the host.",
);

/// `env-file ".env" [required=#false]`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvFile {
    pub path: Spanned<ProjectPath>,
    /// Whether the engine fails if the file does not exist.
    pub required: bool,
}

/// `host-env "ROS_DOMAIN_ID" [default="0"]`.
#[derive(Debug, Clone, PartialEq)]
pub struct HostEnv {
    pub name: Spanned<EnvName>,
    /// The value if the variable is unset or empty on the host.
    pub default: Option<Spanned<String>>,
}

/// `secret "hf-token" file="token.txt"` or `env="HF_TOKEN"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Secret {
    /// The file name in `/run/secrets`.
    pub name: Spanned<Name>,
    pub source: SecretSource,
}

/// The source of a secret. jcc never reads the value.
#[derive(Debug, Clone, PartialEq)]
pub enum SecretSource {
    /// A file on the host.
    File(Spanned<HostPath>),
    /// An environment variable of the caller.
    Env(Spanned<EnvName>),
}

pub(super) fn env_files(block: Reader<'_>, log: &mut Log) -> Vec<EnvFile> {
    let mut all = Vec::new();
    for node in block.children_named("env-file") {
        let required = node.prop("required", log).is_none_or(|required| required.value);
        all.extend(node.arg(0, log).map(|path| EnvFile { path, required }));
    }
    all
}

/// Decodes every `host-env`. Reports variables that `env` sets too.
pub(super) fn host_env(block: Reader<'_>, env: &Env, log: &mut Log) -> Vec<HostEnv> {
    let mut all = Vec::new();
    for node in block.children_named("host-env") {
        let default: Option<Spanned<String>> = node.prop("default", log);
        if let Some(text) = default.as_ref().filter(|text| text.contains(['}', '\n'])) {
            log.error(
                Diagnostic::error(codes::INVALID_VALUE, "a default cannot contain `}` or a line break")
                    .at(text.span, "this would end the variable in the Compose file")
                    .help("set this default in the program itself"),
            );
        }
        all.extend(node.arg(0, log).map(|name| HostEnv { name, default }));
    }
    let is_host_env = |name: &EnvName| all.iter().any(|one| one.name.value == *name);
    let written = env.iter().map(|(name, _)| name.as_ref()).filter(|name| is_host_env(name.value));
    scope::check_unique(all.iter().map(|one| one.name.as_ref()).chain(written), "variables", log);
    all
}

pub(super) fn secrets(block: Reader<'_>, log: &mut Log) -> Vec<Secret> {
    let all: Vec<Secret> = block.children_named("secret").filter_map(|node| secret(node, log)).collect();
    scope::check_unique(all.iter().map(|secret| secret.name.as_ref()), "secrets", log);
    all
}

fn secret(node: Reader<'_>, log: &mut Log) -> Option<Secret> {
    let name: Option<Spanned<Name>> = node.arg(0, log);
    let file: Option<Spanned<HostPath>> = node.prop("file", log);
    let env: Option<Spanned<EnvName>> = node.prop("env", log);
    let has = |key: &str| node.props().iter().any(|given| given.key.value == key);
    let source = match (file, env) {
        (Some(file), Some(env)) => {
            log.error(
                Diagnostic::error(codes::SECRET_SOURCE, "a secret has only one source")
                    .at(file.span, "a file")
                    .at(env.span, "a variable")
                    .help("remove one of them"),
            );
            return None;
        }
        (Some(file), None) => SecretSource::File(file),
        (None, Some(env)) => SecretSource::Env(env),
        (None, None) if has("file") || has("env") => return None,
        (None, None) => {
            log.error(
                Diagnostic::error(codes::SECRET_SOURCE, "a secret needs a source")
                    .at(node.name_span(), "missing `file=…` or `env=…`")
                    .help(
                        "write `file=\"PATH\"` for a file on the host, or `env=\"NAME\"` for an \
                        environment variable of the caller",
                    ),
            );
            return None;
        }
    };
    Some(Secret { name: name?, source })
}
