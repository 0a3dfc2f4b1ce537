//! Places in a source text.

use std::ops::{Deref, Range};

use serde::{Deserialize, Serialize};

use super::SourceId;

/// A range of bytes in a source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(SourceId, u32, u32)", into = "(SourceId, u32, u32)")]
pub struct Span {
    pub source: SourceId,
    pub start: u32,
    /// The end, exclusive.
    pub end: u32,
}

impl Span {
    /// Returns the span of `range` in `source`. Offsets above 4 GiB are capped.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let cap = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { source, start: cap(range.start), end: cap(range.end) }
    }

    /// Returns the range in bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the span from the start of this one to the end of `other`, which must be in the same source.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.end), ..self }
    }
}

/// Packed with its length, which is a small number.
impl From<Span> for (SourceId, u32, u32) {
    fn from(Span { source, start, end }: Span) -> Self {
        (source, start, end.saturating_sub(start))
    }
}

impl From<(SourceId, u32, u32)> for Span {
    fn from((source, start, length): (SourceId, u32, u32)) -> Self {
        Self { source, start, end: start.saturating_add(length) }
    }
}

/// A line and a column. Columns count characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl Position {
    /// Returns the position of a byte offset. Offsets beyond the end are capped.
    pub fn of(text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// A value and its place in a source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Creates a value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// Converts the value and keeps the place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), span: self.span }
    }

    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned { value: &self.value, span: self.span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
