//! The constraints of the manifest: target, pins and requests.

use pubgrub::VersionSet as _;

use crate::catalog::{Catalog, Choose, DefinitionKind, Device, Package, Platform, RequireStage};
use crate::diagnostic::{Diagnostic, Log, Reported, codes, wording, wording::did_you_mean};
use crate::manifest::{Engine, Project, Target};
use crate::source::{Span, Spanned};
use crate::value::{Name, PackedText, Parse, Requirement, Version};

use super::super::problem::{Dependency, Set, VariableId, set};
use super::super::resolution::TargetFacts;
use super::super::words;
use super::build::Builder;
use super::{Candidate, Constraint, ConstraintKind, VariableKind, installed, unknown};

/// Looks up the device or the platform that a target names.
pub(super) fn target<'a>(
    project: &Project,
    catalog: &'a Catalog,
    log: &mut Log,
) -> Result<(&'a Platform, TargetFacts), Reported> {
    let target = &project.target;
    let device = match &target.device {
        None => None,
        Some(name) => Some(device(catalog, name, log)?),
    };
    let named = match (device, &target.platform) {
        (Some(device), _) => &device.platform,
        (None, Some(platform)) => platform,
        (None, None) => return Err(no_platform(project, catalog, log)),
    };
    let platform = platform(catalog, named, log)?;
    if let (Some(device), Some(asked)) = (device, &target.platform)
        && asked.value != device.platform.value
    {
        return Err(log.error(
            Diagnostic::error(
                codes::resolve::WRONG_PLATFORM,
                format!(
                    "`{}` is a {} machine, not {}",
                    device.name.value, device.platform.value, asked.value
                ),
            )
            .at(asked.span, format!("contradicts the device, which is `{}`", device.platform.value))
            .help("remove `platform`: the device sets it"),
        ));
    }
    let sm = capabilities((project, catalog), device, platform, log);
    let storage = target.storage.as_ref().map(|storage| storage.value.bytes() >> 20);
    let facts = TargetFacts {
        name: target.name.value.clone(),
        device: device.map(|device| device.name.value.clone()),
        summary: device.map_or_else(|| platform.summary.clone(), |device| device.summary.clone()),
        platform: platform.name.value.clone(),
        arch: platform.arch.clone(),
        sm,
        memory: device.and_then(|device| device.memory),
        storage: storage.or_else(|| device.and_then(|device| device.storage)),
        gpu: platform.gpu,
        host_network: platform.host_network,
        capabilities: platform.capabilities.clone(),
        offers: platform.offers.iter().cloned().collect(),
        values: device.map(|device| device.values.clone()).unwrap_or_default(),
        groups: platform.groups.clone(),
        notes: host_notes(platform, project),
    };
    Ok((platform, facts))
}

/// Reports that the target names no machine, unless the manifest was read only partially because of errors.
fn no_platform(project: &Project, catalog: &Catalog, log: &mut Log) -> Reported {
    if let (true, Some(report)) = (project.is_partial, log.reported()) {
        return report;
    }
    let known: Vec<&str> = catalog.platforms().map(|one| one.name.as_str()).collect();
    log.error(
        Diagnostic::error(codes::resolve::NO_PLATFORM, "the target has neither a device nor a platform")
            .at(project.target.span, "missing device or platform")
            .help(format!(
                "add `device \"…\"` (see `jcc list devices`) or `platform \"…\"`: {}",
                wording::either(&wording::codes(&known))
            )),
    )
}

/// Returns what users of the engine must do on the host. With CDI, Docker needs the same preparation as
/// Podman.
fn host_notes(platform: &Platform, project: &Project) -> Vec<PackedText> {
    let run = &project.run;
    let runs = std::iter::once(run).chain(run.services.iter().map(|service| &service.run));
    let cdi = runs.into_iter().any(|run| run.gpu_form.is_some());
    let engine = if cdi { Engine::Podman } else { project.engine() };
    let own = platform.notes.iter().filter(|(_, only)| only.is_none_or(|only| only == engine));
    own.map(|(note, _)| note.value.clone()).collect()
}

/// Returns the compute capabilities to build for, ascending: those of the device, or else of the target.
fn capabilities(
    (project, catalog): (&Project, &Catalog),
    device: Option<&Device>,
    platform: &Platform,
    log: &mut Log,
) -> Vec<Version> {
    let own = &project.target.gpu;
    let mut sm: Vec<Version> = Vec::new();
    for one in own {
        match Version::parse(one).ok().filter(|_| catalog.entry(DefinitionKind::Gpu, one).is_some()) {
            Some(version) => sm.push(version),
            None => _ = unknown::gpu(catalog, (platform, one), log),
        }
    }
    if let Some(device) = device {
        sm = device.sm.iter().map(|one| one.value.clone()).collect();
        if let (Some(first), Some(named)) = (own.first(), &project.target.device) {
            let fixed: Vec<String> = sm.iter().map(ToString::to_string).collect();
            log.error(
                Diagnostic::error(codes::resolve::FIXED_AXIS, "`gpu` cannot be set together with `device`")
                    .at(first.span, "set by the device")
                    .at(named.span, format!("its GPU has {}", wording::all_of(&wording::codes(&fixed))))
                    .help("remove `gpu`"),
            );
        }
    }
    sm.sort();
    sm.dedup();
    sm
}

fn device<'a>(catalog: &'a Catalog, name: &Spanned<Name>, log: &mut Log) -> Result<&'a Device, Reported> {
    catalog.device(name.as_str()).ok_or_else(|| unknown::device(catalog, name, log))
}

fn platform<'a>(catalog: &'a Catalog, name: &Spanned<Name>, log: &mut Log) -> Result<&'a Platform, Reported> {
    catalog.platform(name.as_str()).ok_or_else(|| unknown::platform(catalog, name, log))
}

/// Collects the constraints of the manifest.
pub(super) fn collect(builder: &mut Builder<'_, '_>) {
    target_axes(builder);
    device_releases(builder);
    for pin in &builder.project.pins {
        let text = format!("{} \"{}\"", pin.name.value, pin.requirement.value);
        if fixed(builder, &pin.name) {
            continue;
        }
        let Some(on) = builder.named_by_user(&pin.name) else { continue };
        let Some(within) = admitted(builder, on, &pin.requirement) else { continue };
        // A pin does not request a package, so "absent" is possible too.
        let within = if builder.is_axis(on) { within } else { within.union(&set([0])) };
        builder.constraints.push(Constraint {
            span: pin.span,
            kind: ConstraintKind::Pin,
            on,
            within,
            text,
            requirement: Some(pin.requirement.span),
        });
    }
    for request in &builder.project.packages {
        let Some(on) = builder.named_by_user(&request.name) else { continue };
        let count = builder.count(on);
        let text = request.name.to_string();
        builder.constraints.push(Constraint {
            span: request.name.span,
            kind: ConstraintKind::Request,
            on,
            within: Set::run(1..count),
            text: text.clone(),
            requirement: None,
        });
        if let Some(Dependency { on, within }) = installed::dependency(builder, on, RequireStage::Run) {
            builder.constraints.push(Constraint {
                span: request.name.span,
                kind: ConstraintKind::Request,
                on,
                within,
                text,
                requirement: None,
            });
        }
        if !request.requirement.is_any() {
            let Some(within) = admitted(builder, on, &request.requirement) else { continue };
            let text = format!("{} \"{}\"", request.name.value, request.requirement.value);
            builder.constraints.push(Constraint {
                span: request.requirement.span,
                kind: ConstraintKind::Requirement,
                on,
                within,
                text,
                requirement: Some(request.requirement.span),
            });
        }
    }
    implied(builder);
}

/// Reports a pin of `platform`, `arch` or `sm`, which the target fixes.
fn fixed(builder: &mut Builder<'_, '_>, name: &Spanned<Name>) -> bool {
    let is = [words::PLATFORM, words::ARCH, words::SM].contains(&name.as_str());
    if is {
        builder.log.error(
            Diagnostic::error(codes::resolve::FIXED_AXIS, format!("`{}` cannot be pinned", name.value))
                .at(name.span, "set by the target")
                .help("change `device`, `platform` or `gpu` in the target instead"),
        );
    }
    is
}

fn target_axes(builder: &mut Builder<'_, '_>) {
    for asked in &builder.project.target.axes {
        let Some(on) = builder.named_by_user(&asked.axis) else { continue };
        let text = format!("{} \"{}\"", asked.axis.value, asked.requirement.value);
        let span = asked.requirement.span;
        let VariableKind::Package(var) = &builder.kinds[on.index()] else { continue };
        if var.candidates.len() == 1 {
            let title = var.package.axis.as_ref().map_or(var.name.as_str(), |axis| &axis.title).to_owned();
            let platform = builder.target.platform.clone();
            builder.log.error(
                Diagnostic::error(codes::resolve::NOT_HERE, format!("{title} does not exist on {platform}"))
                    .at(asked.axis.span, format!("the target is {platform}"))
                    .help("remove it, or use a device that has it"),
            );
            continue;
        }
        let host_minimum = var.candidates.iter().position(|one| matches!(one, Candidate::HostMinimum(_)));
        let within = match (&asked.like, host_minimum) {
            (_, Some(place)) => Some(set(u32::try_from(place))),
            (Some(like), None) => admitted(builder, on, &Spanned::new(Requirement::exactly(like), like.span)),
            (None, None) => admitted(builder, on, &asked.requirement),
        };
        if let Some(within) = within {
            builder.constraints.push(Constraint {
                span,
                kind: ConstraintKind::Target,
                on,
                within,
                text,
                requirement: Some(span),
            });
        }
    }
}

fn device_releases(builder: &mut Builder<'_, '_>) {
    let Some(named) = &builder.project.target.device else { return };
    let Some(device) = builder.catalog.device(named.as_str()) else { return };
    for require in &device.requires {
        let Some(on) = builder.named(&require.name) else { continue };
        let within = builder.within(on, &require.requirement).unwrap_or_else(|_| Set::empty());
        let text = format!("device \"{}\"", named.value);
        builder.constraints.push(Constraint {
            span: named.span,
            kind: ConstraintKind::Device,
            on,
            within,
            text,
            requirement: None,
        });
    }
}

/// Adds the constraint that Python is present if the manifest installs Python packages.
fn implied(builder: &mut Builder<'_, '_>) {
    let pip = &builder.project.pip;
    let app = builder.project.app.as_ref();
    let place: Option<Span> = pip
        .install
        .first()
        .map(|one| one.span)
        .or_else(|| pip.requirements.first().map(|one| one.path.span))
        .or_else(|| pip.venvs.first().map(|one| one.span))
        .or_else(|| app.and_then(|app| app.requirements.first()).map(|one| one.path.span));
    let Some(span) = place else { return };
    let python = builder.catalog.package(words::PYTHON).filter(|package| package.axis.is_some());
    let Some(on) = python.and_then(|axis| builder.named(&axis.name)) else { return };
    let within = Set::run(1..builder.count(on));
    let text = "Python packages".to_owned();
    builder.constraints.push(Constraint {
        span,
        kind: ConstraintKind::Implied,
        on,
        within,
        text,
        requirement: None,
    });
}

/// Returns the candidates that a requirement of the manifest admits. Reports a requirement that admits none.
fn admitted(
    builder: &mut Builder<'_, '_>,
    on: VariableId,
    requirement: &Spanned<Requirement>,
) -> Option<Set> {
    let VariableKind::Package(var) = &builder.kinds[on.index()] else { return None };
    let package = var.package;
    let name = var.name.clone();
    let others = other_axes(builder, on, requirement);
    let resolved = match package.meaning(requirement) {
        Ok(resolved) => resolved,
        Err(word) => {
            let known: Vec<&str> =
                package.versions.iter().filter_map(|one| one.name.as_ref()).map(|one| one.as_str()).collect();
            let message = format!("`{name}` has no version named {}", wording::code(&word));
            let diagnostic = Diagnostic::error(codes::resolve::UNKNOWN_VERSION, message)
                .at(requirement.span, "unknown version name");
            let before = diagnostic.help.len();
            let mut diagnostic =
                unknown::version(diagnostic, (requirement.as_str(), requirement.span), package, &others);
            if diagnostic.help.len() == before {
                diagnostic = diagnostic.maybe_help(did_you_mean(&word, known.iter().copied()));
            }
            let listed = (!known.is_empty())
                .then(|| format!("available: {}", wording::either(&wording::codes(&known))));
            builder.log.error(diagnostic.maybe_help(listed));
            return None;
        }
    };
    let within = builder.within(on, &resolved).unwrap_or_else(|_| Set::empty());
    if !within.is_empty() {
        return Some(within);
    }
    let VariableKind::Package(var) = &builder.kinds[on.index()] else { return None };
    let known = known_versions(var.candidates.iter().filter_map(Candidate::version), &resolved);
    let what = package.axis.as_ref().map_or_else(|| format!("`{name}`"), |axis| axis.title.to_string());
    let diagnostic = Diagnostic::error(
        codes::resolve::UNKNOWN_VERSION,
        format!("no version of {what} matches {}", wording::code(requirement.as_str())),
    )
    .at(requirement.span, "no such version in the catalogue");
    let diagnostic = unknown::version(diagnostic, (requirement.as_str(), requirement.span), package, &others);
    let diagnostic = diagnostic
        .help(if known.is_empty() {
            format!("{what} is not available on {}", builder.target.platform)
        } else {
            format!("known versions: {}", wording::all_of(&known))
        })
        .maybe_help(like_older_release(builder, on, requirement));
    builder.log.error(diagnostic);
    None
}

/// Returns the axes that the target could have named instead, if the requirement is one of the target's.
fn other_axes<'a>(
    builder: &Builder<'a, '_>,
    on: VariableId,
    requirement: &Spanned<Requirement>,
) -> Vec<&'a Package> {
    let own = builder.key(on).1;
    if !builder.project.target.axes.iter().any(|one| one.requirement.span == requirement.span) {
        return Vec::new();
    }
    let all =
        Target::AXES.iter().filter(|name| builder.platform.axes.iter().any(|one| one.as_str() == **name));
    let others = all.filter(|name| own.as_ref().is_none_or(|own| own.as_str() != **name));
    let catalog = builder.catalog;
    let is_minimum = |axis: &&Package| axis.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest);
    others.filter_map(|name| catalog.package(name)).filter(|axis| !is_minimum(axis)).collect()
}

/// Suggests to treat an unknown release of the target like the nearest older one of the same major version.
fn like_older_release(
    builder: &Builder<'_, '_>,
    on: VariableId,
    requirement: &Spanned<Requirement>,
) -> Option<String> {
    let VariableKind::Package(var) = &builder.kinds[on.index()] else { return None };
    let asked = builder.project.target.axes.iter().find(|one| one.requirement.span == requirement.span)?;
    let axis = var.package.axis.as_ref()?;
    // This makes no sense for distributions, and for a driver any version is accepted as a minimum.
    if var.package.choice.is_some() || axis.choose == Choose::Lowest {
        return None;
    }
    let version = Version::parse(requirement.as_str()).ok()?;
    let older = var.candidates.iter().filter_map(Candidate::version);
    // Further parts are the build of a release.
    let release = version.truncated(4);
    let older =
        older.filter(|one| **one <= release && one.parts().first() == version.parts().first()).max()?;
    let node = format!("{} \"{version}\" like=\"{older}\"", asked.axis.value);
    Some(format!("if it runs the containers of {older}, write `{node}`"))
}

/// Returns the versions nearest to the lower bound of a requirement: at most five on either side, ascending.
fn known_versions<'v>(
    versions: impl Iterator<Item = &'v crate::value::Version>,
    requirement: &Requirement,
) -> Vec<String> {
    let mut all: Vec<_> = versions.collect();
    all.sort();
    all.dedup();
    let lower = requirement.intervals().first().map(|interval| interval.lower.clone());
    let at = match lower {
        Some(std::ops::Bound::Included(version) | std::ops::Bound::Excluded(version)) => {
            all.partition_point(|one| **one < version)
        }
        Some(std::ops::Bound::Unbounded) | None => all.len(),
    };
    let from = at.saturating_sub(5);
    all[from..(at + 5).min(all.len())].iter().map(|one| format!("`{one}`")).collect()
}
