use std::collections::BTreeSet;

use super::*;
use crate::diagnostic::codes;

#[test]
fn every_rule_has_a_code_of_its_own() {
    let mut seen = BTreeSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.code), "{} has two rules", rule.code);
    }
}

/// Only those of `allow` are reported without a rule, and those of files, which are found when the file is read.
#[test]
fn every_code_has_its_rule() {
    let ruled: BTreeSet<_> = RULES.iter().map(|rule| rule.code).collect();
    let without: Vec<&str> = codes::all()
        .map(|entry| entry.code)
        .filter(|code| code.as_str().starts_with("jcc::check::") && !ruled.contains(code))
        .map(Code::as_str)
        .collect();
    assert_eq!(
        without,
        [
            "jcc::check::plain-secret",
            "jcc::check::not-a-key",
            "jcc::check::other-key",
            "jcc::check::several-keys",
            "jcc::check::secret-key",
            "jcc::check::key-file-name",
            "jcc::check::other-compose-file",
            "jcc::check::unknown-allow",
            "jcc::check::allowed-error",
            "jcc::check::unused-allow"
        ]
    );
}
