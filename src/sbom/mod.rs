//! The bill of materials of an image: what a target's image contains, as far as the manifest, the catalogue and the lock say.

mod collect;
mod cyclonedx;
mod purl;
mod spdx;

pub use collect::{Bom, BomInputs, Component, ComponentKind, bom};
pub use cyclonedx::cyclonedx;
pub use spdx::spdx;
