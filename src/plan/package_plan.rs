//! Every package that something must be done for, in the order of installing.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{self, LibraryTest, Role, Template, TestBody};
use crate::diagnostic::Log;
use crate::resolve::{ChosenBase, ChosenKind};
use crate::value::Name;

use super::package_context::{Filled, Inputs, PackageContext};
use super::package_step::PackagePlan;
use super::toolkit::{self, Toolkit};
use super::{Script, archives, expand};

/// The packages of a resolution, as acts.
#[derive(Debug)]
pub(super) struct PackagePlans<'a> {
    pub(super) inputs: Inputs<'a>,
    by_name: BTreeMap<Name, PackagePlan>,
    order: Vec<Name>,
    common: catalog::TemplateView,
    toolkit: Toolkit,
}

impl<'a> PackagePlans<'a> {
    /// Expands every chosen package that the base does not hold.
    pub(super) fn new(inputs: Inputs<'a>, log: &mut Log) -> Self {
        let common = inputs.values();
        let mut by_name = BTreeMap::new();
        let mut order = Vec::new();
        for name in &inputs.resolution.order {
            let Some(view) = inputs.view(name) else { continue };
            if view.chosen.kind == ChosenKind::Package && (!view.chosen.provided || lacks_toolkit(view)) {
                let values = view.own_values(&common, log);
                by_name.insert(name.clone(), expand::part(Filled { view, values: &values }, log));
                order.push(name.clone());
            }
        }
        archives::add(inputs, &common, by_name.values_mut(), log);
        let mut parts = Self { inputs, by_name, order, common, toolkit: Toolkit::default() };
        parts.toolkit = Toolkit::new(&parts, log);
        parts
    }

    /// What builds compile against.
    pub(super) fn toolkit(&self) -> &Toolkit {
        &self.toolkit
    }

    /// The values that all packages' templates see.
    pub(super) fn common(&self) -> &catalog::TemplateView {
        &self.common
    }

    /// Those of the platform that are installed on an image.
    pub(super) fn platform_on(&self, base: &ChosenBase) -> Vec<&PackagePlan> {
        let lacks = |part: &&PackagePlan| {
            let view = self.inputs.view(&part.name);
            !base.provides.contains_key(&part.name)
                || base.role == Role::Runtime && view.is_some_and(lacks_toolkit)
        };
        self.platform().into_iter().filter(lacks).collect()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &PackagePlan> {
        self.order.iter().filter_map(|name| self.by_name.get(name))
    }

    /// Those that the platform consists of, wherever they are needed.
    pub(super) fn platform(&self) -> Vec<&PackagePlan> {
        self.all().filter(|part| part.platform).collect()
    }

    /// Those that the image holds on top of the platform.
    pub(super) fn shipped(&self) -> Vec<&PackagePlan> {
        self.all().filter(|part| !part.platform && self.needed(part, |needed| needed.run)).collect()
    }

    /// The same with the platform, whose packages may have modules for Python.
    pub(super) fn shipped_with_platform(&self) -> Vec<&PackagePlan> {
        self.all().filter(|part| part.platform || self.needed(part, |needed| needed.run)).collect()
    }

    /// What pip is held to by each chosen package that is no part of the base: `torch==2.6.0`.
    pub(super) fn constraints(&self, log: &mut Log) -> Vec<(Name, String)> {
        let mut all = Vec::new();
        for (name, chosen) in &self.inputs.resolution.chosen {
            let Some(view) = self.inputs.view(name).filter(|_| chosen.needed.run && !chosen.provided) else {
                continue;
            };
            let values = view.own_values(&self.common, &mut Log::new());
            let filled = Filled { view, values: &values };
            for dist in view.held(&view.package.dists) {
                let version = match &dist.version {
                    Some(template) => filled.text(template, log),
                    None => Some(chosen.version.to_string()),
                };
                let line = filled.text(&dist.name, log).zip(version);
                all.extend(line.map(|(dist, version)| (name.clone(), format!("{dist}=={version}"))));
            }
        }
        all
    }

    /// What a test of a package runs; templates stand in the definition's words, so nothing of the user's is pasted in.
    pub(super) fn test_script(&self, name: &Name, body: &TestBody) -> Option<Script> {
        let view = self.inputs.view(name)?;
        let values = view.own_values(&self.common, &mut Log::new());
        let text = match body {
            TestBody::Run(template) | TestBody::Python(template) => {
                template.expand(&values, &mut Log::new())?
            }
            TestBody::Libraries(test) => return self.libraries(name, &values, test),
            TestBody::File(file) => {
                let bytes = self.inputs.catalog.file(name.as_str(), &file.value)?;
                String::from_utf8_lossy(bytes).into_owned()
            }
        };
        Some(super::test::script_of(body, text))
    }

    /// A check of shared libraries. Those that the host puts into containers are absent while an image is built, so of what
    /// needs them nothing is known.
    fn libraries(&self, name: &Name, values: &catalog::TemplateView, test: &LibraryTest) -> Option<Script> {
        let host = toolkit::of_host(&self.inputs.resolution.base, self.inputs);
        if self
            .closure(vec![name.clone()], &[catalog::RequireStage::Run])
            .iter()
            .any(|name| host.contains(name))
        {
            return None;
        }
        let filled = |all: &[Template]| -> Vec<String> {
            all.iter().filter_map(|template| template.expand(values, &mut Log::new())).collect()
        };
        Some(Script::Libraries {
            names: filled(&test.names),
            of: filled(&test.of),
            absent: filled(&test.absent),
        })
    }

    /// Those that only tests need.
    pub(super) fn tested(&self) -> Vec<&PackagePlan> {
        self.all()
            .filter(|part| !part.platform && self.needed(part, |needed| needed.test && !needed.run))
            .collect()
    }

    /// Those that only builds need.
    pub(super) fn building(&self) -> Vec<&PackagePlan> {
        self.all()
            .filter(|part| !part.platform && self.needed(part, |needed| needed.build && !needed.run))
            .collect()
    }

    fn needed(&self, part: &PackagePlan, which: impl Fn(crate::resolve::NeededIn) -> bool) -> bool {
        self.inputs.resolution.chosen.get(&part.name).is_some_and(|chosen| which(chosen.needed))
    }

    /// These, and what they require at these stages, however far.
    pub(super) fn closure(&self, mut open: Vec<Name>, stages: &[catalog::RequireStage]) -> BTreeSet<Name> {
        let mut found = BTreeSet::new();
        while let Some(name) = open.pop() {
            if !found.contains(&name) {
                open.extend(self.requires(&name, stages));
                found.insert(name);
            }
        }
        found
    }

    /// What one requires at these stages.
    pub(super) fn requires(&self, name: &Name, stages: &[catalog::RequireStage]) -> Vec<Name> {
        self.inputs.view(name).map(|view| expand::requires(view, stages)).unwrap_or_default()
    }
}

/// Whether the manifest asks for the variant with compiler and headers, and the base has the other one.
fn lacks_toolkit(view: PackageContext<'_>) -> bool {
    let base = &view.inputs.resolution.base;
    let has = base.role == Role::Devel && !toolkit::of_host(base, view.inputs).contains(&view.chosen.name);
    view.is_platform() && toolkit::is_toolkit(view) && !has
}
