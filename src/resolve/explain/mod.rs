//! Explains conflicts in terms of the manifest and the definitions: the minimal core, the derivation between
//! its lines, and suggestions that were solved.

pub(super) mod core;
pub(super) mod format;
mod relevance;
mod step;
pub(super) mod suggest;
pub(super) mod trace;
