//! Compares the solver with an exhaustive search.

use proptest::prelude::*;
use pubgrub::VersionSet as _;

use super::super::problem::{Dependency, Problem, Variable, VariableId, set};
use super::{Answer, Budget, Unsolved, solve};
use crate::resolve::explain::core::remove_unneeded;

/// Finds the best answer by trying all candidates in order, variable by variable in the order of ranks.
fn brute_force(problem: &Problem<'_>) -> Option<Answer> {
    let mut order: Vec<usize> = (0..problem.variables.len()).collect();
    order.sort_by_key(|index| problem.variables[*index].rank);
    let mut answer = vec![None; problem.variables.len()];
    search(problem, &order, &mut answer).then_some(answer)
}

fn dependencies_on(problem: &Problem<'_>, answer: &Answer, variable: usize) -> Vec<Dependency> {
    let mut all = Vec::new();
    for (index, candidate) in answer.iter().enumerate() {
        if let Some(candidate) = candidate {
            all.extend(
                problem.variables[index].candidates[*candidate as usize]
                    .iter()
                    .filter(|dependency| dependency.on.index() == variable)
                    .cloned(),
            );
        }
    }
    all
}

fn consistent(problem: &Problem<'_>, answer: &Answer) -> bool {
    answer.iter().enumerate().all(|(index, candidate)| {
        candidate.is_none_or(|candidate| {
            dependencies_on(problem, answer, index)
                .iter()
                .all(|dependency| dependency.within.contains(&candidate))
        })
    })
}

fn search(problem: &Problem<'_>, order: &[usize], answer: &mut Answer) -> bool {
    let Some((first, rest)) = order.split_first() else { return true };
    let dependencies = dependencies_on(problem, answer, *first);
    if dependencies.is_empty() && *first != 0 {
        return search(problem, rest, answer);
    }
    let id = VariableId(u32::try_from(*first).unwrap());
    let candidates = problem.order(id, |other| answer[other.index()]);
    for candidate in candidates {
        answer[*first] = Some(candidate);
        if consistent(problem, answer) && search(problem, rest, answer) {
            return true;
        }
        answer[*first] = None;
    }
    false
}

/// Generates problems. Variables depend on later ones, as packages on those with higher ranks, or on
/// themselves. The first few stand for axes: the root depends on them, and all others may.
fn problems() -> impl Strategy<Value = Problem<'static>> {
    let size = 2usize..7;
    size.prop_flat_map(|variables| {
        let dependency = (0..variables, proptest::collection::vec(0u32..4, 0..4));
        let candidate = proptest::collection::vec(dependency, 0..3);
        let variable = (proptest::collection::vec(candidate, 1..4), any::<bool>(), 0u32..4);
        proptest::collection::vec(variable, variables)
    })
    .prop_map(|raw| {
        let axes = raw.len() / 2;
        let count = |index: usize| u32::try_from(raw[index].0.len()).unwrap();
        let mut problem = Problem::default();
        let mut root = Variable {
            candidates: vec![Vec::new()],
            preference: vec![0],
            positions: vec![0],
            ..Variable::default()
        };
        for index in 0..=axes.min(raw.len() - 1) {
            root.candidates[0].push(Dependency {
                on: VariableId(u32::try_from(index + 1).unwrap()),
                within: set(0..count(index)),
            });
        }
        problem.variables.to_mut().push(root);
        for (index, (candidates, near, default)) in raw.iter().enumerate() {
            let dependencies = candidates.iter().map(|dependencies| {
                dependencies
                    .iter()
                    .filter(|(on, _)| *on < axes || *on >= index)
                    .map(|(on, places)| Dependency {
                        on: VariableId(u32::try_from(on + 1).unwrap()),
                        within: set(places.iter().copied().filter(|place| *place < count(*on))),
                    })
                    .collect()
            });
            let places = u32::try_from(candidates.len()).unwrap();
            problem.variables.to_mut().push(Variable {
                doubts: Vec::new(),
                candidates: dependencies.collect(),
                preference: (0..places).rev().collect(),
                positions: (0..places).collect(),
                last: (*default == 3).then_some(0),
                defaults: if index > 0 && *default < places {
                    vec![(VariableId(u32::try_from(index).unwrap()), 0, *default)]
                } else {
                    Vec::new()
                },
                near_default: *near,
                rank: u32::try_from(index + 1).unwrap(),
            });
        }
        problem
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_solver_agrees_with_exhaustive_search(problem in problems()) {
        let found = solve(&problem, &Budget::solving()).ok();
        let best = brute_force(&problem);
        prop_assert_eq!(found, best);
    }
}

proptest! {
    #[test]
    fn removal_by_halves_equals_removal_one_by_one(needed in proptest::collection::vec(any::<bool>(), 0..40)) {
        // A set fails as long as it contains one item of each pair of neighbours that are both needed.
        let fails = |kept: &[bool]| {
            needed.windows(2).enumerate().all(|(at, pair)| pair != [true, true] || kept[at] || kept[at + 1])
        };
        let items: Vec<usize> = (0..needed.len()).collect();
        let mut one_by_one = vec![true; needed.len()];
        for item in &items {
            one_by_one[*item] = false;
            if !fails(&one_by_one) {
                one_by_one[*item] = true;
            }
        }
        let mut by_halves = vec![true; needed.len()];
        remove_unneeded(&items, |run| {
            let mut without = by_halves.clone();
            for item in run {
                without[*item] = false;
            }
            let still_fails = fails(&without);
            if still_fails {
                by_halves = without;
            }
            still_fails
        });
        prop_assert_eq!(by_halves, one_by_one);
    }

    #[test]
    fn a_spent_budget_is_not_reported_as_impossible(problem in problems(), operations in 0u64..200) {
        let enough = solve(&problem, &Budget::solving());
        match (solve(&problem, &Budget::of(operations)), enough) {
            (Ok(found), Ok(same)) => prop_assert_eq!(found, same),
            (Err(Unsolved::OutOfWork(_)), _) | (Err(Unsolved::Impossible(_)), Err(Unsolved::Impossible(_))) => {}
            (one, other) => prop_assert!(false, "{one:?} instead of {other:?}"),
        }
    }
}
