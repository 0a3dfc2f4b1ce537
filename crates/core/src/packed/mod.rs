//! The packed catalogue: what the build script writes and the compiler reads.

pub mod index;
mod layout;
mod text;

pub use layout::{PackedFile, PackedStack, Stretch, definition_hash};
pub use text::PackedText;
