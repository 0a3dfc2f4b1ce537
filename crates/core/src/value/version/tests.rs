use proptest::prelude::*;

use super::*;
use crate::value::parse::laws;

laws!(Version: "2.5", "22.04", "10.3.0.30", "2.9.0-rc1", "1.6.1.post4", "2.5.0a0+nv24.08", "6.0-dp", "8.9.7.29-1+cuda12.2",
    "1.0.dev3", "1.0rc1.post2.dev3", "1-beta.1.2", "1.0-dev");

fn v(text: &str) -> Version {
    Version::parse(text).unwrap_or_else(|invalid| panic!("{text}: {invalid}"))
}

#[test]
fn versions_are_ordered() {
    let sorted = [
        "1.9",
        "2.dev0",
        "2.0.dev1",
        "2.0a0.dev1",
        "2.0a0",
        "2.0a0+nv24.7",
        "2.0a0+nv24.08",
        "2.0-b1",
        "2.0-dp",
        "2.0rc1",
        "2.0-rc.2",
        "2",
        "2.0+abc",
        "2.0+cu118",
        "2.0+cu128",
        "2.0+12",
        "2.0.post0.dev0",
        "2.0.post1",
        "2.0-2",
        "2.0.1",
        "2.5",
        "2.10",
    ];
    for (index, low) in sorted.iter().enumerate() {
        for high in &sorted[index + 1..] {
            assert!(v(low) < v(high), "{low} < {high}");
        }
    }
}

#[test]
fn equal_versions_can_be_spelled_differently() {
    for (one, other) in [
        ("2.5", "2.5.0"),
        ("22.04", "22.4"),
        ("2.9.0rc1", "2.9-rc.1"),
        ("1a0", "1-alpha"),
        ("1.0-1", "1.post1"),
        ("1+CU128", "1.0+cu128"),
        ("0", "0.0.0.0"),
    ] {
        assert_eq!(v(one), v(other));
    }
    assert_eq!(v("22.04").to_string(), "22.04");
}

#[test]
fn parts_are_accessible() {
    let version = v("22.04.5-rc1+x");
    assert_eq!((version.major(), version.minor(), version.patch()), (22, 4, 5));
    assert_eq!(version.truncated(2).to_string(), "22.04");
    assert_eq!(version.truncated(0).to_string(), "22");
    assert_eq!(version.truncated(9).to_string(), "22.04.5");
    assert_eq!(version.without_local().to_string(), "22.04.5-rc1");
    assert_eq!(version.local(), Some("x"));
    assert_eq!(Version::zero(), v("0"));
    assert!(version.is_prerelease() && !v("1.0.post1").is_prerelease());
}

#[test]
fn errors_are_precise() {
    let message = |text: &str| Version::parse(text).unwrap_err().message;
    assert_eq!(message("v2.5"), "a version is written without `v`");
    assert_eq!(message("2.x"), "`2.x` is a requirement, not a version");
    assert_eq!(message("1.2.3.4.5"), "a version has at most four numbers, this has 5");
    assert_eq!(message("2."), "missing number at the end");
    assert_eq!(message("2..1"), "expected a number, found `.`");
    assert_eq!(message("abc"), "a version must start with a number");
    assert_eq!(message("1.1.1f"), "`f` is not a known version suffix");
    assert_eq!(message("2-"), "missing part after `-`");
    assert_eq!(message("2,5"), "a version cannot contain `,`");
    assert_eq!(message("1!2"), "versions with an epoch are not supported");
    assert_eq!(message("2+"), "a local version consists of letters and digits, separated by single dots");
}

/// Generates versions that are close together.
pub(in crate::value) fn versions() -> impl Strategy<Value = Version> {
    let suffix = prop::sample::select(vec![
        "",
        "",
        "-rc1",
        "a0",
        ".dev0",
        ".dev1",
        "-dp",
        ".post1",
        "rc1.post0",
        "a0.dev2",
    ]);
    let local = prop::sample::select(vec!["", "", "", "+cu128", "+1.2"]);
    (prop::collection::vec(0..4_u64, 1..=4), suffix, local).prop_map(|(parts, suffix, local)| {
        let release = parts.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
        v(&format!("{release}{suffix}{local}"))
    })
}

proptest! {
    #[test]
    fn the_order_is_total(a in versions(), b in versions(), c in versions()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        let hash = |version: &Version| {
            let mut state = std::hash::DefaultHasher::new();
            version.hash(&mut state);
            state.finish()
        };
        prop_assert!(a != b || hash(&a) == hash(&b));
    }

    #[test]
    fn derived_bounds_are_ordered(a in versions(), b in versions()) {
        let after = a.after_locals();
        prop_assert_eq!(&v(after.as_str()), &after);
        prop_assert!(a < after);
        // Only its local versions are between a version and the one that follows them.
        if b >= a.without_local() && b < after {
            prop_assert_eq!(b.without_local(), a.without_local());
        }
        let floor = a.floor();
        prop_assert_eq!(&v(floor.as_str()), &floor);
        prop_assert!(floor <= a);
        prop_assert_eq!(b >= floor, b.truncated(4) >= a.truncated(4));
        prop_assert_eq!(&v(a.next_floor(1).as_str()), &a.next_floor(1));
    }
}
