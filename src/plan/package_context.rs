//! One chosen package as the plan reads it: guards decided, templates filled in, its name and reasons in words.

use std::ops::Deref;

use crate::catalog::{self, Catalog, Dist, Guard, Guarded, Package, PackageVersion, Template, is_on};
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::Project;
use crate::resolve::{Chosen, Reason, Resolution};
use crate::source::{Sources, Span};
use crate::value::{Name, Parse, Version};

use super::Why;

/// What the passes before give.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The manifest for one target.
    pub project: &'a Project,
    pub resolution: &'a Resolution,
    pub catalog: &'a Catalog,
    pub sources: &'a Sources,
}

impl<'a> Inputs<'a> {
    /// A chosen package with its definition; `None` for what has none (a pure axis, or a name that only a user's base
    /// declares).
    pub(super) fn view(self, name: &Name) -> Option<PackageContext<'a>> {
        let chosen = self.resolution.chosen.get(name)?;
        let package = self.catalog.package(name.as_str())?;
        Some(PackageContext { inputs: self, chosen, package })
    }

    /// `project.kdl: packages vtk`.
    pub(super) fn cite(self, span: Span) -> String {
        self.project.read.cite(span, self.sources)
    }

    /// What the manifest asks for at a place.
    pub(super) fn why(self, what: impl Into<String>, place: Span) -> Why {
        Why { what: what.into(), reasons: vec![self.cite(place)], place: Some(place), ..Why::default() }
    }

    /// The values that all packages' templates see.
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

    /// The first entry of that version: of what no one chose, only the version is known.
    fn entry_of(self, name: &Name, version: &Version) -> Option<&'a PackageVersion> {
        let package = self.catalog.package(name.as_str())?;
        package.versions.iter().find(|entry| entry.version.value == *version)
    }

    fn is_users(self, span: Span) -> bool {
        self.project.read.sources().contains(&span.source)
    }

    /// Of all that require something, the one that the manifest asked for first.
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

    /// Why something was chosen, in few words.
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
                    place = place.or(Some(*span).filter(|span| self.is_users(*span)));
                    // One is enough: a line more for each would change with packages that it is not about.
                    if first != Some(name) {
                        continue;
                    }
                    // Without its version: another one of it is no change of what it requires.
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

/// `cuda 12.6`; the name alone for what has no version.
fn titled(name: &Name, version: &Version) -> String {
    if version.as_str() == "0" { name.to_string() } else { format!("{name} {version}") }
}

/// A chosen package with conditions evaluated and templates expanded.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackageContext<'a> {
    pub(super) inputs: Inputs<'a>,
    pub(super) chosen: &'a Chosen,
    pub(super) package: &'a Package,
}

impl<'a> PackageContext<'a> {
    /// `torchvision 0.21.0`.
    pub(super) fn title(self) -> String {
        match self.entry().and_then(|entry| entry.name.as_ref()) {
            Some(name) => format!("{} {}", self.chosen.name, name.value),
            None => titled(&self.chosen.name, &self.chosen.version),
        }
    }

    /// What it is and who asked for it.
    pub(super) fn why(self) -> Why {
        let (reasons, place) = self.inputs.reasons(&self.chosen.reasons);
        Why { what: self.title(), reasons, place, ..Why::default() }
    }

    /// The entry of the definition that was chosen.
    pub(super) fn entry(self) -> Option<&'a PackageVersion> {
        self.chosen.entry.and_then(|entry| self.package.versions.get(entry))
    }

    /// Of the entries of that version the first whose requirements hold here.
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

    /// The Python distributions whose versions it fixes, by their names on an index.
    pub(super) fn dists(self) -> Vec<(String, &'a Dist)> {
        let held: Vec<&Dist> = self.held(&self.package.dists).collect();
        if held.iter().all(|dist| dist.name.is_plain()) {
            return held.into_iter().map(|dist| (dist.name.text.clone(), dist)).collect();
        }
        let values = self.own_values(&self.inputs.values(), &mut Log::new());
        let named = held.into_iter().map(|dist| Some((dist.name.expand(&values, &mut Log::new())?, dist)));
        named.flatten().collect()
    }

    /// Whether it is a part of the platform, which everything else stands on.
    pub(super) fn is_platform(self) -> bool {
        self.package.axis.is_some()
    }

    /// The values that its own templates see, over those of all.
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

    /// The values whose guard holds.
    pub(super) fn held<T>(self, guarded: &'a [Guarded<T>]) -> impl Iterator<Item = &'a T> {
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

/// One chosen package and the values that its templates see.
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
    /// A template's text, or nothing where it is wrong, which is reported at its place.
    pub(super) fn text(self, template: &Template, log: &mut Log) -> Option<String> {
        if self.inputs.resolution.target.sm.is_empty() && template.lists_capabilities() {
            log.error(self.no_gpu());
            return None;
        }
        template.expand(self.values, log)
    }

    /// What is compiled for a list of GPUs is no use, or does not compile, where the list is empty.
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

    /// A template's value, or nothing where it is wrong, which is reported at its place.
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

    /// The values of several templates; those that are wrong are reported and left out.
    pub(super) fn values<T: Parse>(self, templates: &[Template], log: &mut Log) -> Vec<T> {
        templates.iter().filter_map(|template| self.value(template, log)).collect()
    }

    /// The value of a template that may be absent; `None` outside where it is wrong.
    #[expect(clippy::option_option, reason = "absent and wrong are two things")]
    pub(super) fn maybe<T: Parse>(self, template: Option<&Template>, log: &mut Log) -> Option<Option<T>> {
        template.map_or(Some(None), |template| self.value(template, log).map(Some))
    }
}
