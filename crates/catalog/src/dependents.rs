//! Who requires a package: the definitions read backwards.

use super::{Catalog, DefinitionKind, Package, PackageOption, PackageVersion, Require, Variant};

/// A package that requires another one.
#[derive(Debug, Clone)]
pub struct Dependent<'a> {
    pub package: &'a Package,
    /// Where its definition says so.
    pub places: Vec<(DependentPart<'a>, &'a Require)>,
}

/// The part of a definition that requires something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DependentPart<'a> {
    /// The whole: `requires { numpy }` below `package`.
    Whole,
    Version(&'a PackageVersion),
    /// A value of an option: `qt`, `5`.
    Option(&'a PackageOption, &'a str),
    Variant(&'a Variant),
}

impl Package {
    /// All requirements, whatever they depend on, each with the part that has it.
    pub fn all_requires(&self) -> impl Iterator<Item = (DependentPart<'_>, &Require)> {
        let whole = self.requires.iter().map(|one| (DependentPart::Whole, one));
        let versions = self.versions.iter().flat_map(|version| {
            version.requires.iter().map(move |one| (DependentPart::Version(version), one))
        });
        let options = self.options.iter().flat_map(|option| {
            let values = option.values.iter();
            values.flat_map(move |(value, requires)| {
                requires.iter().map(move |one| (DependentPart::Option(option, &value.value), one))
            })
        });
        let variants = self.variants.iter().flat_map(|variant| {
            variant.requires.iter().map(move |one| (DependentPart::Variant(variant), one))
        });
        whole.chain(versions).chain(options).chain(variants)
    }
}

impl Catalog {
    /// The packages whose definitions require this one, by name. Every definition is decoded for it.
    pub fn dependents(&self, name: &str) -> Vec<Dependent<'_>> {
        let Some(wanted) = self.entry(DefinitionKind::Package, name) else { return Vec::new() };
        let is_it = |require: &Require| {
            self.entry(DefinitionKind::Package, require.name.as_str())
                .is_some_and(|entry| entry.name == wanted.name)
        };
        let installable = self.entries(DefinitionKind::Package).filter(|entry| entry.installable);
        installable
            .filter_map(|entry| {
                let package = self.package(&entry.name)?;
                let places: Vec<_> = package.all_requires().filter(|(_, require)| is_it(require)).collect();
                (!places.is_empty()).then_some(Dependent { package, places })
            })
            .collect()
    }
}
