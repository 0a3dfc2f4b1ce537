//! The notes of chosen packages, without those that the manifest already follows.

use crate::manifest::{App, Camera, RunOptions};
use crate::resolve::TargetFacts;
use crate::value::Name;

use super::package_context::Inputs;
use super::{PackageNote, start};

/// Returns the notes of the chosen packages and versions, without duplicates.
pub(super) fn of_packages(inputs: Inputs<'_>) -> Vec<PackageNote> {
    let mut notes: Vec<PackageNote> = Vec::new();
    for name in &inputs.resolution.order {
        let Some(view) = inputs.view(name) else { continue };
        let own = view.applicable(&view.package.notes).filter(|note| {
            let unless = note.unless.as_deref();
            !(is_heeded(unless, inputs) || unless == Some("command") && starts(inputs, name))
        });
        let of_version = view.entry().into_iter().flat_map(|entry| &entry.notes).map(|note| &note.value);
        for text in own.map(|note| &note.value).chain(of_version) {
            let text = format!("{}: {text}", view.title());
            if notes.iter().all(|other| other.text != text) {
                notes.push(PackageNote { package: name.clone(), version: view.chosen.version.clone(), text });
            }
        }
    }
    notes
}

/// Whether the image starts the server of this package by default.
fn starts(inputs: Inputs<'_>, name: &Name) -> bool {
    start::default(inputs).is_some_and(|(view, _)| view.package.name.value == *name)
}

/// Whether the manifest already has what a note recommends.
fn is_heeded(unless: Option<&str>, inputs: Inputs<'_>) -> bool {
    let Some(word) = unless else { return false };
    let run = &inputs.project.run;
    has(word, run, inputs.project.app.as_ref(), &inputs.resolution.target)
}

fn has(word: &str, run: &RunOptions, app: Option<&App>, target: &TargetFacts) -> bool {
    let is_host =
        |mode: &Option<crate::source::Spanned<String>>| mode.as_ref().map(|mode| mode.value == "host");
    match word {
        "audio" => run.audio.is_some(),
        "camera" => run.cameras.iter().any(|camera| camera.value == Camera::Csi),
        "command" => {
            run.command.is_some() || app.is_some_and(|app| app.command.is_some() || app.entrypoint.is_some())
        }
        "display" => run.display.is_some(),
        "docker-socket" => run.docker_socket.is_on(),
        "host-ipc" => is_host(&run.ipc) == Some(true),
        "host-network" => is_host(&run.network).unwrap_or(target.host_network || !run.can.is_empty()),
        "models" => run.models.is_some(),
        "secret" => !run.secrets.is_empty(),
        "shm-size" => run.shm_size.is_some() || is_host(&run.ipc) == Some(true),
        _ => false,
    }
}
