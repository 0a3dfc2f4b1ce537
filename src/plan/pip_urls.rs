//! Checks pip requirements that are URLs of wheels or repositories.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::{Installer, Requirements};
use crate::source::{Span, Spanned};
use crate::value::{AptPackage, Parse, PepRequirement, Vcs, VcsUrl, Version, WheelName, normalised_name};

use super::package_context::Inputs;
use super::package_step::{PackagePlan, PackageStep, PackageStepKind};
use super::sources::distribution_value;

/// A URL that pip installs from, and its place in the manifest.
struct Location<'a> {
    url: &'a str,
    /// The package that the requirement names.
    name: Option<String>,
    span: Span,
    /// Whether the requirement has no environment marker.
    always: bool,
}

fn of<'a>(
    install: &'a [Spanned<PepRequirement>],
    files: impl Iterator<Item = &'a Requirements> + Clone,
) -> Vec<Location<'a>> {
    let specs = install.iter().chain(files.clone().flat_map(|file| &file.specs));
    let named = specs.filter_map(|spec| {
        let name = Some(spec.value.normalised_name());
        Some(Location {
            url: spec.value.url()?,
            name,
            span: spec.span,
            always: spec.value.marker().is_none(),
        })
    });
    let bare = files.flat_map(|file| &file.urls);
    named
        .chain(bare.map(|url| Location { url: &url.value, name: None, span: url.span, always: true }))
        .collect()
}

/// Returns the URLs of the main environment.
fn main(inputs: Inputs<'_>) -> Vec<Location<'_>> {
    let project = inputs.project;
    let app = project.app.iter().flat_map(|app| &app.requirements);
    of(&project.pip.install, project.pip.requirements.iter().chain(app))
}

/// Returns the system packages that pip needs to clone repositories for the project's packages in the main
/// environment.
pub(super) fn programs(inputs: Inputs<'_>) -> BTreeSet<AptPackage> {
    programs_of(main(inputs).iter().map(|place| place.url))
}

/// Returns the system packages that pip needs to clone repositories for a separate environment.
pub(super) fn programs_of_venv(venv: &crate::manifest::Venv) -> BTreeSet<AptPackage> {
    programs_of(of(&venv.install, venv.requirements.iter()).iter().map(|place| place.url))
}

/// Returns the system packages that pip needs to clone repositories for packages of the catalogue.
pub(super) fn programs_of_plans<'a>(
    plans: impl IntoIterator<Item = &'a PackagePlan>,
) -> BTreeSet<AptPackage> {
    plans.into_iter().flat_map(|plan| programs_of_steps(&plan.install)).collect()
}

pub(super) fn programs_of_steps(steps: &[PackageStep]) -> BTreeSet<AptPackage> {
    let specs = steps.iter().flat_map(|step| match &step.kind {
        PackageStepKind::Pip { specs, .. } => specs.clone(),
        PackageStepKind::WheelBuild { from, .. } => vec![from.clone()],
        _ => Vec::new(),
    });
    let urls: Vec<String> = specs
        .map(|spec| match PepRequirement::parse(&spec) {
            Ok(requirement) => requirement.url().unwrap_or_default().to_owned(),
            Err(_) => spec,
        })
        .collect();
    programs_of(urls.iter().map(String::as_str))
}

fn programs_of<'a>(urls: impl Iterator<Item = &'a str>) -> BTreeSet<AptPackage> {
    let found: BTreeSet<&str> = urls
        .filter_map(VcsUrl::read)
        .filter_map(|url| match url.vcs {
            Vcs::Git => Some("git"),
            Vcs::Mercurial => Some("mercurial"),
            Vcs::Subversion => Some("subversion"),
            Vcs::Bazaar => None,
        })
        .collect();
    let certificates = found.first().map(|_| "ca-certificates");
    let package = |name| AptPackage::parse(name).expect("the plan's own packages are well named");
    found.iter().copied().chain(certificates).map(package).collect()
}

/// Reports wheels that the target cannot install, and repositories that pip cannot clone or whose revision
/// can change.
pub(super) fn check(inputs: Inputs<'_>, log: &mut Log) {
    let mut all = main(inputs);
    for venv in &inputs.project.pip.venvs {
        all.extend(of(&venv.install, venv.requirements.iter()));
    }
    for place in &all {
        match VcsUrl::read(place.url) {
            Some(url) => repository(inputs, place, url, log),
            None => wheel(inputs, place, log),
        }
    }
}

fn repository(inputs: Inputs<'_>, place: &Location<'_>, url: VcsUrl<'_>, log: &mut Log) {
    let shown = wording::code(place.url);
    let uv = inputs.project.pip.installer.as_ref().filter(|one| one.value == Installer::Uv);
    let refused = |message: String| Diagnostic::error(codes::NOT_CLONED, message);
    if url.vcs == Vcs::Bazaar {
        let diagnostic = refused("the build cannot clone with Bazaar".to_owned());
        log.error(
            diagnostic
                .at(place.span, "`bzr` is not packaged for every release")
                .help("use the project's Git repository, or a release from the index"),
        );
        return;
    }
    if let Some(uv) = uv.filter(|_| url.vcs != Vcs::Git) {
        let diagnostic = refused(format!("uv cannot clone {shown}"));
        log.error(
            diagnostic
                .at(place.span, "uv supports only Git")
                .at(uv.span, "installed with uv")
                .help("use the project's Git repository, or install with pip: `installer \"pip\"`"),
        );
        return;
    }
    if url.transport.eq_ignore_ascii_case("ssh") {
        let diagnostic = refused(format!("the build has no SSH key for {shown}"));
        log.error(diagnostic.at(place.span, "requires SSH").help(
            "use `https`: `git+https://HOST/PATH@COMMIT`; name and password come from the netrc \
                file of `build { secrets { netrc } }`",
        ));
        return;
    }
    if url.is_immutable() {
        return;
    }
    let (label, reference) = match url.revision {
        Some(revision) => {
            (format!("{} is a branch, a tag or a short hash", wording::code(revision)), revision)
        }
        None => ("no commit: the newest one is used".to_owned(), "HEAD"),
    };
    let help = match url.vcs {
        Vcs::Git => format!(
            "end the URL with a full commit, `@` and 40 hexadecimal digits; `git ls-remote \
                REPOSITORY {reference}` prints it"
        ),
        _ => "end the URL with `@` and the revision's number or full hash".to_owned(),
    };
    log.report(
        Diagnostic::warning(
            codes::MOVING_REVISION,
            format!("{shown} may be different code in the next build"),
        )
        .at(place.span, label)
        .help(help),
    );
}

fn wheel(inputs: Inputs<'_>, place: &Location<'_>, log: &mut Log) {
    let Some(wheel) = WheelName::read(place.url) else { return unnamed(place, log) };
    if let Some(name) = place.name.as_ref().filter(|name| **name != normalised_name(wheel.name)) {
        let own = wording::code(wheel.name);
        let message = format!("the wheel is of {own}, not of {}", wording::code(name));
        log.error(
            Diagnostic::error(codes::WRONG_WHEEL, message)
                .at(place.span, "pip refuses a wheel with another name")
                .help(format!(
                    "write `{} @ …`, or use the URL of a wheel of {}",
                    wheel.name,
                    wording::code(name)
                )),
        );
        return;
    }
    if !place.always {
        return;
    }
    let resolution = inputs.resolution;
    let arch = resolution.target.arch.as_str();
    let python = resolution.axes.iter().find(|(name, _)| name.as_str() == "python").map(|(_, one)| one);
    let glibc = distribution_value(inputs, "glibc").and_then(|text| Version::parse(&text).ok());
    let mut faults = Vec::new();
    if let Some(python) = python.filter(|python| !wheel.supports_python(python)) {
        let tags = wording::code(format!("{}-{}", wheel.pythons, wheel.abis));
        faults.push(format!("{tags}, but the target has Python {}.{}", python.major(), python.minor()));
    }
    let tags = wording::code(wheel.platforms);
    if !wheel.runs_on(arch) {
        faults.push(format!("{tags}, but the target is Linux on {arch}"));
    } else if let Some(glibc) = glibc.filter(|glibc| !wheel.runs_with(arch, glibc)) {
        faults.push(format!("{tags}, but the image has glibc {glibc}"));
    }
    if faults.is_empty() {
        return;
    }
    let message = format!("the target cannot install the wheel of {}", wording::code(wheel.name));
    let diagnostic = Diagnostic::error(codes::WRONG_WHEEL, message);
    let diagnostic = diagnostic.at(place.span, format!("built for {}", faults.join("; for ")));
    log.error(diagnostic.help(wanted(arch, python)));
}

/// Reports the URL of a wheel whose file name is not that of a wheel.
fn unnamed(place: &Location<'_>, log: &mut Log) {
    let path = place.url.split(['#', '?']).next().unwrap_or_default();
    // pip too looks for the lower-case ending alone.
    let is_wheel = |file: &&str| file.rsplit_once('.').is_some_and(|(_, ending)| ending == "whl");
    let Some(file) = path.rsplit('/').next().filter(is_wheel) else { return };
    log.error(
        Diagnostic::error(codes::WRONG_WHEEL, format!("{} is not the name of a wheel", wording::code(file)))
            .at(place.span, "pip refuses this file name")
            .help(
                "a wheel is named `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`; use a URL that ends with that name",
            ),
    );
}

fn wanted(arch: &str, python: Option<&Version>) -> String {
    let machine = WheelName::machine(arch);
    let python = python.map_or_else(
        || "py3-none".to_owned(),
        |one| {
            let tag = format!("cp{}{}", one.major(), one.minor());
            format!("{tag}-{tag}")
        },
    );
    format!(
        "use the wheel whose name ends with `-{python}-linux_{machine}.whl` (or \
            `manylinux…_{machine}`), or a universal one, `-py3-none-any.whl`"
    )
}
