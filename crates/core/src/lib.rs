//! Code that the compiler and its build script share: source texts, diagnostics as data, values, KDL, and files.
//! Ranks: `source`, `diagnostic`, `value`, `syntax`, `fs`; a module uses only those before it.

pub mod diagnostic;
pub mod fs;
pub mod source;
pub mod syntax;
pub mod value;
