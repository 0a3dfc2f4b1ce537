//! Rendering of diagnostics. The diagnostics themselves are in `jcc-core`, since the build script reports
//! them too.

pub mod render;

pub use jcc_core::diagnostic::*;
