//! Exhaustive search over the generated data.

use std::collections::BTreeSet;

use super::generated::{AXIS, Generated, PACKAGES};

/// The version of each package and of the axis; `None` if absent.
pub(super) type Assignment = [Option<u8>; PACKAGES + 1];

/// Whether an assignment satisfies the manifest and the definitions.
pub(super) fn holds(generated: &Generated, all: &Assignment) -> bool {
    let met =
        |(on, req): (&usize, &super::generated::Req)| all[*on].is_some_and(|version| req.matches(version));
    let pinned = generated.pins.iter().all(|(on, req)| all[*on].is_none_or(|version| req.matches(version)));
    let choices = generated
        .packages
        .iter()
        .zip(all)
        .filter(|(package, version)| package.choice && version.is_some())
        .count();
    let definitions = generated.packages.iter().enumerate().all(|(at, package)| {
        let Some(number) = all[at] else { return true };
        let Some(version) = package.versions.iter().find(|one| one.number == number) else { return false };
        let option = package.option.as_ref().filter(|_| !generated.other_option.contains(&at));
        version.requires.iter().all(met)
            && !version.conflicts.iter().any(met)
            && version.when.as_ref().is_none_or(|when| {
                !met((&when.condition.0, &when.condition.1)) || met((&when.then.0, &when.then.1))
            })
            && option.is_none_or(|then| met((&then.0, &then.1)))
    });
    let axis = all[AXIS].is_some_and(|version| generated.axis.contains(&version));
    pinned && choices <= 1 && definitions && axis && generated.requests.iter().all(met)
}

/// Whether everything that is present is requested by the manifest, or required by something that is present
/// for a reason. A condition does not count as a reason for what it tests.
fn grounded(generated: &Generated, all: &Assignment) -> bool {
    let mut here: BTreeSet<usize> = generated.requests.keys().copied().chain([AXIS]).collect();
    loop {
        let mut next = here.clone();
        for at in here.iter().filter(|at| **at != AXIS) {
            let package = &generated.packages[*at];
            let Some(version) = package.versions.iter().find(|one| Some(one.number) == all[*at]) else {
                continue;
            };
            let when = version.when.as_ref().filter(|when| {
                let (on, req) = &when.condition;
                here.contains(on) && all[*on].is_some_and(|number| req.matches(number))
            });
            next.extend(version.requires.keys());
            next.extend(when.map(|when| when.then.0));
            next.extend(
                package.option.iter().filter(|_| !generated.other_option.contains(at)).map(|then| then.0),
            );
        }
        if next == here {
            return (0..PACKAGES).all(|at| all[at].is_none() || here.contains(&at));
        }
        here = next;
    }
}

/// Returns every assignment that is valid and contains nothing without need.
pub(super) fn answers(generated: &Generated) -> Vec<Assignment> {
    let mut all = vec![[None; PACKAGES + 1]];
    for name in 0..=AXIS {
        let mut domain: Vec<Option<u8>> = generated.numbers(name).into_iter().map(Some).collect();
        if name != AXIS {
            domain.push(None);
        }
        all = all
            .into_iter()
            .flat_map(|one| {
                domain.iter().map(move |version| {
                    let mut one = one;
                    one[name] = *version;
                    one
                })
            })
            .collect();
    }
    all.retain(|one| holds(generated, one) && grounded(generated, one));
    all
}
