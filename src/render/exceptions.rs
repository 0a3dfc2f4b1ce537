//! Linter rules that are ignored because they do not apply to a step.

use crate::plan::{Run, Script, Tool};

/// A rule and the reason for ignoring it.
pub(super) type Exception = (&'static str, &'static str);

const SHELL_IS_BASH: &str = "the shell is bash";
/// `set -o pipefail` for pipes. hadolint does not see that a stage inherits the shell of the stage that it
/// starts from.
const PIPES: &str = "DL4006";
/// `.` with arguments.
const DOT_WITH_ARGUMENTS: &str = "SC2240";

/// The rules by which `ShellCheck` reports bash features in a POSIX shell, each with texts that trigger it.
/// hadolint assumes a POSIX shell after an `ENV` or `ARG`.
const BASH_RULES: [(&str, &[&str]); 13] = [
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

/// Whether hadolint reports a rule only in stages without a `SHELL` instruction.
pub(super) fn is_of_inherited_shell(rule: &str) -> bool {
    rule == PIPES
}

/// Whether hadolint reports a rule only where it does not know the shell. It knows the shell from a `SHELL`
/// instruction to the next `ENV` or `ARG`.
pub(super) fn is_of_bash(rule: &str) -> bool {
    rule.starts_with("SC3") || rule == DOT_WITH_ARGUMENTS
}

/// Returns the rules to ignore for a step with this script.
pub(super) fn of(run: &Run, body: &str) -> Vec<Exception> {
    let mut all = vec![("SC3040", SHELL_IS_BASH)];
    let has = |needles: &[&str]| needles.iter().any(|needle| body.contains(needle));
    all.extend(BASH_RULES.iter().filter(|(_, needles)| has(needles)).map(|(rule, _)| (*rule, SHELL_IS_BASH)));
    if body.lines().any(|line| line.strip_prefix(". /").is_some_and(|rest| rest.trim_end().contains(' '))) {
        all.push((DOT_WITH_ARGUMENTS, SHELL_IS_BASH));
    }
    if has(&[" | "]) {
        all.push((PIPES, SHELL_IS_BASH));
    }
    if has_unversioned_packages(&run.script) {
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

/// Whether a script installs system packages without a fixed version.
fn has_unversioned_packages(script: &[Script]) -> bool {
    script.iter().any(|each| match each {
        Script::Apt(apt) => apt.extra_arg || apt.packages.iter().any(|package| package.version().is_none()),
        _ => false,
    })
}

/// Whether a script changes the current folder.
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
    fn only_rules_that_the_text_triggers_are_ignored() {
        assert_eq!(rules("mkdir /opt/a"), ["SC3040"]);
        assert_eq!(rules("shopt -s nullglob"), ["SC3040", "SC3044"]);
        assert_eq!(rules("[[ -e /a ]]\n. /run/pip-cache.sh local"), ["SC3040", "SC3010", "SC2240"]);
        assert_eq!(rules(". /run/ca/env\ncurl x | tar -x"), ["SC3040", "DL4006"]);
        assert_eq!(rules("a || b; cd /src && make"), ["SC3040", "DL3003"]);
        assert_eq!(rules("names=(a b)\necho \"${names[@]}\""), ["SC3040", "SC3030", "SC3054"]);
    }
}
