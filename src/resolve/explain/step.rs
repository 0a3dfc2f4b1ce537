//! Formats the steps of a derivation.

use std::collections::BTreeSet;

use pubgrub::VersionSet as _;

use crate::catalog::{Choose, Condition, Guarded, Require, Unavailable};
use crate::diagnostic::wording;
use crate::source::{Span, Spanned};
use crate::value::{Parse, Requirement, Version};

use crate::resolve::explain::format::{self, Places, title, versions};
use crate::resolve::explain::relevance::Relevance;
use crate::resolve::model::{BaseVariable, Model, PackageVariable, VariableKind};
use crate::resolve::problem::{Set, VariableId, set};
use crate::resolve::words;

/// The width of a line, in characters, up to which it gets a citation of its place.
const WIDE: usize = 84;

/// A step of a derivation: some candidates of one variable (the holders) depend on a set of candidates of
/// another.
#[derive(Clone, Copy)]
pub(in crate::resolve) struct DerivationStep<'s, 'a> {
    pub(in crate::resolve) model: &'s Model<'a>,
    pub(in crate::resolve) relevance: &'s Relevance,
    pub(in crate::resolve) from: VariableId,
    pub(in crate::resolve) holders: &'s Set,
    pub(in crate::resolve) on: VariableId,
    pub(in crate::resolve) within: &'s Set,
}

impl<'s, 'a> DerivationStep<'s, 'a> {
    /// Returns the variable whose definition contains the requirement.
    fn owner(self) -> Option<&'s PackageVariable<'a>> {
        match &self.model.kinds[self.from.index()] {
            VariableKind::Guard { owner } => self.model.package_variable(*owner),
            _ => self.model.package_variable(self.from),
        }
    }
}

/// One line of a derivation with the place that states it.
pub(in crate::resolve) struct DerivationLine {
    pub(in crate::resolve) text: String,
    /// The requirement in the definition.
    pub(in crate::resolve) place: Option<Span>,
    /// The text without its subject: `requires CUDA 12.6`.
    pub(in crate::resolve) what: String,
}

/// Formats a step. Returns `None` for steps that are internal to the model, such as those between a guard and
/// its conditions.
pub(in crate::resolve) fn line(step: DerivationStep<'_, '_>, places: Places<'_>) -> Option<DerivationLine> {
    if let VariableKind::Installed { of } = &step.model.kinds[step.on.index()] {
        // A dependency on "is installed" reads like one on any version.
        let count = u32::try_from(step.model.variables[of.index()].candidates.len()).unwrap_or(u32::MAX);
        return line(DerivationStep { on: *of, within: &Set::run(1..count), ..step }, places);
    }
    let to_package = matches!(
        &step.model.kinds[step.on.index()],
        VariableKind::Package(_) | VariableKind::Fixed { .. } | VariableKind::Unavailable(_)
    );
    if !to_package {
        return None;
    }
    if let VariableKind::Unavailable(one) = &step.model.kinds[step.on.index()] {
        return Some(unavailable_line(step, step.owner()?, one));
    }
    match &step.model.kinds[step.from.index()] {
        VariableKind::Package(var) => Some(package_line(step, var, places)),
        VariableKind::Guard { owner } if step.holders.contains(&0) => {
            guard_line(step, step.model.package_variable(*owner)?, places)
        }
        VariableKind::Base(base) => Some(base_line(step, base)),
        VariableKind::Root
        | VariableKind::Guard { .. }
        | VariableKind::Fixed { .. }
        | VariableKind::Choice { .. }
        | VariableKind::Installed { .. }
        | VariableKind::Unavailable(_) => None,
    }
}

/// Formats that something is unavailable: the subject, the conditions, the reason, and the source of this
/// information.
fn unavailable_line(
    step: DerivationStep<'_, '_>,
    owner: &PackageVariable<'_>,
    one: &Guarded<Unavailable>,
) -> DerivationLine {
    let who = match &step.model.kinds[step.from.index()] {
        VariableKind::Package(var) => subject(step, var),
        _ => title(owner),
    };
    let conditions: Vec<String> = one
        .guard
        .all
        .iter()
        .filter_map(|one| match one {
            Condition::Option { key, value: Some(value) } => Some(format!("option {}={value}", key.value)),
            Condition::Option { key, value: None } => Some(format!("option {}", key.value)),
            Condition::Variant(name) => Some(format!("variant {}", name.value)),
            Condition::Without(name) => Some(format!("no {}", name.value)),
            Condition::Is { name, requirement } => {
                let var = step.model.ids.get(&name.value).and_then(|id| step.model.package_variable(*id))?;
                Some(format!("{} {}", title(var), alternatives(requirement.as_str())))
            }
        })
        .collect();
    let with =
        if conditions.is_empty() { String::new() } else { format!(" with {}", wording::all_of(&conditions)) };
    let what = format!("is not available: {}", one.value.reason.value);
    let source = one.value.source.as_ref().map_or_else(String::new, |source| format!(" ({source})"));
    DerivationLine { text: format!("{who}{with} {what}{source}"), place: Some(one.value.reason.span), what }
}

/// Formats what a base image provides or requires.
fn base_line(step: DerivationStep<'_, '_>, base: &BaseVariable<'_>) -> DerivationLine {
    let Some(var) = step.model.package_variable(step.on) else {
        let tags = base.image.iter().flat_map(|image| &image.tags);
        let requires = tags.flat_map(|tag| &tag.requires).filter(|one| is_on_object(step, one));
        let all: Vec<&str> = requires.map(|one| one.requirement.as_str()).collect();
        let what = format!("requires {} {}", object_name(step), alternatives(&all.join("||")));
        return DerivationLine { text: format!("the base image {what}"), place: None, what };
    };
    let provided = base.provides.iter().any(|versions| versions.contains_key(&var.name));
    let versions = versions(step.model, step.on, step.within);
    let what = match (versions.as_str(), provided) {
        ("absent", _) => format!("has no {}", title(var)),
        (_, true) => format!("provides {} {versions}", title(var)),
        (_, false) => format!("requires {} {versions}", title(var)),
    };
    DerivationLine { text: format!("the base image {what}"), place: None, what }
}

/// Formats what a package or an axis requires.
fn package_line(
    step: DerivationStep<'_, '_>,
    var: &PackageVariable<'_>,
    places: Places<'_>,
) -> DerivationLine {
    let who = subject(step, var);
    if var.is_name() {
        let what = format!("means {}", required_versions(step));
        return DerivationLine { text: format!("{who} {what}"), place: None, what };
    }
    let package = var.package;
    let of = |all: &[Require]| -> Vec<Spanned<Requirement>> {
        all.iter()
            .filter(|one| is_on_object(step, one) && is_unconditional(step, var, one))
            .map(|one| one.requirement.clone())
            .collect()
    };
    let mut requires = of(&package.requires);
    let mut conflicts = of(&package.conflicts);
    for (place, candidate) in (0u32..).zip(&var.candidates) {
        if let (true, Some(index)) = (step.holders.contains(&place), candidate.entry()) {
            requires.extend(of(&package.versions[index].requires));
            conflicts.extend(of(&package.versions[index].conflicts));
        }
    }
    let options = package.options.iter().flat_map(|option| {
        let chosen = var.options.get(&option.key.value);
        option.values.iter().filter(move |(value, _)| Some(&value.value) == chosen)
    });
    requires.extend(options.flat_map(|(_, all)| of(all)));
    let variants = package.variants.iter().filter(|one| Some(&one.name.value) == var.variant.as_ref());
    requires.extend(variants.flat_map(|one| of(&one.requires)));
    if let Some(sm) = capability(step) {
        requires.retain(|one| !one.matches(&sm));
        conflicts.retain(|one| one.matches(&sm));
    }
    let mut line = requirement_line(step, &who, (&requires, &conflicts), places);
    if line.place.is_some_and(|place| is_of_default_option(var, place))
        && let Some(object) = line.what.strip_prefix("requires ")
    {
        let what = format!("uses {object} by default");
        line.text = line.text.replacen(&line.what, &what, 1);
        line.what = what;
    }
    line
}

/// Whether a requirement is that of an option that has its default value.
fn is_of_default_option(var: &PackageVariable<'_>, place: Span) -> bool {
    var.package.options.iter().any(|option| {
        var.options.get(&option.key.value) == Some(&option.default.value)
            && option.values.iter().any(|(_, all)| all.iter().any(|one| one.requirement.span == place))
    })
}

/// Returns the compute capability of the target that the step is about.
fn capability(step: DerivationStep<'_, '_>) -> Option<Version> {
    match &step.model.kinds[step.on.index()] {
        VariableKind::Fixed { axis, value } if *axis == words::SM => Version::parse(value).ok(),
        _ => None,
    }
}

/// Formats a requirement under a condition.
fn guard_line(
    step: DerivationStep<'_, '_>,
    owner: &PackageVariable<'_>,
    places: Places<'_>,
) -> Option<DerivationLine> {
    let variable = &step.model.variables[step.from.index()];
    // The second candidate of a guard is "the first condition does not hold".
    let unmet = variable.candidates.get(1)?.first()?;
    if unmet.on == step.on {
        return None;
    }
    let condition = step.model.package_variable(unmet.on)?;
    let meets = |one: &Require| {
        one.name.as_str() == object_name(step)
            && one.guard.all.iter().any(|given| match given {
                Condition::Is { name, requirement } => {
                    name.value == condition.name
                        && admitted(condition, requirement)
                            .is_some_and(|some| some.is_disjoint(&unmet.within))
                }
                Condition::Without(name) => name.value == condition.name,
                Condition::Option { .. } | Condition::Variant(_) => false,
            })
    };
    let package = owner.package;
    let of_versions = package.versions.iter();
    let requires: Vec<&Require> = package
        .requires
        .iter()
        .chain(of_versions.clone().flat_map(|one| &one.requires))
        .filter(|one| meets(one))
        .collect();
    let conflicts = package.conflicts.iter().chain(of_versions.flat_map(|one| &one.conflicts));
    let conflicts: Vec<&Require> = conflicts.filter(|one| meets(one)).collect();
    let when = requires.first().or(conflicts.first())?.guard.all.iter().find_map(|given| match given {
        Condition::Is { name, requirement } if name.value == condition.name => Some(requirement.clone()),
        _ => None,
    })?;
    let who = format!("{} with {} {}", title(owner), title(condition), alternatives(when.as_str()));
    let of = |all: Vec<&Require>| all.into_iter().map(|one| one.requirement.clone()).collect::<Vec<_>>();
    Some(requirement_line(step, &who, (&of(requires), &of(conflicts)), places))
}

/// Returns the candidates of a variable that a requirement admits.
fn admitted(var: &PackageVariable<'_>, requirement: &Requirement) -> Option<Set> {
    let matcher = var.package.meaning(requirement).ok()?;
    let fits = (0..)
        .zip(&var.candidates)
        .filter(|(_, one)| one.version().is_some_and(|version| matcher.matches(version)));
    Some(set(fits.map(|(place, _)| place)))
}

/// Whether the conditions of a requirement are met whatever versions are chosen.
fn is_unconditional(step: DerivationStep<'_, '_>, var: &PackageVariable<'_>, one: &Require) -> bool {
    let fixed = step.model.target.fixed(&var.options, var.variant.as_ref());
    one.guard.open(&fixed).is_some_and(|open| open.is_empty())
}

/// Whether a requirement is on the object of the step.
fn is_on_object(step: DerivationStep<'_, '_>, one: &Require) -> bool {
    one.name.as_str() == object_name(step)
        || step
            .model
            .package_variable(step.on)
            .is_some_and(|var| var.package.aliases.iter().any(|alias| alias.as_str() == one.name.as_str()))
}

/// Returns the name of what the step requires, as definitions write it.
fn object_name<'s>(step: DerivationStep<'s, '_>) -> &'s str {
    match &step.model.kinds[step.on.index()] {
        VariableKind::Package(var) => var.name.as_str(),
        VariableKind::Fixed { axis, .. } => axis,
        VariableKind::Root
        | VariableKind::Base(_)
        | VariableKind::Choice { .. }
        | VariableKind::Unavailable(_)
        | VariableKind::Guard { .. }
        | VariableKind::Installed { .. } => "",
    }
}

/// Formats a requirement or conflict. It quotes the definition, with its place, if all holders have the same
/// text, and otherwise formats the set of versions.
fn requirement_line(
    step: DerivationStep<'_, '_>,
    who: &str,
    (requires, conflicts): (&[Spanned<Requirement>], &[Spanned<Requirement>]),
    places: Places<'_>,
) -> DerivationLine {
    let fixed =
        || if object_name(step) == words::SM { "compute capability" } else { object_name(step) }.to_owned();
    let name = step.model.package_variable(step.on).map_or_else(fixed, title);
    let own: Vec<&Spanned<Requirement>> = requires.iter().filter(|one| !one.is_any()).collect();
    let texts: BTreeSet<&str> = own.iter().map(|one| one.as_str()).collect();
    let against: BTreeSet<&str> = conflicts.iter().map(|one| one.as_str()).collect();
    let joined = texts.iter().copied().collect::<Vec<_>>().join("||");
    let first = own.first().copied().or(requires.first()).map(|one| one.span);
    let (what, place) = match (texts.len(), against.first()) {
        (0, None) if first.is_some() => (format!("requires {name}"), first),
        (0, Some(text)) if against.len() == 1 => {
            let place = conflicts.first().map(|one| one.span);
            (format!("conflicts with {name} {}", alternatives(text)), place)
        }
        (1, _) => (format!("requires {name} {}", alternatives(&joined)), first),
        (0, Some(_)) if excluded_versions(step).is_some() => {
            (format!("conflicts with {name} {}", excluded_versions(step).unwrap_or_default()), None)
        }
        (0, _) => (format!("requires {}", required_versions(step)), None),
        _ if has_versions(step) => (format!("requires {}", required_versions(step)), None),
        _ => (format!("requires {name} {}", alternatives(&joined)), None),
    };
    let text = format!("{who} {what}");
    let of = step.owner().map(|owner| owner.package);
    let cited = of.zip(place).map_or_else(String::new, |(of, span)| format!(" ({})", places.cite(of, span)));
    let fits = text.chars().count() + cited.chars().count() <= WIDE;
    DerivationLine { text: if fits { text + &cited } else { text }, place, what }
}

/// Returns the versions that several conflicts exclude from those that the target allows, if they are few.
fn excluded_versions(step: DerivationStep<'_, '_>) -> Option<String> {
    let count = u32::try_from(step.model.package_variable(step.on)?.candidates.len()).ok()?;
    let here = step.relevance.domain[step.on.index()].intersection(&Set::run(1..count));
    let out = here.intersection(&step.within.complement());
    let few = out.count() < 4 && !out.is_empty() && step.within.contains(&0);
    few.then(|| versions(step.model, step.on, &out))
}

/// Whether the required candidates can be formatted as versions.
fn has_versions(step: DerivationStep<'_, '_>) -> bool {
    step.model.package_variable(step.on).is_some() && !step.within.is_empty()
}

/// Formats the required candidates as a set of versions.
fn required_versions(step: DerivationStep<'_, '_>) -> String {
    match &step.model.kinds[step.on.index()] {
        VariableKind::Package(var) => {
            // A version of the host, such as that of its driver, is a minimum.
            if var.package.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest) {
                let mut known = var.candidates.iter().enumerate().filter_map(|(at, one)| {
                    let place = u32::try_from(at).ok().filter(|place| step.within.contains(place))?;
                    Some((place, one.version()?))
                });
                if let Some((_, lowest)) = known.next() {
                    return format!("{} >={lowest}", title(var));
                }
            }
            let versions = versions(step.model, step.on, step.within);
            // "Any version" goes without saying.
            let versions = if versions == format::ANY { "" } else { &versions };
            format!("{} {versions}", title(var)).trim_end().to_owned()
        }
        VariableKind::Fixed { axis, value } => format!("a different {axis} than {value}"),
        VariableKind::Root
        | VariableKind::Base(_)
        | VariableKind::Choice { .. }
        | VariableKind::Unavailable(_)
        | VariableKind::Guard { .. }
        | VariableKind::Installed { .. } => String::new(),
    }
}

/// Formats `12.2 || 12.4` as `12.2 or 12.4`, sorted and without duplicates.
fn alternatives(text: &str) -> String {
    let mut parts: Vec<&str> = text.split("||").map(|part| part.trim().trim_start_matches('=')).collect();
    parts.sort_by_cached_key(|part| (Version::parse(part).ok(), *part));
    parts.dedup();
    wording::any_of(&parts)
}

/// Formats the subject of the step: the versions that have the requirement, of those that the target allows,
/// or `every …` if all have it.
fn subject(step: DerivationStep<'_, '_>, var: &PackageVariable<'_>) -> String {
    let DerivationStep { model, relevance, from, holders, .. } = step;
    let name = title(var);
    if var.package.versions.is_empty() {
        return name;
    }
    let present = set(1..u32::try_from(var.candidates.len()).unwrap_or(u32::MAX));
    let at = from.index();
    let here = relevance.domain[at].intersection(&relevance.left[at]).intersection(&present);
    let shown = holders.intersection(&here);
    let shown = if shown.is_empty() { holders.intersection(&present) } else { shown };
    let of_platform = relevance.platform[at].intersection(&present);
    let among = if relevance.platform[at] == Set::full() || of_platform == present {
        String::new()
    } else {
        format!(" for {}", platform(model))
    };
    if shown == of_platform && !var.is_axis() {
        return format!("every {name} in the catalogue{among}");
    }
    // A single version is better named.
    if shown == here && !var.is_axis() && here.count() > 1 {
        return format!("every {name} for this target");
    }
    format!("{name} {}", versions(model, from, &shown)).trim_end().to_owned()
}

fn platform<'s>(model: &'s Model<'_>) -> &'s str {
    let found = model.kinds.iter().find_map(|one| match one {
        VariableKind::Fixed { axis, value } if *axis == words::PLATFORM => Some(value.as_str()),
        _ => None,
    });
    found.unwrap_or_default()
}
