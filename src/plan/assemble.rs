//! All stages of a target, in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Log, Told};
use crate::manifest::Installer;
use crate::resolve::ChosenBase;
use crate::value::{Name, Parse, Url};

use super::act::{ActKind, Part, Source};
use super::layer::{self, Layer};
use super::parts::Parts;
use super::python::Python;
use super::ship::Around;
use super::steps::{Files, Place};
use super::view::Inputs;
use super::{
    From, Instruction, PipIndex, PipTools, Plan, Stage, StageName, Why, archives, build, checks, fetched,
    graph, head, helpers, layers, lints, notes, ship, size, sources, test,
};

/// Plans one target.
///
/// # Errors
/// Templates that come to nothing sensible, files that two packages write, archives that clash, what no Dockerfile can
/// carry: all of it is told.
pub fn plan(inputs: Inputs<'_>, log: &mut Log) -> Result<Plan, Told> {
    let parts = Parts::new(inputs, log);
    let users = sources::of_user(inputs, log);
    let all_sources = sources::all(&parts, &users, log);
    let pip = pip_tools(&parts, log);
    let python = python(&parts);
    checks::check(&parts, log);
    let around = Around {
        parts: &parts,
        python: python.as_ref(),
        sources: &users,
        constrained: python.is_some() && !(pip.constraints.is_empty() && pip.pinned.is_empty()),
    };
    let stages = stages(around, &all_sources, &pip);
    let fetches = fetched::fetches(&parts, &stages, log);
    let layers = layers::count(inputs, &stages, log);
    lints::check(inputs, &stages, python.is_some(), log);
    let plan = Plan {
        head: head::head(inputs),
        frontend: inputs.project.output.frontend.as_ref().map(|image| image.value.clone()),
        cache_key: cache_key(inputs),
        stages,
        pip,
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

fn stages(around: Around<'_>, sources: &[(Source, Why)], pip: &PipTools) -> Vec<Stage> {
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
    if let Some(python) = around.python {
        stages.push(Stage {
            name: StageName::fixed("python"),
            from: From::Stage(StageName::fixed("base")),
            why: Why::default(),
            blocks: python.blocks(&parts.shipped_with_platform()),
        });
        stages.extend(inputs.project.pip.venvs.iter().map(|venv| python.apart(parts, venv)));
    }
    stages.extend(ship::stages(around));
    stages.extend(test::stage(parts, python));
    stages.extend(test::dev(parts, python));
    if let Some(tools) = helpers::tools(&stages, inputs.project.cache.apt, pip) {
        stages.insert(0, tools);
    }
    graph::ordered(stages)
}

/// The stage of builds that compile against a toolkit: the image for that where it is of use, else the base with what
/// they need.
fn devel(parts: &Parts<'_>, python: &Python) -> Stage {
    let toolkit = parts.toolkit();
    if let Some(image) = parts.inputs.resolution.devel.as_ref().filter(|_| toolkit.has_image()) {
        let others = parts.platform_on(image);
        let others =
            others.into_iter().filter(|part| toolkit.parts().iter().all(|own| own.name != part.name));
        let mut here: Vec<&Part> = others.chain(toolkit.parts()).collect();
        let order = &parts.inputs.resolution.order;
        here.sort_by_key(|part| order.iter().position(|name| *name == part.name));
        return platform(parts, python, image, ("devel", &here));
    }
    let here: Vec<&Part> = toolkit.parts().iter().collect();
    let mut defined: BTreeSet<String> = parts.inputs.resolution.base.env.iter().cloned().collect();
    for part in parts.platform() {
        layer::environment(part, &mut defined);
    }
    let layer = Layer {
        parts: &here,
        title: "What builds compile against",
        built: &[],
        direct: &[],
        more: &[],
        defined: &defined,
        held: &archives::held(parts, "base"),
    };
    Stage {
        name: StageName::fixed("devel"),
        from: From::Stage(StageName::fixed("base")),
        why: Why::new("The same with compilers and headers"),
        blocks: layer.blocks(&Place { files: Files::Here, ..python.place() }),
    }
}

/// The image that everything stands on, with what the platform lacks in it.
fn platform(
    parts: &Parts<'_>,
    python: &Python,
    base: &ChosenBase,
    (name, here): (&'static str, &[&Part]),
) -> Stage {
    let place = Place { files: Files::Here, ..python.place() };
    let https = sources::need_certificates(parts);
    let certificates: Vec<_> =
        https.then(|| Parse::parse("ca-certificates").expect("it is a package's name")).into_iter().collect();
    let defined = base.env.iter().cloned().collect();
    let layer = Layer {
        parts: here,
        title: "What the platform needs",
        built: &[],
        direct: &[],
        more: &certificates,
        defined: &defined,
        held: &archives::of_image(parts.inputs, base),
    };
    let mut blocks = sources::snapshot(parts.inputs).into_iter().collect::<Vec<_>>();
    let utf8 = vec![(super::steps::variable("LANG"), "C.UTF-8".to_owned())];
    blocks.push(super::Block { why: Why::default(), instructions: vec![Instruction::Env(utf8)] });
    blocks.extend(layer.blocks(&place));
    blocks.extend(layer::linker(here.iter().any(|part| part.links_early())));
    let what =
        if name == "base" { "What every stage stands on" } else { "The same with compilers and headers" };
    let asked = base.asked.map_or_else(|| Why::new(what), |span| parts.inputs.why(what, span));
    Stage { name: StageName::fixed(name), from: From::Image(base.image.clone()), why: asked, blocks }
}

/// Where anything goes into a Python environment: how it is made.
fn python(parts: &Parts<'_>) -> Option<Python> {
    let inputs = parts.inputs;
    let pip = &inputs.project.pip;
    let app = inputs.project.app.as_ref().is_some_and(|app| !app.requirements.is_empty());
    let packages = parts.shipped_with_platform().iter().any(|part| part.is_python());
    let asked = app || !pip.install.is_empty() || !pip.requirements.is_empty() || !pip.venvs.is_empty();
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

/// What every pip call is told.
fn pip_tools(parts: &Parts<'_>, log: &mut Log) -> PipTools {
    let inputs = parts.inputs;
    let mut indexes: BTreeMap<String, Url> = BTreeMap::new();
    for part in parts.all() {
        for act in part.build.iter().chain(&part.install) {
            if let ActKind::Pip { index: Some(PipIndex { name, url }), .. } = &act.kind {
                indexes.insert(name.clone(), url.clone());
            }
        }
    }
    PipTools {
        constraints: parts.constraints(log),
        pinned: super::python::pinned(inputs),
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
