//! `project` and `allow`.

use crate::source::{Span, Spanned};
use crate::value::{LabelKey, ProjectName, Repository, Version};

/// `project "perception" version="0.3.0" { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// A valid image path component.
    pub name: Spanned<ProjectName>,
    /// The project's own version.
    pub version: Option<Spanned<Version>>,
    /// One line.
    pub description: Option<Spanned<String>>,
    /// The repository that the built image is tagged with; the name when absent.
    pub image: Option<Spanned<Repository>>,
    /// `label "KEY" "VALUE"`.
    pub labels: Vec<(Spanned<LabelKey>, Spanned<String>)>,
}

/// `allow "CODE" reason="…"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Allow {
    /// The code, whole or its last part, as written.
    pub code: Spanned<String>,
    /// Why it is meant; echoed in the head of the Dockerfile.
    pub reason: Spanned<String>,
    /// The node.
    pub span: Span,
}
