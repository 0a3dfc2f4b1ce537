//! A Dockerfile as `BuildKit` sees it: stages of steps, each with the key under which its result is cached.
//!
//! `BuildKit` caches a step by its own text, by the environment that it runs in, by the content of what it copies or
//! mounts, and by the state of the stage before it. `COPY --link` does not depend on the stage before it. Labels,
//! commands, ports and comments are no steps. The keys here are computed from the same inputs, so that a step whose key
//! is in the old build is cached. Source: <https://docs.docker.com/build/cache/invalidation/>.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::plan::SHARED_SUPPORT;
use crate::plan::written::{self, RawInstruction};
use crate::render::Artifacts;
use crate::value::{IgnorePattern, Parse, leaves_out};

use super::{ContextFiles, is_below};

/// The hash of everything that a step's result depends on.
pub(super) type StepKey = u64;

/// One stage, in the order of the file.
#[derive(Debug, Clone)]
pub(super) struct BuildStage {
    pub(super) name: String,
    /// The stage that it starts from.
    pub(super) parent: Option<String>,
    /// The key of what it starts from.
    pub(super) start: StepKey,
    /// The image that it starts from, when its reference has no digest.
    pub(super) unpinned: Option<String>,
    pub(super) steps: Vec<BuildStep>,
    state: StageState,
}

/// One instruction whose result is cached.
#[derive(Debug, Clone)]
pub(super) struct BuildStep {
    /// The instruction's first words.
    pub(super) title: String,
    pub(super) key: StepKey,
    /// The key of the step before it, or of what the stage starts from; `None` for a linked copy.
    pub(super) before: Option<StepKey>,
    pub(super) inputs: Vec<StepInput>,
}

/// One thing that a step depends on besides the step before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StepInput {
    /// Its own text with its heredocs.
    Text(StepKey),
    /// Variables, shell, user and folder that it runs with.
    Environment(StepKey),
    /// The files of another stage.
    Stage { name: String, key: StepKey },
    /// The files of an image that is no stage.
    Image(String),
    /// Generated files.
    Generated { path: String, key: StepKey },
    /// The project's own files that differ between the sides.
    Changed(Vec<String>),
    /// Something whose content is not known before the build.
    Unknown(String),
}

/// What later instructions of a stage inherit.
#[derive(Debug, Clone, Default, Hash)]
struct StageState {
    key: StepKey,
    variables: BTreeMap<String, String>,
    shell: String,
    user: String,
    folder: String,
}

/// The files that a build reads.
pub(super) struct BuildInputs<'a> {
    pub(super) dockerfile: &'a str,
    /// The ignore file next to the Dockerfile.
    pub(super) ignored: Vec<IgnorePattern>,
    pub(super) artifacts: &'a Artifacts,
    /// `SOURCE_DATE_EPOCH` of the build.
    pub(super) epoch: u64,
    /// The project's own files, on the new side: the old side is what they are compared with.
    pub(super) files: Option<&'a dyn ContextFiles>,
}

pub(super) fn key(of: &impl Hash) -> StepKey {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// The patterns of an ignore file.
pub(super) fn patterns(text: &str) -> Vec<IgnorePattern> {
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| IgnorePattern::parse(line).ok()).collect()
}

/// Reads a generated Dockerfile.
pub(super) fn stages(inputs: &BuildInputs<'_>) -> Vec<BuildStage> {
    let mut all: Vec<BuildStage> = Vec::new();
    for instruction in written::read(inputs.dockerfile).instructions {
        let (keyword, rest) = split(&instruction.text);
        if keyword == "FROM" {
            let stage = start(rest, &all);
            all.push(stage);
        } else if let Some((stage, others)) = all.split_last_mut() {
            apply(stage, others, (&keyword, rest, &instruction), inputs);
        }
    }
    all
}

/// The stages that a stage is built from, itself included, in the order of the file.
pub(super) fn reachable<'a>(all: &'a [BuildStage], target: &str) -> Vec<&'a BuildStage> {
    let mut wanted = vec![target];
    let mut next = 0;
    while let Some(name) = wanted.get(next).copied() {
        next += 1;
        let Some(stage) = all.iter().find(|stage| stage.name == name) else { continue };
        let from_steps = stage.steps.iter().flat_map(|step| &step.inputs).filter_map(|input| match input {
            StepInput::Stage { name, .. } => Some(name.as_str()),
            _ => None,
        });
        for name in stage.parent.as_deref().into_iter().chain(from_steps) {
            if !wanted.contains(&name) {
                wanted.push(name);
            }
        }
    }
    all.iter().filter(|stage| wanted.contains(&stage.name.as_str())).collect()
}

fn split(text: &str) -> (String, &str) {
    let (keyword, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (keyword.to_ascii_uppercase(), rest.trim_start())
}

/// `FROM [--platform=…] IMAGE [AS NAME]`.
fn start(rest: &str, earlier: &[BuildStage]) -> BuildStage {
    let words: Vec<&str> = rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    let image = words.first().copied().unwrap_or_default();
    let name = words.get(2).map_or_else(|| earlier.len().to_string(), |name| (*name).to_owned());
    if let Some(parent) = earlier.iter().find(|stage| stage.name == image) {
        let (parent, state) = (Some(parent.name.clone()), parent.state.clone());
        return BuildStage { name, parent, start: state.key, unpinned: None, steps: Vec::new(), state };
    }
    let is_fixed = image == "scratch" || image.contains("@sha256:");
    let unpinned = (!is_fixed).then(|| image.to_owned());
    let state = StageState { key: key(&("FROM", rest)), ..StageState::default() };
    BuildStage { name, parent: None, start: state.key, unpinned, steps: Vec::new(), state }
}

fn apply(
    stage: &mut BuildStage,
    others: &[BuildStage],
    (keyword, rest, instruction): (&str, &str, &RawInstruction),
    inputs: &BuildInputs<'_>,
) {
    let current = &mut stage.state;
    match keyword {
        "ENV" | "ARG" => {
            let epoch = rest.starts_with("SOURCE_DATE_EPOCH").then(|| inputs.epoch.to_string());
            current.variables.insert(format!("{keyword} {rest}"), epoch.unwrap_or_default());
        }
        "SHELL" => rest.clone_into(&mut current.shell),
        "USER" => rest.clone_into(&mut current.user),
        "RUN" | "COPY" | "ADD" | "WORKDIR" => {
            let step = step(current, others, (keyword, rest, instruction), inputs);
            if keyword == "WORKDIR" {
                rest.clone_into(&mut current.folder);
            }
            // A linked copy is a separate layer, merged into the stage.
            current.key = if step.before.is_none() { key(&(current.key, step.key)) } else { step.key };
            stage.steps.push(step);
        }
        _ => {}
    }
}

fn step(
    state: &StageState,
    others: &[BuildStage],
    (keyword, rest, instruction): (&str, &str, &RawInstruction),
    inputs: &BuildInputs<'_>,
) -> BuildStep {
    let is_linked = keyword != "RUN" && flags(rest).any(|flag| flag == "--link" || flag == "--link=true");
    let mut all = vec![StepInput::Text(key(&(keyword, rest, &instruction.heredocs)))];
    match keyword {
        "RUN" => {
            let environment = (&state.variables, &state.shell, &state.user, &state.folder);
            all.push(StepInput::Environment(key(&environment)));
            all.extend(flags(rest).filter_map(|flag| mounted(flag, others, inputs)));
        }
        "COPY" | "ADD" => {
            if rest.contains('$') {
                all.push(StepInput::Environment(key(&state.variables)));
            }
            all.extend(copied(rest, others, inputs));
        }
        _ => {}
    }
    let before = (!is_linked).then_some(state.key);
    let keys: Vec<String> = all.iter().map(|input| format!("{input:?}")).collect();
    BuildStep { title: title(keyword, rest, instruction), key: key(&(before, keys)), before, inputs: all }
}

/// The flags between the keyword and its arguments.
fn flags(rest: &str) -> impl Iterator<Item = &str> {
    rest.split_whitespace().take_while(|word| word.starts_with("--"))
}

/// What `--mount` brings in; caches, secrets and file systems in memory are no part of a step's key.
fn mounted(flag: &str, others: &[BuildStage], inputs: &BuildInputs<'_>) -> Option<StepInput> {
    let options: BTreeMap<&str, &str> =
        flag.strip_prefix("--mount=")?.split(',').filter_map(|option| option.split_once('=')).collect();
    if options.get("type").is_some_and(|kind| *kind != "bind") {
        return None;
    }
    let source = options.get("source").or(options.get("src")).copied().unwrap_or(".");
    Some(match options.get("from") {
        Some(from) => other(from, others),
        None => context(source, inputs),
    })
}

fn copied(rest: &str, others: &[BuildStage], inputs: &BuildInputs<'_>) -> Vec<StepInput> {
    if let Some(from) = flags(rest).find_map(|flag| flag.strip_prefix("--from=")) {
        return vec![other(from, others)];
    }
    let is_held = flags(rest).any(|flag| flag.starts_with("--checksum="));
    let paths = arguments(rest);
    let sources = &paths[..paths.len().saturating_sub(1)];
    let of_source = |source: &String| match source.as_str() {
        heredoc if heredoc.starts_with("<<") => None,
        url if url.contains("://") => (!is_held).then(|| StepInput::Unknown(url.to_owned())),
        path => Some(context(path, inputs)),
    };
    sources.iter().filter_map(of_source).collect()
}

/// Paths of a copy, in either form of the instruction.
fn arguments(rest: &str) -> Vec<String> {
    let words: Vec<&str> = rest.split_whitespace().skip_while(|word| word.starts_with("--")).collect();
    let text = words.join(" ");
    serde_json::from_str(&text).unwrap_or_else(|_| words.iter().map(ToString::to_string).collect())
}

fn other(name: &str, others: &[BuildStage]) -> StepInput {
    match others.iter().find(|stage| stage.name == name) {
        Some(stage) => StepInput::Stage { name: name.to_owned(), key: stage.state.key },
        None if name.contains("@sha256:") => StepInput::Image(name.to_owned()),
        None => StepInput::Unknown(name.to_owned()),
    }
}

/// Files of the build context: generated ones by their text, the project's own by whether they differ.
fn context(path: &str, inputs: &BuildInputs<'_>) -> StepInput {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let path = if path.is_empty() { "." } else { path };
    // The stage that copies the whole project removes this folder, and others compare the contents.
    let excluded = if path == "." { SHARED_SUPPORT } else { "" };
    let is_read = |file: &str| {
        is_below(file, path)
            && (excluded.is_empty() || !is_below(file, excluded))
            && leaves_out(&inputs.ignored, file) != Some(true)
    };
    let generated: Vec<_> = inputs.artifacts.iter().filter(|(file, _)| is_read(file)).collect();
    let is_generated = generated.iter().any(|(file, _)| *file == path)
        || path != "." && generated.iter().any(|(file, _)| is_below(file, path));
    if is_generated {
        return StepInput::Generated { path: path.to_owned(), key: key(&generated) };
    }
    let Some(files) = inputs.files else { return StepInput::Changed(Vec::new()) };
    match files.changed(path) {
        Some(changed) => {
            let own = |file: &String| is_read(file) && !inputs.artifacts.contains_key(file);
            StepInput::Changed(changed.into_iter().filter(own).collect())
        }
        None => StepInput::Unknown(path.to_owned()),
    }
}

/// The length of a title, in characters.
const TITLE: usize = 72;

/// The instruction without flags; of a script, its first command.
fn title(keyword: &str, rest: &str, instruction: &RawInstruction) -> String {
    // What most scripts start with says nothing about this one.
    const SETUP: [&str; 5] = ["set ", "export ", ". ", "apt-get update", "MAX_JOBS="];
    let words: Vec<&str> = rest.split_whitespace().skip_while(|word| word.starts_with("--")).collect();
    let is_setup = |line: &&str| SETUP.iter().any(|start| line.starts_with(start));
    let script = instruction.heredocs.first().filter(|_| keyword == "RUN");
    let command = script.and_then(|text| text.lines().map(str::trim).find(|line| !is_setup(line)));
    let text = command.map_or_else(|| words.join(" "), |line| line.trim_end_matches('\\').trim().to_owned());
    let text = format!("{keyword} {text}");
    match text.char_indices().nth(TITLE) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
