//! `packages` and `pin`.

use crate::source::{Span, Spanned};
use crate::value::{Name, Requirement};

/// `ros "humble" variant="desktop"`, `vtk "9.3" { option "qt" "5" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The package, or an alias of it.
    pub name: Spanned<Name>,
    /// What versions will do; `*` when absent (the span is then that of the name).
    pub requirement: Spanned<Requirement>,
    /// `variant="…"`.
    pub variant: Option<Spanned<Name>>,
    /// `option "KEY" "VALUE"`.
    pub options: Vec<(Spanned<Name>, Spanned<String>)>,
    /// The whole node.
    pub span: Span,
}

/// `cuda "12.6"` inside `pin`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    /// An axis or a package.
    pub name: Spanned<Name>,
    /// What must hold, whatever else is chosen.
    pub requirement: Spanned<Requirement>,
    /// The whole node.
    pub span: Span,
}
