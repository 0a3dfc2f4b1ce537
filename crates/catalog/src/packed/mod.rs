//! What the build packs, and what it looks for in a definition while it does.

pub mod index;
mod layout;

pub(crate) use layout::{PackedFile, definition_hash};
pub use layout::{PackedRange, PackedStack};
