//! A plan to texts: one file an output, the values its template sees. Quoting in one file. It cannot fail.

mod all;
mod caches;
mod compose;
mod dockerfile;
mod instruction;
mod mounts;
mod quote;
mod script;
mod service;
mod signature;
mod templates;
mod yaml;

pub use all::{Artifacts, all};
pub use compose::compose;
pub use dockerfile::dockerfile;
pub use signature::Signature;

#[cfg(test)]
mod service_tests;
#[cfg(test)]
mod tests;
