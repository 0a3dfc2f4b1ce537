//! Process options of a service: limits, stopping, names, labels and logging.

use crate::diagnostic::Log;
use crate::source::Spanned;
use crate::syntax::schema::{ArgSpec, NodeSpec, ValueKind};
use crate::syntax::{Node, Reader, Value, quote};
use crate::value::{Capability, Duration, HostName, Invalid, LabelKey, Name, Parse, Signal};

use crate::manifest::decode;
use crate::manifest::overlay::{merge_named, override_value};

use super::logging::{self, Logging};
use super::services::EngineName;

pub(super) static STOP_GRACE_PERIOD: NodeSpec = decode::one_text(
    "stop-grace-period",
    "The time to stop before the container is killed; 10 seconds if absent.",
    &[ArgSpec::text("TIME", "A time such as `30s`.")],
)
.also(&[("stop-timeout", "")]);
pub(super) static STOP_SIGNAL: NodeSpec = decode::one_text(
    "stop-signal",
    "The signal that stops the container; the signal of the image if absent.",
    &[ArgSpec::text("SIGNAL", "A signal such as `SIGINT`.")],
);
pub(super) static CPUS: NodeSpec = NodeSpec::new("cpus", "The number of CPUs that the container may use.")
    .args(&[ArgSpec::new(
        "CPUS",
        ValueKind::Either(&[ValueKind::Number, ValueKind::Text]),
        "A number such as `2` or `1.5`.",
    )])
    .also(&[("cpu-limit", "")])
    .optional();
pub(super) static PIDS_LIMIT: NodeSpec =
    NodeSpec::new("pids-limit", "The maximum number of processes and threads.")
        .args(&[ArgSpec::new("NUMBER", ValueKind::Integer, "A number, at least 1.")])
        .optional();
pub(super) static CAP_DROP: NodeSpec = NodeSpec::new("cap-drop", "Linux capabilities to drop.")
    .rest(ArgSpec::text("CAPABILITY", "A capability such as `NET_RAW`, or `ALL`."));
pub(super) static SYSCTL: NodeSpec =
    NodeSpec::new("sysctl", "A kernel parameter, in the container's namespaces.")
        .args(&[
            ArgSpec::text("KEY", "The parameter, such as `net.ipv4.ip_forward`."),
            ArgSpec::new("VALUE", ValueKind::Either(&[ValueKind::Text, ValueKind::Number]), "The value."),
        ])
        .also(&[("sysctls", "")])
        .rewrite(split_pair);

/// Rewrites `label "a=b"` and `sysctl "a=b"` to two arguments.
fn split_pair(node: &Node) -> Option<String> {
    let [given] = &node.arguments[..] else { return None };
    let Value::String(text) = &given.value else { return None };
    let (key, value) = text.split_once('=')?;
    (!key.is_empty()).then(|| format!("{} {} {}", node.name.value, quote(key.trim()), quote(value.trim())))
}

pub(super) static HOSTNAME: NodeSpec = decode::one_text(
    "hostname",
    "The hostname of the container; on the host's network, it is the host's name.",
    &[ArgSpec::text("NAME", "A hostname.")],
);
pub(super) static EXTRA_HOSTS: NodeSpec = NodeSpec::new("extra-hosts", "Additional entries in `/etc/hosts`.")
    .rest(ArgSpec::text("HOST", "`NAME=ADDRESS`; the address `host-gateway` is the host itself."))
    .also(&[("extra-host", ""), ("add-host", "")]);
pub(super) static LABEL: NodeSpec = NodeSpec::new("label", "A label of the container.")
    .args(&[ArgSpec::text("KEY", "The key, such as `traefik.enable`."), ArgSpec::text("VALUE", "The value.")])
    .rewrite(split_pair);
pub(super) static PROFILES: NodeSpec =
    NodeSpec::new("profiles", "Starts the service only with one of these profiles.")
        .rest(ArgSpec::text("PROFILE", "A name, for `docker compose --profile NAME up`."))
        .also(&[("profile", "")]);

/// The process options of a service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProcessOptions {
    pub logging: Option<Spanned<Logging>>,
    /// `stop-grace-period "30s"`.
    pub stop_grace_period: Option<Spanned<Duration>>,
    /// `stop-signal "SIGINT"`.
    pub stop_signal: Option<Spanned<Signal>>,
    /// `cpus 1.5`.
    pub cpus: Option<Spanned<String>>,
    /// `pids-limit 200`.
    pub pids_limit: Option<Spanned<u32>>,
    /// `cap-drop "NET_RAW"`.
    pub cap_drop: Vec<Spanned<Capability>>,
    /// `sysctl "KEY" VALUE`.
    pub sysctls: Vec<(Spanned<String>, Spanned<String>)>,
    /// `hostname "robot"`.
    pub hostname: Option<Spanned<HostName>>,
    /// `extra-hosts "NAME=ADDRESS"`.
    pub extra_hosts: Vec<Spanned<(String, String)>>,
    /// `label "KEY" "VALUE"`.
    pub labels: Vec<(Spanned<LabelKey>, Spanned<String>)>,
    /// `profiles "debug"`.
    pub profiles: Vec<Spanned<Name>>,
}

impl ProcessOptions {
    /// Merges options that have precedence.
    pub(in crate::manifest) fn overlay(&mut self, other: Self) {
        override_value(&mut self.logging, other.logging);
        override_value(&mut self.stop_grace_period, other.stop_grace_period);
        override_value(&mut self.stop_signal, other.stop_signal);
        override_value(&mut self.cpus, other.cpus);
        override_value(&mut self.pids_limit, other.pids_limit);
        self.cap_drop.extend(other.cap_drop);
        merge_named(&mut self.sysctls, other.sysctls, |sysctl| &sysctl.0.value);
        override_value(&mut self.hostname, other.hostname);
        merge_named(&mut self.extra_hosts, other.extra_hosts, |host| &host.value.0);
        merge_named(&mut self.labels, other.labels, |label| &label.0.value);
        self.profiles.extend(other.profiles);
    }
}

/// Decodes the process options in `run` or in a `service`.
pub(super) fn decode(block: Reader<'_>, log: &mut Log) -> ProcessOptions {
    let cpus = block.child("cpus").and_then(|node| decode::text_or_number::<Cpus>(node, 0, log));
    let profiles: Vec<Spanned<EngineName>> = block.args_of_children("profiles", log);
    let hosts: Vec<Spanned<ExtraHost>> = block.args_of_children("extra-hosts", log);
    let pids = block.child("pids-limit").and_then(|node| decode::text_or_number::<Count>(node, 0, log));
    ProcessOptions {
        logging: block.child("logging").and_then(|node| logging::decode(node, log)),
        stop_grace_period: block.text_of_child("stop-grace-period", log),
        stop_signal: block.text_of_child("stop-signal", log),
        cpus: cpus.map(|one| one.map(|one| one.0)),
        pids_limit: pids.map(|one| one.map(|one| one.0)),
        cap_drop: block.args_of_children("cap-drop", log),
        sysctls: sysctls(block, log),
        hostname: block.text_of_child::<ContainerHostName>("hostname", log).map(|one| one.map(|one| one.0)),
        extra_hosts: hosts.into_iter().map(|one| one.map(|one| (one.0, one.1))).collect(),
        labels: block
            .children_named("label")
            .filter(|label| label.arg_count() > 1)
            .filter_map(|label| label.arg(0, log).zip(label.arg(1, log)))
            .collect(),
        profiles: profiles.into_iter().map(|one| one.map(|one| one.0)).collect(),
    }
}

fn sysctls(block: Reader<'_>, log: &mut Log) -> Vec<(Spanned<String>, Spanned<String>)> {
    let mut all = Vec::new();
    for node in block.children_named("sysctl").filter(|node| node.arg_count() > 1) {
        let key: Option<Spanned<SysctlKey>> = node.arg(0, log);
        let value: Option<Spanned<SysctlValue>> = decode::text_or_number(node, 1, log);
        all.extend(key.map(|key| key.map(|key| key.0)).zip(value.map(|value| value.map(|value| value.0))));
    }
    all
}

/// A positive decimal number of CPUs, as Compose's `cpus` takes it.
struct Cpus(String);

impl Parse for Cpus {
    const WHAT: &'static str = "a number of CPUs";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let digits =
            |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        // The kernel accepts no quota below 1 ms of a period of 100 ms, which is 0.01 CPUs.
        let enough = [whole, part.get(..2).unwrap_or(part)].iter().any(|part| part.contains(|c| c != '0'));
        if digits(whole) && digits(part) && enough {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(format!("`{text}` is not a number of CPUs"))
            .help("use a number of at least 0.01, such as `2` or `1.5`"))
    }
}

/// A positive count, as Compose's `pids_limit` takes it.
struct Count(u32);

impl Parse for Count {
    const WHAT: &'static str = "a number";

    fn parse(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(Invalid::new(format!("`{text}` is not an integer of at least 1"))
                .help("use a number such as `200`")),
        }
    }
}

/// A kernel parameter that a container can set for its own namespaces.
struct SysctlKey(String);

impl Parse for SysctlKey {
    const WHAT: &'static str = "a kernel parameter";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-/".contains(&b))
        };
        let is_namespaced =
            text.starts_with("net.") || text.starts_with("fs.mqueue.") || KERNEL.contains(&text);
        if is_namespaced && text.split('.').all(part) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(format!("`{text}` is not a parameter of a container namespace")).help(
            "use `net.…`, `fs.mqueue.…` or an IPC parameter such as `kernel.shmmax`; set all others \
                on the host, in `/etc/sysctl.d`",
        ))
    }
}

/// The value of a kernel parameter.
struct SysctlValue(String);

impl Parse for SysctlValue {
    const WHAT: &'static str = "a value of a kernel parameter";

    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.trim().is_empty() {
            return Err(
                Invalid::new("empty value of a kernel parameter").help("write its value, such as `1`")
            );
        }
        one_line(text).map(|()| Self(text.to_owned()))
    }
}

/// Checks that a text is one line without control characters, as engines require.
pub(super) fn one_line(text: &str) -> Result<(), Invalid> {
    match text.char_indices().find(|(_, c)| c.is_control() && *c != '\t') {
        Some((at, c)) => Err(Invalid::new("this value must be one line without control characters")
            .help("remove the line break or control character")
            .at(at..at + c.len_utf8())),
        None => Ok(()),
    }
}

/// The kernel parameters that belong to the IPC namespace or the UTS namespace.
const KERNEL: [&str; 8] = [
    "kernel.domainname",
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
];

/// A hostname that the kernel accepts for a container; it is shorter than the limit of DNS.
struct ContainerHostName(HostName);

impl Parse for ContainerHostName {
    const WHAT: &'static str = HostName::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        /// Source: sethostname(2), `HOST_NAME_MAX`.
        const MAX_LENGTH: usize = 64;
        let name = HostName::parse(text)?;
        if text.len() > MAX_LENGTH {
            let message = format!("the hostname of a container has at most {MAX_LENGTH} characters");
            return Err(Invalid::new(message).help("use a shorter name"));
        }
        Ok(Self(name))
    }
}

/// An additional line of `/etc/hosts`: a hostname, and an address or `host-gateway`.
struct ExtraHost(String, String);

impl Parse for ExtraHost {
    const WHAT: &'static str = "a host with its address";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let help =
            "write `NAME=ADDRESS`, such as `robot.local=192.168.1.5` or `host.docker.internal=host-gateway`";
        let Some((name, address)) = text.split_once(['=', ':']) else {
            return Err(Invalid::new(format!("`{text}` has no address")).help(help));
        };
        HostName::parse(name)?;
        let plain = address.trim_start_matches('[').trim_end_matches(']');
        if address == "host-gateway" || plain.parse::<std::net::IpAddr>().is_ok() {
            return Ok(Self(name.to_owned(), plain.to_owned()));
        }
        Err(Invalid::new(format!("`{address}` is not an address")).help(help))
    }
}
