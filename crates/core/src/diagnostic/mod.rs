//! How a problem is reported: plain data, built where the fault is found, collected in a [`Log`].
//!
//! This folder knows spans and codes, never a pass.

mod code;
pub mod codes;
pub mod cycles;
mod log;
mod problem;
pub mod wording;

pub use code::Code;
pub use log::{Log, Reported};
pub use problem::{Diagnostic, Fix, Label, Severity};
