//! What the compiler and its build script share: source texts, diagnostics as data, values, KDL, and the form in which the build
//! packs the catalogue. Ranks: `source`, `diagnostic`, `value`, `syntax`, `packed`; a module uses those before it.

pub mod diagnostic;
pub mod packed;
pub mod source;
pub mod syntax;
pub mod value;
