//! A plan to texts: one file an output, the values its template sees. Quoting in one file. It cannot fail.

mod dockerfile;
mod instruction;
mod mounts;
mod quote;
mod script;
mod signature;
mod templates;

pub use dockerfile::dockerfile;
pub use signature::Signature;

#[cfg(test)]
mod tests;
