use std::ops::Bound;

use proptest::prelude::*;

use super::*;
use crate::value::parse::laws;
use crate::value::version::tests::versions;

laws!(Requirement: "2.5", "2", "=2.5.1", "==2.5.1", "!=2.5", ">= 2.5", ">=2.5, <2.9", "~2.5.1", "^2.5", "2.4 || 2.6", "humble",
    "*", "2.*", "!=2.5.*", ">=jammy", "=2.9.0-rc1", "<=2.5.1+cu128", " 2.5 ");

fn r(text: &str) -> Requirement {
    Requirement::parse(text).unwrap_or_else(|invalid| panic!("{text}: {invalid}"))
}

fn v(text: &str) -> Version {
    Version::parse(text).unwrap_or_else(|invalid| panic!("{text}: {invalid}"))
}

#[test]
fn requirements_match_versions() {
    let cases = [
        ("2.5", "2.5 2.5.0 2.5.9 2.5.1+cu128 2.5.post1", "2.4.9 2.6 2.50 2.5.1-rc1 2.6-rc1"),
        ("2", "2 2.0 2.99.1", "1.9 3 3.0-rc1"),
        ("=2.5.1", "2.5.1 2.5.1.0 2.5.1+cu118", "2.5 2.5.1.1 2.5.1.post1 2.5.2"),
        ("=2.5.1+cu118", "2.5.1+cu118", "2.5.1 2.5.1+cu128"),
        (">=2.5", "2.5 2.5.1 3", "2.4.9 2.5-rc1 2.6-rc1"),
        (">=2.5-rc1", "2.5-rc1 2.5 2.6-rc1", "2.5-b1 2.4"),
        ("<2.9", "2.8.9 0", "2.9 2.9-rc1 2.9.1"),
        (">=2.8-rc1, <2.9", "2.8 2.8.1-rc1", "2.9-rc1"),
        ("<2.9-rc1", "2.9-b1 2.8", "2.9-rc1 2.9"),
        (">2.5", "2.5.1 2.5.post1", "2.5 2.5.0 2.5+cu128"),
        ("<=2.5", "2.5 2.5+cu128 2.4", "2.5.1"),
        (">=2.5, <2.9", "2.5 2.8.9", "2.4 2.9"),
        ("~2.5.1", "2.5.1 2.5.9", "2.5.0 2.6"),
        ("~2.5", "2.5 2.5.9", "2.6"),
        ("~2", "2 2.9", "3"),
        ("~10.3.0.30", "10.3.0.30 10.3.0.31", "10.3.1 10.3.0.29"),
        ("^2.5", "2.5 2.9", "2.4 3"),
        ("^0.5.1", "0.5.1 0.5.9", "0.6"),
        ("2.4 || 2.6", "2.4.1 2.6", "2.5"),
        ("!=2.5", "2.4 2.5.1", "2.5 2.5.0 2.5+cu128"),
        ("!=2.5.*", "2.4 2.6", "2.5 2.5.1"),
        (">=2, !=2.5.*, <3", "2.4 2.6", "2.5.1 3 1"),
        ("2.*", "2 2.7", "3"),
        ("*", "0 99", "1-rc1"),
        ("2.5-rc1", "2.5-rc1 2.5-rc1+x", "2.5 2.5-rc2"),
        ("22.04", "22.04 22.04.5", "22.10"),
        ("=3-rc1 || >=2", "3-rc1 2.5 3", "2.5-rc1"),
    ];
    for (requirement, yes, no) in cases {
        for version in yes.split(' ') {
            assert!(r(requirement).matches(&v(version)), "{requirement} takes {version}");
        }
        for version in no.split(' ') {
            assert!(!r(requirement).matches(&v(version)), "{requirement} refuses {version}");
        }
    }
}

#[test]
fn errors_are_precise() {
    let mut out = String::new();
    let wrong = [
        "",
        "=>2",
        "=<2",
        ">2.5 <3",
        ">2.5<3",
        "2.x",
        ">=2.x",
        "v2.5",
        ">=v2.5",
        "~>2.5",
        "~=2.5.1",
        "latest",
        ">=3, <2",
        "=2.5, !=2.5",
        "2.4 | 2.6",
        "2.4 or 2.6",
        "2.4 - 2.6",
        "2,",
        "|| 2",
        ">=",
        ">=2.*",
        "2.5rc1.*",
        "2.5 2.6",
        "1.2.3.4.5",
        "===2",
        "≥2",
        "2, 3.",
    ];
    for text in wrong {
        let invalid = Requirement::parse(text).unwrap_err();
        let at = invalid.at.clone().map_or("all", |at| &text[at]);
        let help = invalid.help.unwrap_or_default();
        out.push_str(&format!("{text} [{at}] {} ({help})\n", invalid.message));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn names_are_resolved() {
    let requirement = r("humble || >=jazzy");
    assert_eq!(requirement.names().collect::<Vec<_>>(), ["humble", "jazzy"]);
    assert!(requirement.intervals().is_empty());
    let meaning = |name: &str| match name {
        "humble" => Some(v("2022.5")),
        "jazzy" => Some(v("2024.5")),
        _ => None,
    };
    let resolved = requirement.resolve_names(meaning).unwrap();
    assert!(resolved.matches(&v("2022.5")) && resolved.matches(&v("2025")) && !resolved.matches(&v("2023")));
    assert_eq!(resolved.to_string(), "humble || >=jazzy");
    assert_eq!(r("kilted").resolve_names(meaning), Err("kilted".to_owned()));
}

#[test]
fn any_and_exactly_match() {
    assert!(Requirement::any().is_any() && r("*").is_any() && r("<2 || >=1").is_any() && !r("2").is_any());
    assert!(Requirement::exactly(&v("2.5.0a0+nv24.08")).matches(&v("2.5.0a0+nv24.08")));
    assert_eq!(r(&Requirement::exactly(&v("2.5")).to_string()), Requirement::exactly(&v("2.5")));
}

fn requirements() -> impl Strategy<Value = Requirement> {
    let sign = prop::sample::select(vec!["", "=", "!=", ">=", ">", "<=", "<", "~", "^"]);
    let bound = (sign, versions()).prop_map(|(sign, version)| format!("{sign}{version}"));
    let alternative = prop::collection::vec(bound, 1..4).prop_map(|bounds| bounds.join(", "));
    prop::collection::vec(alternative, 1..4)
        .prop_map(|alternatives| alternatives.join(" || "))
        .prop_filter_map("no version can satisfy it", |text| Requirement::parse(&text).ok())
}

proptest! {
    #[test]
    fn intervals_agree_with_matches(requirement in requirements(), grid in prop::collection::vec(versions(), 24)) {
        let intervals = requirement.intervals();
        for version in grid {
            let inside = intervals.iter().any(|interval| interval.contains(&version));
            if version.is_prerelease() {
                prop_assert!(!requirement.matches(&version) || (inside && requirement.allows_prerelease()));
            } else {
                prop_assert_eq!(inside, requirement.matches(&version), "{} in {}", version, requirement);
            }
        }
    }

    #[test]
    fn intervals_are_sorted_and_disjoint(requirement in requirements()) {
        for pair in requirement.intervals().windows(2) {
            let (Bound::Included(end) | Bound::Excluded(end)) = &pair[0].upper else { panic!("an end before another start") };
            let (Bound::Included(start) | Bound::Excluded(start)) = &pair[1].lower else { panic!("a start after another end") };
            prop_assert!(end <= start);
        }
    }
}
