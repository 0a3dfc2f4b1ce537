//! [`Capability`]: a Linux capability.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// A Linux capability, without the prefix `CAP_`: `NET_ADMIN`, `SYS_NICE`, `ALL`.
    Capability, "a capability" => read
}

/// The capabilities of capabilities(7), and `ALL`.
const KNOWN: [&str; 42] = [
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

fn read(word: &str) -> Result<String, Invalid> {
    let upper = word.to_ascii_uppercase();
    let bare = upper.strip_prefix("CAP_").unwrap_or(&upper);
    if KNOWN.contains(&bare) {
        return Ok(bare.to_owned());
    }
    let near = KNOWN.into_iter().min_by_key(|known| strsim::damerau_levenshtein(known, bare));
    let help = match near.filter(|near| strsim::damerau_levenshtein(near, bare) <= 2) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "use a name such as `NET_ADMIN` or `SYS_NICE`; see capabilities(7) for the list".to_owned(),
    };
    Err(Invalid::new(format!("{} is not a Linux capability", text::quoted(word))).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(Capability: "NET_ADMIN", "cap_sys_nice", "ALL");

    #[test]
    fn errors_are_precise() {
        let wrong = Capability::parse("NET_ADMN").unwrap_err();
        assert_eq!(
            (wrong.message.as_str(), wrong.help.as_deref()),
            ("`NET_ADMN` is not a Linux capability", Some("did you mean `NET_ADMIN`?"))
        );
        assert!(KNOWN.is_sorted());
    }
}
