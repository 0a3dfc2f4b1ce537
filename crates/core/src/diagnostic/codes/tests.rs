use std::collections::BTreeSet;

use super::*;

#[test]
fn codes_are_unique_and_kebab_case() {
    let mut seen = BTreeSet::new();
    for entry in all() {
        let code = entry.code.as_str();
        assert!(seen.insert(code), "`{code}` is a duplicate");
        let parts: Vec<&str> = code.split("::").collect();
        assert_eq!((parts.len(), parts[0]), (3, "jcc"), "`{code}`");
        let name = parts[2];
        let kebab = name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
        assert!(kebab && !name.starts_with('-') && !name.ends_with('-') && !name.contains("--"), "`{code}`");
        assert_eq!(find(code).map(|found| found.code), Some(entry.code), "`{code}`");
    }
}

#[test]
fn last_segments_of_codes_are_unique() {
    let mut seen = BTreeSet::new();
    let name = |entry: &CodeEntry| entry.code.as_str().rsplit("::").next().unwrap_or_default();
    let twice: Vec<&str> =
        all().filter(|entry| !seen.insert(name(entry))).map(|entry| entry.code.as_str()).collect();
    assert!(twice.is_empty(), "`explain` cannot distinguish these from others: {twice:?}");
}

#[test]
fn pages_have_the_required_sections() {
    for entry in all() {
        let (code, page) = (entry.code, entry.page);
        let heads: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(heads, ["## Wrong", "## Right"], "{code}");
        assert!(page.starts_with("# "), "{code}: a page begins with its title");
        let prose =
            page.split("## Wrong").next().unwrap_or_default().lines().skip(1).filter(|line| !line.is_empty());
        assert!((1..=12).contains(&prose.count()), "{code}: one to twelve lines of prose");
        for part in page.split("\n## ").skip(1) {
            assert_eq!(part.matches("```kdl\n").count(), 1, "{code}: one `kdl` block per section");
            assert_eq!(part.matches("```").count(), 2, "{code}: one block per section");
        }
    }
}
