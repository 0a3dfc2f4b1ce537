//! Words that cannot be wrong: one newtype a file, its parser the only check.
//!
//! Every type here reads and writes itself as text: what [`Parse::parse`] accepts, `Display` writes in its canonical
//! spelling, which parses again to the same value.

mod parse;
pub use parse::{Invalid, Parse};

#[cfg(test)]
mod laws;
mod text;

mod interval;
mod requirement;
mod version;
pub use interval::Interval;
pub use requirement::Requirement;
pub use version::Version;

mod name;
mod project_name;
pub use name::Name;
pub use project_name::ProjectName;

mod commit;
mod digest;
mod fingerprint;
mod sha256;
pub use commit::Commit;
pub use digest::Digest;
pub use fingerprint::Fingerprint;
pub use sha256::Sha256;

mod host_name;
mod image_ref;
mod repository;
pub use host_name::HostName;
pub use image_ref::ImageRef;
pub use repository::Repository;
