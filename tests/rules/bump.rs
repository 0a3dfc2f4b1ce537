//! Another version of one package changes only the steps that depend on it. `tests/catalogue/bump.rs` checks
//! the same for every package.

use std::collections::BTreeSet;

use super::examples;
use crate::support::steps::{answer, changed, faults, versions};

#[test]
fn another_version_changes_only_the_steps_that_depend_on_it() {
    let mut seen = 0;
    for example in examples() {
        let text = example.read("project.kdl");
        let before = answer(&example.folder).expect("it compiles");
        for (name, version) in versions(&before.resolution) {
            if before.resolution.chosen[name].provided {
                continue;
            }
            let others = before.others.get(name).into_iter().flatten();
            // The first ones, which are the newest, are the most likely to be compatible.
            for other in others.filter(|other| **other != version).take(6) {
                example.write("project.kdl", &format!("{text}\npin {{ {name} \"={other}\" }}\n"));
                let Some(after) = answer(&example.folder) else { continue };
                let only = BTreeSet::from([name.clone()]);
                if changed(&before, &after).as_ref() != Some(&only) {
                    continue;
                }
                let faults = faults(&only, &before, &after);
                let what = format!("{}: {name} {version} to {other}", example.name);
                assert!(faults.is_empty(), "{what}\n{}", faults.join("\n"));
                seen += 1;
                break;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}
