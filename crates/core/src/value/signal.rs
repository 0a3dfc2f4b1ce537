//! [`Signal`]: a Linux signal.

use super::parse::word;
use super::{Invalid, text};
use crate::diagnostic::wording;

word! {
    /// A Linux signal by name or number: `SIGINT`, `SIGRTMIN+3`, `9`.
    Signal, "a signal" => read
}

/// The names that Docker and Podman accept on Linux, without `SIG`. Realtime signals are checked separately.
/// Source: <https://github.com/moby/sys/blob/main/signal/signal_linux.go>
const KNOWN: [&str; 35] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
    "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN",
];
const HELP: &str = "use a signal such as `SIGINT`, `SIGTERM`, `SIGQUIT` or `SIGRTMIN+3`";

fn read(word: &str) -> Result<String, Invalid> {
    if text::number(word).is_some_and(|number| (1..=64).contains(&number)) || known(word) {
        return Ok(word.to_owned());
    }
    let wrong = Invalid::new(format!("{} is not a signal", text::quoted(word))).help(HELP);
    let upper = word.to_ascii_uppercase();
    let spelt = if upper.starts_with("SIG") { upper } else { format!("SIG{upper}") };
    if known(&spelt) {
        return Err(wrong.meant(spelt));
    }
    if spelt.starts_with("SIGRTM") {
        return Err(
            wrong.help("realtime signals are `SIGRTMIN` to `SIGRTMIN+15` and `SIGRTMAX-14` to `SIGRTMAX`")
        );
    }
    let names = KNOWN.map(|name| format!("SIG{name}"));
    Err(match wording::did_you_mean(word, names.iter().map(String::as_str)) {
        Some(help) => wrong.help(help),
        None => wrong,
    })
}

fn known(word: &str) -> bool {
    word.strip_prefix("SIG").is_some_and(|name| KNOWN.contains(&name) || is_realtime(name))
}

/// Whether a name is `RTMIN+1` to `RTMIN+15` or `RTMAX-14` to `RTMAX`.
fn is_realtime(name: &str) -> bool {
    let steps = |rest: &str, last: u64| {
        text::number(rest).is_some_and(|steps| (1..=last).contains(&steps) && !rest.starts_with('0'))
    };
    name == "RTMAX"
        || name.strip_prefix("RTMIN+").is_some_and(|rest| steps(rest, 15))
        || name.strip_prefix("RTMAX-").is_some_and(|rest| steps(rest, 14))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(Signal: "SIGINT", "SIGRTMIN", "SIGRTMIN+3", "SIGRTMAX-14", "SIGRTMAX", "9", "64");

    #[test]
    fn unknown_signals_are_rejected() {
        for wrong in
            ["SIGBOGUS", "SIG", "0", "65", "SIGRTMIN+16", "SIGRTMAX-15", "SIGRTMIN+0", "SIGRTMIN+03", ""]
        {
            assert!(Signal::parse(wrong).is_err(), "{wrong}");
        }
        for (written, meant) in [("TERM", "SIGTERM"), ("sigint", "SIGINT"), ("rtmin+3", "SIGRTMIN+3")] {
            assert_eq!(Signal::parse(written).unwrap_err().meant.as_deref(), Some(meant), "{written}");
        }
        let help = Signal::parse("SIGTREM").unwrap_err().help;
        assert_eq!(help.as_deref(), Some("did you mean `SIGTERM` or `SIGTRAP`?"));
    }
}
