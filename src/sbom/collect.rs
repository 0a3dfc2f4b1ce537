//! Collects the components of an image.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, Package};
use crate::manifest::Project;
use crate::plan::{FetchKind, Fetched, From, Instruction, Plan, StageName};
use crate::resolve::{Chosen, ChosenKind, Resolution};
use crate::value::{AptPackage, Parse, PepOp, PepRequirement, Sha256, normalised_name};

use super::purl;

/// One target, compiled.
#[derive(Clone, Copy)]
pub struct BomInputs<'a> {
    pub project: &'a Project,
    pub resolution: &'a Resolution,
    pub plan: &'a Plan,
    pub catalog: &'a Catalog,
}

/// The bill of materials of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bom {
    /// The image: `perception`.
    pub name: String,
    pub version: String,
    pub target: String,
    /// `SOURCE_DATE_EPOCH`, seconds.
    pub epoch: u64,
    /// Sorted by id, which is unique.
    pub components: Vec<Component>,
}

/// One component, with what it requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// `package:vtk`, `pypi:numpy`, `deb:jq`, `image:base`.
    pub id: String,
    pub kind: ComponentKind,
    pub name: String,
    /// `None` if the version is not known before the build.
    pub version: Option<String>,
    /// The package URL (<https://github.com/package-url/purl-spec>).
    pub purl: Option<String>,
    /// An SPDX expression.
    pub license: Option<String>,
    pub homepage: Option<String>,
    pub summary: Option<String>,
    /// Where its files come from, with their hash if it is known.
    pub sources: Vec<(String, Option<Sha256>)>,
    /// Whether it is used in the build only and does not reach the image.
    pub is_build_only: bool,
    /// Ids of the components that it requires, sorted.
    pub requires: Vec<String>,
}

/// The type of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentKind {
    Image,
    Library,
    /// The distribution of the image.
    OperatingSystem,
}

impl Component {
    fn new(id: String, kind: ComponentKind, name: impl Into<String>) -> Self {
        Self {
            id,
            kind,
            name: name.into(),
            version: None,
            purl: None,
            license: None,
            homepage: None,
            summary: None,
            sources: Vec::new(),
            is_build_only: false,
            requires: Vec::new(),
        }
    }
}

/// Collects the base images, the chosen packages, and the Python and system packages that the steps install.
pub fn bom(inputs: BomInputs<'_>) -> Bom {
    let BomInputs { project, resolution, plan, .. } = inputs;
    let mut all: BTreeMap<String, Component> = BTreeMap::new();
    for stage in &plan.stages {
        if let From::Image(image) = &stage.from {
            let id = format!("image:{}", stage.name);
            let mut one = Component::new(id.clone(), ComponentKind::Image, image.repository().to_string());
            one.version = image.digest().map(ToString::to_string).or(image.tag().map(str::to_owned));
            one.purl = Some(purl::image(image));
            one.is_build_only = is_build_stage(&stage.name);
            all.insert(id, one);
        }
    }
    let hashes = hashes(plan);
    for chosen in resolution.chosen.values().filter(|chosen| is_component(chosen, inputs)) {
        let one = package(chosen, inputs, &hashes);
        all.insert(one.id.clone(), one);
    }
    for fetched in &plan.fetches {
        let Some(one) = installed(fetched, inputs) else { continue };
        if let Some(owner) = fetched.package.as_ref().and_then(|name| all.get_mut(&format!("package:{name}")))
        {
            owner.requires.push(one.id.clone());
        }
        let known = all.entry(one.id.clone()).or_insert_with(|| one.clone());
        known.is_build_only &= one.is_build_only;
    }
    let ids: BTreeSet<String> = all.keys().cloned().collect();
    for one in all.values_mut() {
        one.requires.retain(|id| ids.contains(id) && *id != one.id);
        one.requires.sort();
        one.requires.dedup();
    }
    Bom {
        name: project
            .header
            .image
            .as_ref()
            .map_or_else(|| project.header.name.value.to_string(), |image| image.value.to_string()),
        version: project
            .header
            .version
            .as_ref()
            .map_or_else(|| "latest".to_owned(), |version| version.value.to_string()),
        target: resolution.target.name.to_string(),
        epoch: resolution.epoch,
        components: all.into_values().collect(),
    }
}

/// Whether a stage only builds: its image and its packages do not reach the final image.
fn is_build_stage(stage: &StageName) -> bool {
    stage.package().is_some() || stage.as_str() == "keys"
}

/// Axes that name a release are no component; a distribution is.
fn is_component(chosen: &Chosen, inputs: BomInputs<'_>) -> bool {
    let package = inputs.catalog.package(chosen.name.as_str());
    chosen.kind == ChosenKind::Package || package.is_some_and(Package::is_distribution)
}

fn package(chosen: &Chosen, inputs: BomInputs<'_>, hashes: &BTreeMap<&str, &Sha256>) -> Component {
    let definition = inputs.catalog.package(chosen.name.as_str());
    let is_distribution = definition.is_some_and(Package::is_distribution);
    let kind = if is_distribution { ComponentKind::OperatingSystem } else { ComponentKind::Library };
    let mut one = Component::new(format!("package:{}", chosen.name), kind, chosen.name.to_string());
    one.version = Some(chosen.version.to_string()).filter(|version| version != "0");
    one.license = definition.and_then(|definition| definition.license.as_ref().map(ToString::to_string));
    one.homepage = definition.and_then(|definition| definition.homepage.as_ref().map(ToString::to_string));
    one.summary = definition.map(|definition| definition.summary.to_string());
    one.is_build_only = !chosen.needed.run;
    one.requires = chosen.requires.iter().map(|(name, _)| format!("package:{name}")).collect();
    let own = inputs.plan.fetches.iter().filter(|fetched| fetched.package.as_ref() == Some(&chosen.name));
    for fetched in own.filter(|fetched| matches!(fetched.kind, FetchKind::File | FetchKind::Git)) {
        let hash = hashes.get(fetched.what.as_str()).map(|hash| (*hash).clone());
        one.sources.push((fetched.what.clone(), hash));
    }
    one.sources.sort();
    one.sources.dedup();
    one.purl = Some(purl::generic(&one));
    one
}

/// The checksums of files, by URL.
fn hashes(plan: &Plan) -> BTreeMap<&str, &Sha256> {
    let blocks = plan.stages.iter().flat_map(|stage| &stage.blocks);
    let instructions = blocks.flat_map(|block| &block.instructions);
    let fetches = instructions.filter_map(|instruction| match instruction {
        Instruction::Fetch(fetch) => Some((fetch.url.as_str(), fetch.sha256.as_ref()?)),
        _ => None,
    });
    fetches.collect()
}

/// The Python or system package that a fetch installs.
fn installed(fetched: &Fetched, inputs: BomInputs<'_>) -> Option<Component> {
    let mut one = match fetched.kind {
        FetchKind::Pip => {
            let requirement = PepRequirement::parse(&fetched.what).ok()?;
            let name = requirement.normalised_name();
            let mut one = Component::new(format!("pypi:{name}"), ComponentKind::Library, &name);
            one.version = exact(&requirement).or_else(|| constrained(&name, inputs.plan));
            one.purl = Some(purl::pypi(&name, one.version.as_deref()));
            one
        }
        FetchKind::Apt => {
            let package = AptPackage::parse(&fetched.what).ok()?;
            let mut one =
                Component::new(format!("deb:{}", package.name()), ComponentKind::Library, package.name());
            one.version = package.version().filter(|version| !version.contains('*')).map(str::to_owned);
            // With another archive in scope, the vendor of a package is not known.
            let is_distribution = !has_other_archives(inputs.plan, &fetched.stage);
            one.purl = is_distribution.then(|| purl::deb(&package, inputs)).flatten();
            one
        }
        _ => return None,
    };
    one.is_build_only = is_build_stage(&fetched.stage);
    Some(one)
}

/// Whether a stage, or one that it starts from, has an archive besides the distribution's own.
fn has_other_archives(plan: &Plan, stage: &StageName) -> bool {
    let Some(stage) = plan.stage(stage.as_str()) else { return false };
    let mut instructions = stage.blocks.iter().flat_map(|block| &block.instructions);
    instructions.any(|instruction| matches!(instruction, Instruction::AptSource(_)))
        || matches!(&stage.from, From::Stage(parent) if has_other_archives(plan, parent))
}

/// The version of `NAME==VERSION`.
fn exact(requirement: &PepRequirement) -> Option<String> {
    let mut exact = requirement.specifiers().iter().filter(|(op, _)| *op == PepOp::Equal);
    exact.next().map(|(_, version)| version.clone()).filter(|version| !version.contains('*'))
}

/// The version to which a constraints file holds a distribution, if all files agree.
fn constrained(name: &str, plan: &Plan) -> Option<String> {
    let lines = plan.constraints.values().flatten().filter_map(|line| line.split_once("=="));
    let versions: BTreeSet<&str> =
        lines.filter(|(other, _)| normalised_name(other) == name).map(|(_, version)| version).collect();
    versions.first().filter(|_| versions.len() == 1).map(|version| (*version).to_owned())
}
