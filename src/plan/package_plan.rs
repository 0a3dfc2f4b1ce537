//! The plans of all packages that are installed or built, in the order of installation.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{self, LibraryTest, Role, Template, TestBody};
use crate::diagnostic::Log;
use crate::resolve::{ChosenBase, ChosenKind};
use crate::value::Name;

use super::package_context::{Filled, Inputs, PackageContext};
use super::package_step::PackagePlan;
use super::toolkit::{self, Toolkit};
use super::{Script, archives, expand};

/// The package plans of a resolution.
#[derive(Debug)]
pub(super) struct PackagePlans<'a> {
    pub(super) inputs: Inputs<'a>,
    by_name: BTreeMap<Name, PackagePlan>,
    order: Vec<Name>,
    common: catalog::TemplateView,
    toolkit: Toolkit,
}

impl<'a> PackagePlans<'a> {
    /// Expands every chosen package that the base image does not provide.
    pub(super) fn new(inputs: Inputs<'a>, log: &mut Log) -> Self {
        let common = inputs.values();
        let mut by_name = BTreeMap::new();
        let mut order = Vec::new();
        for name in &inputs.resolution.order {
            let Some(view) = inputs.view(name) else { continue };
            if view.chosen.kind == ChosenKind::Package && (!view.chosen.provided || lacks_toolkit(view)) {
                let values = view.own_values(&common, log);
                by_name.insert(name.clone(), expand::package_plan(Filled { view, values: &values }, log));
                order.push(name.clone());
            }
        }
        archives::add(inputs, &common, by_name.values_mut(), log);
        let mut plans = Self { inputs, by_name, order, common, toolkit: Toolkit::default() };
        plans.toolkit = Toolkit::new(&plans, log);
        plans
    }

    /// Returns the toolkit that builds compile against.
    pub(super) fn toolkit(&self) -> &Toolkit {
        &self.toolkit
    }

    /// Returns the template values that are common to all packages.
    pub(super) fn common(&self) -> &catalog::TemplateView {
        &self.common
    }

    /// Returns the packages of the platform that must be installed on a base image.
    pub(super) fn platform_on(&self, base: &ChosenBase) -> Vec<&PackagePlan> {
        let lacks = |plan: &&PackagePlan| {
            let view = self.inputs.view(&plan.name);
            !base.provides.contains_key(&plan.name)
                || base.role == Role::Runtime && view.is_some_and(lacks_toolkit)
        };
        self.platform().into_iter().filter(lacks).collect()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &PackagePlan> {
        self.order.iter().filter_map(|name| self.by_name.get(name))
    }

    /// Returns the packages of the platform, wherever they are needed.
    pub(super) fn platform(&self) -> Vec<&PackagePlan> {
        self.all().filter(|plan| plan.platform).collect()
    }

    /// Returns the packages of the final image, without those of the platform.
    pub(super) fn shipped(&self) -> Vec<&PackagePlan> {
        self.all().filter(|plan| !plan.platform && self.needed(plan, |needed| needed.run)).collect()
    }

    /// Returns the packages of the final image and of the platform, which may contain Python modules.
    pub(super) fn shipped_with_platform(&self) -> Vec<&PackagePlan> {
        self.all().filter(|plan| plan.platform || self.needed(plan, |needed| needed.run)).collect()
    }

    /// Returns the constraints for pip, such as `torch==2.6.0`, of each chosen package that the base image
    /// does not provide.
    pub(super) fn constraints(&self, log: &mut Log) -> Vec<(Name, String)> {
        let mut all = Vec::new();
        for (name, chosen) in &self.inputs.resolution.chosen {
            let Some(view) = self.inputs.view(name).filter(|_| chosen.needed.run && !chosen.provided) else {
                continue;
            };
            let values = view.own_values(&self.common, &mut Log::new());
            let filled = Filled { view, values: &values };
            for dist in view.applicable(&view.package.dists) {
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

    /// Returns the script of a package's test. Templates are expanded in the definition's text only, which
    /// contains no text of the user's.
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

    /// Returns the check of shared libraries of a test. `None` if the package needs libraries that the host
    /// mounts into containers, because these are absent while an image is built.
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

    /// Returns the packages that only tests need.
    pub(super) fn tested(&self) -> Vec<&PackagePlan> {
        self.all()
            .filter(|plan| !plan.platform && self.needed(plan, |needed| needed.test && !needed.run))
            .collect()
    }

    /// Returns the packages that only builds need.
    pub(super) fn building(&self) -> Vec<&PackagePlan> {
        self.all()
            .filter(|plan| !plan.platform && self.needed(plan, |needed| needed.build && !needed.run))
            .collect()
    }

    fn needed(&self, plan: &PackagePlan, which: impl Fn(crate::resolve::NeededIn) -> bool) -> bool {
        self.inputs.resolution.chosen.get(&plan.name).is_some_and(|chosen| which(chosen.needed))
    }

    /// Returns the transitive closure of packages and their requirements for these stages.
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

    /// Returns the chosen packages that a package requires for these stages.
    pub(super) fn requires(&self, name: &Name, stages: &[catalog::RequireStage]) -> Vec<Name> {
        self.inputs.view(name).map(|view| expand::requires(view, stages)).unwrap_or_default()
    }
}

/// Whether a package of the platform is chosen in its toolkit variant, with compiler and headers, and the
/// base image does not provide that variant.
fn lacks_toolkit(view: PackageContext<'_>) -> bool {
    let base = &view.inputs.resolution.base;
    let has = base.role == Role::Devel && !toolkit::of_host(base, view.inputs).contains(&view.chosen.name);
    view.is_platform() && toolkit::is_toolkit(view) && !has
}
