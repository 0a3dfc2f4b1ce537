//! `jcc package check`: what is wrong with definitions beyond what decoding tells.
//!
//! One kind of question a file; each tells everything that it finds.

mod fetches;
mod files;
mod graph;
mod literals;
mod names;
mod platforms;
mod reach;
mod references;
mod templates;
#[cfg(test)]
mod tests;
mod unfilled;
mod unreachable;
mod walk;
mod wheels;

use crate::diagnostic::Log;

use super::store::{Definition, DefinitionFile};
use super::{Catalog, Entry, Package, words};

/// One definition under question.
#[derive(Clone, Copy)]
struct Subject<'a> {
    catalog: &'a Catalog,
    /// The file that it stands in.
    file: &'a DefinitionFile,
    entry: &'a Entry,
    package: &'a Package,
}

impl Catalog {
    /// Checks every definition of the folders that were added; those that jcc came with are left alone.
    pub fn check(&self, log: &mut Log) {
        let reach = reach::Reach::new(self);
        for (file, slot) in self.added() {
            match self.decoded(slot) {
                Some(Definition::Package(package)) => {
                    let subject = Subject { catalog: self, file, entry: &slot.entry, package };
                    check(subject, log);
                    unreachable::check(subject, &reach, log);
                    wheels::check(subject, &reach, log);
                }
                Some(Definition::Platform(platform)) => platforms::platform(self, platform, log),
                Some(Definition::Device(device)) => platforms::device(self, device, log),
                Some(Definition::Gpu(gpu)) => platforms::gpu(self, gpu, log),
                Some(Definition::Base(base)) => platforms::base(self, base, log),
                Some(Definition::Index(index)) => platforms::index(self, index, log),
                Some(Definition::Forbidden(one)) => platforms::forbidden(self, one, log),
                Some(Definition::Epoch(_)) | None => {}
            }
        }
        names::aliases(self, log);
        files::orphans(self, log);
        graph::cycles(self, log);
        graph::conditions(self, log);
    }
}

fn check(subject: Subject<'_>, log: &mut Log) {
    names::folder(subject, log);
    names::facts(subject, log);
    names::order(subject, log);
    references::check(subject, log);
    templates::check(subject, log);
    literals::check(subject, log);
    unfilled::check(subject, log);
    fetches::check(subject, log);
}
