//! Rules of checkers that do not hold for a step.

use crate::plan::{Run, Script, Tool};

/// A rule, and why it does not hold.
pub(super) type Exception = (&'static str, &'static str);

const SHELL_IS_BASH: &str = "the shell is bash";
/// hadolint does not see that a stage inherits the shell of the one it starts from.
const PIPES: &str = "DL4006";
const DOT_WITH_WORDS: &str = "SC2240";

/// What `ShellCheck` reports of bash where it takes it for a POSIX shell, as hadolint does behind an `ENV` or `ARG`.
const BASH_ALONE: [(&str, &[&str]); 13] = [
    ("SC3001", &["<(", ">("]),
    ("SC3003", &[" $'", "=$'", "($'"]),
    ("SC3005", &["for (("]),
    ("SC3010", &["[[ "]),
    ("SC3011", &["<<<"]),
    ("SC3020", &["&>"]),
    ("SC3030", &["=("]),
    ("SC3043", &["local "]),
    ("SC3044", &["shopt ", "declare ", "pushd ", "popd", "mapfile ", "readarray "]),
    ("SC3045", &["read -r -", "read -d", "read -a", "export -f"]),
    ("SC3046", &["\nsource ", "; source ", "&& source "]),
    ("SC3054", &["[@]}", "[*]}"]),
    ("SC3060", &["//}", "// }"]),
];

/// Whether a rule does not come up where hadolint sees a `SHELL` line of the stage itself.
pub(super) fn is_of_inherited_shell(rule: &str) -> bool {
    rule == PIPES
}

/// Whether a rule does not come up where hadolint knows the shell: from the `SHELL` line to the next `ENV` or `ARG`.
pub(super) fn is_of_bash(rule: &str) -> bool {
    rule.starts_with("SC3") || rule == DOT_WITH_WORDS
}

/// Those of a step with this text.
pub(super) fn of(run: &Run, body: &str) -> Vec<Exception> {
    let mut all = vec![("SC3040", SHELL_IS_BASH)];
    let has = |needles: &[&str]| needles.iter().any(|needle| body.contains(needle));
    all.extend(BASH_ALONE.iter().filter(|(_, needles)| has(needles)).map(|(rule, _)| (*rule, SHELL_IS_BASH)));
    if body.lines().any(|line| line.strip_prefix(". /").is_some_and(|rest| rest.trim_end().contains(' '))) {
        all.push((DOT_WITH_WORDS, SHELL_IS_BASH));
    }
    if has(&[" | "]) {
        all.push((PIPES, SHELL_IS_BASH));
    }
    if floats(&run.script) {
        all.push(("DL3008", "versions are those of the distribution"));
    }
    if run.script.iter().any(|script| matches!(script, Script::Apt(apt) if apt.extra_arg)) {
        all.push(("SC2086", "EXTRA_APT_PACKAGES is a list"));
    }
    if run.script.iter().any(changes_folder) {
        all.push(("DL3003", "scripts change the folder until they end"));
    }
    all
}

/// Whether a script installs system packages of no fixed version.
fn floats(script: &[Script]) -> bool {
    script.iter().any(|each| match each {
        Script::Apt(apt) => apt.extra_arg || apt.packages.iter().any(|package| package.version().is_none()),
        _ => false,
    })
}

/// Whether a script goes into a folder.
fn changes_folder(script: &Script) -> bool {
    match script {
        Script::Shell(text) => {
            text.split(['\n', ';', '&', '|', '(', '{']).any(|command| command.trim_start().starts_with("cd "))
        }
        Script::Tool { tool, .. } => *tool == Tool::Colcon,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Exception, of};
    use crate::plan::{Run, Script};

    fn rules(body: &str) -> Vec<&'static str> {
        let run = Run { script: vec![Script::Shell(body.to_owned())], ..Run::default() };
        of(&run, body).into_iter().map(|(rule, _): Exception| rule).collect()
    }

    #[test]
    fn only_rules_that_the_text_gives_rise_to_are_named() {
        assert_eq!(rules("mkdir /opt/a"), ["SC3040"]);
        assert_eq!(rules("shopt -s nullglob"), ["SC3040", "SC3044"]);
        assert_eq!(rules("[[ -e /a ]]\n. /run/pip-cache.sh local"), ["SC3040", "SC3010", "SC2240"]);
        assert_eq!(rules(". /run/ca/env\ncurl x | tar -x"), ["SC3040", "DL4006"]);
        assert_eq!(rules("a || b; cd /src && make"), ["SC3040", "DL3003"]);
        assert_eq!(rules("names=(a b)\necho \"${names[@]}\""), ["SC3040", "SC3030", "SC3054"]);
    }
}
