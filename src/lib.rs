//! jcc compiles a declarative manifest to a Dockerfile and a Compose file.
//!
//! The passes are folders, in order: each takes the value that the one before gives.

pub mod catalog;
pub mod diagnostic;
pub mod manifest;
pub mod resolve;
pub mod source;
pub mod syntax;
pub mod value;
pub mod world;

/// The version of this compiler.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
