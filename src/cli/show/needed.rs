//! The dependents of a package: other packages, and the built-in stacks that request it.

use serde_json::{Value, json};

use crate::builtin::BuiltinStacks;
use crate::catalog::{Catalog, DefinitionKind, Dependent, DependentPart, Package, Require, RequireStage};
use crate::manifest::Stacks as _;

use super::super::{Session, catalog::stack};
use super::phrases;

/// The dependents of a package as `jcc show` prints them.
pub(super) struct DependentsTable {
    packages: Vec<DependentPackage>,
    /// The stacks, as `stack:NAME`.
    stacks: Vec<String>,
}

/// A package that needs the one that is shown.
struct DependentPackage {
    name: String,
    /// The stages that need it; those that affect the final image come first.
    stages: Vec<RequireStage>,
    /// Whether every version needs it, without conditions.
    always: bool,
    /// If not `always`, the conditions: `option qt=5`, `cuda >=13`.
    when: Vec<String>,
}

impl DependentPackage {
    /// Whether it is needed in the final image, or decides what is in it.
    fn affects_final_image(&self) -> bool {
        matches!(self.stages.first(), Some(RequireStage::Run | RequireStage::Choose))
    }
}

impl DependentsTable {
    /// Finds the packages that require this one. `stacks` are those that request it.
    pub(super) fn new(catalog: &Catalog, package: &Package, stacks: Vec<String>) -> Self {
        let packages = catalog.dependents(package.name.as_str()).iter().map(dependent_package).collect();
        Self { packages, stacks }
    }
}

/// Returns the built-in stacks that request a package, as `stack:NAME`.
pub(super) fn stacks(session: &mut Session<'_, '_>, catalog: &Catalog, package: &Package) -> Vec<String> {
    let library = BuiltinStacks::new();
    let mut found = Vec::new();
    for name in library.names() {
        let Some(stack) = stack(&library, &name, session) else { continue };
        let requested = stack.packages.iter().map(|one| one.name.as_str());
        let mut requested = requested.filter_map(|one| catalog.entry(DefinitionKind::Package, one));
        if requested.any(|entry| entry.name == package.name.as_str()) {
            found.push(format!("stack:{name}"));
        }
    }
    found
}

fn dependent_package(dependent: &Dependent<'_>) -> DependentPackage {
    let Dependent { package, places } = dependent;
    let mut stages: Vec<RequireStage> = places.iter().map(|(_, require)| require.stage).collect();
    stages.sort_by_key(|stage| match stage {
        RequireStage::Run => 0,
        RequireStage::Choose => 1,
        RequireStage::Build => 2,
        RequireStage::Test => 3,
    });
    stages.dedup();
    let unconditional = |require: &Require| require.guard.all.is_empty();
    let in_whole =
        places.iter().any(|(part, require)| *part == DependentPart::Whole && unconditional(require));
    let in_version = |version| {
        let part = DependentPart::Version(version);
        places.iter().any(|(other, require)| *other == part && unconditional(require))
    };
    let in_each_version = !package.versions.is_empty() && package.versions.iter().all(in_version);
    let always = in_whole || in_each_version;
    let mut when = Vec::new();
    if !always {
        for (part, require) in places {
            let phrase = condition(*part, require);
            if !when.contains(&phrase) {
                when.push(phrase);
            }
        }
    }
    DependentPackage { name: package.name.value.to_string(), stages, always, when }
}

/// Describes when this part of a definition has the requirement.
fn condition(part: DependentPart<'_>, require: &Require) -> String {
    let part = match part {
        DependentPart::Whole => None,
        DependentPart::Version(entry) => Some(format!("version {}", entry.version.value)),
        DependentPart::Option(option, value) => Some(format!("option {}={value}", option.key.value)),
        DependentPart::Variant(variant) => Some(format!("variant {}", variant.name.value)),
    };
    part.into_iter().chain(phrases::conditions(&require.guard)).collect::<Vec<_>>().join(" and ")
}

impl DependentsTable {
    pub(super) fn text(&self) -> String {
        let names = |filter: &dyn Fn(&DependentPackage) -> bool| -> Vec<String> {
            self.packages.iter().filter(|one| filter(one)).map(|one| one.name.clone()).collect()
        };
        let lines = [
            ("needed by", names(&|one| one.always && one.affects_final_image())),
            ("sometimes needed by", self.sometimes()),
            ("needed to build", names(&|one| one.stages.first() == Some(&RequireStage::Build))),
            ("needed to test", names(&|one| one.stages.first() == Some(&RequireStage::Test))),
            ("requested by", self.stacks.clone()),
        ];
        let mut out = String::new();
        for (title, names) in lines.iter().filter(|(_, names)| !names.is_empty()) {
            out.push_str(&format!("{title} {}\n", names.join(", ")));
        }
        out
    }

    /// Returns the packages that need it under conditions, such as `vtk (option qt=5)`. More than two
    /// conditions are left out.
    fn sometimes(&self) -> Vec<String> {
        let conditional = self.packages.iter().filter(|one| !one.always && one.affects_final_image());
        conditional
            .map(|one| match one.when.as_slice() {
                [only] => format!("{} ({only})", one.name),
                [first, second] => format!("{} ({first}; {second})", one.name),
                _ => one.name.clone(),
            })
            .collect()
    }

    /// Returns the packages as JSON, and the stacks.
    pub(super) fn values(&self) -> (Vec<Value>, &[String]) {
        let stage_name = |stage: &RequireStage| match stage {
            RequireStage::Run => "run",
            RequireStage::Build => "build",
            RequireStage::Test => "test",
            RequireStage::Choose => "choose",
        };
        let value = |one: &DependentPackage| {
            json!({
                "name": one.name,
                "stages": one.stages.iter().map(stage_name).collect::<Vec<_>>(),
                "always": one.always,
                "when": one.when,
            })
        };
        (self.packages.iter().map(value).collect(), &self.stacks)
    }
}
