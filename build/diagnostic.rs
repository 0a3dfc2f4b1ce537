//! Problems as data, without their rendering.

#[path = "../src/diagnostic/code.rs"]
mod code;
#[path = "../src/diagnostic/codes/mod.rs"]
pub mod codes;
#[path = "../src/diagnostic/log.rs"]
mod log;
#[path = "../src/diagnostic/problem.rs"]
mod problem;
#[path = "../src/diagnostic/wording.rs"]
pub mod wording;

pub use code::Code;
pub use log::{Log, Reported};
pub use problem::{Diagnostic, Fix, Label, Severity};
