//! Axes and packages as variables: their candidates, the order of these, and their dependencies.

use pubgrub::VersionSet as _;

use crate::catalog::{Choose, Guarded, Package, PackageVersion, Require, RequireStage, Unavailable};
use crate::diagnostic::{Diagnostic, codes};
use crate::value::{Name, Version};

use super::super::problem::{Dependency, Doubt, Set, Variable, VariableId};
use super::super::words;
use super::build::Builder;
use super::guard::{self, Outcome};
use super::installed;
use super::{Candidate, VariableKind, binds_provided};

/// Returns the candidates of an axis or a package: absent, then versions ascending. Entries with equal
/// versions are in reverse order of the definition, because later candidates are preferred.
pub(super) fn candidates(builder: &Builder<'_, '_>, package: &Package, here: bool) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    if here {
        let entries = package.versions.iter().enumerate().rev();
        all.extend(
            entries.map(|(index, one)| Candidate::Entry { index, version: one.version.value.clone() }),
        );
        if package.versions.is_empty() {
            all.push(Candidate::Unversioned(Version::zero()));
        }
        all.extend(host_minimum(builder, package).map(Candidate::HostMinimum));
    }
    let pure = package.axis.is_some() && package.install.steps.is_empty();
    for version in builder.provided.get(&package.name.value).into_iter().flatten() {
        // Nothing is installed for a pure axis, so it makes no difference whether the base image provides it.
        if pure && all.iter().any(|one| one.version() == Some(version)) {
            continue;
        }
        let entries = (0..package.versions.len()).rev().filter(|index| {
            package.axis.is_some() && here && package.versions[*index].version.value == *version
        });
        let entries: Vec<usize> = entries.collect();
        let provided = |entry| Candidate::Provided { version: version.clone(), entry };
        all.extend(entries.iter().map(|index| provided(Some(*index))));
        if entries.is_empty() {
            all.push(provided(None));
        }
    }
    all.sort_by(|one, other| one.version().cmp(&other.version()));
    all.insert(0, Candidate::Absent);
    all
}

/// Returns the lowest version of the host, such as that of its driver, that the requirement of the target
/// admits. Only this version can be relied on.
fn host_minimum(builder: &Builder<'_, '_>, package: &Package) -> Option<Version> {
    if package.axis.as_ref()?.choose != Choose::Lowest {
        return None;
    }
    let asked = builder.project.target.axes.iter().find(|one| one.axis.value == package.name.value)?;
    match asked.requirement.intervals().first()?.lower.clone() {
        // Bounds can have synthetic suffixes (`>550` starts at a post-release), which are removed.
        std::ops::Bound::Included(version) | std::ops::Bound::Excluded(version) => {
            Some(version.truncated(version.parts().len()))
        }
        std::ops::Bound::Unbounded => None,
    }
}

/// Creates the variable of these candidates, without dependencies yet.
pub(super) fn variable(builder: &Builder<'_, '_>, package: &Package, candidates: &[Candidate]) -> Variable {
    let locked = builder.lock.and_then(|lock| lock.version(&package.name));
    let entry = |candidate: &Candidate| candidate.entry().map(|index| &package.versions[index]);
    let doubts: Vec<Doubt> = candidates
        .iter()
        .map(|one| match entry(one) {
            // Locked versions, and downloads that the definition prefers, are chosen despite doubts.
            Some(_) if locked.is_some() && one.version() == locked => Doubt::None,
            Some(entry) if entry.unproven.is_some() => Doubt::Unproven,
            Some(entry) if !entry.is_verified() && !entry.default => Doubt::Unverified,
            Some(_) | None => Doubt::None,
        })
        .collect();
    // If the locked version no longer fits, the nearest one is preferred to the newest.
    let near = locked
        .filter(|_| package.axis.is_none())
        .map(|locked| candidates.partition_point(|one| one.version().is_none_or(|version| version < locked)));
    let mut preference: Vec<u32> = (0..).take(candidates.len()).collect();
    preference.sort_by_key(|place| {
        let at = *place as usize;
        let candidate = &candidates[at];
        std::cmp::Reverse((
            // Packages are absent unless required; axes are present unless excluded.
            (package.axis.is_none()) && *candidate == Candidate::Absent,
            locked.is_some() && candidate.version() == locked,
            doubts[at] != Doubt::Unproven,
            !candidate.version().is_some_and(Version::is_prerelease),
            std::cmp::Reverse(near.map_or(0, |near| distance(candidates, near, at))),
            entry(candidate).is_some_and(|entry| entry.default),
            doubts[at] == Doubt::None,
            *place,
        ))
    });
    let mut positions = Vec::with_capacity(candidates.len());
    for (index, candidate) in candidates.iter().enumerate() {
        let previous = positions.last().copied().unwrap_or(0);
        let same = index > 0 && candidates[index - 1].version() == candidate.version();
        positions.push(if index == 0 || same { previous } else { previous + 1 });
    }
    Variable {
        candidates: vec![Vec::new(); candidates.len()],
        preference,
        doubts,
        positions,
        near_default: true,
        last: package.axis.is_some().then_some(0),
        ..Variable::default()
    }
}

/// Returns the number of versions between two candidates. Several candidates with one version count once.
fn distance(candidates: &[Candidate], near: usize, at: usize) -> usize {
    let between = &candidates[near.min(at)..near.max(at)];
    let next = candidates.get(near.max(at)).and_then(Candidate::version);
    let mut versions: Vec<Option<&Version>> = between.iter().map(Candidate::version).collect();
    versions.dedup();
    versions.iter().filter(|one| **one != next).count()
}

/// Adds the dependencies of each candidate of a variable.
pub(super) fn dependencies(builder: &mut Builder<'_, '_>, id: VariableId) {
    let VariableKind::Package(var) = &builder.kinds[id.index()] else { return };
    let package = var.package;
    let candidates = var.candidates.clone();
    let mut common: Vec<&Require> = package.requires.iter().collect();
    for option in &package.options {
        let chosen = var.options.get(&option.key.value);
        let values = option.values.iter().filter(|(value, _)| Some(&value.value) == chosen);
        common.extend(values.flat_map(|(_, requires)| requires));
    }
    let variants = package.variants.iter().filter(|one| Some(&one.name.value) == var.variant.as_ref());
    common.extend(variants.flat_map(|one| &one.requires));
    let (shared, mut installing) = requires(builder, id, common.iter().copied());
    installing.extend(package.conflicts.iter().flat_map(|one| conflict(builder, id, one)));
    installing.extend(package.unavailable.iter().filter_map(|one| unavailable(builder, id, one)));
    for (place, candidate) in candidates.iter().enumerate() {
        let entry = candidate.entry().map(|index| &package.versions[index]);
        let own = match candidate {
            Candidate::Absent | Candidate::HostMinimum(_) => continue,
            Candidate::Provided { .. } => {
                let Some(entry) = entry else { continue };
                let requires = common.iter().copied().chain(&entry.requires);
                let requires: Vec<&Require> =
                    requires.filter(|one| binds_provided(builder.catalog, one)).collect();
                let own = requires.into_iter().flat_map(|one| require(builder, id, one)).collect();
                defer_build_conflicts(builder, (id, place), entry);
                own
            }
            Candidate::Unversioned(_) => shared.iter().chain(&installing).cloned().collect(),
            Candidate::Entry { .. } => {
                let (mut own, mut of_installing) = (shared.clone(), installing.clone());
                if let Some(entry) = entry {
                    let (always, later) = requires(builder, id, entry.requires.iter());
                    own.extend(always);
                    of_installing.extend(later);
                    let conflicts = entry.conflicts.iter().filter(|one| one.stage != RequireStage::Build);
                    of_installing.extend(conflicts.flat_map(|one| conflict(builder, id, one)));
                    defer_build_conflicts(builder, (id, place), entry);
                    of_installing
                        .extend(entry.unavailable.iter().filter_map(|one| unavailable(builder, id, one)));
                }
                own.extend(installed::defer(builder, (id, place), of_installing));
                own
            }
        };
        builder.variables[id.index()].candidates[place].extend(own);
    }
}

/// Defers the conflicts of a version of an axis that matter only to what is built against it.
fn defer_build_conflicts(builder: &mut Builder<'_, '_>, at: (VariableId, usize), entry: &PackageVersion) {
    let conflicts = entry.conflicts.iter().filter(|one| one.stage == RequireStage::Build);
    let dependencies = conflicts.flat_map(|one| conflict(builder, at.0, one)).collect();
    installed::defer_build(builder, at, dependencies);
}

/// Returns the dependencies of `requires` entries in two lists: those that always apply, and those that apply
/// only if the axis is installed. For packages, all of them always apply.
fn requires<'r>(
    builder: &mut Builder<'_, '_>,
    owner: VariableId,
    all: impl Iterator<Item = &'r Require>,
) -> (Vec<Dependency>, Vec<Dependency>) {
    let (mut always, mut installing) = (Vec::new(), Vec::new());
    let is_axis = builder.is_axis(owner);
    for one in all {
        let binds = !is_axis || binds_provided(builder.catalog, one);
        for dependency in require(builder, owner, one) {
            let of_installing = is_axis && installed::is_on_installation(builder, &dependency);
            let of = if binds && !of_installing { &mut always } else { &mut installing };
            of.push(dependency);
        }
    }
    (always, installing)
}

/// Returns the dependencies of one `requires` entry.
fn require(builder: &mut Builder<'_, '_>, owner: VariableId, require: &Require) -> Vec<Dependency> {
    match guard::outcome(builder, owner, &require.guard) {
        Outcome::Never => Vec::new(),
        Outcome::Always => unconditional(builder, owner, require),
        Outcome::If(conditions) => {
            let dependencies = unconditional(builder, owner, require);
            vec![guard::variable(builder, owner, conditions, dependencies)]
        }
    }
}

/// Returns the dependencies of one `requires` entry, regardless of its conditions.
fn unconditional(builder: &mut Builder<'_, '_>, owner: VariableId, require: &Require) -> Vec<Dependency> {
    // The definition of a device states which releases it runs, so those need not be derived from its GPU.
    let of_device = builder.project.target.device.is_some() && builder.project.target.gpu.is_empty();
    if require.name.as_str() == words::SM && of_device && is_pure(builder, owner) {
        return Vec::new();
    }
    if let Some(dependencies) = builder.fixed_dependencies(require.name.as_str(), &require.requirement) {
        return dependencies;
    }
    let Some(on) = builder.named(&require.name) else {
        builder.log.error(
            Diagnostic::error(
                codes::resolve::UNKNOWN_PACKAGE,
                format!("unknown package `{}`", require.name.value),
            )
            .at(require.name.span, "required here, but not in the catalogue")
            .help("add a definition for it, or correct the name"),
        );
        return Vec::new();
    };
    // An unknown version name admits nothing; `package check` reports it.
    let mut within = builder.within(on, &require.requirement).unwrap_or_else(|_| Set::empty());
    // A release restricts which CUDA runs on it, but does not require that an image contains it.
    if is_pure(builder, owner) && builder.is_axis(on) && !is_pure(builder, on) {
        within = within.union(&Set::run(0..1));
        return vec![Dependency { on, within }];
    }
    let installs = installed::dependency(builder, on, require.stage);
    std::iter::once(Dependency { on, within }).chain(installs).collect()
}

/// Whether a variable is an axis with nothing to install.
pub(super) fn is_pure(builder: &Builder<'_, '_>, id: VariableId) -> bool {
    matches!(&builder.kinds[id.index()], VariableKind::Package(var) if var.is_pure())
}

/// Returns the dependencies of one `conflicts` entry: the other package is absent or has another version.
fn conflict(builder: &mut Builder<'_, '_>, owner: VariableId, conflict: &Require) -> Vec<Dependency> {
    let fixed = builder.fixed_dependencies(conflict.name.as_str(), &conflict.requirement);
    let dependencies: Vec<Dependency> = if let Some(fixed) = fixed {
        // On an axis that the target fixes, the conflict either always applies, so that no candidate is left,
        // or never.
        let broken = fixed.into_iter().filter(|one| !one.within.is_empty());
        broken.map(|one| Dependency { within: Set::empty(), ..one }).collect()
    } else {
        let Some(on) = builder.named(&conflict.name) else { return Vec::new() };
        let Ok(within) = builder.within(on, &conflict.requirement) else { return Vec::new() };
        let others = within.complement().intersection(&Set::run(0..builder.count(on)));
        vec![Dependency { on, within: others }]
    };
    if dependencies.is_empty() {
        return dependencies;
    }
    match guard::outcome(builder, owner, &conflict.guard) {
        Outcome::Never => Vec::new(),
        Outcome::Always => dependencies,
        Outcome::If(conditions) => vec![guard::variable(builder, owner, conditions, dependencies)],
    }
}

/// Returns the dependency of an `unavailable` node. It cannot be met if the conditions of the node hold.
fn unavailable<'a>(
    builder: &mut Builder<'a, '_>,
    owner: VariableId,
    one: &'a Guarded<Unavailable>,
) -> Option<Dependency> {
    let outcome = guard::outcome(builder, owner, &one.guard);
    if matches!(outcome, Outcome::Never) {
        return None;
    }
    let variable = Variable {
        candidates: vec![Vec::new()],
        preference: vec![0],
        positions: vec![0],
        ..Variable::default()
    };
    let on = builder.add(variable, VariableKind::Unavailable(one));
    let dependency = Dependency { on, within: Set::empty() };
    Some(match outcome {
        Outcome::If(conditions) => guard::variable(builder, owner, conditions, vec![dependency]),
        Outcome::Never | Outcome::Always => dependency,
    })
}

/// Sets the defaults of axes: the locked version if the release is the same, then the defaults of other axes,
/// then those of the platform.
pub(super) fn defaults(builder: &mut Builder<'_, '_>) {
    let mut axes: Vec<VariableId> = builder.ids.values().copied().filter(|id| builder.is_axis(*id)).collect();
    axes.sort_by_key(|id| builder.key(*id));
    let release = axes.iter().copied().find(|id| {
        matches!(&builder.kinds[id.index()], VariableKind::Package(var)
            if var.candidates.len() > 1 && var.package.versions.iter().any(|one| !one.defaults.is_empty()))
    });
    for id in &axes {
        let VariableKind::Package(var) = &builder.kinds[id.index()] else { continue };
        let mut found = Vec::new();
        let position = |version: &Version| {
            var.candidates
                .iter()
                .position(|one| one.version() == Some(version))
                .map(|place| builder.variables[id.index()].positions[place])
        };
        if let Some(lock) = builder.lock {
            let locked = lock.version(&var.name).and_then(position);
            let same_release = match release {
                Some(release) if release != *id => {
                    place_of(builder, release, |name| lock.version(name)).map(|place| (release, place))
                }
                Some(_) | None => Some((VariableId::ROOT, 0)),
            };
            found.extend(locked.zip(same_release).map(|(position, (by, place))| (by, place, position)));
        }
        for by in axes.iter().filter(|by| *by != id) {
            found.extend(
                defaults_of(builder, *by, &var.name)
                    .filter_map(|(place, version)| Some((*by, place, position(version)?))),
            );
        }
        let platform = builder.platform.defaults.get(&var.name).and_then(|version| position(version));
        found.extend(platform.map(|position| (VariableId::ROOT, 0, position)));
        builder.variables[id.index()].defaults = found;
    }
}

/// Returns the candidate of a variable with the version that `version` returns for its name.
fn place_of<'v>(
    builder: &Builder<'_, '_>,
    id: VariableId,
    version: impl Fn(&Name) -> Option<&'v Version>,
) -> Option<u32> {
    let VariableKind::Package(var) = &builder.kinds[id.index()] else { return None };
    let version = version(&var.name)?;
    let place = var.candidates.iter().position(|one| one.version() == Some(version))?;
    u32::try_from(place).ok()
}

/// Returns the defaults that the candidates of one axis set for another.
fn defaults_of<'b>(
    builder: &'b Builder<'_, '_>,
    by: VariableId,
    name: &'b Name,
) -> impl Iterator<Item = (u32, &'b Version)> {
    let VariableKind::Package(var) = &builder.kinds[by.index()] else {
        unreachable!("an axis has a package variable")
    };
    (0..).zip(&var.candidates).filter_map(move |(place, candidate)| {
        let entry = &var.package.versions[candidate.entry()?];
        Some((place, &entry.defaults.get(name)?.value))
    })
}
