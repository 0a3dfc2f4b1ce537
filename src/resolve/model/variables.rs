//! Axes and packages as variables: candidates, their order, what each asks for.

use pubgrub::VersionSet as _;

use crate::catalog::{Choose, Guarded, Package, Require, Unavailable};
use crate::diagnostic::{Diagnostic, codes};
use crate::value::{Name, Version};

use super::super::problem::{Dependency, Doubt, Set, Variable, VariableId};
use super::super::words;
use super::build::Builder;
use super::guard::{self, Outcome};
use super::installed;
use super::{Candidate, VariableKind, binds_provided};

/// What an axis or a package can be: absent, then by version; of equal versions the one that stands first in the
/// definition comes last, since later ones are preferred.
pub(super) fn candidates(builder: &Builder<'_, '_>, package: &Package, here: bool) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    if here {
        let entries = package.versions.iter().enumerate().rev();
        all.extend(
            entries.map(|(index, one)| Candidate::Entry { index, version: one.version.value.clone() }),
        );
        if package.versions.is_empty() {
            all.push(Candidate::Whole(Version::zero()));
        }
        all.extend(promised(builder, package).map(Candidate::Promised));
    }
    let pure = package.axis.is_some() && package.install.steps.is_empty();
    for version in builder.provided.get(&package.name.value).into_iter().flatten() {
        // What a platform is has nothing to install: it is the same in every definition.
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

/// Of a host's driver only the lowest version that the user's requirement admits is sure.
pub(super) fn promised(builder: &Builder<'_, '_>, package: &Package) -> Option<Version> {
    if package.axis.as_ref()?.choose != Choose::Lowest {
        return None;
    }
    let asked = builder.project.target.axes.iter().find(|one| one.axis.value == package.name.value)?;
    match asked.requirement.intervals().first()?.lower.clone() {
        // Bounds of intervals may be made up (`>550` starts at a post-release): the numbers are what was meant.
        std::ops::Bound::Included(version) | std::ops::Bound::Excluded(version) => {
            Some(version.truncated(version.parts().len()))
        }
        std::ops::Bound::Unbounded => None,
    }
}

/// The variable of these candidates, without demands yet.
pub(super) fn variable(builder: &Builder<'_, '_>, package: &Package, candidates: &[Candidate]) -> Variable {
    let locked = builder.lock.and_then(|lock| lock.version(&package.name));
    let entry = |candidate: &Candidate| candidate.entry().map(|index| &package.versions[index]);
    let doubts: Vec<Doubt> = candidates
        .iter()
        .map(|one| match entry(one) {
            // What was chosen before is kept, and a definition's own preference holds.
            Some(_) if locked.is_some() && one.version() == locked => Doubt::None,
            Some(entry) if entry.unproven.is_some() => Doubt::Unproven,
            Some(entry) if !entry.is_verified() && !entry.default => Doubt::Unverified,
            Some(_) | None => Doubt::None,
        })
        .collect();
    // Where the locked version no longer fits, the nearest one does: nobody asked for the newest.
    let near = locked
        .filter(|_| package.axis.is_none())
        .map(|locked| candidates.partition_point(|one| one.version().is_none_or(|version| version < locked)));
    let mut preference: Vec<u32> = (0..).take(candidates.len()).collect();
    preference.sort_by_key(|place| {
        let at = *place as usize;
        let candidate = &candidates[at];
        std::cmp::Reverse((
            // Packages that nobody asks for stay out; axes are there wherever they can be.
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

/// How many versions lie between two candidates. Several artefacts of one version are as near.
fn distance(candidates: &[Candidate], near: usize, at: usize) -> usize {
    let between = &candidates[near.min(at)..near.max(at)];
    let next = candidates.get(near.max(at)).and_then(Candidate::version);
    let mut versions: Vec<Option<&Version>> = between.iter().map(Candidate::version).collect();
    versions.dedup();
    versions.iter().filter(|one| **one != next).count()
}

/// Writes what each candidate of a variable asks for.
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
            Candidate::Absent | Candidate::Promised(_) => continue,
            Candidate::Provided { .. } => {
                let Some(entry) = entry else { continue };
                let requires = common.iter().copied().chain(&entry.requires);
                let requires: Vec<&Require> =
                    requires.filter(|one| binds_provided(builder.catalog, one)).collect();
                requires.into_iter().flat_map(|one| require(builder, id, one)).collect()
            }
            Candidate::Whole(_) => shared.iter().chain(&installing).cloned().collect(),
            Candidate::Entry { .. } => {
                let (mut own, mut of_installing) = (shared.clone(), installing.clone());
                if let Some(entry) = entry {
                    let (always, later) = requires(builder, id, entry.requires.iter());
                    own.extend(always);
                    of_installing.extend(later);
                    of_installing.extend(entry.conflicts.iter().flat_map(|one| conflict(builder, id, one)));
                    of_installing
                        .extend(entry.unavailable.iter().filter_map(|one| unavailable(builder, id, one)));
                }
                own.extend(installed::later(builder, (id, place), of_installing));
                own
            }
        };
        builder.variables[id.index()].candidates[place].extend(own);
    }
}

/// The demands of `requires` entries: those that bind whatever brings the thing, and those of installing it. What an axis needs
/// installed is needed where it is installed itself.
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
            let of_installing = is_axis && installed::is_asked(builder, &dependency);
            let of = if binds && !of_installing { &mut always } else { &mut installing };
            of.push(dependency);
        }
    }
    (always, installing)
}

/// The demands of one `requires` entry.
fn require(builder: &mut Builder<'_, '_>, owner: VariableId, require: &Require) -> Vec<Dependency> {
    match guard::outcome(builder, owner, &require.guard) {
        Outcome::Never => Vec::new(),
        Outcome::Always => plain(builder, owner, require),
        Outcome::If(conditions) => {
            let dependencies = plain(builder, owner, require);
            vec![guard::variable(builder, owner, conditions, dependencies)]
        }
    }
}

fn plain(builder: &mut Builder<'_, '_>, owner: VariableId, require: &Require) -> Vec<Dependency> {
    // Which releases a device runs is known better than by its GPU.
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
    // A word that the other definition has not admits nothing; `package check` tells it.
    let mut within = builder.within(on, &require.requirement).unwrap_or_else(|_| Set::empty());
    // A release says which CUDA runs on it, not that an image holds one.
    if is_pure(builder, owner) && builder.is_axis(on) && !is_pure(builder, on) {
        within = within.union(&Set::run(0..1));
        return vec![Dependency { on, within }];
    }
    let installs = installed::asked(builder, on, require.stage);
    std::iter::once(Dependency { on, within }).chain(installs).collect()
}

/// Whether it is an axis that nothing is installed for.
pub(super) fn is_pure(builder: &Builder<'_, '_>, id: VariableId) -> bool {
    matches!(&builder.kinds[id.index()], VariableKind::Package(var) if var.is_pure())
}

/// The demands of one `conflicts` entry: the other is absent, or in another version.
fn conflict(builder: &mut Builder<'_, '_>, owner: VariableId, conflict: &Require) -> Vec<Dependency> {
    let fixed = builder.fixed_dependencies(conflict.name.as_str(), &conflict.requirement);
    let dependencies: Vec<Dependency> = if let Some(fixed) = fixed {
        // What the target fixes is so, and nothing fixes it, or is not, and nothing is asked.
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

/// What does not exist asks for the impossible, where its conditions hold.
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

/// Defaults of axes: what the lock holds for the same release, then what an earlier axis says, then the platform.
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

/// The candidate of a variable that has the version which `version` gives for its name.
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

/// What the candidates of one axis say another one is by default.
fn defaults_of<'b>(
    builder: &'b Builder<'_, '_>,
    by: VariableId,
    name: &'b Name,
) -> impl Iterator<Item = (u32, &'b Version)> {
    let VariableKind::Package(var) = &builder.kinds[by.index()] else { unreachable!("an axis is a thing") };
    (0..).zip(&var.candidates).filter_map(move |(place, candidate)| {
        let entry = &var.package.versions[candidate.entry()?];
        Some((place, &entry.defaults.get(name)?.value))
    })
}
