//! Diagnostics as plain data, which are built where a problem is found and collected in a [`Log`].
//!
//! This folder depends on spans and codes, but on no pass.

mod code;
pub mod codes;
pub mod cycles;
mod log;
mod plain;
mod problem;
pub mod wording;

pub use code::Code;
pub use log::{Log, Reported};
pub use plain::plain;
pub use problem::{Diagnostic, Fix, Label, Severity};
