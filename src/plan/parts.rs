//! Every package that something must be done for, in the order of installing.

use std::collections::BTreeMap;

use crate::catalog::{self, TestBody};
use crate::diagnostic::Log;
use crate::resolve::Kind;
use crate::value::Name;

use super::act::Part;
use super::expand;
use super::view::{Filled, Inputs};
use super::{Constraint, Script};

/// The packages of a resolution, as acts.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) inputs: Inputs<'a>,
    by_name: BTreeMap<Name, Part>,
    order: Vec<Name>,
    common: catalog::View,
}

impl<'a> Parts<'a> {
    /// Expands every chosen package that the base does not hold.
    pub(super) fn new(inputs: Inputs<'a>, log: &mut Log) -> Self {
        let common = inputs.values();
        let mut by_name = BTreeMap::new();
        let mut order = Vec::new();
        for name in &inputs.resolution.order {
            let Some(view) = inputs.view(name) else { continue };
            if view.chosen.kind == Kind::Package && !view.chosen.provided {
                let values = view.own_values(&common, log);
                by_name.insert(name.clone(), expand::part(Filled { view, values: &values }, log));
                order.push(name.clone());
            }
        }
        Self { inputs, by_name, order, common }
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Part> {
        self.order.iter().filter_map(|name| self.by_name.get(name))
    }

    /// Those that the platform consists of, wherever they are needed.
    pub(super) fn platform(&self) -> Vec<&Part> {
        self.all().filter(|part| part.platform).collect()
    }

    /// Those that the image holds on top of the platform.
    pub(super) fn shipped(&self) -> Vec<&Part> {
        self.all().filter(|part| !part.platform && self.needed(part, |needed| needed.run)).collect()
    }

    /// The same with the platform, whose packages may have modules for Python.
    pub(super) fn shipped_with_platform(&self) -> Vec<&Part> {
        self.all().filter(|part| part.platform || self.needed(part, |needed| needed.run)).collect()
    }

    /// What every pip call is held to: the distributions that the chosen packages fix, those of the base too.
    pub(super) fn constraints(&self, log: &mut Log) -> Vec<Constraint> {
        let mut all = BTreeMap::new();
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
                all.extend(version.map(|version| (dist.name.value.clone(), version)));
            }
        }
        all.into_iter().map(|(name, version)| Constraint { name, version }).collect()
    }

    /// What a test of a package runs; templates stand in the definition's words, so nothing of the user's is pasted in.
    pub(super) fn test_script(&self, name: &Name, body: &TestBody) -> Option<Script> {
        let view = self.inputs.view(name)?;
        let values = view.own_values(&self.common, &mut Log::new());
        let text = match body {
            TestBody::Run(template) | TestBody::Python(template) => {
                template.expand(&values, &mut Log::new())?
            }
            TestBody::File(file) => {
                let bytes = self.inputs.catalog.file(name.as_str(), &file.value)?;
                String::from_utf8_lossy(bytes).into_owned()
            }
        };
        Some(super::test::script_of(body, text))
    }

    /// Those that only tests need.
    pub(super) fn tested(&self) -> Vec<&Part> {
        self.all()
            .filter(|part| !part.platform && self.needed(part, |needed| needed.test && !needed.run))
            .collect()
    }

    /// Those that only builds need.
    pub(super) fn building(&self) -> Vec<&Part> {
        self.all()
            .filter(|part| !part.platform && self.needed(part, |needed| needed.build && !needed.run))
            .collect()
    }

    fn needed(&self, part: &Part, which: impl Fn(crate::resolve::Needed) -> bool) -> bool {
        self.inputs.resolution.chosen.get(&part.name).is_some_and(|chosen| which(chosen.needed))
    }

    /// What one requires at these stages.
    pub(super) fn requires(&self, name: &Name, stages: &[catalog::Stage]) -> Vec<Name> {
        self.inputs.view(name).map(|view| expand::requires(view, stages)).unwrap_or_default()
    }

    /// Whether it is a part of the platform that can be installed: not a mere fact such as a release.
    pub(super) fn is_toolkit(&self, name: &Name) -> bool {
        let resolution = self.inputs.resolution;
        let package = resolution.chosen.get(name).is_some_and(|chosen| chosen.kind == Kind::Package);
        package && self.inputs.view(name).is_some_and(super::view::View::is_platform)
    }
}
