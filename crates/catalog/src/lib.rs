//! What jcc knows: packages, axes, platforms, devices, bases and indexes, as data.
//!
//! The built-in catalogue is packed at build time and a definition is decoded when it is first asked for; users'
//! folders lie over it.

mod check;
mod condition;
mod decode;
mod definition;
mod dependents;
pub mod key;
mod meant;
pub mod packed;
mod platform;
pub mod schema;
mod step;
mod store;
mod template;
pub mod words;

use jcc_core::{diagnostic, fs, source, syntax, value};

pub use condition::{Fixed, admits_word, is_on};
pub use definition::{
    Axis, Choose, Condition, Dist, Guard, Guarded, Install, LibraryTest, Note, Package, PackageOption,
    PackageTest, PackageVersion, Require, RequireStage, ServerCommand, SizeFact, TestBody, Unavailable,
    Variant,
};
pub use dependents::{Dependent, DependentPart};
pub use meant::{Meant, MeantGpu};
pub use platform::{BaseImage, BaseTag, Device, Forbidden, GpuAccess, GpuKind, Index, Platform, Role, Shown};
pub use step::{CmakeDefine, Step, StepKind};
pub use store::{Catalog, DefinitionKind, Entry, PackedCatalog, Search, Searchable, Sort, search};
pub use template::{Names, Template, TemplateView};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
