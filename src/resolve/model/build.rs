//! The builder: variables on demand, from what the manifest asks for outwards.

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
    /// The manifest's requests, by their places, under the names that they use.
    pub(super) requests: BTreeMap<&'a Name, Vec<usize>>,
    /// `platform`, `arch` (one each) and `sm` (one a capability).
    pub(super) fixed: Vec<(&'static str, VariableId, Version)>,
    /// Members of each choice met so far.
    pub(super) choices: BTreeMap<Name, Vec<VariableId>>,
    /// Variables whose candidates' demands are still to be written.
    pub(super) todo: VecDeque<VariableId>,
    /// Axes that may be installed, or only decide a version.
    pub(super) installs: installed::Installs,
    /// What requirements were found to admit: the same ones come again and again.
    pub(super) sets: BTreeMap<VariableId, BTreeMap<String, Set>>,
    /// What the manifest's base provides by name: candidates that the catalogue does not list.
    pub(super) provided: BTreeMap<Name, Vec<Version>>,
    pub(super) log: &'l mut Log,
}

/// Builds the model of one target.
pub(super) fn build<'a>(question: Question<'a>, log: &mut Log) -> Result<Model<'a>, Reported> {
    let Question { project, catalog, lock, .. } = question;
    let (platform, target) = constraints::target(project, catalog, log).inspect_err(|_| {
        // What the packages of a machine that nobody knows require is unknown; what they are is not.
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

    /// What holds whatever the manifest asks for.
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

    /// The axes that say what the platform is, and Python, which paths are made from. What can be installed is decided
    /// where something mentions it; of others nothing depends on it.
    fn axes(&mut self) {
        let catalog = self.catalog;
        let here = |entry: &&Entry| {
            entry.order.is_some() && self.platform.axes.iter().any(|one| entry.name == one.as_str())
        };
        let always = |entry: &&Entry| entry.name == words::PYTHON || catalog.decides_always(entry);
        let all: Vec<&Entry> = catalog.entries(DefinitionKind::Package).filter(here).filter(always).collect();
        for entry in all {
            self.called(&entry.name);
        }
    }

    /// How many candidates a variable has.
    pub(super) fn count(&self, id: VariableId) -> u32 {
        u32::try_from(self.variables[id.index()].candidates.len()).expect("fewer than 2^32 candidates")
    }

    /// The variable of an axis or a package of this name or alias, made when it is first asked for.
    pub(super) fn named(&mut self, name: &Name) -> Option<VariableId> {
        self.ids.get(name).copied().or_else(|| self.called(name.as_str()))
    }

    fn called(&mut self, name: &str) -> Option<VariableId> {
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
            // A pure axis of the platform (a release) is always there; unless it is one of a kind (a distribution),
            // where the choice sees to it. What is installed as a package may be absent.
            let must = here && package.choice.is_none() && package.install.steps.is_empty() && count > 1;
            self.always(id, Set::run(u32::from(must)..count));
        }
        for axis in self.catalog.mentions(name.as_str()) {
            self.called(axis);
        }
        Some(id)
    }

    /// The same for a name that a user wrote: an unknown one is reported, with the nearest known ones.
    pub(super) fn named_by_user(&mut self, name: &Spanned<Name>) -> Option<VariableId> {
        let found = self.named(name);
        if found.is_none() {
            unknown::package(self.catalog, name, self.log);
        }
        found
    }

    /// The candidates of a variable that a requirement admits; `None` where it uses a word that the definition has
    /// not (reported where a user wrote it).
    pub(super) fn within(&mut self, id: VariableId, requirement: &Requirement) -> Result<Set, String> {
        let VariableKind::Package(var) = &self.kinds[id.index()] else { return Ok(Set::full()) };
        let sets = self.sets.entry(id).or_default();
        if let Some(known) = sets.get(requirement.as_str()) {
            return Ok(known.clone());
        }
        let matcher = var.package.meaning(requirement)?.matcher();
        // The first is «absent».
        let places = matcher.places(&var.candidates[1..], there);
        let within = set(places.into_iter().map(|place| u32::try_from(place + 1).expect("few candidates")));
        sets.insert(requirement.to_string(), within.clone());
        Ok(within)
    }

    /// Demands of a requirement on an axis that the target fixes; `None` where the name is no such axis.
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

    /// One of a kind: a variable a choice, which every member that is there asks to be itself.
    fn close_choices(&mut self) {
        for (word, mut members) in std::mem::take(&mut self.choices) {
            // In the order of the axes, then by name, never in the order of asking.
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

    /// Sorts axes by their order, then packages, each by name.
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

    /// Whether it is an axis of the catalogue.
    pub(super) fn is_axis(&self, id: VariableId) -> bool {
        matches!(&self.kinds[id.index()], VariableKind::Package(var) if var.package.axis.is_some())
    }
}

fn there(candidate: &Candidate) -> &Version {
    candidate.version().expect("only the first candidate has none")
}
