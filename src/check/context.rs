//! The input of rules.

use crate::catalog::{Catalog, Platform};
use crate::manifest::{Project, RunOptions};
use crate::source::Span;

/// One target of a manifest, and its platform.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The manifest for this target.
    pub project: &'a Project,
    pub catalog: &'a Catalog,
    /// The target's platform; `None` if it is unknown, which the resolver reports.
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

    /// Returns the options of the main service and of the further ones.
    pub(super) fn runs(&self) -> impl Iterator<Item = &'a RunOptions> + use<'a> {
        let run = &self.project.run;
        std::iter::once(run).chain(run.services.iter().map(|service| &service.run))
    }
}

/// Returns the span of a node's name, given the span of the node.
pub(super) fn head(node: Span, name: &str) -> Span {
    Span::new(node.source, node.range().start..node.range().start + name.len())
}
