//! Reports Python packages that the project requests from an index although the catalogue shows a problem:
//! the index has no build for the target's GPU, or its package would override a chosen one.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{
    Catalog, Choose, Condition, DefinitionKind, Entry, GpuAccess, Guard, Package, Require, RequireStage,
    StepKind,
};
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::{Gpu, Requirements};
use crate::source::Spanned;
use crate::value::{Name, PackedText, PepRequirement, Requirement, Version, normalised_name};

use super::package_context::Inputs;
use super::{pip_versions, same_modules};

/// The pip requirements of one Python environment.
pub(super) struct Environment<'a> {
    pub(super) specs: Vec<&'a Spanned<PepRequirement>>,
    /// URLs of wheels and archives in requirements files.
    urls: Vec<&'a Spanned<String>>,
    /// Whether it is the main environment, which contains the chosen packages.
    pub(super) main: bool,
    /// Whether an index of the user's is searched too, whose contents are unknown.
    own_index: bool,
}

pub(super) fn check(inputs: Inputs<'_>, log: &mut Log) {
    let environments = environments(inputs);
    if environments.iter().all(|one| one.specs.is_empty() && one.urls.is_empty()) {
        return;
    }
    let specs = environments.iter().flat_map(|one| &one.specs);
    let asked: BTreeSet<String> = specs.map(|spec| spec.value.normalised_name()).collect();
    let known = by_distribution(inputs.catalog, &asked);
    let constrained = constrained_distributions(inputs);
    let gpu = inputs.project.run.gpu.as_ref().is_none_or(|gpu| gpu.value != Gpu::Off);
    for environment in &environments {
        let duplicates = same_modules::check_duplicates((inputs, environment), &known, log);
        if environment.main {
            environment.check_replacements(inputs, log);
        }
        for spec in &environment.specs {
            // Requirements with a URL or a marker are assumed to be intended.
            if spec.value.url().is_some() || spec.value.marker().is_some() {
                continue;
            }
            let name = spec.value.normalised_name();
            if duplicates.contains(&name) {
                continue;
            }
            let known = known.get(&name).map_or(&[][..], Vec::as_slice);
            let is_constrained = environment.main && constrained.contains(&name);
            let asked = PipRequest { inputs, known, spec, name, main: environment.main };
            if is_constrained || (environment.main && same_modules::shadows(&asked, log)) {
                continue;
            }
            if environment.own_index || asked.check_version(log) {
                continue;
            }
            if gpu {
                asked.check(log);
            }
        }
    }
}

/// Returns the packages that are relevant to each requested distribution, by its normalised name: those that
/// contain it, have its name, are needed by it or have the same modules. The table is built once, so that the
/// time is linear in the number of requirements; only relevant packages are decoded.
fn by_distribution<'c>(catalog: &'c Catalog, asked: &BTreeSet<String>) -> BTreeMap<String, Vec<&'c Package>> {
    let mut known: BTreeMap<String, Vec<&Package>> = BTreeMap::new();
    let concerns = |entry: &&Entry| {
        let names = std::iter::once(&entry.name).chain(&entry.distributions);
        names.map(|name| normalised_name(name)).any(|name| asked.contains(&name))
    };
    let entries = catalog.entries(DefinitionKind::Package).filter(concerns);
    for package in entries.filter_map(|entry| catalog.package(&entry.name)) {
        let dists = package.dists.iter().map(|dist| dist.value.name.text.as_str());
        let needed_by = package.needed_by.iter().map(AsRef::as_ref);
        let same = package.same_modules.iter().map(AsRef::as_ref);
        let names = std::iter::once(package.name.as_str()).chain(dists).chain(needed_by).chain(same);
        for name in names.map(normalised_name).collect::<BTreeSet<_>>() {
            known.entry(name).or_default().push(package);
        }
    }
    known
}

/// Returns the normalised names of the distributions whose versions chosen packages determine.
fn constrained_distributions(inputs: Inputs<'_>) -> BTreeSet<String> {
    let chosen = inputs.resolution.chosen.keys().filter_map(|name| inputs.view(name));
    chosen
        .flat_map(|view| view.applicable(&view.package.dists).map(|dist| normalised_name(&dist.name.text)))
        .collect()
}

fn environments(inputs: Inputs<'_>) -> Vec<Environment<'_>> {
    let pip = &inputs.project.pip;
    let own = pip.index.is_some() || !pip.extra_indexes.is_empty();
    let app = inputs.project.app.iter().flat_map(|app| &app.requirements);
    let files: Vec<&Requirements> = pip.requirements.iter().chain(app).collect();
    let main = Environment { main: true, ..Environment::new(&pip.install, &files, own) };
    let venvs = pip.venvs.iter().map(|venv| {
        let files: Vec<&Requirements> = venv.requirements.iter().collect();
        Environment::new(&venv.install, &files, own)
    });
    std::iter::once(main).chain(venvs).collect()
}

impl<'a> Environment<'a> {
    fn new(install: &'a [Spanned<PepRequirement>], files: &[&'a Requirements], own: bool) -> Self {
        let specs = install.iter().chain(files.iter().flat_map(|file| &file.specs)).collect();
        let urls = files.iter().flat_map(|file| &file.urls).collect();
        Self { specs, urls, main: false, own_index: own || files.iter().any(|file| file.own_index) }
    }
}

impl Environment<'_> {
    /// Reports URLs from which pip would install another build of a chosen package.
    fn check_replacements(&self, inputs: Inputs<'_>, log: &mut Log) {
        for spec in self.specs.iter().filter(|spec| spec.url().is_some() && spec.marker().is_none()) {
            pip_versions::check_replacement(inputs, (&spec.normalised_name(), spec.span), log);
        }
        for url in &self.urls {
            if let Some(name) = pip_versions::distribution_of(&url.value) {
                pip_versions::check_replacement(inputs, (&name, url.span), log);
            }
        }
    }
}

/// A pip requirement that is compared with the catalogue's builds of the same distribution.
pub(super) struct PipRequest<'a> {
    pub(super) inputs: Inputs<'a>,
    /// The relevant packages of the catalogue.
    pub(super) known: &'a [&'a Package],
    pub(super) spec: &'a Spanned<PepRequirement>,
    pub(super) name: String,
    /// Whether it is for the main environment.
    pub(super) main: bool,
}

impl<'a> PipRequest<'a> {
    pub(super) fn is_chosen(&self, package: &Package) -> bool {
        self.inputs.resolution.chosen.contains_key(&package.name.value)
    }

    /// Whether a package is the distribution that the index has under this name, rather than one that only
    /// pins it.
    fn is_same_distribution(&self, package: &Package) -> bool {
        if package.dists.is_empty() {
            return normalised_name(package.name.as_str()) == self.name;
        }
        let own =
            |dist: &crate::catalog::Dist| dist.version.as_ref().is_none_or(|version| !version.is_plain());
        package
            .dists
            .iter()
            .any(|dist| own(&dist.value) && normalised_name(&dist.value.name.text) == self.name)
    }

    /// Reports a version that Python or chosen packages exclude. Returns whether it did.
    fn check_version(&self, log: &mut Log) -> bool {
        let mut own = self.known.iter().copied().filter(|package| self.is_same_distribution(package));
        let Some(package) = own.next() else { return false };
        // That there is no build for the target at all is the more helpful report.
        let platform = matches!(self.fault(package, None), Some(UnusableBuild::Platform));
        !(platform && self.needs_gpu(package, &mut BTreeSet::new()))
            && pip_versions::check(self, package, log)
    }

    /// Reports the request if the catalogue has a build for this target of the distribution, or of a package
    /// that it depends on.
    fn check(&self, log: &mut Log) {
        // Axes are installed for the whole system, so every environment has them.
        let missing =
            |package: &&Package| !(self.is_chosen(package) && (self.main || package.axis.is_some()));
        let brings =
            |package: &&Package| package.needed_by.iter().any(|name| normalised_name(name) == self.name);
        for package in self.known.iter().copied().filter(brings).filter(missing) {
            // The version that it would need is unknown, so only faults of all versions are reported.
            if let Some(fault @ UnusableBuild::Platform) = self.fault(package, None) {
                self.report(package, &fault, log);
                return;
            }
        }
        let mut own = self.known.iter().copied().filter(|package| self.is_same_distribution(package));
        let same = |package: &&Package| normalised_name(package.name.as_str()) == self.name;
        let Some(package) = own.clone().find(same).or_else(|| own.next()) else {
            self.check_cpu_build(log);
            return;
        };
        if self.needs_gpu(package, &mut BTreeSet::new()) {
            let needs = |one: &Require| {
                let other = self.inputs.catalog.package(one.name.as_str());
                let other = other.filter(|_| self.can_hold_by_default(package, &one.guard));
                other.is_some_and(|other| missing(&other) && self.needs_gpu(other, &mut BTreeSet::new()))
            };
            let missing = package.requires.iter().find(|one| needs(one));
            let alone = missing.map(|one| UnusableBuild::Alone(one.name.value.clone()));
            let fault = self.fault(package, Some(&self.spec.value));
            let fault = fault.or_else(|| self.is_compiled(package).then_some(UnusableBuild::Source));
            let any = || (!self.is_served(package)).then_some(UnusableBuild::Any);
            if let Some(fault) = fault.or_else(any).or(alone) {
                self.report(package, &fault, log);
            }
        } else if self.main && self.has_other_with_gpu(package) {
            let choice = package.choice.as_ref().map_or("", |choice| choice.value.as_str());
            let message =
                format!("the build of {} on the index does not use the GPU", wording::code(&self.name));
            let diagnostic =
                Diagnostic::warning(codes::INDEX_BUILD, message).at(self.spec.span, "built without CUDA");
            log.report(diagnostic.help(format!(
                "request {choice} in `packages`; `jcc search {choice}` lists the alternatives"
            )));
        }
    }

    /// Reports a CPU build on the index whose name is that of a package that uses the GPU.
    fn check_cpu_build(&self, log: &mut Log) {
        let is_other = |package: &&&Package| {
            normalised_name(package.name.as_str()) == self.name
                && package.same_modules.iter().any(|one| normalised_name(one) == self.name)
                && self.needs_gpu(package, &mut BTreeSet::new())
        };
        let Some(package) = self.known.iter().find(is_other).filter(|_| self.main) else { return };
        let message = format!("the build of {} on the index does not use the GPU", wording::code(&self.name));
        let packages = wording::code(format!("packages {{ {} }}", package.name.value));
        log.report(
            Diagnostic::warning(codes::INDEX_BUILD, message)
                .at(self.spec.span, "built without CUDA")
                .help(format!("request it in {packages}")),
        );
    }

    /// Whether the catalogue's package installs the distribution from the same index on this target.
    fn is_served(&self, package: &Package) -> bool {
        package.install.steps.iter().any(|step| {
            let StepKind::Pip { specs, index: None, .. } = &step.kind else { return false };
            self.can_hold(&step.guard)
                && specs.iter().any(|spec| pip_versions::names_a_distribution(package, &spec.text))
        })
    }

    fn is_axis(&self, name: &Name) -> bool {
        self.inputs.catalog.package(name.as_str()).is_some_and(|package| package.axis.is_some())
    }

    /// Whether the index has only the source of the distribution, so that the catalogue compiles it.
    fn is_compiled(&self, package: &Package) -> bool {
        package.build.iter().flat_map(|build| &build.steps).any(|step| {
            let StepKind::WheelBuild { from, .. } = &step.kind else { return false };
            pip_versions::names_a_distribution(package, &from.text)
        }) && !self.is_served(package)
    }

    /// Whether a version of the package can be installed on this target.
    fn is_available(&self, package: &Package) -> bool {
        let holds = |one: &&Require| one.stage != RequireStage::Choose;
        let is_here = |all: &[Require]| self.all_hold(all.iter().filter(holds));
        let excluded = |one: &crate::catalog::Guarded<crate::catalog::Unavailable>| {
            one.guard.all.iter().all(|condition| match condition {
                Condition::Is { name, requirement } => self.holds(name, requirement) == Some(true),
                Condition::Without(_) | Condition::Option { .. } | Condition::Variant(_) => false,
            })
        };
        self.is_chosen(package)
            || is_here(&package.requires)
                && !package.unavailable.iter().any(excluded)
                && (package.versions.is_empty()
                    || package
                        .versions
                        .iter()
                        .any(|entry| is_here(&entry.requires) && !entry.unavailable.iter().any(excluded)))
    }

    /// Returns why the builds of a package on the index are unusable on this target; `None` if the catalogue
    /// shows no reason.
    fn fault(&self, package: &Package, spec: Option<&PepRequirement>) -> Option<UnusableBuild> {
        let target = &self.inputs.resolution.target;
        let platform = self.inputs.catalog.platform(target.platform.as_str())?;
        // Such a GPU needs its own libraries, which builds for servers do not use.
        if platform.gpu == GpuAccess::Runtime && !self.is_served(package) {
            return Some(UnusableBuild::Platform);
        }
        let spec = spec?;
        let here = package.versions.iter().filter(|entry| {
            // pip skips versions that do not support the target's Python.
            let place = |one: &&Require| matches!(one.name.as_str(), "platform" | "arch" | "python");
            spec.allows(&entry.version.value) != Some(false)
                && self.all_hold(entry.requires.iter().filter(place))
        });
        let here: Vec<_> = here.collect();
        let newest = here.iter().map(|entry| &entry.version.value).max()?;
        let fits = here.iter().any(|one| one.version.value == *newest && self.all_hold(one.requires.iter()));
        (!fits).then(|| UnusableBuild::Version(newest.clone()))
    }

    fn report(&self, package: &Package, fault: &UnusableBuild, log: &mut Log) {
        let name = package.name.as_str();
        let shown = wording::code(self.spec.value.to_string());
        let what = if self.is_same_distribution(package) {
            shown.clone()
        } else {
            format!("{shown} depends on {name}, which")
        };
        let (message, label) = match fault {
            UnusableBuild::Platform => (
                if self.is_same_distribution(package) {
                    format!("PyPI has no build of {shown} for the GPU of this target")
                } else {
                    format!(
                        "{shown} depends on {name}, of which PyPI has no build for the GPU of this target"
                    )
                },
                "only builds for servers or for the CPU".to_owned(),
            ),
            UnusableBuild::Version(version) => (
                format!("{what} would resolve to {version}, which does not run on this target"),
                format!("{version} is for another CUDA version, Python version or GPU"),
            ),
            UnusableBuild::Any => (
                format!("{what} comes from the index, whatever CUDA version it was built for"),
                format!("the catalogue has {name} for this target"),
            ),
            UnusableBuild::Source => (
                format!("{what} is compiled from source, but pip runs without a CUDA compiler"),
                "the index has no wheel for this target".to_owned(),
            ),
            UnusableBuild::Alone(other) if !self.is_axis(other) => (
                format!("{what} depends on {other}, which pip would install from the index"),
                format!("the catalogue has {other} for this target"),
            ),
            UnusableBuild::Alone(other) => (
                format!("{what} needs {other}, which nothing installs"),
                format!("the wheel on the index does not contain {other}"),
            ),
        };
        let diagnostic = match fault {
            UnusableBuild::Platform | UnusableBuild::Version(_) | UnusableBuild::Source => {
                Diagnostic::error(codes::INDEX_BUILD, message)
            }
            UnusableBuild::Any | UnusableBuild::Alone(_) => Diagnostic::warning(codes::INDEX_BUILD, message),
        };
        let packages = wording::code(format!("packages {{ {name} }}"));
        let help = if !self.is_available(package) {
            "the catalogue has no build for this target either; if you have a wheel, use its URL: \
                `NAME @ https://…`"
                .to_owned()
        } else if self.main {
            format!("request it in {packages}: pip is then constrained to that build")
        } else {
            format!(
                "request it in {packages}, in the main environment, or use the URL of a wheel: \
                    `NAME @ https://…`"
            )
        };
        log.report(diagnostic.at(self.spec.span, label).help(help));
    }

    /// Whether a package or any of its requirements depends on the host's driver.
    fn needs_gpu(&self, package: &'a Package, seen: &mut BTreeSet<&'a Name>) -> bool {
        if !seen.insert(&package.name.value) {
            return false;
        }
        if package.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest) {
            return true;
        }
        let entries = package.versions.iter().flat_map(|entry| &entry.requires);
        let all = package
            .requires
            .iter()
            .chain(entries)
            .filter(|one| matches!(one.stage, RequireStage::Run | RequireStage::Choose));
        let names: BTreeSet<&Name> = all.map(|one| &one.name.value).collect();
        names
            .into_iter()
            .filter_map(|name| self.inputs.catalog.package(name.as_str()))
            .any(|other| self.needs_gpu(other, seen))
    }

    /// Whether another package of the same choice, with the same distribution, uses the GPU.
    fn has_other_with_gpu(&self, package: &Package) -> bool {
        let Some(choice) = &package.choice else { return false };
        self.known.iter().copied().any(|other| {
            other.choice.as_ref().is_some_and(|one| one.value == choice.value)
                && other.dists.iter().any(|dist| normalised_name(&dist.value.name.text) == self.name)
                && self.needs_gpu(other, &mut BTreeSet::new())
        })
    }

    /// Whether a guard can hold with the default options of the package.
    fn can_hold_by_default(&self, package: &Package, guard: &Guard) -> bool {
        let options = package.options.iter().map(|one| (one.key.value.clone(), one.default.value.clone()));
        let options: BTreeMap<Name, PackedText> = options.collect();
        let variant = package.variants.iter().find(|one| one.default).map(|one| &one.name.value);
        guard.open(&self.inputs.resolution.target.fixed(&options, variant)).is_some() && self.can_hold(guard)
    }

    fn can_hold(&self, guard: &Guard) -> bool {
        guard.all.iter().all(|condition| match condition {
            Condition::Is { name, requirement } => self.holds(name, requirement) != Some(false),
            Condition::Without(name) => !self.inputs.resolution.chosen.contains_key(&name.value),
            Condition::Option { .. } | Condition::Variant(_) => true,
        })
    }

    fn all_hold<'r>(&self, mut requires: impl Iterator<Item = &'r Require>) -> bool {
        requires.all(|one| {
            let holds = || {
                if self.is_undecided(one) {
                    self.is_possible(&one.name, &one.requirement)
                } else {
                    self.holds(&one.name, &one.requirement)
                }
            };
            self.can_hold(&one.guard).then(holds).flatten() != Some(false)
        })
    }

    /// Whether the version of a required axis is not decided in this environment: wheels of a separate
    /// environment may contain another CUDA, and a driver that the manifest does not state may be newer.
    fn is_undecided(&self, require: &Require) -> bool {
        let name = &require.name.value;
        let Some(axis) = self.inputs.catalog.package(name.as_str()).filter(|one| one.axis.is_some()) else {
            return false;
        };
        if axis.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest) {
            return self.inputs.project.target.axes.iter().all(|one| one.axis.value != *name);
        }
        let chosen = &self.inputs.resolution.chosen;
        let is_installed = chosen.contains_key(name);
        let in_wheels = || chosen.values().any(|one| one.requires.iter().any(|(other, _)| other == name));
        let is_decided = match require.stage {
            RequireStage::Choose => self.main && (is_installed || in_wheels()),
            RequireStage::Build | RequireStage::Run | RequireStage::Test => is_installed,
        };
        !axis.install.steps.is_empty() && !is_decided
    }

    /// Whether the target meets a requirement; `None` if the resolution does not decide it.
    fn holds(&self, name: &Name, requirement: &Requirement) -> Option<bool> {
        let resolution = self.inputs.resolution;
        let target = &resolution.target;
        let word = |value: &str| requirement.is_any() || requirement.names().any(|word| word == value);
        match name.as_str() {
            "platform" => Some(word(target.platform.as_str())),
            "arch" => Some(word(target.arch.as_str())),
            "sm" if target.sm.is_empty() => None,
            "sm" => Some(target.sm.iter().all(|sm| requirement.matches(sm))),
            _ => match resolution.axes.get(name) {
                Some(version) => Some(requirement.matches(version)),
                None => self.is_possible(name, requirement),
            },
        }
    }

    /// Whether an undecided axis has a version that meets the requirement and is possible on this target,
    /// such as a CUDA that the driver supports.
    fn is_possible(&self, name: &Name, requirement: &Requirement) -> Option<bool> {
        let axis = self.inputs.catalog.package(name.as_str()).filter(|package| package.axis.is_some())?;
        // The distribution is decided: it is another one.
        if axis.is_distribution() {
            return Some(false);
        }
        if axis.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest) {
            return None;
        }
        let mut admitted = axis.versions.iter().filter(|entry| requirement.matches(&entry.version.value));
        (!axis.versions.is_empty()).then(|| admitted.any(|entry| self.all_hold(entry.requires.iter())))
    }
}

/// Why a build on the index is unusable or doubtful.
enum UnusableBuild {
    /// The index has only its source, which must be compiled with a toolkit.
    Source,
    /// There is none for this platform.
    Platform,
    /// The newest version that the requirement admits does not run on this target.
    Version(Version),
    /// It may be any build, while the catalogue has one for this target.
    Any,
    /// A package that it needs is not installed.
    Alone(Name),
}
