//! What the catalogue and its packing share.

#[path = "../src/catalog/store/index.rs"]
pub mod index;
#[path = "../src/catalog/store/packing.rs"]
pub mod packing;
