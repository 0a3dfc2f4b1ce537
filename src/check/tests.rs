use std::collections::BTreeSet;

use super::*;
use crate::diagnostic::codes;

#[test]
fn rules_have_unique_codes() {
    let mut seen = BTreeSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.code), "{} has two rules", rule.code);
    }
}

/// Codes without a rule are those of `allow` and those that are reported when files are read.
#[test]
fn codes_have_rules() {
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
