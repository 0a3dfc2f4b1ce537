//! Boolean nodes.

use crate::source::{Span, Spanned};

/// A boolean node such as `jtop` or `privileged #true`: off if absent. The node of an extending manifest or a
/// target may turn it off again with `#false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flag(pub Option<Spanned<bool>>);

impl Flag {
    /// Returns the span that turns it on, or `None` if it is absent or `#false`.
    pub fn on(self) -> Option<Span> {
        self.0.filter(|flag| flag.value).map(|flag| flag.span)
    }

    pub fn is_on(self) -> bool {
        self.on().is_some()
    }
}
