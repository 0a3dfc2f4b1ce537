//! Assembles the plan of a target from its stages.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Log, Reported};
use crate::manifest::Installer;
use crate::resolve::ChosenBase;
use crate::value::{Name, Parse, Url};

use super::final_stage::FinalContext;
use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStepKind, ThirdPartyArchive};
use super::python::Python;
use super::stage_packages::{self, Layer};
use super::steps::{Downloads, FetchedFiles, StepContext};
use super::weight::Layers;
use super::{
    Check, From, Instruction, OutputFiles, PipIndex, PipTools, Plan, Stage, StageName, Why, archives, build,
    checks, closure, constraints, downloads, final_stage, graph, head, helpers, layer_count, lints, notes,
    size, sources, test, user,
};

/// 1980-01-01, the earliest date that a zip file, and so a wheel, can contain.
const BUILD_TIME: &str = "315532800";

/// Plans one target.
///
/// # Errors
/// A problem was reported: invalid values of templates, files that two packages write, archives with the same
/// name, or values that a Dockerfile cannot contain.
pub fn plan(inputs: Inputs<'_>, log: &mut Log) -> Result<Plan, Reported> {
    let plans = PackagePlans::new(inputs, log);
    let users = sources::of_user(inputs, log);
    let all_sources = sources::all(&plans, &users, log);
    let python = python(&plans);
    checks::check(&plans, log);
    let checks = test::checks(&plans);
    let pins = plans.constraints(log);
    let layers = Layers::new(&plans, &pins);
    let context = FinalContext {
        plans: &plans,
        python: python.as_ref(),
        layers: &layers,
        makes_environment: python.is_some() && final_stage::makes_environment(inputs, &layers),
        sources: &users,
        exact: !pins.is_empty(),
        constrained: python.is_some() && (!pins.is_empty() || super::python::has_constraints(inputs)),
    };
    let mut stages = stages(context, &all_sources, &checks);
    let mut environments = closure::environments(&plans, &layers, &pins, &stages);
    let locked = closure::judge(inputs, &mut environments, log);
    closure::apply(&environments, &locked.used, &mut stages);
    let constraints = constraints::add(&plans, &layers, &pins, &mut stages);
    let fetches = downloads::fetches(&plans, &stages, &locked, log);
    let layers = layer_count::count(inputs, &stages, log);
    lints::check(inputs, &stages, python.is_some(), log);
    lints::replaced_paths(&plans, log);
    let plan = Plan {
        head: head::head(inputs),
        frontend: inputs.project.output.frontend.as_ref().map(|image| image.value.clone()),
        cache_key: cache_key(inputs),
        stages,
        pip: pip_tools(&plans),
        constraints,
        environments,
        locked,
        keys: helpers::key_texts(&all_sources),
        driver_libraries: test::driver_libraries(&plans, &checks),
        checks,
        support: OutputFiles::of(inputs.project).support,
        secrets: inputs.project.build.secrets.clone(),
        apt_cache: inputs.project.cache.apt,
        fetches,
        layers,
        size: size::sum(inputs, log),
        tests: test::running(&plans),
        notes: notes::of_packages(inputs),
        epoch: inputs.resolution.epoch,
    };
    log.checkpoint()?;
    Ok(plan)
}

fn stages(context: FinalContext<'_>, sources: &[(ThirdPartyArchive, Why)], checks: &[Check]) -> Vec<Stage> {
    let plans = context.plans;
    let inputs = plans.inputs;
    let fallback = Python { system: false, uv: None, ships: false, ..python_settings(inputs) };
    let python = context.python.unwrap_or(&fallback);
    let mut stages = Vec::new();
    let here = plans.platform_on(&inputs.resolution.base);
    stages.push(platform(plans, python, &inputs.resolution.base, ("base", &here)));
    if plans.toolkit().is_used(plans) {
        stages.push(devel(plans, python));
    }
    for plan in plans.all() {
        stages.extend(helpers::fetch(plan));
        if !plan.platform {
            stages.extend(helpers::files(plan, &python.place()));
        }
        if plan.is_built() {
            stages.push(build::stage(plan, plans, python));
        }
    }
    if let Some(python) = context.python.filter(|_| !context.makes_environment) {
        stages.push(Stage {
            name: StageName::fixed("python"),
            from: From::Stage(StageName::fixed("base")),
            why: Why::default(),
            blocks: python.layered(context.layers),
        });
    }
    let separate = python_settings(inputs);
    stages.extend(inputs.project.pip.venvs.iter().map(|venv| separate.venv_stage(plans, venv)));
    stages.extend(user::project(inputs));
    stages.extend(final_stage::stages(context));
    stages.extend(test::stage(plans, python, checks));
    stages.extend(test::dev(plans, python));
    let keys = helpers::keys(&helpers::used(sources, &stages), inputs.resolution.base.image.clone());
    stages.splice(0..0, keys);
    helpers::remove_unused_downloads(&mut stages);
    for run in stages.iter_mut().flat_map(|stage| &mut stage.blocks).flat_map(|block| &mut block.instructions)
    {
        if let Instruction::Run(run) = run {
            run.isolate();
        }
    }
    let taken: BTreeSet<StageName> = stages.iter().flat_map(graph::dependencies).collect();
    stages.retain(|stage| !stage.name.as_str().starts_with("fetch-") || taken.contains(&stage.name));
    merge_only_child("base", merge_only_child("devel", graph::ordered(stages)))
}

/// Merges the named stage into the stage that starts from it, if there is exactly one.
fn merge_only_child(name: &'static str, mut stages: Vec<Stage>) -> Vec<Stage> {
    let on_it = |stage: &Stage| stage.from == From::Stage(StageName::fixed(name));
    let Some(at) = stages.iter().position(|stage| stage.name.as_str() == name) else { return stages };
    let mut above = stages.iter().enumerate().filter(|(_, stage)| on_it(stage)).map(|(above, _)| above);
    if let (Some(above), None) = (above.next(), above.next()) {
        let base = stages[at].clone();
        let stage = &mut stages[above];
        stage.from = base.from;
        // The only stage of a file needs no comment.
        if stage.name.as_str() == "final" {
            stage.why = Why::default();
        }
        stage.blocks = base.blocks.into_iter().chain(std::mem::take(&mut stage.blocks)).collect();
        stages.remove(at);
    }
    stages
}

/// Returns the stage for builds that compile against a toolkit: the development image if the toolkit uses it,
/// or else the base image with the packages that the builds need.
fn devel(plans: &PackagePlans<'_>, python: &Python) -> Stage {
    let toolkit = plans.toolkit();
    if let Some(image) = plans.inputs.resolution.devel.as_ref().filter(|_| toolkit.has_image()) {
        let others = plans.platform_on(image);
        let others =
            others.into_iter().filter(|plan| toolkit.plans().iter().all(|own| own.name != plan.name));
        let used = build::platform_used(plans, python);
        let others = others.filter(|plan| used.contains(&plan.name));
        let mut here: Vec<&PackagePlan> = others.chain(toolkit.plans()).collect();
        let order = &plans.inputs.resolution.order;
        here.sort_by_key(|plan| order.iter().position(|name| *name == plan.name));
        return platform(plans, python, image, ("devel", &here));
    }
    let here: Vec<&PackagePlan> = toolkit.plans().iter().collect();
    let mut defined: BTreeSet<String> =
        plans.inputs.resolution.base.env.iter().map(ToString::to_string).collect();
    for plan in plans.platform() {
        stage_packages::environment(plan, &mut defined);
    }
    let layer = Layer {
        plans: &here,
        title: "Build dependencies of all packages",
        built: &[],
        direct: &[],
        more: &[],
        defined: &defined,
        archives: &archives::present(plans, "base"),
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

/// Returns the stage of a base image with the packages of the platform that the image lacks.
fn platform(
    plans: &PackagePlans<'_>,
    python: &Python,
    base: &ChosenBase,
    (name, here): (&'static str, &[&PackagePlan]),
) -> Stage {
    let place = StepContext { files: FetchedFiles::Here, downloads: Downloads::Mounted, ..python.place() };
    let https = sources::needs_certificates(plans);
    let certificates: Vec<_> =
        https.then(|| Parse::parse("ca-certificates").expect("it is a package's name")).into_iter().collect();
    let defined = base.env.iter().map(ToString::to_string).collect();
    let layer = Layer {
        plans: here,
        title: stage_packages::PLATFORM,
        built: &[],
        direct: &[],
        more: &certificates,
        defined: &defined,
        archives: &archives::of_image(plans.inputs, base),
    };
    let mut blocks = sources::snapshot(plans.inputs).into_iter().collect::<Vec<_>>();
    let utf8 = vec![(super::steps::variable("LANG"), "C.UTF-8".to_owned())];
    // Builds without Python do not need `LANG`.
    if name == "base" || here.iter().any(|plan| plan.is_python()) || build::python_on_toolkit(plans, python) {
        blocks.push(super::Block { why: Why::default(), instructions: vec![Instruction::Env(utf8)] });
    }
    if python.ships || plans.all().any(PackagePlan::is_built) {
        let (name, default) = (super::steps::variable("SOURCE_DATE_EPOCH"), Some(BUILD_TIME.to_owned()));
        blocks.push(super::Block {
            why: Why::default(),
            instructions: vec![Instruction::Arg { name, default }],
        });
    }
    blocks.extend(layer.blocks(&place));
    let what = if name == "base" { "" } else { "The base image with compilers and headers" };
    let asked = base.asked.map_or_else(|| Why::new(what), |span| plans.inputs.why(what, span));
    Stage { name: StageName::fixed(name), from: From::Image(base.image.clone()), why: asked, blocks }
}

/// Returns the settings of the main Python environment; `None` if nothing is installed into it.
fn python(plans: &PackagePlans<'_>) -> Option<Python> {
    let inputs = plans.inputs;
    let pip = &inputs.project.pip;
    let app = inputs.project.app.as_ref().is_some_and(|app| !app.requirements.is_empty());
    let packages = plans.shipped_with_platform().iter().any(|plan| plan.is_python());
    let asked = app || !pip.install.is_empty() || !pip.requirements.is_empty();
    (packages || asked).then(|| Python { system: sees_system(inputs), ..python_settings(inputs) })
}

/// Returns the interpreter and the build tools, whose versions are in the definition of Python.
fn python_settings(inputs: Inputs<'_>) -> Python {
    let value = |key: &str| {
        let version = inputs.resolution.axes.iter().find(|(name, _)| name.as_str() == "python")?.1;
        let entries = &inputs.catalog.package("python")?.versions;
        let entries = entries.iter().filter(|entry| entry.version.value == *version);
        entries
            .filter_map(|entry| entry.values.get(key))
            .find(|value| value.is_plain())
            .map(|value| value.text.to_string())
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

/// Returns `python3.10`, the name in all distributions; `python3` if the version is unknown.
fn interpreter(inputs: Inputs<'_>) -> String {
    let known = inputs.resolution.axes.iter().find(|(name, _)| name.as_str() == "python");
    known.map_or_else(
        || "python3".to_owned(),
        |(_, version)| format!("python{}.{}", version.major(), version.minor()),
    )
}

/// Whether the environment must see the system's modules: a chosen package installs its modules there, or the
/// base image provides a Python package.
fn sees_system(inputs: Inputs<'_>) -> bool {
    inputs.resolution.chosen.iter().any(|(name, chosen)| {
        let Some(view) = inputs.view(name) else { return false };
        view.package.system_site_packages
            || (chosen.provided && view.applicable(&view.package.dists).next().is_some())
    })
}

/// Returns the settings that all pip steps share.
fn pip_tools(plans: &PackagePlans<'_>) -> PipTools {
    let inputs = plans.inputs;
    let mut indexes: BTreeMap<String, Url> = BTreeMap::new();
    for plan in plans.all() {
        for step in plan.build.iter().chain(&plan.install) {
            if let PackageStepKind::Pip { index: Some(PipIndex { name, url }), .. } = &step.kind {
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

/// Returns the prefix of cache ids. Caches must not be shared between distributions, releases or
/// architectures.
fn cache_key(inputs: Inputs<'_>) -> String {
    let resolution = inputs.resolution;
    let distribution = |name: &Name| resolution.base.provides.get(name).or_else(|| resolution.axes.get(name));
    let known = ["ubuntu", "debian"].iter().find_map(|word| {
        let name: Name = Parse::parse(word).expect("it is a name");
        distribution(&name).map(|version| format!("{name}{version}"))
    });
    format!("{}-{}", known.unwrap_or_else(|| "other".to_owned()), resolution.target.arch)
}
