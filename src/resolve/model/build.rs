//! The builder of a model. It creates variables on demand, starting from what the manifest requests.

use std::collections::{BTreeMap, VecDeque};

use pubgrub::VersionSet as _;

use crate::catalog::{Catalog, DefinitionKind, Entry, Package, Platform, admits_word};
use crate::diagnostic::{Log, Reported};
use crate::manifest::Project;
use crate::source::Spanned;
use crate::value::{Name, Parse, Requirement, Version};

use super::super::lock::LockedTarget;
use super::super::problem::{Dependency, Set, Variable, VariableId, set};
use super::super::resolution::TargetFacts;
use super::super::words;
use super::super::work::Budget;
use super::{
    Candidate, Constraint, Model, PackageVariable, Question, VariableKind, base, constraints, installed, pip,
    rank, unknown, variables,
};

/// Builds a [`Model`] from a project: variables first, then constraints.
pub(super) struct Builder<'a, 'l> {
    pub(super) project: &'a Project,
    pub(super) catalog: &'a Catalog,
    pub(super) lock: Option<&'a LockedTarget>,
    pub(super) platform: &'a Platform,
    pub(super) target: TargetFacts,
    pub(super) variables: Vec<Variable>,
    pub(super) kinds: Vec<VariableKind<'a>>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) ids: BTreeMap<Name, VariableId>,
    /// The indexes of the manifest's requests, by the names that they use.
    pub(super) requests: BTreeMap<&'a Name, Vec<usize>>,
    /// The variables of `platform`, `arch` and `sm` (one per compute capability).
    pub(super) fixed: Vec<(&'static str, VariableId, Version)>,
    /// The members of each choice that have variables.
    pub(super) choices: BTreeMap<Name, Vec<VariableId>>,
    /// Variables whose candidates have no dependencies yet.
    pub(super) todo: VecDeque<VariableId>,
    /// Axes that may be installed, or only decide a version.
    pub(super) installs: installed::Installs,
    /// A cache of the candidates that a requirement admits, by its text.
    pub(super) sets: BTreeMap<VariableId, BTreeMap<String, Set>>,
    /// The versions that the manifest's base image provides, which the catalogue need not list.
    pub(super) provided: BTreeMap<Name, Vec<Version>>,
    pub(super) log: &'l mut Log,
}

/// Builds the model of one target.
pub(super) fn build<'a>(question: Question<'a>, log: &mut Log) -> Result<Model<'a>, Reported> {
    let Question { project, catalog, lock, .. } = question;
    let (platform, target) = constraints::target(project, catalog, log).inspect_err(|_| {
        // Without a known machine nothing can be resolved, but unknown names of packages can still be
        // reported.
        let named = project.packages.iter().map(|one| &one.name);
        for name in named.filter(|name| catalog.package(name.as_str()).is_none()) {
            unknown::package(catalog, name, log);
        }
    })?;
    let mut requests: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
    for (at, request) in project.packages.iter().enumerate() {
        requests.entry(&request.name.value).or_default().push(at);
    }
    let mut builder = Builder {
        requests,
        project,
        catalog,
        lock,
        platform,
        target,
        variables: Vec::new(),
        kinds: Vec::new(),
        constraints: Vec::new(),
        ids: BTreeMap::new(),
        fixed: Vec::new(),
        choices: BTreeMap::new(),
        todo: VecDeque::new(),
        installs: installed::Installs::default(),
        sets: BTreeMap::new(),
        provided: BTreeMap::new(),
        log,
    };
    builder.run();
    let Builder { variables, kinds, constraints, ids, target, .. } = builder;
    let mut aliases = BTreeMap::new();
    for id in ids.values() {
        let VariableKind::Package(var) = &kinds[id.index()] else { continue };
        for alias in &var.package.aliases {
            aliases.entry(alias.value.clone()).or_insert(*id);
        }
    }
    let budget = Budget::solving();
    Ok(Model { catalog, variables, kinds, constraints, target, ids, aliases, budget })
}

impl<'a> Builder<'a, '_> {
    fn run(&mut self) {
        self.add(
            Variable {
                candidates: vec![Vec::new()],
                preference: vec![0],
                positions: vec![0],
                ..Variable::default()
            },
            VariableKind::Root,
        );
        self.fix_target();
        let base = base::candidates(self);
        self.axes();
        constraints::collect(self);
        if let Some(base) = base {
            base::add(self, base);
        }
        self.finish_variables();
        installed::attach(self);
        pip::collect(self);
        self.close_choices();
        rank::assign(self);
        variables::defaults(self);
    }

    pub(super) fn add(&mut self, variable: Variable, kind: VariableKind<'a>) -> VariableId {
        let id = VariableId(u32::try_from(self.variables.len()).expect("fewer than 2^32 variables"));
        self.variables.push(variable);
        self.kinds.push(kind);
        id
    }

    /// Adds a dependency of the root, which holds whatever the manifest requests.
    pub(super) fn always(&mut self, on: VariableId, within: Set) {
        self.variables[0].candidates[0].push(Dependency { on, within });
    }

    fn fix_target(&mut self) {
        let platform = self.target.platform.clone();
        let arch = self.target.arch.clone();
        let one = Version::parse("1").expect("a version");
        let mut all =
            vec![(words::PLATFORM, platform.to_string(), one.clone()), (words::ARCH, arch.to_string(), one)];
        all.extend(self.target.sm.iter().map(|sm| (words::SM, sm.to_string(), sm.clone())));
        for (axis, value, version) in all {
            let variable = Variable {
                candidates: vec![Vec::new()],
                preference: vec![0],
                positions: vec![0],
                ..Variable::default()
            };
            let id = self.add(variable, VariableKind::Fixed { axis, value });
            self.always(id, set([0]));
            self.fixed.push((axis, id, version));
        }
    }

    /// Adds the axes that define the platform, and Python, whose version is part of paths. Other axes are
    /// added when something mentions them.
    fn axes(&mut self) {
        let catalog = self.catalog;
        let here = |entry: &&Entry| {
            entry.order.is_some() && self.platform.axes.iter().any(|one| entry.name == one.as_str())
        };
        let always = |entry: &&Entry| entry.name == words::PYTHON || catalog.decides_always(entry);
        let all: Vec<&Entry> = catalog.entries(DefinitionKind::Package).filter(here).filter(always).collect();
        for entry in all {
            self.find_or_add(&entry.name);
        }
    }

    /// Returns the number of candidates of a variable.
    pub(super) fn count(&self, id: VariableId) -> u32 {
        u32::try_from(self.variables[id.index()].candidates.len()).expect("fewer than 2^32 candidates")
    }

    /// Returns the variable of an axis or a package by name or alias, and creates it on first use. `None` if
    /// the catalogue does not have it.
    pub(super) fn named(&mut self, name: &Name) -> Option<VariableId> {
        self.ids.get(name).copied().or_else(|| self.find_or_add(name.as_str()))
    }

    fn find_or_add(&mut self, name: &str) -> Option<VariableId> {
        let package = self.catalog.package(name)?;
        let name = &package.name.value;
        if let Some(id) = self.ids.get(name) {
            return Some(*id);
        }
        let is_axis = package.axis.is_some();
        let here = !is_axis || self.platform.axes.contains(name);
        let id = self.package_variable(package, here);
        if is_axis {
            let count = self.count(id);
            // A pure axis of the platform, such as a release, is always present. Distributions are not,
            // because the choice between them decides. Axes that are installed may be absent.
            let must = here && package.choice.is_none() && package.install.steps.is_empty() && count > 1;
            self.always(id, Set::run(u32::from(must)..count));
        }
        for axis in self.catalog.mentions(name.as_str()) {
            self.find_or_add(axis);
        }
        Some(id)
    }

    /// Like [`Self::named`], for a name that the user wrote: reports an unknown one, with similar names.
    pub(super) fn named_by_user(&mut self, name: &Spanned<Name>) -> Option<VariableId> {
        let found = self.named(name);
        if found.is_none() {
            unknown::package(self.catalog, name, self.log);
        }
        found
    }

    /// Returns the candidates of a variable that a requirement admits. The error is a version name in the
    /// requirement that the definition does not have; it is reported if the user wrote it.
    pub(super) fn within(&mut self, id: VariableId, requirement: &Requirement) -> Result<Set, String> {
        let VariableKind::Package(var) = &self.kinds[id.index()] else { return Ok(Set::full()) };
        let sets = self.sets.entry(id).or_default();
        if let Some(known) = sets.get(requirement.as_str()) {
            return Ok(known.clone());
        }
        let matcher = var.package.meaning(requirement)?.matcher();
        // The first candidate is "absent".
        let places = matcher.places(&var.candidates[1..], version_of);
        let within = set(places.into_iter().map(|place| u32::try_from(place + 1).expect("few candidates")));
        sets.insert(requirement.to_string(), within.clone());
        Ok(within)
    }

    /// Returns the dependencies for a requirement on an axis that the target fixes; `None` for any other
    /// axis.
    pub(super) fn fixed_dependencies(
        &self,
        name: &str,
        requirement: &Requirement,
    ) -> Option<Vec<Dependency>> {
        if ![words::PLATFORM, words::ARCH, words::SM].contains(&name) {
            return None;
        }
        let holds = |value: &str, version: &Version| {
            if name == words::SM { requirement.matches(version) } else { admits_word(requirement, value) }
        };
        Some(
            self.fixed
                .iter()
                .filter(|(axis, ..)| *axis == name)
                .map(|(_, id, version)| {
                    let VariableKind::Fixed { value, .. } = &self.kinds[id.index()] else {
                        unreachable!("a fixed axis")
                    };
                    let within = if holds(value, version) { set([0]) } else { Set::empty() };
                    Dependency { on: *id, within }
                })
                .collect(),
        )
    }

    fn package_variable(&mut self, package: &'a Package, here: bool) -> VariableId {
        let name = package.name.value.clone();
        let candidates = variables::candidates(self, package, here);
        let variable = variables::variable(self, package, &candidates);
        let (options, variant) = super::options::of(self, package);
        let word = package.choice.as_ref().map(|word| word.value.clone());
        let var = PackageVariable { name: name.clone(), package, candidates, options, variant };
        let id = self.add(variable, VariableKind::Package(var));
        self.ids.insert(name, id);
        if let Some(word) = word {
            self.choices.entry(word).or_default().push(id);
        }
        self.todo.push_back(id);
        id
    }

    fn finish_variables(&mut self) {
        while let Some(id) = self.todo.pop_front() {
            variables::dependencies(self, id);
        }
    }

    /// Adds a variable for each choice. Every member that is present requires it to be this member, so that
    /// at most one is.
    fn close_choices(&mut self) {
        for (word, mut members) in std::mem::take(&mut self.choices) {
            // The order must not depend on the order of requests.
            members.sort_by_key(|id| self.key(*id));
            let axes = members.iter().all(|id| self.is_axis(*id));
            let optional = !axes;
            let first = u32::from(optional);
            let places: Vec<u32> = (0..u32::try_from(members.len()).expect("few members") + first).collect();
            let mut candidates = vec![Vec::new(); places.len()];
            for (place, member) in (first..).zip(&members) {
                candidates[place as usize]
                    .push(Dependency { on: *member, within: Set::run(1..self.count(*member)) });
            }
            let variable = Variable {
                candidates,
                preference: places.clone(),
                positions: places.clone(),
                ..Variable::default()
            };
            let id = self.add(variable, VariableKind::Choice { word, optional });
            if axes {
                self.always(id, set(places));
            }
            for (place, member) in (first..).zip(&members) {
                for candidate in &mut self.variables[member.index()].candidates[1..] {
                    candidate.push(Dependency { on: id, within: set([place]) });
                }
            }
        }
    }

    /// Returns a sort key: axes in their order, then packages by name.
    pub(super) fn key(&self, id: VariableId) -> (u32, Option<Name>) {
        match &self.kinds[id.index()] {
            VariableKind::Package(var) => {
                (var.package.axis.as_ref().map_or(u32::MAX, |axis| axis.order), Some(var.name.clone()))
            }
            VariableKind::Root
            | VariableKind::Fixed { .. }
            | VariableKind::Base(_)
            | VariableKind::Choice { .. }
            | VariableKind::Unavailable(_)
            | VariableKind::Guard { .. }
            | VariableKind::Installed { .. } => (0, None),
        }
    }

    /// Whether a variable is an axis of the catalogue.
    pub(super) fn is_axis(&self, id: VariableId) -> bool {
        matches!(&self.kinds[id.index()], VariableKind::Package(var) if var.package.axis.is_some())
    }
}

fn version_of(candidate: &Candidate) -> &Version {
    candidate.version().expect("only the first candidate has none")
}
