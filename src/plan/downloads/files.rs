//! Finds downloads in verbatim texts: shell scripts, Dockerfile instructions of definitions, and services of the
//! Compose file.

use crate::manifest::Grade;
use crate::plan::{FetchKind, StageName, written};
use crate::value::{ImageRef, Parse, Sha256};

use super::{DownloadSite, List, scan};

/// The inline Dockerfiles of the cache services in the Compose file.
const APT_CACHE: &str = include_str!("../../../templates/compose/apt-cache.Dockerfile");
const PIP_CACHE: &str = include_str!("../../../templates/compose/pip-cache.Dockerfile");

impl List<'_> {
    pub(super) fn commands(&mut self, at: DownloadSite<'_>, text: &str) {
        let seen = scan::commands(text);
        for command in seen.fetches {
            self.add(at, FetchKind::Run, command, Grade::D);
        }
        for command in seen.unseen {
            self.add(at, FetchKind::Unseen, command, Grade::D);
        }
    }

    /// Records what Dockerfile instructions fetch: URLs in `ADD`, images in `FROM`, `COPY --from` and `RUN --mount`,
    /// and commands in `RUN`.
    pub(super) fn dockerfile(&mut self, at: DownloadSite<'_>, text: &str) {
        for instruction in written::read(text).instructions {
            self.written(at, written::deferred(&instruction.text));
            for body in &instruction.heredocs {
                self.commands(at, body);
            }
        }
    }

    fn written(&mut self, at: DownloadSite<'_>, text: &str) {
        let words: Vec<String> = text.split_whitespace().map(unquoted).collect();
        let Some((keyword, rest)) = words.split_first() else { return };
        match keyword.to_ascii_uppercase().as_str() {
            "FROM" => {
                self.named_image(at, rest.iter().find(|word| !word.starts_with("--")).map(String::as_str));
            }
            "ADD" => {
                let pinned = options(rest, "--checksum=")
                    .any(|hash| hash.strip_prefix("sha256:").is_some_and(|hash| Sha256::parse(hash).is_ok()));
                let grade = if pinned { Grade::A } else { Grade::D };
                for word in rest.iter().filter(|word| is_remote(word)) {
                    self.add(at, FetchKind::File, word.trim_matches([',', '[', ']']), grade);
                }
            }
            "COPY" => {
                for from in options(rest, "--from=") {
                    self.named_image(at, Some(from));
                }
            }
            "RUN" => {
                for from in options(rest, "--mount=").filter_map(mounted_from) {
                    self.named_image(at, Some(from));
                }
                let command = text.split_whitespace().skip(1).skip_while(|word| word.starts_with("--"));
                self.commands(at, &command.collect::<Vec<_>>().join(" "));
            }
            "LABEL" | "MAINTAINER" | "EXPOSE" | "STOPSIGNAL" | "USER" | "VOLUME" | "WORKDIR" => {}
            _ => self.commands(at, text),
        }
    }

    /// Records an image, unless the name is that of a stage.
    fn named_image(&mut self, at: DownloadSite<'_>, name: Option<&str>) {
        let Some(name) = name else { return };
        let is_stage = self.stages.iter().any(|stage| stage.name.as_str().eq_ignore_ascii_case(name));
        // A number refers to a stage by its index.
        if is_stage || name == "scratch" || name.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        match ImageRef::parse(name) {
            Ok(image) => self.image(at, &image),
            Err(_) => self.add(at, FetchKind::Image, name, Grade::D),
        }
    }

    /// Records what the Compose file and the dev container fetch.
    pub(super) fn services(&mut self) {
        let project = self.plans.inputs.project;
        for service in &project.run.services {
            if let Some(image) = &service.image {
                let stage = StageName::of("service", &service.name.value);
                self.image(DownloadSite { stage: &stage, place: Some(image.span) }, &image.value);
            }
        }
        self.editor();
        for (wanted, name, text) in
            [(project.cache.apt, "apt-cache", APT_CACHE), (project.cache.pip, "pip-cache", PIP_CACHE)]
        {
            if wanted {
                self.dockerfile(DownloadSite { stage: &StageName::fixed(name), place: None }, text);
            }
        }
    }

    /// Records the dev container's features, extensions and setup command.
    fn editor(&mut self) {
        let output = &self.plans.inputs.project.output;
        if output.devcontainer.is_none() {
            return;
        }
        let stage = StageName::fixed("dev");
        for feature in &output.editor.features {
            let at = DownloadSite { stage: &stage, place: Some(feature.image.span) };
            self.named_image(at, Some(&feature.image.value));
        }
        for extension in &output.editor.extensions {
            let at = DownloadSite { stage: &stage, place: Some(extension.span) };
            self.add(at, FetchKind::File, format!("extension {}", extension.value), Grade::D);
        }
        if let Some(command) = &output.editor.post_create {
            self.commands(
                DownloadSite { stage: &stage, place: Some(command.span) },
                &command.value.join(" "),
            );
        }
    }
}

fn options<'a>(words: &'a [String], name: &'a str) -> impl Iterator<Item = &'a str> {
    words.iter().filter_map(move |word| word.strip_prefix(name))
}

/// Removes shell quotes and backslashes, as the builder does.
fn unquoted(word: &str) -> String {
    word.replace(['"', '\'', '\\'], "")
}

/// Returns the `from` of a `--mount`: comma-separated `key=value` pairs whose keys are case-insensitive.
fn mounted_from(options: &str) -> Option<&str> {
    options.split(',').find_map(|option| {
        let (key, value) = option.split_once('=')?;
        key.eq_ignore_ascii_case("from").then_some(value)
    })
}

/// Whether `ADD` fetches this source or might: a URL, a repository such as `git@host:path`, or a variable.
fn is_remote(word: &str) -> bool {
    let login = |(user, rest): (&str, &str)| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let host = rest.split_once(':').map_or("", |(host, _)| host);
        !user.is_empty() && user.chars().all(plain) && !host.is_empty() && host.chars().all(plain)
    };
    let word = word.trim_matches([',', '[', ']']);
    !word.starts_with("--")
        && (word.contains("://") || word.contains('$') || word.split_once('@').is_some_and(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_in_mounts_are_found() {
        for options in [
            "from=a:1,target=/x",
            "\"from=a:1\"",
            "type=bind,FROM=a:1",
            "type=cache,\"From=a:1\",target=/x",
            "'type=bind,from=a:1'",
            "\"type=bind,from=\"a:1",
        ] {
            assert_eq!(mounted_from(&unquoted(options)), Some("a:1"), "{options}");
        }
        assert_eq!(mounted_from("type=bind,source=from=a"), None);
    }

    #[test]
    fn remote_sources_of_add_are_recognised() {
        for word in
            ["build@host:x/y.git", "git@github.com:a/b", "https://a.example/x", "[http://a/x,", "${URL}"]
        {
            assert!(is_remote(word), "{word}");
        }
        for word in ["a@b", "./a:b", "dir/x@y:z", "--chown=1:2", "--checksum=$X"] {
            assert!(!is_remote(word), "{word}");
        }
    }
}
