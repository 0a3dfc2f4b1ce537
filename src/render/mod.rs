//! Renders plans to the texts of the generated files. Each output has a file here; all quoting for the
//! Dockerfile is in `quote`. Rendering cannot fail.

mod all;
mod bake;
mod caches;
mod checks;
mod compose;
mod devcontainer;
mod dockerfile;
mod dockerignore;
mod exceptions;
mod head;
mod host_setup;
mod instruction;
mod mounts;
mod options;
mod quadlet;
mod quote;
mod run_command;
mod script;
mod service;
mod signature;
mod support;
mod templates;
mod words;
mod yaml;

pub use all::{Artifacts, all};
pub use bake::bake;
pub use compose::compose;
pub use devcontainer::devcontainer;
pub use dockerfile::dockerfile;
pub use dockerignore::dockerignore;
pub use quadlet::quadlet;
pub use run_command::run_command;
pub use signature::{Generated, Signature, is_of_old_layout, is_support};
pub use yaml::read as read_yaml;

#[cfg(test)]
mod host_tests;
#[cfg(test)]
mod lean_tests;
#[cfg(test)]
mod run_tests;
#[cfg(test)]
mod service_tests;
#[cfg(test)]
mod tests;
