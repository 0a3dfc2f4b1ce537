//! Code that the compiler and its build script share: source texts, diagnostics as data, values, KDL, and the
//! packed form of the catalogue. Ranks: `source`, `diagnostic`, `value`, `syntax`, `packed`; a module uses
//! only those before it.

pub mod diagnostic;
pub mod packed;
pub mod source;
pub mod syntax;
pub mod value;
