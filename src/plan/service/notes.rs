//! What the host must be prepared with before the first start, a paragraph each.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::wording;
use crate::manifest::{Engine, Run};

use super::{Service, ServiceInputs, hardware, host_files};

/// Everything that the services of a target need of their host, each thing once.
pub(super) fn all(inputs: ServiceInputs<'_>, services: &[&Service]) -> Vec<String> {
    let project = inputs.project;
    // What the platform needs of a host, it needs for its GPU.
    let used = services.iter().any(|service| service.gpu.is_some());
    let mut notes = if used { inputs.target.notes.clone() } else { Vec::new() };
    notes.extend(host_files::notes(inputs));
    for note in runs(inputs).flat_map(|run| hardware::notes(run, inputs)) {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    match project.engine() {
        Engine::Podman => {
            notes.extend(kept_groups(services));
            notes.extend(inherited_limits(services));
        }
        Engine::Docker => notes.extend(groups(services)),
    }
    notes
}

/// The main service and those beside it.
pub(super) fn runs(inputs: ServiceInputs<'_>) -> impl Iterator<Item = &Run> {
    let run = &inputs.project.run;
    std::iter::once(run).chain(run.services.iter().map(|service| &service.run))
}

/// Podman hands on the groups of whoever starts it, and then takes no others.
fn kept_groups(services: &[&Service]) -> Option<String> {
    let keeping = services.iter().filter(|each| each.keeps_groups());
    let own = keeping.flat_map(|each| &each.groups).filter(|group| group.why.is_empty());
    let own: BTreeSet<String> = own.filter_map(|group| group.value.as_literal()).collect();
    (!own.is_empty()).then(|| {
        format!(
            "Podman hands on the groups of whoever starts it and adds none: of {} the container has those that whoever \
             starts it is in",
            wording::all_of(&own.iter().collect::<Vec<_>>())
        )
    })
}

fn inherited_limits(services: &[&Service]) -> Option<String> {
    let names: BTreeSet<&String> = services.iter().flat_map(|each| &each.inherited_limits).collect();
    let keys: Vec<String> =
        names.iter().map(|name| format!("Limit{}=infinity", name.to_uppercase())).collect();
    (!names.is_empty()).then(|| {
        format!(
            "No limit of {}: without root's rights Podman can only hand on its own. \
             `sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\n{}\\n' | \
             sudo tee /etc/systemd/system/user@.service.d/limits.conf`, then restart the host",
            wording::all_of(&names.iter().collect::<Vec<_>>()),
            keys.join("\\n")
        )
    })
}

/// The host's groups in one command, which writes no number that the file has already: Compose refuses a list of groups
/// in which one occurs twice.
fn groups(services: &[&Service]) -> Option<String> {
    let all: BTreeMap<&String, &String> = services.iter().flat_map(|each| &each.host_groups).collect();
    if all.is_empty() {
        return None;
    }
    let fixed = services.iter().flat_map(|each| &each.groups).filter_map(|group| group.value.as_literal());
    let fixed: BTreeSet<String> = fixed.filter(|one| one.bytes().all(|b| b.is_ascii_digit())).collect();
    let known: Vec<&str> = std::iter::once("''").chain(fixed.iter().map(String::as_str)).collect();
    let known = known.join("|");
    let words: Vec<String> = all.iter().map(|(variable, number)| format!("{variable}=$({number})")).collect();
    Some(format!(
        "Groups of the host, once, beside this file: `for one in {}; do case \"${{one#*=}}\" in {known}) ;; \
         *) grep -qs \"^JCC_GID_.*=${{one#*=}}\\$\" .env || echo \"$one\" >>.env ;; esac; done`. Without it the services \
         start, but may not use those devices",
        words.join(" ")
    ))
}
