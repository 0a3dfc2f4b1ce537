//! The packed catalogue, which the build script writes and the compiler reads.

pub mod index;
mod layout;
mod text;

pub use layout::{PackedFile, PackedRange, PackedStack, definition_hash};
pub use text::PackedText;
