//! What a folder has already: a Dockerfile whose simple parts a new manifest takes over, and files that it must not
//! write over.

use crate::catalog::{BaseImage, BaseTag, Catalog};
use crate::check::COMPOSE_NAMES;
use crate::fs::{FileKind, FileSystem};
use crate::render::Signature;
use crate::resolve::LockedFiles;
use crate::syntax::quote;
use crate::value::{ImageRef, Parse as _, Port, UserName};

use super::TakenOver;

/// Outputs that people write themselves, the node that names them, and what they are called instead.
const OUTPUTS: [(&str, &str, &str); 2] = [
    ("Dockerfile", "dockerfile", "Dockerfile.jcc"),
    ("docker-compose.yaml", "compose", "docker-compose.jcc.yaml"),
];

/// Files that are someone's own.
#[derive(Debug, Default)]
pub(super) struct Existing {
    /// Of [`OUTPUTS`], each with the file that is there.
    outputs: Vec<(usize, &'static str)>,
    dockerfile: Dockerfile,
}

/// The last stage of a Dockerfile, as far as it is simple.
#[derive(Debug, Default, PartialEq)]
struct Dockerfile {
    from: Option<ImageRef>,
    /// Nodes of `app`.
    app: Vec<String>,
    /// Instructions that were not taken, each once.
    left: Vec<String>,
}

impl Existing {
    /// Looks into a folder; `files`: those that its lock lists.
    pub(super) fn of(fs: &dyn FileSystem, files: &LockedFiles) -> Self {
        let foreign = |path: &str| {
            let bytes = (fs.kind(path) == Some(FileKind::File)).then(|| fs.read(path).ok()).flatten()?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            (Signature::of(path, &text, files) == Signature::Foreign).then_some(text)
        };
        let dockerfile = foreign(OUTPUTS[0].0).as_deref().map(Dockerfile::read).unwrap_or_default();
        let mut outputs: Vec<(usize, &str)> = Vec::new();
        for (at, (path, ..)) in OUTPUTS.into_iter().enumerate() {
            // Compose prefers its other names to the one that is written.
            let names: &[&str] = if COMPOSE_NAMES.contains(&path) { &COMPOSE_NAMES } else { &[path] };
            outputs.extend(names.iter().find(|name| foreign(name).is_some()).map(|name| (at, *name)));
        }
        Self { outputs, dockerfile }
    }

    /// `base`, held to the tag that the Dockerfile names, where the catalogue has the image.
    pub(super) fn base(&self, catalog: &Catalog) -> Option<String> {
        let from = self.dockerfile.from.as_ref()?;
        let (base, tag) = known(catalog, from)?;
        let tag = tag.map_or_else(String::new, |tag| format!(":{}", tag.tag.value));
        let digest = from
            .digest()
            .map_or_else(String::new, |digest| format!(" digest={}", quote(&digest.to_string())));
        Some(format!("base {}{digest}\n", quote(&format!("{}{tag}", base.name.value))))
    }

    /// `app`, where there is anything for it.
    pub(super) fn app(&self) -> Option<String> {
        let lines: Vec<String> = self.dockerfile.app.iter().map(|line| format!("    {line}\n")).collect();
        (!lines.is_empty()).then(|| format!("app {{\n{}}}", lines.concat()))
    }

    /// `output`, so that nothing of the user's is in the way.
    pub(super) fn output(&self) -> Option<String> {
        let nodes: Vec<String> = self
            .outputs
            .iter()
            .map(|(at, _)| format!("{} {}", OUTPUTS[*at].1, quote(OUTPUTS[*at].2)))
            .collect();
        (!nodes.is_empty()).then(|| format!("output {{ {} }}\n", nodes.join("; ")))
    }

    /// What a person must know of them; `taken`: what was taken over, `starts`: the image that the project starts from.
    pub(super) fn reported(&self, catalog: &Catalog, taken: &TakenOver, starts: Option<&ImageRef>) -> String {
        let (base, app) = (taken.base.is_some(), taken.app.is_some());
        let mut out = String::new();
        for (path, instead) in self.outputs.iter().map(|(at, path)| (path, OUTPUTS[*at].2)) {
            out.push_str(&format!("note: your own `{path}` is unchanged; jcc will write `{instead}`\n"));
        }
        let dockerfile = self.outputs.iter().any(|(at, _)| *at == 0);
        if let Some(difference) = self.difference(catalog, base, starts) {
            out.push_str(&format!("note: {difference}\n"));
        }
        if let Some(release) = taken.release.as_ref().filter(|_| taken.of_image) {
            out.push_str(&format!(
                "note: the image of the Dockerfile is for another release than the default; the \
                    manifest uses `{release}`\n"
            ));
        }
        if dockerfile && (base || app) {
            let taken = [("its image", base), ("what it copies and starts", app)];
            let taken: Vec<&str> = taken.iter().filter(|(_, is)| *is).map(|(what, _)| *what).collect();
            out.push_str(&format!("note: imported from the Dockerfile: {}\n", taken.join(", ")));
        }
        if !self.dockerfile.left.is_empty() {
            out.push_str(&format!(
                "note: not imported: {}; use `packages`, `apt`, `pip` and `app` for these\n",
                self.dockerfile.left.join(", ")
            ));
        }
        out
    }

    /// How what the project starts from differs from what the Dockerfile starts from.
    fn difference(&self, catalog: &Catalog, taken: bool, starts: Option<&ImageRef>) -> Option<String> {
        let from = self.dockerfile.from.as_ref()?;
        let known = known(catalog, from);
        let instead = starts.map_or_else(String::new, |image| {
            let plain = image.to_string();
            format!(": the project uses `{}`", plain.split('@').next().unwrap_or(&plain))
        });
        match known {
            None => Some(format!(
                "the Dockerfile is based on `{from}`, which was not imported{instead}; to use it, \
                    set `base image=…` and declare its contents"
            )),
            Some(_) if !taken => {
                Some(format!("the Dockerfile is based on `{from}`, which does not fit this target{instead}"))
            }
            Some((_, None)) => Some(format!(
                "the catalogue does not have the tag of `{from}`{instead}; to use yours, set `base \
                    image=…` and declare its contents"
            )),
            Some((_, Some(_))) => None,
        }
    }
}

/// The base of the catalogue that an image is, and its tag, where that is known too.
fn known<'a>(catalog: &'a Catalog, image: &ImageRef) -> Option<(&'a BaseImage, Option<&'a BaseTag>)> {
    let base = catalog.bases().find(|base| base.image == *image.repository())?;
    Some((base, image.tag().and_then(|tag| base.tags.iter().find(|one| one.tag.value == tag))))
}

impl Dockerfile {
    fn read(text: &str) -> Self {
        let mut found = Self::default();
        let mut stages = 0;
        for line in logical(text) {
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
            let (word, rest) = (word.to_ascii_uppercase(), rest.trim());
            if word == "FROM" {
                stages += 1;
                // Of the stages before the last one nothing is in the image of itself.
                found.app.clear();
            }
            if !found.take(&word, rest) && !found.left.contains(&word) {
                found.left.push(word);
            }
        }
        if stages > 1 {
            found.left.push("all stages but the last one".to_owned());
        }
        found
    }

    /// Takes an instruction over; false where it is not as simple as that.
    fn take(&mut self, word: &str, rest: &str) -> bool {
        let node = match word {
            "FROM" => {
                let image = rest.split_whitespace().find(|part| !part.starts_with("--")).unwrap_or_default();
                self.from = ImageRef::parse(image).ok();
                return self.from.is_some();
            }
            "WORKDIR" if rest.starts_with('/') && plain(rest) => format!("workdir {}", quote(rest)),
            "COPY" | "ADD" => match rest.split_whitespace().collect::<Vec<_>>()[..] {
                [from, to] if plain(rest) && !rest.contains([':', '*', '?', '[']) => {
                    format!("copy {} to={}", quote(from.trim_start_matches("./")), quote(to))
                }
                _ => return false,
            },
            "EXPOSE" => {
                let ports: Option<Vec<String>> = rest
                    .split_whitespace()
                    .map(|port| Some(Port::parse(port).ok()?.get().to_string()))
                    .collect();
                let Some(ports) = ports.filter(|ports| !ports.is_empty()) else { return false };
                format!("expose {}", ports.join(" "))
            }
            "USER" if UserName::parse(rest).is_ok() => format!("user {}", quote(rest)),
            "CMD" | "ENTRYPOINT" => {
                let Some(words) = words(rest) else { return false };
                let node = if word == "CMD" { "command" } else { "entrypoint" };
                format!("{node} {}", words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" "))
            }
            _ => return false,
        };
        // Of these the last one counts; copies and ports add up.
        let first = |node: &str| node.split(' ').next().unwrap_or_default().to_owned();
        if !matches!(word, "COPY" | "ADD" | "EXPOSE") {
            self.app.retain(|other| first(other) != first(&node));
        }
        self.app.push(node);
        true
    }
}

/// The words of a command: the exec form, or a line for the shell.
fn words(text: &str) -> Option<Vec<String>> {
    if text.starts_with('[') {
        return serde_json::from_str::<Vec<String>>(text).ok().filter(|words| !words.is_empty());
    }
    (!text.is_empty()).then(|| vec!["/bin/sh".to_owned(), "-c".to_owned(), text.to_owned()])
}

/// Whether a builder takes it as it stands.
fn plain(text: &str) -> bool {
    !text.contains(['$', '"', '\'', '\\', '<', '[']) && !text.starts_with("--")
}

/// The instructions, each on one line; what comes behind a text in the file itself is not read.
fn logical(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (line, goes_on) = line.strip_suffix('\\').map_or((line, false), |line| (line.trim_end(), true));
        match all.last_mut().filter(|_| open) {
            Some(last) => *last = format!("{last} {line}"),
            None => all.push(line.to_owned()),
        }
        open = goes_on;
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
        let Dockerfile { from, app, left } = Dockerfile::read(text);
        (from.map(|from| from.to_string()), app, left)
    }

    #[test]
    fn what_is_simple_is_taken() {
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
        let (from, found, left) = read(text);
        assert_eq!((from.as_deref(), found.as_slice()), (Some("ubuntu:22.04"), &app.map(str::to_owned)[..]));
        assert_eq!(left, ["RUN", "ENV"]);
    }

    #[test]
    fn what_is_not_is_left() {
        let text = "FROM a AS x\nCMD one\nFROM ${B}\nCOPY --from=x /a /b\nADD https://a.example/x /y\nEXPOSE $P\nWORKDIR rel\nUSER 1000:1000\nCMD [broken\nRUN <<EOF\nCMD no\nEOF\n";
        let (from, app, left) = read(text);
        assert_eq!((from, app), (None, Vec::<String>::new()));
        let all =
            ["FROM", "COPY", "ADD", "EXPOSE", "WORKDIR", "USER", "CMD", "RUN", "all stages but the last one"];
        assert_eq!(left, all);
        assert_eq!(read("\u{feff}\u{0}\\"), (None, Vec::new(), vec!["\u{0}".to_owned()]));
    }
}
