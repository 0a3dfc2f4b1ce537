//! All stages of a target, in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Log, Reported};
use crate::manifest::Installer;
use crate::resolve::ChosenBase;
use crate::value::{Name, Parse, Url};

use super::final_stage::Around;
use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStepKind, ThirdPartyArchive};
use super::python::Python;
use super::stage_packages::{self, Layer};
use super::steps::{Downloads, FetchedFiles, StepContext};
use super::weight::Layers;
use super::{
    Check, From, Instruction, OutputFiles, PipIndex, PipTools, Plan, Stage, StageName, Why, archives, build,
    checks, constraints, downloads, final_stage, graph, head, helpers, layer_count, lints, notes, size,
    sources, test,
};

/// 1980-01-01, the first day that a zip file, and so a wheel, can name.
const BUILD_TIME: &str = "315532800";

/// Plans one target.
///
/// # Errors
/// Templates that come to nothing sensible, files that two packages write, archives that clash, what no Dockerfile can
/// carry: all of it is reported.
pub fn plan(inputs: Inputs<'_>, log: &mut Log) -> Result<Plan, Reported> {
    let parts = PackagePlans::new(inputs, log);
    let users = sources::of_user(inputs, log);
    let all_sources = sources::all(&parts, &users, log);
    let python = python(&parts);
    checks::check(&parts, log);
    let checks = test::checks(&parts);
    let held = parts.constraints(log);
    let layers = Layers::new(&parts, &held);
    let around = Around {
        parts: &parts,
        python: python.as_ref(),
        layers: &layers,
        makes_environment: python.is_some() && final_stage::makes_environment(inputs, &layers),
        sources: &users,
        exact: !held.is_empty(),
        constrained: python.is_some() && (!held.is_empty() || super::python::holds(inputs)),
    };
    let mut stages = stages(around, &all_sources, &checks);
    let constraints = constraints::add(&parts, &layers, &held, &mut stages);
    let fetches = downloads::fetches(&parts, &stages, log);
    let layers = layer_count::count(inputs, &stages, log);
    lints::check(inputs, &stages, python.is_some(), log);
    let plan = Plan {
        head: head::head(inputs),
        frontend: inputs.project.output.frontend.as_ref().map(|image| image.value.clone()),
        cache_key: cache_key(inputs),
        stages,
        pip: pip_tools(&parts),
        constraints,
        keys: helpers::key_texts(&all_sources),
        driver_libraries: test::driver_libraries(&parts, &checks),
        checks,
        support: OutputFiles::of(inputs.project).support,
        secrets: inputs.project.build.secrets.clone(),
        apt_cache: inputs.project.cache.apt,
        fetches,
        layers,
        size: size::sum(inputs, log),
        tests: test::running(&parts),
        notes: notes::of_packages(inputs),
        epoch: inputs.resolution.epoch,
    };
    log.checkpoint()?;
    Ok(plan)
}

fn stages(around: Around<'_>, sources: &[(ThirdPartyArchive, Why)], checks: &[Check]) -> Vec<Stage> {
    let parts = around.parts;
    let inputs = parts.inputs;
    let fallback = Python { system: false, uv: None, ships: false, ..helpers_of(inputs) };
    let python = around.python.unwrap_or(&fallback);
    let mut stages = Vec::new();
    stages.extend(helpers::keys(sources, From::Image(inputs.resolution.base.image.clone())));
    let here = parts.platform_on(&inputs.resolution.base);
    stages.push(platform(parts, python, &inputs.resolution.base, ("base", &here)));
    if parts.toolkit().is_used(parts) {
        stages.push(devel(parts, python));
    }
    for part in parts.all() {
        stages.extend(helpers::fetch(part));
        if !part.platform {
            stages.extend(helpers::files(part, &python.place()));
        }
        if part.is_built() {
            stages.push(build::stage(part, parts, python));
        }
    }
    if let Some(python) = around.python.filter(|_| !around.makes_environment) {
        stages.push(Stage {
            name: StageName::fixed("python"),
            from: From::Stage(StageName::fixed("base")),
            why: Why::default(),
            blocks: python.layered(around.layers),
        });
    }
    let apart = helpers_of(inputs);
    stages.extend(inputs.project.pip.venvs.iter().map(|venv| apart.apart(parts, venv)));
    stages.extend(final_stage::stages(around));
    stages.extend(test::stage(parts, python, checks));
    stages.extend(test::dev(parts, python));
    let taken: BTreeSet<StageName> = stages.iter().flat_map(graph::takes).collect();
    stages.retain(|stage| !stage.name.as_str().starts_with("fetch-") || taken.contains(&stage.name));
    without("base", without("devel", graph::ordered(stages)))
}

/// One stage where a single one starts from the stage of that name.
fn without(name: &'static str, mut stages: Vec<Stage>) -> Vec<Stage> {
    let on_base = |stage: &Stage| stage.from == From::Stage(StageName::fixed(name));
    let Some(at) = stages.iter().position(|stage| stage.name.as_str() == name) else { return stages };
    let mut above = stages.iter().enumerate().filter(|(_, stage)| on_base(stage)).map(|(above, _)| above);
    if let (Some(above), None) = (above.next(), above.next()) {
        let base = stages[at].clone();
        let stage = &mut stages[above];
        stage.from = base.from;
        // The only stage of a file needs no word on what it is.
        if stage.name.as_str() == "final" {
            stage.why = Why::default();
        }
        stage.blocks = base.blocks.into_iter().chain(std::mem::take(&mut stage.blocks)).collect();
        stages.remove(at);
    }
    stages
}

/// The stage of builds that compile against a toolkit: the image for that where it is of use, else the base with what
/// they need.
fn devel(parts: &PackagePlans<'_>, python: &Python) -> Stage {
    let toolkit = parts.toolkit();
    if let Some(image) = parts.inputs.resolution.devel.as_ref().filter(|_| toolkit.has_image()) {
        let others = parts.platform_on(image);
        let others =
            others.into_iter().filter(|part| toolkit.parts().iter().all(|own| own.name != part.name));
        let used = build::platform_used(parts, python);
        let others = others.filter(|part| used.contains(&part.name));
        let mut here: Vec<&PackagePlan> = others.chain(toolkit.parts()).collect();
        let order = &parts.inputs.resolution.order;
        here.sort_by_key(|part| order.iter().position(|name| *name == part.name));
        return platform(parts, python, image, ("devel", &here));
    }
    let here: Vec<&PackagePlan> = toolkit.parts().iter().collect();
    let mut defined: BTreeSet<String> = parts.inputs.resolution.base.env.iter().cloned().collect();
    for part in parts.platform() {
        stage_packages::environment(part, &mut defined);
    }
    let layer = Layer {
        parts: &here,
        title: "Build dependencies of all packages",
        built: &[],
        direct: &[],
        more: &[],
        defined: &defined,
        held: &archives::held(parts, "base"),
    };
    Stage {
        name: StageName::fixed("devel"),
        from: From::Stage(StageName::fixed("base")),
        why: Why::new("The base image with compilers and headers"),
        blocks: layer.blocks(&StepContext {
            files: FetchedFiles::Here,
            downloads: Downloads::Mounted,
            ..python.place()
        }),
    }
}

/// The image that everything stands on, with what the platform lacks in it.
fn platform(
    parts: &PackagePlans<'_>,
    python: &Python,
    base: &ChosenBase,
    (name, here): (&'static str, &[&PackagePlan]),
) -> Stage {
    let place = StepContext { files: FetchedFiles::Here, downloads: Downloads::Mounted, ..python.place() };
    let https = sources::need_certificates(parts);
    let certificates: Vec<_> =
        https.then(|| Parse::parse("ca-certificates").expect("it is a package's name")).into_iter().collect();
    let defined = base.env.iter().cloned().collect();
    let layer = Layer {
        parts: here,
        title: stage_packages::PLATFORM,
        built: &[],
        direct: &[],
        more: &certificates,
        defined: &defined,
        held: &archives::of_image(parts.inputs, base),
    };
    let mut blocks = sources::snapshot(parts.inputs).into_iter().collect::<Vec<_>>();
    let utf8 = vec![(super::steps::variable("LANG"), "C.UTF-8".to_owned())];
    // Builds that no Python takes part in do without.
    if name == "base" || here.iter().any(|part| part.is_python()) || build::python_on_toolkit(parts, python) {
        blocks.push(super::Block { why: Why::default(), instructions: vec![Instruction::Env(utf8)] });
    }
    if python.ships || parts.all().any(PackagePlan::is_built) {
        let (name, default) = (super::steps::variable("SOURCE_DATE_EPOCH"), Some(BUILD_TIME.to_owned()));
        blocks.push(super::Block {
            why: Why::default(),
            instructions: vec![Instruction::Arg { name, default }],
        });
    }
    blocks.extend(layer.blocks(&place));
    let what = if name == "base" { "" } else { "The base image with compilers and headers" };
    let asked = base.asked.map_or_else(|| Why::new(what), |span| parts.inputs.why(what, span));
    Stage { name: StageName::fixed(name), from: From::Image(base.image.clone()), why: asked, blocks }
}

/// Where anything goes into a Python environment: how it is made.
fn python(parts: &PackagePlans<'_>) -> Option<Python> {
    let inputs = parts.inputs;
    let pip = &inputs.project.pip;
    let app = inputs.project.app.as_ref().is_some_and(|app| !app.requirements.is_empty());
    let packages = parts.shipped_with_platform().iter().any(|part| part.is_python());
    let asked = app || !pip.install.is_empty() || !pip.requirements.is_empty();
    (packages || asked).then(|| Python { system: sees_system(inputs), ..helpers_of(inputs) })
}

/// The interpreter, and the versions of what is put beside pip: the definition of Python holds them.
fn helpers_of(inputs: Inputs<'_>) -> Python {
    let value = |key: &str| {
        let version = inputs.resolution.axes.iter().find(|(name, _)| name.as_str() == "python")?.1;
        let entries = &inputs.catalog.package("python")?.versions;
        let held = entries.iter().filter(|entry| entry.version.value == *version);
        held.filter_map(|entry| entry.values.get(key))
            .find(|value| value.is_plain())
            .map(|value| value.text.clone())
    };
    let uv = inputs.project.pip.installer.is_some_and(|installer| installer.value == Installer::Uv);
    let tools = value("build_tools").unwrap_or_else(|| "setuptools wheel".to_owned());
    Python {
        interpreter: interpreter(inputs),
        system: false,
        uv: uv.then(|| value("installer").unwrap_or_else(|| "uv".to_owned())),
        tools: tools.split_whitespace().map(str::to_owned).collect(),
        ships: true,
    }
}

/// `python3.10`, as every distribution names it; `python3` where no version is known.
fn interpreter(inputs: Inputs<'_>) -> String {
    let known = inputs.resolution.axes.iter().find(|(name, _)| name.as_str() == "python");
    known.map_or_else(
        || "python3".to_owned(),
        |(_, version)| format!("python{}.{}", version.major(), version.minor()),
    )
}

/// Whether modules of the distribution's folders, or of the base's, are part of what was resolved.
fn sees_system(inputs: Inputs<'_>) -> bool {
    inputs.resolution.chosen.iter().any(|(name, chosen)| {
        let Some(view) = inputs.view(name) else { return false };
        view.package.system_site_packages
            || (chosen.provided && view.held(&view.package.dists).next().is_some())
    })
}

/// What all pip steps have in common.
fn pip_tools(parts: &PackagePlans<'_>) -> PipTools {
    let inputs = parts.inputs;
    let mut indexes: BTreeMap<String, Url> = BTreeMap::new();
    for part in parts.all() {
        for act in part.build.iter().chain(&part.install) {
            if let PackageStepKind::Pip { index: Some(PipIndex { name, url }), .. } = &act.kind {
                indexes.insert(name.clone(), url.clone());
            }
        }
    }
    PipTools {
        default_index: inputs.project.pip.index.as_ref().map(|url| PipIndex::of(url.value.clone())),
        indexes: indexes.into_iter().map(|(name, url)| PipIndex { name, url }).collect(),
        cache: inputs.project.cache.pip,
    }
}

/// The distribution with its release, and the architecture: caches of another would do harm.
fn cache_key(inputs: Inputs<'_>) -> String {
    let resolution = inputs.resolution;
    let distribution = |name: &Name| resolution.base.provides.get(name).or_else(|| resolution.axes.get(name));
    let known = ["ubuntu", "debian"].iter().find_map(|word| {
        let name: Name = Parse::parse(word).expect("it is a name");
        distribution(&name).map(|version| format!("{name}{version}"))
    });
    format!("{}-{}", known.unwrap_or_else(|| "other".to_owned()), resolution.target.arch)
}
