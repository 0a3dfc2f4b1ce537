//! Existing files of a folder for `jcc init`: a Dockerfile whose simple instructions are imported into the
//! new manifest, and files that jcc must not overwrite.

use crate::catalog::Catalog;
use crate::check::COMPOSE_NAMES;
use crate::fs::{FileKind, FileSystem};
use crate::render::Signature;
use crate::resolve::LockedFiles;
use crate::syntax::quote;
use crate::value::{ImageRef, Parse as _, Port, UserName};

use super::Imported;
use super::image::{self, KnownImage};

/// Outputs that a user may have written by hand: the default path, the node of `output` that sets another
/// one, and the path that is used then.
const OUTPUTS: [(&str, &str, &str); 2] = [
    ("Dockerfile", "dockerfile", "Dockerfile.jcc"),
    ("docker-compose.yaml", "compose", "docker-compose.jcc.yaml"),
];

/// The files of a folder that jcc did not write.
#[derive(Debug, Default)]
pub(super) struct Existing {
    /// Indexes into [`OUTPUTS`], each with the name of the existing file.
    outputs: Vec<(usize, &'static str)>,
    dockerfile: Dockerfile,
}

/// The simple instructions of a Dockerfile's last stage.
#[derive(Debug, Default, PartialEq)]
struct Dockerfile {
    from: Option<ImageRef>,
    /// Nodes of `app`.
    app: Vec<String>,
    /// The names of instructions that were not imported, without duplicates.
    skipped: Vec<String>,
}

impl Existing {
    /// Finds the files of a folder that jcc did not write. `files` are those that its lock lists.
    pub(super) fn find(fs: &dyn FileSystem, files: &LockedFiles) -> Self {
        let foreign = |path: &str| {
            let bytes = (fs.kind(path) == Some(FileKind::File)).then(|| fs.read(path).ok()).flatten()?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            (Signature::of(path, &text, files) == Signature::Foreign).then_some(text)
        };
        let dockerfile = foreign(OUTPUTS[0].0).as_deref().map(Dockerfile::read).unwrap_or_default();
        let mut outputs: Vec<(usize, &str)> = Vec::new();
        for (index, (path, ..)) in OUTPUTS.into_iter().enumerate() {
            // Compose prefers its other default names, such as `compose.yaml`, to the one that jcc writes.
            let names: &[&str] = if COMPOSE_NAMES.contains(&path) { &COMPOSE_NAMES } else { &[path] };
            outputs.extend(names.iter().find(|name| foreign(name).is_some()).map(|name| (index, *name)));
        }
        Self { outputs, dockerfile }
    }

    /// Returns the `base` node for the Dockerfile's image, if the catalogue has its repository.
    pub(super) fn base(&self, catalog: &Catalog) -> Option<String> {
        let from = self.dockerfile.from.as_ref()?;
        image::node(catalog, from)
    }

    /// The image that the Dockerfile starts from.
    pub(super) fn image(&self) -> Option<&ImageRef> {
        self.dockerfile.from.as_ref()
    }

    /// Returns the `app` node, if any of its parts were imported.
    pub(super) fn app(&self) -> Option<String> {
        let lines: Vec<String> = self.dockerfile.app.iter().map(|line| format!("    {line}\n")).collect();
        (!lines.is_empty()).then(|| format!("app {{\n{}}}", lines.concat()))
    }

    /// Returns an `output` node with paths that do not overwrite the user's files, if there are any.
    pub(super) fn output(&self) -> Option<String> {
        let nodes: Vec<String> = self
            .outputs
            .iter()
            .map(|(index, _)| format!("{} {}", OUTPUTS[*index].1, quote(OUTPUTS[*index].2)))
            .collect();
        (!nodes.is_empty()).then(|| format!("output {{ {} }}\n", nodes.join("; ")))
    }

    /// Returns notes on what was imported and what was not. `project_base` is the image that the new project
    /// starts from.
    pub(super) fn notes(
        &self,
        catalog: &Catalog,
        imported: &Imported,
        project_base: Option<&ImageRef>,
    ) -> String {
        let (base, app) = (imported.base.is_some(), imported.app.is_some());
        let mut out = String::new();
        for (path, instead) in self.outputs.iter().map(|(index, path)| (path, OUTPUTS[*index].2)) {
            out.push_str(&format!("note: your own `{path}` is unchanged; jcc will write `{instead}`\n"));
        }
        let dockerfile = self.outputs.iter().any(|(index, _)| *index == 0);
        if let Some(difference) = self.difference(catalog, base, project_base) {
            out.push_str(&format!("note: {difference}\n"));
        }
        if let Some(release) = imported.release.as_ref().filter(|_| imported.of_image) {
            out.push_str(&format!(
                "note: the image of the Dockerfile is for another release than the default; the \
                    manifest uses `{release}`\n"
            ));
        }
        if dockerfile && (base || app) {
            let parts = [("its image", base), ("what it copies and starts", app)];
            let parts: Vec<&str> = parts.iter().filter(|(_, is)| *is).map(|(part, _)| *part).collect();
            out.push_str(&format!("note: imported from the Dockerfile: {}\n", parts.join(", ")));
        }
        if !self.dockerfile.skipped.is_empty() {
            out.push_str(&format!(
                "note: not imported: {}; use `packages`, `apt`, `pip` and `app` for these\n",
                self.dockerfile.skipped.join(", ")
            ));
        }
        out
    }

    /// Returns a sentence on how the base images of the project and of the Dockerfile differ. `imported` says
    /// whether that of the Dockerfile was imported.
    fn difference(
        &self,
        catalog: &Catalog,
        imported: bool,
        project_base: Option<&ImageRef>,
    ) -> Option<String> {
        let from = self.dockerfile.from.as_ref()?;
        let known = KnownImage::find(catalog, from);
        let instead = project_base.map_or_else(String::new, |image| {
            let plain = image.to_string();
            format!(": the project uses `{}`", plain.split('@').next().unwrap_or(&plain))
        });
        match known {
            None => Some(format!(
                "the Dockerfile is based on `{from}`, which was not imported{instead}; to use it, \
                    set `base image=…` and declare its contents"
            )),
            Some(_) if !imported => {
                Some(format!("the Dockerfile is based on `{from}`, which does not fit this target{instead}"))
            }
            Some(KnownImage::Similar(..)) => Some(format!(
                "the catalogue does not have the tag of `{from}`{instead}, with the versions that the tag \
                    names; to use yours, set `base image=…` and declare its contents"
            )),
            Some(KnownImage::Other(_)) if project_base.is_some_and(|image| image == from) => Some(format!(
                "the catalogue does not have the tag of `{from}`; complete `provides` in the manifest with \
                    what the image contains"
            )),
            Some(KnownImage::Other(_)) => Some(format!(
                "the catalogue does not have the tag of `{from}`{instead}; to use yours, set `base \
                    image=…` and declare its contents"
            )),
            Some(KnownImage::Same(..)) => None,
        }
    }
}

impl Dockerfile {
    fn read(text: &str) -> Self {
        let mut found = Self::default();
        let mut stages = 0;
        for line in instructions(text) {
            let (name, arguments) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
            let (name, arguments) = (name.to_ascii_uppercase(), arguments.trim());
            if name == "FROM" {
                stages += 1;
                // Only the last stage is the image.
                found.app.clear();
            }
            if !found.import(&name, arguments) && !found.skipped.contains(&name) {
                found.skipped.push(name);
            }
        }
        if stages > 1 {
            found.skipped.push("all stages but the last one".to_owned());
        }
        found
    }

    /// Imports an instruction. Returns false if it has no simple equivalent in a manifest.
    fn import(&mut self, name: &str, arguments: &str) -> bool {
        let node = match name {
            "FROM" => {
                let mut parts = arguments.split_whitespace();
                let image = parts.find(|part| !part.starts_with("--")).unwrap_or_default();
                self.from = ImageRef::parse(image).ok();
                return self.from.is_some();
            }
            "WORKDIR" if arguments.starts_with('/') && is_plain(arguments) => {
                format!("workdir {}", quote(arguments))
            }
            "COPY" | "ADD" => match arguments.split_whitespace().collect::<Vec<_>>()[..] {
                [from, to] if is_plain(arguments) && !arguments.contains([':', '*', '?', '[']) => {
                    format!("copy {} to={}", quote(from.trim_start_matches("./")), quote(to))
                }
                _ => return false,
            },
            "EXPOSE" => {
                let ports: Option<Vec<String>> = arguments
                    .split_whitespace()
                    .map(|port| Some(Port::parse(port).ok()?.get().to_string()))
                    .collect();
                let Some(ports) = ports.filter(|ports| !ports.is_empty()) else { return false };
                format!("expose {}", ports.join(" "))
            }
            "USER" if UserName::parse(arguments).is_ok() => format!("user {}", quote(arguments)),
            "CMD" | "ENTRYPOINT" => {
                let Some(words) = command_words(arguments) else { return false };
                let node = if name == "CMD" { "command" } else { "entrypoint" };
                format!("{node} {}", words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" "))
            }
            _ => return false,
        };
        // Copies and ports add up; of every other instruction, the last one replaces the earlier ones.
        let node_name = |node: &str| node.split(' ').next().unwrap_or_default().to_owned();
        if !matches!(name, "COPY" | "ADD" | "EXPOSE") {
            self.app.retain(|other| node_name(other) != node_name(&node));
        }
        self.app.push(node);
        true
    }
}

/// Returns the words of a command in exec form, or of the shell that runs one in shell form.
fn command_words(text: &str) -> Option<Vec<String>> {
    if text.starts_with('[') {
        return serde_json::from_str::<Vec<String>>(text).ok().filter(|words| !words.is_empty());
    }
    (!text.is_empty()).then(|| vec!["/bin/sh".to_owned(), "-c".to_owned(), text.to_owned()])
}

/// Whether arguments have no variables, quotes, here-documents or flags, so that the builder takes them
/// literally.
fn is_plain(text: &str) -> bool {
    !text.contains(['$', '"', '\'', '\\', '<', '[']) && !text.starts_with("--")
}

/// Returns the instructions, each on one line without its line continuations. Stops after the first
/// instruction with a here-document, since it does not parse those.
fn instructions(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut continued = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (line, goes_on) = line.strip_suffix('\\').map_or((line, false), |line| (line.trim_end(), true));
        match all.last_mut().filter(|_| continued) {
            Some(last) => *last = format!("{last} {line}"),
            None => all.push(line.to_owned()),
        }
        continued = goes_on;
        if all.last().is_some_and(|last| last.contains("<<")) {
            break;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<String>, Vec<String>, Vec<String>) {
        let Dockerfile { from, app, skipped } = Dockerfile::read(text);
        (from.map(|from| from.to_string()), app, skipped)
    }

    #[test]
    fn simple_instructions_are_imported() {
        let text = "# syntax=x\nFROM --platform=linux/arm64 ubuntu:22.04 AS base\nRUN apt-get update \\\n  # why\n  && true\n\
                    WORKDIR /srv\ncopy . .\nCOPY ./a b/\nExpose 80 443\nENV A=1\nUSER app\nCMD old\nCMD [\"python3\", \"a b.py\"]\nENTRYPOINT exec x\n";
        let app = [
            "workdir \"/srv\"",
            "copy \".\" to=\".\"",
            "copy \"a\" to=\"b/\"",
            "expose 80 443",
            "user \"app\"",
            "command \"python3\" \"a b.py\"",
            "entrypoint \"/bin/sh\" \"-c\" \"exec x\"",
        ];
        let (from, found, skipped) = read(text);
        assert_eq!((from.as_deref(), found.as_slice()), (Some("ubuntu:22.04"), &app.map(str::to_owned)[..]));
        assert_eq!(skipped, ["RUN", "ENV"]);
    }

    #[test]
    fn other_instructions_are_listed_as_skipped() {
        let text = "FROM a AS x\nCMD one\nFROM ${B}\nCOPY --from=x /a /b\nADD https://a.example/x /y\nEXPOSE $P\nWORKDIR rel\nUSER 1000:1000\nCMD [broken\nRUN <<EOF\nCMD no\nEOF\n";
        let (from, app, skipped) = read(text);
        assert_eq!((from, app), (None, Vec::<String>::new()));
        let all =
            ["FROM", "COPY", "ADD", "EXPOSE", "WORKDIR", "USER", "CMD", "RUN", "all stages but the last one"];
        assert_eq!(skipped, all);
        assert_eq!(read("\u{feff}\u{0}\\"), (None, Vec::new(), vec!["\u{0}".to_owned()]));
    }
}
