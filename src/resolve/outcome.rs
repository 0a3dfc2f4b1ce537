//! Builds the [`Resolution`] from the solver's answer: what is needed, why, and in which order it is
//! installed.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Require, RequireStage};
use crate::diagnostic::{Diagnostic, Log, Reported, codes};
use crate::source::{Sources, Span};
use crate::value::{Name, Version};

use super::assignment::{Assignment, Defaults};
use super::base_warnings;
use super::bases::BaseRequest;
use super::model::{Candidate, ConstraintKind, Model, PackageVariable, Question};
use super::problem::VariableId;
use super::provider::Answer;
use super::resolution::{Chosen, ChosenBase, ChosenKind, NeededIn, Reason, Resolution};
use crate::resolve::explain::format::Places;

/// Collects why one axis or package was chosen.
#[derive(Debug, Clone, Default)]
struct WhyChosen {
    needed: NeededIn,
    reasons: BTreeSet<Reason>,
    place: Option<Span>,
    requires: BTreeSet<(Name, RequireStage)>,
}

pub(super) fn resolution(
    question: Question<'_>,
    model: &Model<'_>,
    answer: &Answer,
    (sources, log): (&Sources, &mut Log),
) -> Result<Resolution, Reported> {
    let decided = Assignment { model, answer };
    let places = Places { catalog: question.catalog, sources };
    let reasons = reasons(decided);
    let axes: BTreeMap<Name, Version> = model
        .ids
        .iter()
        .filter(|(_, id)| model.package_variable(**id).is_some_and(|var| var.package.axis.is_some()))
        .filter_map(|(name, id)| Some((name.clone(), decided.candidate(*id)?.1.version()?.clone())))
        .collect();
    let needs = |build: bool| -> BTreeSet<Name> {
        reasons
            .iter()
            .filter(|(_, one)| if build { one.needed.build } else { one.needed.run || one.needed.test })
            .map(|(name, _)| name.clone())
            .collect()
    };
    let defaults = defaults(question, decided);
    let bases = BaseRequest { question, decided, defaults: &defaults };
    let base = bases.final_base(&needs(false), log)?;
    let devel = bases.devel_base(&base, &needs(true));
    let with_locked_digest = |base: ChosenBase| match question.lock {
        Some(lock) => ChosenBase { image: lock.with_locked_digest(base.image.clone()), ..base },
        None => base,
    };
    let (base, devel) = (with_locked_digest(base), devel.map(with_locked_digest));
    let chosen = chosen(decided, &reasons, &base, &defaults);
    warn_unproven(decided, &chosen, log);
    super::unavailable::warn(question, decided, &chosen, log);
    let overrides = super::overrides::all(decided, &chosen, &defaults, places);
    base_warnings::warn_unproven(question, std::iter::once(&base).chain(&devel), log);
    base_warnings::warn_other_distribution(question, (&base, &overrides), &defaults, log);
    Ok(Resolution {
        target: model.target.clone(),
        devel,
        order: order(&chosen),
        overrides,
        epoch: question.lock.map_or(question.catalog.epoch(), |lock| lock.epoch),
        base,
        looked_at: looked_at(question, &chosen, &axes),
        chosen,
        axes,
    })
}

/// Returns the axes that are not chosen but that definitions of chosen packages mention, with those packages.
fn looked_at(
    question: Question<'_>,
    chosen: &BTreeMap<Name, Chosen>,
    axes: &BTreeMap<Name, Version>,
) -> BTreeMap<Name, Vec<Name>> {
    let mut all: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
    for name in chosen.keys() {
        let mentioned = question.catalog.mentions(name.as_str());
        let open = axes.keys().filter(|axis| !chosen.contains_key(*axis));
        for axis in open.filter(|axis| mentioned.iter().any(|one| one == axis.as_str())) {
            all.entry(axis.clone()).or_default().push(name.clone());
        }
    }
    all
}

/// Returns the axes and packages that the image, its build or its tests need.
pub(super) fn needed(decided: Assignment<'_, '_>) -> BTreeSet<Name> {
    let is_needed = |one: &WhyChosen| one.needed.build || one.needed.run || one.needed.test;
    reasons(decided).into_iter().filter(|(_, one)| is_needed(one)).map(|(name, _)| name).collect()
}

/// Finds out what is needed and why, by following requirements from the requests of the manifest.
fn reasons(decided: Assignment<'_, '_>) -> BTreeMap<Name, WhyChosen> {
    let model = decided.model;
    let mut all: BTreeMap<Name, WhyChosen> = BTreeMap::new();
    let mut todo: Vec<(VariableId, NeededIn, Option<Span>)> = Vec::new();
    for constraint in &model.constraints {
        let Some((var, _)) = decided.candidate(constraint.on) else { continue };
        let run = NeededIn { run: true, ..NeededIn::default() };
        let reason = match constraint.kind {
            ConstraintKind::Request | ConstraintKind::Implied => Reason::Requested(constraint.span),
            ConstraintKind::Pin | ConstraintKind::Pip => Reason::Pinned(constraint.span),
            ConstraintKind::Target | ConstraintKind::Device => Reason::Target(constraint.span),
            ConstraintKind::Base | ConstraintKind::Requirement => continue,
        };
        let entry = all.entry(var.name.clone()).or_default();
        if matches!(constraint.kind, ConstraintKind::Request | ConstraintKind::Implied) {
            todo.push((constraint.on, run, Some(constraint.span)));
        }
        entry.reasons.insert(reason);
        entry.place = entry.place.or(Some(constraint.span));
    }
    for (id, name, reason) in platform_packages(decided) {
        all.entry(name).or_default().reasons.insert(reason);
        todo.push((id, NeededIn { run: true, ..NeededIn::default() }, None));
    }
    // The first request is processed first, so that adding a request at the end does not change the places of
    // others.
    todo.reverse();
    while let Some((id, needed, place)) = todo.pop() {
        let Some((var, candidate)) = decided.candidate(id) else { continue };
        let entry = all.entry(var.name.clone()).or_default();
        entry.place = entry.place.or(place);
        let before = entry.needed;
        entry.needed.build |= needed.build;
        entry.needed.run |= needed.run;
        entry.needed.test |= needed.test;
        if before == entry.needed && !entry.requires.is_empty() {
            continue;
        }
        let needed = entry.needed;
        for require in decided.requires(var, candidate) {
            let Some((other, _)) = decided.named(&require.name) else { continue };
            let name = other.name.clone();
            let mut next = inherited_need(needed, require.stage);
            next.build |= builds_against(decided, var, require, other);
            all.entry(var.name.clone()).or_default().requires.insert((name.clone(), require.stage));
            if let Some(version) = candidate.version() {
                all.entry(name.clone()).or_default().reasons.insert(Reason::RequiredBy {
                    name: var.name.clone(),
                    version: version.clone(),
                    span: require.requirement.span,
                });
            }
            let other = all.entry(name.clone()).or_default();
            if !covers(other.needed, next) || other.place.is_none() {
                todo.push((model.ids[&name], next, place));
            }
        }
    }
    all
}

/// Returns the packages that every image for the platform needs: those that releases and distributions
/// require.
fn platform_packages(decided: Assignment<'_, '_>) -> Vec<(VariableId, Name, Reason)> {
    let model = decided.model;
    let mut all = Vec::new();
    for id in model.ids.values().filter(|id| defines_platform(decided, **id)) {
        let Some((var, candidate)) = decided.candidate(*id) else { continue };
        let Some(version) = candidate.version().filter(|_| is_pure(var)) else { continue };
        for require in decided.requires(var, candidate) {
            let Some((other, _)) = decided.named(&require.name) else { continue };
            if other.package.axis.is_none() && require.stage == RequireStage::Run {
                let (name, version) = (var.name.clone(), version.clone());
                let reason = Reason::RequiredBy { name, version, span: require.requirement.span };
                all.push((model.ids[&other.name], other.name.clone(), reason));
            }
        }
    }
    all
}

/// Whether a variable is an axis with nothing to install.
fn is_pure(var: &PackageVariable<'_>) -> bool {
    var.package.axis.is_some() && var.package.install.steps.is_empty() && var.package.build.is_none()
}

/// Returns where a requirement is needed, given where the package that requires it is needed.
fn inherited_need(holder: NeededIn, stage: RequireStage) -> NeededIn {
    match stage {
        RequireStage::Run => holder,
        RequireStage::Build => NeededIn { build: true, ..NeededIn::default() },
        RequireStage::Test => NeededIn { test: true, ..NeededIn::default() },
        RequireStage::Choose => NeededIn::default(),
    }
}

/// Whether a package is compiled against the toolkit of another one that it requires, without a `stage`, to run.
fn builds_against(
    decided: Assignment<'_, '_>,
    var: &PackageVariable<'_>,
    require: &Require,
    other: &PackageVariable<'_>,
) -> bool {
    let is_toolkit = || other.package.variants.iter().any(|variant| variant.toolkit);
    let mut steps = var.package.build.iter().flat_map(|build| &build.steps);
    require.stage == RequireStage::Run
        && !require.only_run
        && is_toolkit()
        && steps.any(|step| step.kind.runs_programs() && decided.holds(var, &step.guard))
}

fn covers(one: NeededIn, other: NeededIn) -> bool {
    (one.build || !other.build) && (one.run || !other.run) && (one.test || !other.test)
}

/// Returns the default of each axis: that of an earlier axis' chosen version, or that of the platform.
fn defaults(question: Question<'_>, decided: Assignment<'_, '_>) -> Defaults {
    let mut all = BTreeMap::new();
    let mut axes: Vec<&PackageVariable<'_>> = decided
        .model
        .ids
        .values()
        .filter_map(|id| decided.model.package_variable(*id))
        .filter(|var| var.package.axis.is_some())
        .collect();
    axes.sort_by_key(|var| var.package.axis.as_ref().map(|axis| axis.order));
    for by in &axes {
        let Some((_, candidate)) = decided.named(&by.name) else { continue };
        let Some(entry) = candidate.entry().map(|index| &by.package.versions[index]) else { continue };
        for (name, version) in &entry.defaults {
            let reason =
                Reason::PlatformDefault { by: by.name.clone(), version: Some(entry.version.value.clone()) };
            all.entry(name.clone()).or_insert((version.value.clone(), reason));
        }
    }
    let Some(platform) = question.catalog.platform(decided.model.target.platform.as_str()) else {
        return all;
    };
    for (name, version) in &platform.defaults {
        let reason = Reason::PlatformDefault { by: platform.name.value.clone(), version: None };
        all.entry(name.clone()).or_insert((version.value.clone(), reason));
    }
    all
}

fn chosen(
    decided: Assignment<'_, '_>,
    reasons: &BTreeMap<Name, WhyChosen>,
    base: &ChosenBase,
    defaults: &Defaults,
) -> BTreeMap<Name, Chosen> {
    let mut all = BTreeMap::new();
    for (name, id) in &decided.model.ids {
        let Some((var, candidate)) = decided.candidate(*id) else { continue };
        let Some(version) = candidate.version() else { continue };
        let package = var.package;
        let pure = is_pure(var);
        let reason = reasons.get(name).cloned().unwrap_or_default();
        let needed = reason.needed.build || reason.needed.run || reason.needed.test;
        let provided = base.provides.contains_key(name);
        if !(needed || pure && defines_platform(decided, *id) || provided && package.axis.is_none()) {
            continue;
        }
        let mut reasons: Vec<Reason> = reason.reasons.into_iter().collect();
        if provided {
            reasons.push(Reason::Base(base.asked));
        }
        if let Some((default, by)) = defaults.get(name)
            && default == version
        {
            reasons.push(by.clone());
        }
        all.insert(
            name.clone(),
            Chosen {
                name: name.clone(),
                version: version.clone(),
                entry: candidate.entry(),
                kind: if pure { ChosenKind::Axis } else { ChosenKind::Package },
                reasons,
                provided,
                needed: reason.needed,
                options: var.options.clone(),
                variant: var.variant.clone(),
                place: reason.place,
                requires: reason.requires.into_iter().collect(),
            },
        );
    }
    all
}

/// Whether an axis defines the platform, as releases and distributions do: the manifest constrains it, it is
/// one of a choice, its version has defaults for other axes, or it requires an axis that has. An axis such as
/// a driver does none of these.
fn defines_platform(decided: Assignment<'_, '_>, id: VariableId) -> bool {
    let Some((var, candidate)) = decided.candidate(id) else { return false };
    let has_defaults = |var: &PackageVariable<'_>, candidate: &Candidate| {
        candidate.entry().is_some_and(|index| !var.package.versions[index].defaults.is_empty())
    };
    decided.model.constraints.iter().any(|constraint| constraint.on == id)
        || var.package.choice.is_some()
        || has_defaults(var, candidate)
        || decided.requires(var, candidate).into_iter().any(|require| {
            decided.named(&require.name).is_some_and(|(other, candidate)| has_defaults(other, candidate))
        })
}

/// Returns the order of installation: requirements come first, ties are broken by name. In a cycle of
/// requirements, one package has to come too early.
fn order(chosen: &BTreeMap<Name, Chosen>) -> Vec<Name> {
    let mut order: Vec<Name> = Vec::new();
    let mut left: BTreeSet<&Name> = chosen.keys().collect();
    // For each package, the number of its requirements that are not installed yet, and the packages that
    // require it.
    let mut waits: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut holders: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for (name, one) in chosen {
        let others = one.requires.iter().map(|(other, _)| other);
        for other in others.filter(|other| *other != name && chosen.contains_key(*other)) {
            *waits.entry(name).or_default() += 1;
            holders.entry(other).or_default().push(name);
        }
    }
    let mut ready: BTreeSet<&Name> = chosen.keys().filter(|name| !waits.contains_key(name)).collect();
    while let Some(next) = ready.pop_first().or_else(|| in_a_cycle(&left, chosen)) {
        left.remove(next);
        order.push(next.clone());
        for holder in holders.get(next).into_iter().flatten() {
            let wait = waits.get_mut(holder).expect("it waits for this one");
            *wait -= 1;
            if *wait == 0 && left.contains(holder) {
                ready.insert(holder);
            }
        }
    }
    order
}

/// Returns a package to install next when all that are left wait: one whose requirements all depend on it.
fn in_a_cycle<'a>(left: &BTreeSet<&'a Name>, chosen: &'a BTreeMap<Name, Chosen>) -> Option<&'a Name> {
    let mut last = left.first().copied()?;
    let mut path = BTreeSet::from([last]);
    // Follows requirements until all of them are already on the path, which then contains a cycle through the
    // last one.
    while let Some(next) = chosen[last]
        .requires
        .iter()
        .filter_map(|(other, _)| left.get(other).copied())
        .find(|other| !path.contains(other))
    {
        path.insert(next);
        last = next;
    }
    Some(last)
}

fn warn_unproven(decided: Assignment<'_, '_>, chosen: &BTreeMap<Name, Chosen>, log: &mut Log) {
    for (name, one) in chosen {
        let Some((var, candidate)) = decided.named(name) else { continue };
        let entry = candidate.entry().map(|index| &var.package.versions[index]);
        let (Some(why), false) = (entry.and_then(|entry| entry.unproven.as_ref()), one.provided) else {
            continue;
        };
        if matches!(candidate, Candidate::Entry { .. }) {
            let mut diagnostic = Diagnostic::warning(
                codes::resolve::UNPROVEN,
                format!("`{name}` {} is unproven here: {}", one.version, why.value),
            );
            if let Some(place) = one.place {
                diagnostic = diagnostic.at(place, format!("adds {name} {}", one.version));
            }
            log.report(diagnostic.help(format!(
                "test it on the target; `allow \"{}\" reason=\"…\"` accepts it",
                codes::resolve::UNPROVEN
            )));
        }
    }
}
