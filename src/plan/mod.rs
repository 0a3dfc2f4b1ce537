//! Plans the outputs as data: stages with typed steps, and the services and how they run. Contains no output
//! text.

mod all;
mod archives;
mod assemble;
mod build;
mod checks;
mod closure;
mod constraints;
mod downloads;
mod encodable;
mod expand;
mod final_stage;
mod graph;
mod head;
mod helpers;
mod index_build;
mod layer_count;
mod lints;
mod missing_archive;
mod model;
mod notes;
mod package_context;
mod package_plan;
mod package_step;
mod pip_conflicts;
mod pip_urls;
mod pip_versions;
mod python;
mod same_modules;
mod size;
mod sources;
mod stage;
mod stage_packages;
mod start;
mod step;
mod steps;
mod test;
mod toolkit;
mod user;
mod weight;
pub mod written;

pub use all::{Planned, all};
pub use assemble::plan;
pub use closure::{
    ClosureLine, ClosureState, ClosureText, InstallCall, InstallRoot, LockedPython, PythonEnvironment,
    repositories_of,
};
pub use downloads::{require_grades, require_locked};
pub use graph::edges;
pub use model::{Check, FetchKind, Fetched, Head, PackageNote, Plan};
pub use package_context::Inputs;
pub use size::Size;
pub use stage::{AptSourceFile, Block, CopyFrom, Fetch, FileText, From, Instruction, Stage, StageName, Why};
pub use step::{
    AptCall, Cmake, FolderOwner, Git, KeyFetch, Mount, PipCall, PipIndex, PipSource, PipTools, Run, Script,
    ScriptFile, Tool, UserAccount, WheelLayer,
};

mod service;
#[cfg(test)]
pub(crate) use service::tests as service_tests;
pub use service::*;
