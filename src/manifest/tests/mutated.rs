//! Tests that no text makes the decoders panic.

use proptest::prelude::*;

use super::{FULL, full, projects};

/// Returns the full manifest with some words removed, repeated, swapped, inserted, unquoted or reversed.
fn mutated(changes: &[(u8, usize, usize)]) -> String {
    let mut pieces: Vec<String> = FULL.split_inclusive(['\n', ' ']).map(str::to_owned).collect();
    for (kind, a, b) in changes {
        let (a, b) = (a % pieces.len(), b % pieces.len());
        match kind % 6 {
            0 => {
                pieces.remove(a);
            }
            1 => pieces.insert(b, pieces[a].clone()),
            2 => pieces.swap(a, b),
            3 => pieces
                .insert(a, ["\"\" ", "#false ", "-1 ", "{ ", "}\n", "7.5 ", "é\u{0} "][b % 7].to_owned()),
            4 => pieces[a] = pieces[a].replace('"', ""),
            _ => pieces[a] = pieces[a].chars().rev().collect(),
        }
        if pieces.is_empty() {
            pieces.push(String::new());
        }
    }
    pieces.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn mutated_manifests_do_not_panic(
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..12),
        requirements in "[ -~\n\\\\]{0,80}",
    ) {
        let folder = full();
        folder.0.put("project.kdl", mutated(&changes));
        folder.0.put("requirements.txt", requirements);
        let _ = projects(&folder);
    }
}
