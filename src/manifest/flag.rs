//! Switches.

use crate::source::{Span, Spanned};

/// A switch such as `jtop` or `privileged #true`: off unless it is written, and an overlay may turn it off again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flag(pub Option<Spanned<bool>>);

impl Flag {
    /// Where it is turned on; nothing where it is absent or `#false`.
    pub fn on(self) -> Option<Span> {
        self.0.filter(|flag| flag.value).map(|flag| flag.span)
    }

    pub fn is_on(self) -> bool {
        self.on().is_some()
    }
}
