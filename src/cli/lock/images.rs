//! Looks up the digests of images, with Docker or skopeo.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::manifest::Project;
use crate::plan::{From, Plan};
use crate::value::{Digest, ImageRef, Parse as _};

use super::super::programs::{ProgramCall, ProgramFailure, arguments, run};

pub(super) const GET_DOCKER: &str = "install Docker with Buildx (https://docs.docker.com/engine/install/) or skopeo \
    (https://github.com/containers/skopeo/blob/main/install.md)";

const LIMIT: Duration = Duration::from_mins(2);

/// Returns the images that a lock can pin: those that stages start from, that services run, and that parse the
/// Dockerfile.
pub(super) fn images(project: &Project, plan: &Plan) -> Vec<ImageRef> {
    let stages = plan.stages.iter().filter_map(|stage| match &stage.from {
        From::Image(image) => Some(image),
        From::Stage(_) | From::Scratch => None,
    });
    let mut all: Vec<ImageRef> = stages.chain(project.images()).cloned().collect();
    all.sort_by_key(ToString::to_string);
    all.dedup();
    all
}

/// Finds digests. Each image is looked up once, even if several targets use it.
pub(super) struct DigestLookup<'a> {
    folder: &'a Path,
    known: BTreeMap<String, Result<Digest, String>>,
    /// Whether Docker or skopeo is missing.
    no_docker: bool,
    no_skopeo: bool,
}

impl<'a> DigestLookup<'a> {
    pub(super) fn new(folder: &'a Path) -> Self {
        Self { folder, known: BTreeMap::new(), no_docker: false, no_skopeo: false }
    }

    /// Returns the digest that the registry has for an image; `None` if both programs are missing.
    pub(super) fn digest(&mut self, image: &ImageRef) -> Option<Result<Digest, String>> {
        let name = image.to_string();
        if let Some(known) = self.known.get(&name) {
            return Some(known.clone());
        }
        let found = self.look_up(&name)?;
        self.known.insert(name, found.clone());
        Some(found)
    }

    fn look_up(&mut self, name: &str) -> Option<Result<Digest, String>> {
        let mut failure = None;
        if !self.no_docker {
            match self.run("docker", &["buildx", "imagetools", "inspect", name]) {
                Ok(text) => return Some(digest_of(&text, name)),
                Err(ProgramFailure::Missing) => self.no_docker = true,
                Err(why) => failure = Some(why.words()),
            }
        }
        if !self.no_skopeo {
            let reference = format!("docker://{name}");
            match self.run("skopeo", &["inspect", "--no-tags", "--format", "Digest: {{.Digest}}", &reference])
            {
                Ok(text) => return Some(digest_of(&text, name)),
                Err(ProgramFailure::Missing) => self.no_skopeo = true,
                Err(why) => failure = failure.or_else(|| Some(why.words())),
            }
        }
        failure.map(Err)
    }

    fn run(&self, program: &'static str, all: &[&str]) -> Result<String, ProgramFailure> {
        let arguments = arguments(all);
        run(&ProgramCall {
            program,
            arguments,
            folder: self.folder,
            env: Vec::new(),
            hidden: Vec::new(),
            limit: LIMIT,
        })
    }
}

/// Returns the digest of the first line that starts with `Digest:`; lines of single platforms are indented.
fn digest_of(text: &str, name: &str) -> Result<Digest, String> {
    let digest = text.lines().find_map(|line| line.strip_prefix("Digest:"));
    let digest = digest.ok_or_else(|| format!("no digest was printed for {name}"))?;
    Digest::parse(digest.trim()).map_err(|why| why.message)
}
