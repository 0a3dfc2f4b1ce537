//! Which steps of the next build run, and why, given the cache of a build of the old side.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{self, BuildInputs, BuildStage, BuildStep, StepInput, StepKey};
use super::{ContextFiles, DiffSide};

/// The forecast for the image of one target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forecast {
    /// The stages that the image is built from, in the order of the Dockerfile.
    pub stages: Vec<StageForecast>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageForecast {
    pub name: String,
    pub steps: Vec<StepForecast>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepForecast {
    /// The instruction's first words.
    pub title: String,
    pub state: StepState,
    /// The first cause of a state other than cached, as one phrase.
    pub cause: String,
}

/// Whether a step is taken from the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepState {
    Cached,
    /// A linked copy behind a step that runs: its layer stays the same, and `BuildKit` only puts it on other layers.
    Merged,
    /// Nothing of this step changed, but it depends on something that may have: a tag without a digest, a URL without
    /// a checksum.
    Unknown,
    /// It only reads files of a stage that runs again: cached if these come out equal.
    Depends,
    Rerun,
}

impl Forecast {
    /// The stages with a step that runs.
    pub fn rerun_stages(&self) -> impl Iterator<Item = &StageForecast> {
        self.stages.iter().filter(|stage| stage.state() >= StepState::Depends)
    }
}

impl StageForecast {
    /// The strongest state of its steps.
    pub fn state(&self) -> StepState {
        self.steps.iter().map(|step| step.state).max().unwrap_or(StepState::Cached)
    }
}

pub(super) fn forecast(old: Option<DiffSide<'_>>, new: DiffSide<'_>, files: &dyn ContextFiles) -> Forecast {
    let before = old.map(|old| stages(old, None)).unwrap_or_default();
    let after = stages(new, Some(files));
    let target = |side: DiffSide<'_>| side.planned.services.build.stage.unwrap_or("final");
    let old_stages = old.map(|old| build::reachable(&before, target(old))).unwrap_or_default();
    let new_stages = build::reachable(&after, target(new));
    let mut judge = Judge {
        old: old_stages.iter().flat_map(|stage| &stage.steps).map(|step| step.key).collect(),
        old_stages: old_stages.iter().map(|stage| (stage.name.as_str(), *stage)).collect(),
        states: BTreeMap::new(),
    };
    Forecast { stages: new_stages.into_iter().map(|stage| judge.stage(stage)).collect() }
}

fn stages(side: DiffSide<'_>, files: Option<&dyn ContextFiles>) -> Vec<BuildStage> {
    let path = side.planned.files.dockerfile.as_str();
    let text = |path: &str| side.artifacts.get(path).map(String::as_str).unwrap_or_default();
    build::stages(&BuildInputs {
        dockerfile: text(path),
        ignored: build::patterns(text(&format!("{path}.dockerignore"))),
        artifacts: side.artifacts,
        epoch: side.planned.services.build.epoch,
        files,
    })
}

/// Decides the state of each step, stage by stage in the order of the file.
struct Judge<'a> {
    /// The keys of all steps of the old build.
    old: BTreeSet<StepKey>,
    old_stages: BTreeMap<&'a str, &'a BuildStage>,
    /// The state at the end of each stage, and the cause.
    states: BTreeMap<String, (StepState, String)>,
}

impl Judge<'_> {
    fn stage(&mut self, of: &BuildStage) -> StageForecast {
        let mut current = self.start(of);
        let mut steps = Vec::new();
        for (place, step) in of.steps.iter().enumerate() {
            let (state, cause) = self.step((of, place), step, &current);
            if state > current.0 {
                current = match state {
                    StepState::Depends | StepState::Rerun => (state, "an earlier step reruns".to_owned()),
                    _ => (state, cause.clone()),
                };
            }
            steps.push(StepForecast { title: step.title.clone(), state, cause });
        }
        self.states.insert(of.name.clone(), current);
        StageForecast { name: of.name.clone(), steps }
    }

    /// The state that a stage starts from.
    fn start(&self, of: &BuildStage) -> (StepState, String) {
        if let Some(parent) = &of.parent {
            return match self.states.get(parent).cloned() {
                Some((state, _)) if state >= StepState::Depends => {
                    (state, format!("stage `{parent}` reruns"))
                }
                Some(known) => known,
                None => (StepState::Cached, String::new()),
            };
        }
        let old = self.old_stages.get(of.name.as_str());
        if old.is_some_and(|old| old.start != of.start) {
            return (StepState::Rerun, "the base image changed".to_owned());
        }
        match &of.unpinned {
            Some(image) => {
                (StepState::Unknown, format!("`{image}` has no digest, so the tag may have moved"))
            }
            None => (StepState::Cached, String::new()),
        }
    }

    fn step(
        &self,
        (stage, place): (&BuildStage, usize),
        step: &BuildStep,
        current: &(StepState, String),
    ) -> (StepState, String) {
        let follows = step.before.is_some();
        if self.old.contains(&step.key) {
            if !follows && current.0 >= StepState::Depends {
                return (StepState::Merged, "an earlier step reruns".to_owned());
            }
            let inherited =
                follows.then(|| current.clone()).filter(|(state, _)| *state == StepState::Unknown);
            let unknown = inherited.or_else(|| step.inputs.iter().find_map(|input| self.unknown(input)));
            return unknown.unwrap_or((StepState::Cached, String::new()));
        }
        if follows && current.0 >= StepState::Depends {
            return current.clone();
        }
        self.own_cause(stage, place, step)
    }

    /// Why an input's content is not known.
    fn unknown(&self, input: &StepInput) -> Option<(StepState, String)> {
        match input {
            StepInput::Unknown(what) => Some((StepState::Unknown, format!("`{what}` is not pinned"))),
            StepInput::Stage { name, .. } => {
                self.states.get(name).filter(|(state, _)| *state == StepState::Unknown).cloned()
            }
            _ => None,
        }
    }

    /// The first input that differs from the step of the old build in the same place.
    fn own_cause(&self, stage: &BuildStage, place: usize, step: &BuildStep) -> (StepState, String) {
        let Some(old) = self.old_stages.get(stage.name.as_str()) else {
            return (StepState::Rerun, "the stage is new".to_owned());
        };
        let text = |step: &BuildStep| step.inputs.first().cloned();
        let same_text = old.steps.iter().find(|other| text(other) == text(step));
        let Some(before) = same_text else {
            let is_new = old.steps.iter().all(|other| other.title != step.title);
            let cause = if is_new && place >= old.steps.len() { "new step" } else { "its text changed" };
            return (StepState::Rerun, cause.to_owned());
        };
        let changed: Vec<&StepInput> =
            step.inputs.iter().filter(|input| !before.inputs.contains(input)).collect();
        let only_stages =
            !changed.is_empty() && changed.iter().all(|input| matches!(input, StepInput::Stage { .. }));
        match changed.first() {
            Some(StepInput::Stage { name, .. }) if only_stages => {
                (StepState::Depends, format!("stage `{name}` reruns"))
            }
            Some(input) => (StepState::Rerun, changed_input(input)),
            None if step.before != before.before => (StepState::Rerun, "an earlier step changed".to_owned()),
            None => (StepState::Rerun, "its text changed".to_owned()),
        }
    }
}

fn changed_input(input: &StepInput) -> String {
    match input {
        StepInput::Text(_) => "its text changed".to_owned(),
        StepInput::Environment(_) => "a variable or the shell of the stage changed".to_owned(),
        StepInput::Stage { name, .. } => format!("stage `{name}` reruns"),
        StepInput::Image(image) => format!("image `{image}` changed"),
        StepInput::Generated { path, .. } => format!("`{path}` changed"),
        StepInput::Changed(files) => match &files[..] {
            [] => "its files changed".to_owned(),
            [one] => format!("`{one}` changed"),
            [first, rest @ ..] => format!("`{first}` and {} more changed", rest.len()),
        },
        StepInput::Unknown(what) => format!("`{what}` is not pinned"),
    }
}
