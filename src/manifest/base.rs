//! `base`.

use crate::source::{Span, Spanned};
use crate::value::{Digest, ImageRef, Name, Version};

/// The image to start from.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// Which one.
    pub choice: BaseChoice,
    /// What it holds, declared by the user (`provides`), beside what the catalogue knows.
    pub provides: Vec<Provided>,
    /// The whole node.
    pub span: Span,
}

/// How the base is named.
#[derive(Debug, Clone, PartialEq)]
pub enum BaseChoice {
    /// `base "l4t-jetpack"`, `base "dustynv/l4t-pytorch"`: of the catalogue.
    Catalog(Spanned<String>),
    /// `base image="acme/base:1.4" digest="sha256:…"`.
    Image {
        /// The reference.
        image: Spanned<ImageRef>,
        /// Its digest.
        digest: Option<Spanned<Digest>>,
    },
}

/// `cuda "12.6"` inside `provides`.
#[derive(Debug, Clone, PartialEq)]
pub struct Provided {
    /// An axis or a package.
    pub name: Spanned<Name>,
    /// The version that is there.
    pub version: Spanned<Version>,
}
