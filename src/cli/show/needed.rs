//! Who needs a package: other packages, and ready-made manifests.

use serde_json::{Value, json};

use crate::catalog::{
    BuiltinStacks, Catalog, DefinitionKind, Dependent, DependentPart, Package, Require, RequireStage,
};
use crate::manifest::Stacks as _;

use super::super::{Session, catalog::stack};
use super::words;

/// Dependents of a package as `jcc show` prints them.
pub(super) struct DependentsTable {
    packages: Vec<By>,
    /// `stack:NAME`.
    stacks: Vec<String>,
}

/// One package that needs it.
struct By {
    name: String,
    /// For what, first that which ships.
    stages: Vec<RequireStage>,
    /// In any version, whatever is chosen for it.
    always: bool,
    /// Otherwise when: `option qt=5`, `cuda >=13`.
    when: Vec<String>,
}

impl By {
    /// Whether it is needed in the image that ships, or decides what is in it.
    fn ships(&self) -> bool {
        matches!(self.stages.first(), Some(RequireStage::Run | RequireStage::Choose))
    }
}

impl DependentsTable {
    /// Reads the catalogue backwards; `stacks` are those that ask for it.
    pub(super) fn new(catalog: &Catalog, package: &Package, stacks: Vec<String>) -> Self {
        let packages = catalog.dependents(package.name.as_str()).iter().map(by).collect();
        Self { packages, stacks }
    }
}

/// The ready-made manifests that ask for a package, as `extends` has them.
pub(super) fn stacks(session: &mut Session<'_, '_>, catalog: &Catalog, package: &Package) -> Vec<String> {
    let library = BuiltinStacks::new();
    let mut found = Vec::new();
    for of in library.names() {
        let Some(stack) = stack(&library, &of, session) else { continue };
        let asked = stack.packages.iter().map(|one| one.name.as_str());
        let mut asked = asked.filter_map(|one| catalog.entry(DefinitionKind::Package, one));
        if asked.any(|entry| entry.name == package.name.as_str()) {
            found.push(format!("stack:{of}"));
        }
    }
    found
}

fn by(dependent: &Dependent<'_>) -> By {
    let Dependent { package, places } = dependent;
    let mut stages: Vec<RequireStage> = places.iter().map(|(_, require)| require.stage).collect();
    stages.sort_by_key(|stage| match stage {
        RequireStage::Run => 0,
        RequireStage::Choose => 1,
        RequireStage::Build => 2,
        RequireStage::Test => 3,
    });
    stages.dedup();
    let free = |require: &Require| require.guard.all.is_empty();
    let in_whole = places.iter().any(|(part, require)| *part == DependentPart::Whole && free(require));
    let entries = package.versions.iter();
    let in_each = !package.versions.is_empty()
        && entries.clone().all(|entry| {
            places.iter().any(|(part, require)| *part == DependentPart::Version(entry) && free(require))
        });
    let mut when = Vec::new();
    if !(in_whole || in_each) {
        for (part, require) in places {
            let phrase = condition(*part, require);
            if !when.contains(&phrase) {
                when.push(phrase);
            }
        }
    }
    By { name: package.name.value.to_string(), stages, always: in_whole || in_each, when }
}

/// When it is required by this part of a definition.
fn condition(part: DependentPart<'_>, require: &Require) -> String {
    let part = match part {
        DependentPart::Whole => None,
        DependentPart::Version(entry) => Some(format!("version {}", entry.version.value)),
        DependentPart::Option(option, value) => Some(format!("option {}={value}", option.key.value)),
        DependentPart::Variant(variant) => Some(format!("variant {}", variant.name.value)),
    };
    part.into_iter().chain(words::conditions(&require.guard)).collect::<Vec<_>>().join(" and ")
}

impl DependentsTable {
    pub(super) fn text(&self) -> String {
        let ships = |by: &&By| by.ships();
        let of = |which: &dyn Fn(&By) -> bool| -> Vec<String> {
            self.packages.iter().filter(|by| which(by)).map(|by| by.name.clone()).collect()
        };
        let lines = [
            ("needed by", of(&|by| by.always && ships(&by))),
            ("sometimes needed by", self.at_times()),
            ("needed to build", of(&|by| by.stages.first() == Some(&RequireStage::Build))),
            ("needed to test", of(&|by| by.stages.first() == Some(&RequireStage::Test))),
            ("requested by", self.stacks.clone()),
        ];
        let mut out = String::new();
        for (what, names) in lines.iter().filter(|(_, names)| !names.is_empty()) {
            out.push_str(&format!("{what} {}\n", names.join(", ")));
        }
        out
    }

    /// `vtk (option qt=5)`; of what has many conditions only that there are some.
    fn at_times(&self) -> Vec<String> {
        let some = self.packages.iter().filter(|by| !by.always && by.ships());
        some.map(|by| match by.when.as_slice() {
            [one] => format!("{} ({one})", by.name),
            [one, other] => format!("{} ({one}; {other})", by.name),
            _ => by.name.clone(),
        })
        .collect()
    }

    /// The same for programs: packages, and ready-made manifests.
    pub(super) fn values(&self) -> (Vec<Value>, &[String]) {
        let word = |stage: &RequireStage| match stage {
            RequireStage::Run => "run",
            RequireStage::Build => "build",
            RequireStage::Test => "test",
            RequireStage::Choose => "choose",
        };
        let value = |by: &By| {
            json!({
                "name": by.name,
                "stages": by.stages.iter().map(word).collect::<Vec<_>>(),
                "always": by.always,
                "when": by.when,
            })
        };
        (self.packages.iter().map(value).collect(), &self.stacks)
    }
}
