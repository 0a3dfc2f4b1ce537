//! A chosen package with what is needed to expand it: evaluates guards, expands templates, formats its name
//! and reasons.

use std::ops::Deref;

use crate::catalog::{self, Catalog, Dist, Guard, Guarded, Package, PackageVersion, Template, is_on};
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::Project;
use crate::resolve::{Chosen, LockedDownloads, Reason, Resolution};
use crate::source::{Sources, Span};
use crate::value::{Name, Parse, Version};

use super::Why;

/// The results of the earlier passes for one target.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The manifest for one target.
    pub project: &'a Project,
    pub resolution: &'a Resolution,
    pub catalog: &'a Catalog,
    pub sources: &'a Sources,
    /// What the lock records for the downloads of the target.
    pub locked: &'a LockedDownloads,
}

impl<'a> Inputs<'a> {
    /// Returns a chosen package with its definition; `None` if it is not chosen or has no definition, as
    /// names that only the base image of a manifest declares.
    pub(super) fn view(self, name: &Name) -> Option<PackageContext<'a>> {
        let chosen = self.resolution.chosen.get(name)?;
        let package = self.catalog.package(name.as_str())?;
        Some(PackageContext { inputs: self, chosen, package })
    }

    /// Cites a place in the manifest: `project.kdl: packages vtk`.
    pub(super) fn cite(self, span: Span) -> String {
        self.project.read.cite(span, self.sources)
    }

    /// Returns the comment for something that the manifest requests at a place.
    pub(super) fn why(self, what: impl Into<String>, place: Span) -> Why {
        Why { what: what.into(), reasons: vec![self.cite(place)], place: Some(place), ..Why::default() }
    }

    /// Returns the template values that are common to all packages.
    pub(super) fn values(self) -> catalog::TemplateView {
        let resolution = self.resolution;
        let target = &resolution.target;
        let mut values = catalog::TemplateView::new();
        values.text("arch", target.arch.as_str());
        values.text("platform", target.platform.as_str());
        values.sm(&target.sm);
        values.device(&target.values);
        let decided = resolution.axes.iter().filter(|(name, _)| !resolution.chosen.contains_key(*name));
        for (name, version) in decided {
            values.package(name, version, self.entry_of(name, version));
        }
        for (name, chosen) in &resolution.chosen {
            let own = self.view(name).and_then(PackageContext::entry);
            values.package(name, &chosen.version, own.or_else(|| self.entry_of(name, &chosen.version)));
        }
        values
    }

    /// Returns the first entry of a version. For an axis that is not chosen, only the version is known.
    fn entry_of(self, name: &Name, version: &Version) -> Option<&'a PackageVersion> {
        let package = self.catalog.package(name.as_str())?;
        package.versions.iter().find(|entry| entry.version.value == *version)
    }

    fn is_of_user(self, span: Span) -> bool {
        self.project.read.sources().contains(&span.source)
    }

    /// Returns the package among the reasons that the manifest requests first.
    pub(super) fn first_holder(self, reasons: &[Reason]) -> Option<&Name> {
        let holders = reasons.iter().filter_map(|one| match one {
            Reason::RequiredBy { name, .. } => Some(name),
            _ => None,
        });
        holders.min_by_key(|name| {
            let place = self.resolution.chosen.get(*name).and_then(|holder| holder.place);
            (place.is_none(), place.map(|place| self.project.read.order(place)))
        })
    }

    /// Formats the reasons of a choice, and returns the first place of a reason in the manifest.
    fn reasons(self, reasons: &[Reason]) -> (Vec<String>, Option<Span>) {
        let mut words = Vec::new();
        let mut place = None;
        let first = self.first_holder(reasons);
        for one in reasons {
            let phrase = match one {
                Reason::Requested(span) | Reason::Pinned(span) | Reason::Target(span) => {
                    place = place.or(Some(*span));
                    self.cite(*span)
                }
                Reason::Base(_) => "from the base image".to_owned(),
                Reason::RequiredBy { name, span, .. } => {
                    place = place.or(Some(*span).filter(|span| self.is_of_user(*span)));
                    // Only one is shown, so that the comment does not change with other packages.
                    if first != Some(name) {
                        continue;
                    }
                    // The version is left out, so that a new version does not change the comment.
                    format!("required by {name}")
                }
                Reason::PlatformDefault { by, version: Some(version) } => {
                    format!("default of {by} {version}")
                }
                Reason::PlatformDefault { by, version: None } => format!("default of {by}"),
                Reason::Locked => continue,
            };
            if !words.contains(&phrase) {
                words.push(phrase);
            }
        }
        (words, place)
    }
}

/// Formats a name and version, `cuda 12.6`; the name alone if there is no version.
fn titled(name: &Name, version: &Version) -> String {
    if version.as_str() == "0" { name.to_string() } else { format!("{name} {version}") }
}

/// A chosen package and its definition, for evaluating conditions and expanding templates.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackageContext<'a> {
    pub(super) inputs: Inputs<'a>,
    pub(super) chosen: &'a Chosen,
    pub(super) package: &'a Package,
}

impl<'a> PackageContext<'a> {
    /// Returns the name with the version or the version's name: `torchvision 0.21.0`.
    pub(super) fn title(self) -> String {
        match self.entry().and_then(|entry| entry.name.as_ref()) {
            Some(name) => format!("{} {}", self.chosen.name, name.value),
            None => titled(&self.chosen.name, &self.chosen.version),
        }
    }

    /// Returns the comment for the package: its title and the reasons for it.
    pub(super) fn why(self) -> Why {
        let (reasons, place) = self.inputs.reasons(&self.chosen.reasons);
        Why { what: self.title(), reasons, place, ..Why::default() }
    }

    /// Returns the chosen entry of the definition.
    pub(super) fn entry(self) -> Option<&'a PackageVersion> {
        self.chosen.entry.and_then(|entry| self.package.versions.get(entry))
    }

    /// Returns the index of the first entry of the chosen version whose requirements are met.
    pub(super) fn entry_here(self) -> Option<usize> {
        let Inputs { resolution, catalog, .. } = self.inputs;
        let fixed = resolution.target.fixed(&self.chosen.options, self.chosen.variant.as_ref());
        let holds =
            |require: &catalog::Require| require.is_met(&fixed, catalog, |name| resolution.version(name));
        self.package
            .versions
            .iter()
            .position(|entry| entry.version.value == self.chosen.version && entry.requires.iter().all(holds))
    }

    /// Returns the Python distributions whose versions the package determines, with their names on an index.
    pub(super) fn dists(self) -> Vec<(String, &'a Dist)> {
        let dists: Vec<&Dist> = self.applicable(&self.package.dists).collect();
        if dists.iter().all(|dist| dist.name.is_plain()) {
            return dists.into_iter().map(|dist| (dist.name.text.to_string(), dist)).collect();
        }
        let values = self.own_values(&self.inputs.values(), &mut Log::new());
        let named = dists.into_iter().map(|dist| Some((dist.name.expand(&values, &mut Log::new())?, dist)));
        named.flatten().collect()
    }

    /// Whether the package is an axis, and so part of the platform.
    pub(super) fn is_platform(self) -> bool {
        self.package.axis.is_some()
    }

    /// Returns the values for the package's own templates: the common ones, its options, variant and version.
    pub(super) fn own_values(self, common: &catalog::TemplateView, log: &mut Log) -> catalog::TemplateView {
        let mut values = common.clone();
        for (key, value) in &self.chosen.options {
            values.option(key, value);
        }
        if let Some(variant) = &self.chosen.variant {
            values.variant(variant);
        }
        let none = std::collections::BTreeMap::new();
        values.own(&self.chosen.version, self.entry().map_or(&none, |entry| &entry.values), log);
        values
    }

    /// Returns the values whose guard holds.
    pub(super) fn applicable<T>(self, guarded: &'a [Guarded<T>]) -> impl Iterator<Item = &'a T> {
        guarded.iter().filter(move |one| self.holds(&one.guard)).map(|one| &one.value)
    }

    /// Whether all conditions of a guard hold.
    pub(super) fn holds(self, guard: &Guard) -> bool {
        let resolution = self.inputs.resolution;
        let fixed = resolution.target.fixed(&self.chosen.options, self.chosen.variant.as_ref());
        guard.holds(&fixed, self.inputs.catalog, |name| resolution.version(name))
    }

    /// Whether an option is set to anything but off.
    pub(super) fn option_is_on(self, key: &Name) -> bool {
        self.chosen.options.get(key).is_some_and(|value| is_on(value))
    }
}

/// A chosen package and its template values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled<'a> {
    pub(super) view: PackageContext<'a>,
    pub(super) values: &'a catalog::TemplateView,
}

impl<'a> Deref for Filled<'a> {
    type Target = PackageContext<'a>;

    fn deref(&self) -> &PackageContext<'a> {
        &self.view
    }
}

impl Filled<'_> {
    /// Expands a template. Returns `None` if it has an error, which is reported.
    pub(super) fn text(self, template: &Template, log: &mut Log) -> Option<String> {
        if self.inputs.resolution.target.sm.is_empty() && template.lists_capabilities() {
            log.error(self.no_gpu());
            return None;
        }
        template.expand(self.values, log)
    }

    /// Returns the diagnostic for a package that is compiled for the target's GPUs if the target names none.
    fn no_gpu(self) -> Diagnostic {
        let target = &self.inputs.project.target;
        let place = target.platform.as_ref().map_or(target.span, |platform| platform.span);
        let title = self.title();
        let mut diagnostic =
            Diagnostic::error(codes::NO_GPU, format!("{title} is compiled for the target's GPUs"))
                .at(place, "missing `gpu`");
        if let Some(asked) = self.chosen.place {
            diagnostic = diagnostic.at(asked, format!("{title} is included because of this"));
        }
        diagnostic.help(
            "list their compute capabilities in the target, such as `gpu \"8.6\" \"8.9\"`; see \
            https://developer.nvidia.com/cuda-gpus",
        )
    }

    /// Expands a template and parses the result. Returns `None` if it has an error, which is reported.
    pub(super) fn value<T: Parse>(self, template: &Template, log: &mut Log) -> Option<T> {
        let text = self.text(template, log)?;
        match T::parse(&text) {
            Ok(value) => Some(value),
            Err(invalid) => {
                let what = T::WHAT;
                let message = format!("{} is not {what}", wording::code(&text));
                log.error(
                    Diagnostic::error(codes::BAD_VALUE, message)
                        .at(template.span, format!("for {}: {invalid}", self.title()))
                        .maybe_help(invalid.help),
                );
                None
            }
        }
    }

    /// Expands and parses several templates. Those with errors are reported and left out.
    pub(super) fn values<T: Parse>(self, templates: &[Template], log: &mut Log) -> Vec<T> {
        templates.iter().filter_map(|template| self.value(template, log)).collect()
    }

    /// Expands and parses an optional template. The outer `None` is an error, the inner one an absent
    /// template.
    #[expect(clippy::option_option, reason = "absent and invalid are different")]
    pub(super) fn maybe<T: Parse>(self, template: Option<&Template>, log: &mut Log) -> Option<Option<T>> {
        template.map_or(Some(None), |template| self.value(template, log).map(Some))
    }
}
