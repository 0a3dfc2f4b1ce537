//! What is written, as data: stages and their typed steps, the services and how they run. No text of any output.

mod package_step;
mod all;
mod archives;
mod assemble;
mod build;
mod checks;
mod constraints;
mod pip_conflicts;
mod expand;
mod downloads;
mod graph;
mod head;
mod helpers;
mod index_build;
mod stage_packages;
mod layer_count;
mod lints;
mod model;
mod notes;
mod package_plan;
mod pip_urls;
mod python;
mod encodable;
mod final_stage;
mod size;
mod sources;
mod stage;
mod start;
mod step;
mod steps;
mod test;
mod toolkit;
mod user;
mod package_context;
mod written;

pub use all::{Planned, all};
pub use assemble::plan;
pub use downloads::require_grades;
pub use graph::{edges, takes};
pub use model::{Check, FetchKind, Fetched, Head, PackageNote, Plan};
pub use encodable::{Place, refuses};
pub use size::Size;
pub use stage::{AptSourceFile, Block, CopyFrom, Fetch, FileText, From, Instruction, Stage, StageName, Why};
pub use step::{
    Apt, Cmake, Git, KeyFetch, Mount, PipCall, PipIndex, PipSource, PipTools, Run, Script, ScriptFile, Tool,
    UserAccount,
};
pub use package_context::Inputs;

mod service;
#[cfg(test)]
pub(crate) use service::tests as service_tests;
pub use service::*;
