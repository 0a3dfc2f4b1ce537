//! Namespaces that the container shares with the host, resource limits, and privileges.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::Spanned;
use crate::syntax::schema::{ArgSpec, NodeSpec, ValueKind};
use crate::syntax::{Node, Reader, Value, quote};
use crate::value::{ByteSize, Id, Invalid, Name, Parse, UlimitName, without_variables};

use super::checked::checked;
use crate::manifest::decode::{self, flag, one_text};

pub(super) static NETWORK: NodeSpec = one_text(
    "network",
    "The network of the container.",
    &[ArgSpec::text("MODE", "`host`, `bridge`, `none`, `service:NAME` or `container:NAME`.")],
)
.also(&[("network-mode", ""), ("net", "")]);
pub(super) static IPC: NodeSpec = one_text(
    "ipc",
    "The IPC namespace, which determines with whom the container shares memory.",
    &[ArgSpec::text("MODE", "`host`, `private`, `shareable`, `none`, `service:NAME` or `container:NAME`.")],
)
.also(&[("ipc-mode", "")]);
pub(super) static PID: NodeSpec = one_text(
    "pid",
    "The PID namespace, which determines the processes that the container sees.",
    &[ArgSpec::text("MODE", "`host`, `service:NAME` or `container:NAME`.")],
)
.also(&[("pid-mode", "")]);
pub(super) static SHM_SIZE: NodeSpec = one_text(
    "shm-size",
    "The size of `/dev/shm`; it has no effect if memory is shared with the host.",
    &[ArgSpec::text("SIZE", "A size such as `8g`.")],
)
.also(&[("shm", "")]);
pub(super) static MEMORY: NodeSpec = one_text(
    "memory",
    "The memory limit; on a Jetson it includes the memory of the GPU.",
    &[ArgSpec::text("SIZE", "A size such as `6g`.")],
)
.also(&[("mem-limit", ""), ("mem", "")]);
pub(super) static ULIMIT: NodeSpec = NodeSpec::new("ulimit", "A resource limit for its processes.")
    .args(&[
        ArgSpec::text("NAME", "The limit, such as `memlock`."),
        ArgSpec::new("SOFT", ValueKind::Integer, "The soft limit; -1 means unlimited."),
        ArgSpec::new(
            "HARD",
            ValueKind::Integer,
            "The hard limit, up to which a process may raise it; the same as the soft limit if absent.",
        )
        .optional(),
    ])
    .rewrite(split_ulimit);

/// Rewrites `ulimit "memlock=-1"` to separate arguments.
fn split_ulimit(node: &Node) -> Option<String> {
    let [given] = &node.arguments[..] else { return None };
    let Value::String(text) = &given.value else { return None };
    let (name, limits) = text.split_once(['=', ':'])?;
    UlimitName::parse(name).ok()?;
    let limits = limits.split(':').map(|one| one.parse::<i64>().ok());
    let limits: Vec<i64> = limits.collect::<Option<_>>()?;
    let limits: Vec<String> = limits.iter().map(ToString::to_string).collect();
    Some(format!("ulimit {} {}", quote(name), limits.join(" ")))
}

pub(super) static PRIVILEGED: NodeSpec = flag(
    "privileged",
    "Gives the container all privileges of root on the host; prefer single devices and capabilities.",
);
pub(super) static CAP_ADD: NodeSpec =
    NodeSpec::new("cap-add", "Linux capabilities in addition to the default ones.")
        .rest(ArgSpec::text("CAPABILITY", "A capability such as `SYS_NICE`."));
pub(super) static SECURITY_OPT: NodeSpec =
    NodeSpec::new("security-opt", "Security options for the container.").rest(ArgSpec::text(
        "OPTION",
        "An option such as `seccomp=unconfined`, `apparmor=unconfined`, `no-new-privileges:true`.",
    ));
pub(super) static GROUP_ADD: NodeSpec =
    NodeSpec::new("group-add", "Additional groups of the container's user.").rest(ArgSpec::new(
        "GROUP",
        ValueKind::Either(&[ValueKind::Text, ValueKind::Integer]),
        "The ID of a group, or the name of a group in the image.",
    ));
pub(super) static DEVICE_CGROUP_RULE: NodeSpec =
    NodeSpec::new("device-cgroup-rule", "Access to devices that may be plugged in later.")
        .rest(ArgSpec::text("RULE", "Type, numbers and permissions, such as `c 166:* rmw`."));
pub(super) static USER: NodeSpec =
    NodeSpec::new("user", "The user of the service, instead of the image's user.")
        .args(&[ArgSpec::new(
            "USER",
            ValueKind::Either(&[ValueKind::Text, ValueKind::Integer]),
            "`NAME`, `UID` or `UID:GID`.",
        )])
        .optional();

pub(super) static SESSION_UID: NodeSpec = NodeSpec::new(
    "session-uid",
    "The user of the host's desktop session, whose sockets `display` and `audio` use; 1000 if absent.",
)
.args(&[ArgSpec::new("UID", ValueKind::Integer, "The user ID, as printed by `id --user` on the host.")])
.optional();

/// `ulimit "memlock" -1`, `ulimit "nofile" 1024 2048`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ulimit {
    pub name: UlimitName,
    /// The soft limit; -1 means unlimited.
    pub soft: i64,
    /// The hard limit; the same as the soft limit if absent.
    pub hard: Option<i64>,
}

checked! {
    Network, "a network": |text| mode(text, "a network", &["host", "bridge", "none"], true);
    Ipc, "a mode": |text| mode(text, "an IPC mode", &["host", "private", "shareable", "none"], true);
    Pid, "a mode": |text| mode(text, "a PID mode", &["host"], true);
    SecurityOption, "a security option": security_option;
    Group, "a group": |text| account(&without_variables(text, "0")?, "a group");
    CgroupRule, "a rule": cgroup_rule;
    UserGroup, "a user": user_group;
}

fn mode(text: &str, what: &str, words: &[&str], shared: bool) -> Result<(), Invalid> {
    if words.contains(&text) {
        return Ok(());
    }
    if let Some((kind @ ("service" | "container"), name)) = text.split_once(':')
        && shared
    {
        return Name::parse(name).map(drop).map_err(|why| {
            let start = kind.len() + 1;
            let at = why.at.clone().unwrap_or(0..name.len());
            Invalid { at: Some(start + at.start..start + at.end), ..why }
        });
    }
    let mut possible = wording::codes(words);
    possible.extend(wording::codes(["service:NAME", "container:NAME"]));
    let help = wording::did_you_mean(text, words.iter().copied())
        .unwrap_or_else(|| format!("write {}", wording::any_of(&possible)));
    Err(Invalid::new(format!("{} is not {what}", wording::code(text))).help(help))
}

fn security_option(text: &str) -> Result<(), Invalid> {
    const KEYS: &[&str] =
        &["seccomp", "apparmor", "label", "no-new-privileges", "systempaths", "mask", "unmask"];
    let (key, value) = text.split_once(['=', ':']).map_or((text, None), |(key, value)| (key, Some(value)));
    if KEYS.contains(&key) {
        let words: &[&str] = match key {
            "no-new-privileges" if value.is_none() => return Ok(()),
            "no-new-privileges" => &["true", "false"],
            "systempaths" => &["unconfined"],
            _ if value.is_some_and(|value| !value.trim().is_empty()) => {
                return super::process::one_line(text);
            }
            _ => &[],
        };
        if value.is_some_and(|value| words.contains(&value)) {
            return Ok(());
        }
        let help = match words {
            [] => format!(
                "write {} with its value, such as `seccomp=unconfined`",
                wording::code(format!("{key}=…"))
            ),
            words => format!(
                "write {}",
                wording::any_of(
                    &words.iter().map(|word| wording::code(format!("{key}={word}"))).collect::<Vec<_>>()
                )
            ),
        };
        return Err(
            Invalid::new(format!("{} is not a valid security option", wording::code(text))).help(help)
        );
    }
    let help = wording::did_you_mean(key, KEYS.iter().copied()).unwrap_or_else(|| {
        "use an option such as `seccomp=unconfined`, `apparmor=unconfined` or \
            `no-new-privileges:true`"
            .to_owned()
    });
    Err(Invalid::new(format!("{} is not a valid security option", wording::code(text))).help(help))
}

/// Checks that a text is an ID, or a valid name in `/etc/passwd` or `/etc/group`.
fn account(text: &str, what: &str) -> Result<(), Invalid> {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Id::parse(text).map(drop);
    }
    if !text.is_empty() && text.len() <= 32 && !text.starts_with('-') && text.chars().all(letter) {
        return Ok(());
    }
    Err(Invalid::new(format!("{} is not {what}", wording::code(text)))
        .help("use its ID, or its name in the image"))
}

fn user_group(text: &str) -> Result<(), Invalid> {
    let text = &without_variables(text, "0")?;
    let (user, group) = text.split_once(':').map_or((&**text, None), |(user, group)| (user, Some(group)));
    account(user, "a user")?;
    group.map_or(Ok(()), |group| account(group, "a group"))
}

fn cgroup_rule(text: &str) -> Result<(), Invalid> {
    let number = |part: &str| part == "*" || (!part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let words: Vec<&str> = text.split(' ').collect();
    let fine = match words[..] {
        [kind, numbers, rights] => {
            matches!(kind, "a" | "b" | "c")
                && numbers.split_once(':').is_some_and(|(major, minor)| number(major) && number(minor))
                && (1..=3).contains(&rights.len())
                && rights.bytes().all(|b| b"rwm".contains(&b))
        }
        _ => false,
    };
    if fine {
        return Ok(());
    }
    Err(Invalid::new(format!("{} is not a valid device rule", wording::code(text)))
        .help("write kind (`a`, `b` or `c`), major and minor number, and rights: `c 166:* rmw`"))
}

/// The smallest memory limit that Docker accepts, in bytes.
/// Source: <https://docs.docker.com/engine/containers/resource_constraints/>
const MIN_MEMORY: u64 = 6 << 20;

/// A memory limit that Docker accepts.
struct MemoryLimit(ByteSize);

impl Parse for MemoryLimit {
    const WHAT: &'static str = ByteSize::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let size = ByteSize::parse(text)?;
        if size.bytes() < MIN_MEMORY {
            let message = format!("{} is less memory than Docker accepts", wording::code(text));
            return Err(
                Invalid::new(message).help("the minimum is `6m`; programs that use the GPU need several `g`")
            );
        }
        Ok(Self(size))
    }
}

/// The size of `/dev/shm`, which must not be 0.
struct ShmSize(ByteSize);

impl Parse for ShmSize {
    const WHAT: &'static str = ByteSize::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let size = ByteSize::parse(text)?;
        if size.bytes() == 0 {
            return Err(
                Invalid::new("the size of `/dev/shm` must be above 0").help("use a size such as `8g`")
            );
        }
        Ok(Self(size))
    }
}

pub(super) fn shm_size(block: Reader<'_>, log: &mut Log) -> Option<Spanned<ByteSize>> {
    block.text_of_child::<ShmSize>("shm-size", log).map(|one| one.map(|one| one.0))
}

pub(super) fn memory(block: Reader<'_>, log: &mut Log) -> Option<Spanned<ByteSize>> {
    block.text_of_child::<MemoryLimit>("memory", log).map(|one| one.map(|one| one.0))
}

pub(super) fn network(block: Reader<'_>, log: &mut Log) -> Option<Spanned<String>> {
    block.text_of_child::<Network>("network", log).map(|one| one.map(|one| one.0))
}

pub(super) fn session_uid(block: Reader<'_>, log: &mut Log) -> Option<Spanned<Id>> {
    decode::text_or_number(block.child("session-uid")?, 0, log)
}

pub(super) fn ipc(block: Reader<'_>, log: &mut Log) -> Option<Spanned<String>> {
    block.text_of_child::<Ipc>("ipc", log).map(|one| one.map(|one| one.0))
}

pub(super) fn pid(block: Reader<'_>, log: &mut Log) -> Option<Spanned<String>> {
    block.text_of_child::<Pid>("pid", log).map(|one| one.map(|one| one.0))
}

pub(super) fn user(block: Reader<'_>, log: &mut Log) -> Option<Spanned<String>> {
    decode::text_or_number::<UserGroup>(block.child("user")?, 0, log).map(|one| one.map(|one| one.0))
}

pub(super) fn security_opt(block: Reader<'_>, log: &mut Log) -> Vec<Spanned<String>> {
    let all: Vec<Spanned<SecurityOption>> = block.args_of_children("security-opt", log);
    all.into_iter().map(|one| one.map(|one| one.0)).collect()
}

pub(super) fn group_add(block: Reader<'_>, log: &mut Log) -> Vec<Spanned<String>> {
    let all: Vec<Spanned<Group>> = decode::texts_or_numbers(block, "group-add", log);
    all.into_iter().map(|one| one.map(|one| one.0)).collect()
}

pub(super) fn device_cgroup_rules(block: Reader<'_>, log: &mut Log) -> Vec<Spanned<String>> {
    let all: Vec<Spanned<CgroupRule>> = block.args_of_children("device-cgroup-rule", log);
    all.into_iter().map(|one| one.map(|one| one.0)).collect()
}

pub(super) fn ulimits(block: Reader<'_>, log: &mut Log) -> Vec<Spanned<Ulimit>> {
    block.children_named("ulimit").filter_map(|node| ulimit(node, log)).collect()
}

fn ulimit(node: Reader<'_>, log: &mut Log) -> Option<Spanned<Ulimit>> {
    // The schema check has reported the missing argument, or that both are in one text.
    if node.arg_count() < 2 {
        return None;
    }
    let name: Option<Spanned<UlimitName>> = node.arg(0, log);
    let soft: Option<Spanned<i64>> = node.arg(1, log);
    let hard: Option<Spanned<i64>> = node.arg(2, log);
    for limit in soft.iter().chain(&hard).filter(|limit| limit.value < -1) {
        log.error(
            Diagnostic::error(codes::LIMIT_ORDER, format!("`{}` is not a valid limit", limit.value))
                .at(limit.span, "negative")
                .help("use `-1` for unlimited"),
        );
    }
    let soft = soft?;
    if let Some(hard) = hard.filter(|hard| hard.value != -1 && (soft.value == -1 || soft.value > hard.value))
    {
        log.error(
            Diagnostic::error(codes::LIMIT_ORDER, "the soft limit exceeds the hard limit")
                .at(soft.span, "soft limit")
                .at(hard.span, "hard limit")
                .help("the hard limit is the maximum that a process may set: put the larger number last"),
        );
    }
    Some(Spanned::new(
        Ulimit { name: name?.value, soft: soft.value, hard: hard.map(|hard| hard.value) },
        node.span(),
    ))
}
