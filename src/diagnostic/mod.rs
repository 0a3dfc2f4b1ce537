//! Diagnostics as data (in `jcc-core`, since the build script reports them too), and their rendering.

pub mod render;

pub use jcc_core::diagnostic::*;
