//! Fetches of texts that are written as they are: shell, instructions of definitions, the services of the Compose file.

use crate::manifest::Grade;
use crate::plan::{FetchKind, StageName};
use crate::value::{ImageRef, Parse};

use super::{At, List, scan};

/// The Dockerfiles of the caches, as the Compose file holds them.
const APT_CACHE: &str = include_str!("../../../templates/compose/apt-cache.Dockerfile");
const PIP_CACHE: &str = include_str!("../../../templates/compose/pip-cache.Dockerfile");

impl List<'_> {
    pub(super) fn commands(&mut self, at: At<'_>, text: &str) {
        for command in scan::commands(text) {
            self.add(at, FetchKind::Run, command, Grade::D);
        }
    }

    /// Instructions: what they add by URL, the images that they copy from, what they run.
    pub(super) fn dockerfile(&mut self, at: At<'_>, text: &str) {
        for line in text.replace("\\\n", " ").lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let Some((keyword, rest)) = words.split_first() else { continue };
            match keyword.to_ascii_uppercase().as_str() {
                "FROM" => self.named_image(at, rest.iter().find(|word| !word.starts_with("--"))),
                "ADD" => {
                    let held = rest.iter().any(|word| word.starts_with("--checksum="));
                    let grade = if held { Grade::A } else { Grade::D };
                    for url in rest.iter().filter(|word| word.contains("://") || word.starts_with("git@")) {
                        self.add(at, FetchKind::File, url.trim_matches(['"', ',', '[', ']']), grade);
                    }
                }
                "COPY" => {
                    let from = rest.iter().find_map(|word| word.strip_prefix("--from="));
                    self.named_image(at, from.iter().next());
                }
                "RUN" => {
                    for from in rest
                        .iter()
                        .filter(|word| word.starts_with("--mount="))
                        .flat_map(|word| word.split(','))
                    {
                        self.named_image(at, from.strip_prefix("from=").iter().next());
                    }
                    let command =
                        rest.iter().skip_while(|word| word.starts_with("--")).copied().collect::<Vec<_>>();
                    self.commands(at, &command.join(" "));
                }
                "COMMENT" | "#" => {}
                _ => self.commands(at, line),
            }
        }
    }

    /// An image, unless a stage has the name.
    fn named_image(&mut self, at: At<'_>, name: Option<&&str>) {
        let Some(name) = name.filter(|name| self.stages.iter().all(|stage| stage.name.as_str() != **name))
        else {
            return;
        };
        match ImageRef::parse(name) {
            Ok(image) => self.image(at, &image),
            Err(_) => self.add(at, FetchKind::Image, *name, Grade::D),
        }
    }

    /// What the Compose file brings beside the image.
    pub(super) fn services(&mut self) {
        let project = self.parts.inputs.project;
        for service in &project.run.services {
            if let Some(image) = &service.image {
                let stage = StageName::of("service", &service.name.value);
                self.image(At { stage: &stage, place: Some(image.span) }, &image.value);
            }
        }
        for (wanted, name, text) in
            [(project.cache.apt, "apt-cache", APT_CACHE), (project.cache.pip, "pip-cache", PIP_CACHE)]
        {
            if wanted {
                self.dockerfile(At { stage: &StageName::fixed(name), place: None }, text);
            }
        }
    }
}
