//! The language of the catalogue, as tables: definitions are checked against them before they are decoded, and the
//! reference is made from them.

mod common;
mod package;
mod platform;
mod steps;

pub use package::{AXIS, PACKAGE};
pub use platform::{BASE, DEVICE, EPOCH, FORBID, GPU_KIND, INDEX, PLATFORM};

use crate::syntax::schema::NodeSpec;

/// What may stand in `GROUP/NAME/package.kdl`.
pub static DEFINITION: &[&NodeSpec] = &[&PACKAGE, &AXIS];

/// What may stand in a file of the folder `platform`.
pub static PLATFORMS: &[&NodeSpec] = &[&PLATFORM, &DEVICE, &GPU_KIND, &AXIS, &BASE, &INDEX, &FORBID, &EPOCH];
