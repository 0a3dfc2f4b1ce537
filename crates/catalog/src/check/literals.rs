//! Texts without a value to put in are what a compile will read: they are read here by the same types.

use crate::diagnostic::Log;
use crate::syntax::invalid;
use crate::value::{
    AptComponent, AptPackage, AptSuite, Commit, FileMode, GitRef, ImagePath, Parse, PepRequirement, Sha256,
    Url,
};

use super::{Subject, walk};
use crate::{StepKind, Template};

pub(super) fn check(subject: Subject<'_>, log: &mut Log) {
    for step in walk::steps(subject.package) {
        let mut reading = LiteralReading { log };
        reading.sources(&step.kind);
        reading.files(&step.kind);
    }
}

struct LiteralReading<'l> {
    log: &'l mut Log,
}

impl LiteralReading<'_> {
    fn one<T: Parse>(&mut self, template: &Template) {
        if let (true, Err(why)) = (template.is_plain(), T::parse(&template.text)) {
            self.log.error(invalid(&why, &template.text, template.span, T::WHAT));
        }
    }

    fn all<'t, T: Parse>(&mut self, templates: impl IntoIterator<Item = &'t Template>) {
        templates.into_iter().for_each(|template| self.one::<T>(template));
    }

    fn sources(&mut self, step: &StepKind) {
        match step {
            StepKind::Apt(packages) => self.all::<AptPackage>(packages),
            StepKind::AptSource { uri, suites, components, .. } => {
                self.one::<Url>(uri);
                self.all::<AptSuite>(suites);
                self.all::<AptComponent>(components);
            }
            StepKind::Pip { specs, .. } => self.all::<PepRequirement>(specs),
            StepKind::Wheel { url, sha256, .. }
            | StepKind::Deb { url, sha256 }
            | StepKind::Archive { url, sha256, .. } => {
                self.one::<Url>(url);
                self.all::<Sha256>(sha256);
            }
            StepKind::Git { url, tag, commit, .. } => {
                self.one::<Url>(url);
                self.all::<GitRef>(tag);
                self.all::<Commit>(commit);
            }
            _ => {}
        }
    }

    fn files(&mut self, step: &StepKind) {
        match step {
            StepKind::Archive { to, .. } | StepKind::Git { to, .. } => self.one::<ImagePath>(to),
            StepKind::Cmake { source, prefix, .. } => {
                self.all::<ImagePath>([source].into_iter().chain(prefix));
            }
            StepKind::Make { directory, .. } | StepKind::Ninja { directory, .. } => {
                self.one::<ImagePath>(directory);
            }
            StepKind::Colcon { workspace, .. } => self.one::<ImagePath>(workspace),
            StepKind::Copy { to: path, mode, .. } | StepKind::Mkdir { path, mode } => {
                self.one::<ImagePath>(path);
                self.all::<FileMode>(mode);
            }
            StepKind::Symlink { at, .. } => self.one::<ImagePath>(at),
            StepKind::Export { path, to } => self.all::<ImagePath>([path].into_iter().chain(to)),
            _ => {}
        }
    }
}
