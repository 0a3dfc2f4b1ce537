//! Locks the images and repositories of all targets.

use crate::Resolved;
use crate::diagnostic::{Diagnostic, Log, codes::resolve as codes, wording};
use crate::manifest::Project;
use crate::plan::{Git, Planned};
use crate::source::masked;
use crate::value::{Digest, ImageRef, Name};

use super::super::programs::ProgramFailure;
use super::images::{self, DigestLookup};
use super::{LockItem, LockKind, LockRun, commits, missing};

impl LockRun<'_> {
    /// Locks the digests of images.
    pub(super) fn images(&mut self, resolved: &Resolved, planned: &[Planned], log: &mut Log) {
        if !self.wants(LockKind::Images) {
            return;
        }
        let mut lookup = DigestLookup::new(self.around.0);
        let mut no_program = false;
        for ((project, _), planned) in resolved.targets.iter().zip(planned) {
            for image in images::images(project, &planned.plan) {
                let found = match image.digest() {
                    Some(digest) => Some(digest.clone()),
                    None if self.args.offline || no_program => None,
                    None => match lookup.digest(&image) {
                        Some(Ok(digest)) => Some(digest),
                        Some(Err(why)) => {
                            log.error(failed(
                                project,
                                &format!("the image {}", wording::code(image.to_string())),
                                &why,
                            ));
                            None
                        }
                        None => {
                            no_program = true;
                            log.error(missing("docker", "images", images::GET_DOCKER));
                            None
                        }
                    },
                };
                if let (Some(digest), None) = (&found, image.digest()) {
                    self.pin(&project.target.name.value, &image, digest);
                }
                self.items.push(LockItem {
                    kind: LockKind::Images,
                    target: project.target.name.value.to_string(),
                    name: image.without_digest().to_string(),
                    locked: found.is_some(),
                    what: found.map_or_else(|| "not locked".to_owned(), |digest| digest.to_string()),
                });
            }
        }
    }

    /// Records a digest: for a base image in the entry of the image, else in a separate entry.
    fn pin(&mut self, target: &Name, image: &ImageRef, digest: &Digest) {
        let Some(target) = self.lock.targets.get_mut(target) else { return };
        if target.images().any(|base| base == image) {
            target.add_digests(|base| (base == image).then(|| digest.clone()));
        } else {
            target.further_images.insert(image.to_string(), image.with_digest(digest.clone()));
        }
    }

    /// Locks the commits of branches and tags.
    pub(super) fn git(&mut self, resolved: &Resolved, planned: &[Planned], log: &mut Log) {
        if !self.wants(LockKind::Git) {
            return;
        }
        for ((project, _), planned) in resolved.targets.iter().zip(planned) {
            let target = &project.target.name.value;
            let mut seen = Vec::new();
            for git in planned.plan.repositories() {
                let key = (git.url.to_string(), git.reference());
                let old = resolved.lock.targets.get(target).and_then(|one| one.commits.get(&key));
                // Most definitions contain the commit.
                if seen.contains(&key) || (git.commit.is_some() && old.is_none()) {
                    continue;
                }
                let commit = git.commit.clone().or_else(|| self.look_up(project, git, log));
                let name = format!("{} {}", masked(&key.0), key.1);
                seen.push(key.clone());
                self.items.push(LockItem {
                    kind: LockKind::Git,
                    target: target.to_string(),
                    name,
                    locked: commit.is_some(),
                    what: commit.as_ref().map_or_else(|| "not locked".to_owned(), ToString::to_string),
                });
                if let (Some(commit), Some(locked)) = (commit, self.lock.targets.get_mut(target)) {
                    locked.commits.insert(key, commit);
                }
            }
        }
    }

    fn look_up(&mut self, project: &Project, git: &Git, log: &mut Log) -> Option<crate::value::Commit> {
        if self.args.offline || self.no_git {
            return None;
        }
        match commits::look_up(git.url.as_str(), &git.reference(), self.around.0) {
            Ok(commit) => return Some(commit),
            Err(ProgramFailure::Missing) => {
                self.no_git = true;
                log.error(missing("git", "branches and tags", commits::GET_GIT));
            }
            Err(why) => {
                let what = format!("the repository {}", wording::code(masked(git.url.as_str())));
                log.error(failed(project, &what, &why.words()));
            }
        }
        None
    }
}

/// Returns the diagnostic for a failed lookup.
fn failed(project: &Project, what: &str, why: &str) -> Diagnostic {
    let (first, rest) = why.split_once('\n').unwrap_or((why, ""));
    let rest = (!rest.is_empty()).then(|| rest.to_owned());
    Diagnostic::error(codes::LOCK_FAILED, format!("{what} was not locked"))
        .at(project.target.name.span, first.strip_prefix("ERROR: ").unwrap_or(first))
        .maybe_help(rest)
}
