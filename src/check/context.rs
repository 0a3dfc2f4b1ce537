//! What rules see.

use crate::catalog::{Catalog, Platform};
use crate::manifest::{Project, RunOptions};
use crate::source::Span;

/// One target of a manifest, and what is known of its machine.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The manifest, as this target sees it.
    pub project: &'a Project,
    pub catalog: &'a Catalog,
    /// The target's platform; absent where it is unknown, which the resolver tells.
    pub platform: Option<&'a Platform>,
}

impl<'a> Context<'a> {
    pub fn new(project: &'a Project, catalog: &'a Catalog) -> Self {
        let target = &project.target;
        let device = target.device.as_ref().and_then(|name| catalog.device(name.as_str()));
        let named = device.map(|device| &device.platform).or(target.platform.as_ref());
        let platform = named.and_then(|name| catalog.platform(name.as_str()));
        Self { project, catalog, platform }
    }

    /// The main service and those beside it.
    pub(super) fn runs(&self) -> impl Iterator<Item = &'a RunOptions> + use<'a> {
        let run = &self.project.run;
        std::iter::once(run).chain(run.services.iter().map(|service| &service.run))
    }
}

/// The name of a node, given the whole of it.
pub(super) fn head(node: Span, name: &str) -> Span {
    Span::new(node.source, node.range().start..node.range().start + name.len())
}
