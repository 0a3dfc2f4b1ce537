//! `jcc remove`.

use crate::builtin::BuiltinStacks;
use crate::diagnostic::wording;
use crate::manifest::Stacks as _;
use crate::manifest::edit::{self, Child, EditableBlock};
use crate::value::Name;

use super::super::resolve::reasons;
use super::super::{Exit, Session};
use super::args::Remove;
use super::{Edit, EditedManifest};

/// Removes the requests of packages from the manifest.
pub(in crate::cli) fn remove(session: &mut Session<'_, '_>, args: &Remove) -> Exit {
    let mut manifest = match EditedManifest::open(session, &args.options) {
        Ok(manifest) => manifest,
        Err(exit) => return exit,
    };
    let target = args.options.target.as_deref();
    for name in &args.packages {
        if !remove_children(&mut manifest, EditableBlock::Packages, name, target) {
            return report_missing(session, &manifest, name, target);
        }
    }
    let names: Vec<String> =
        args.packages.iter().map(|name| manifest.canonical(name.as_str()).to_owned()).collect();
    manifest.finish(session, &args.options, |session, resolved| {
        let mut notes = Vec::new();
        for (project, resolution) in &resolved.targets {
            let target = if resolved.targets.len() > 1 {
                format!(" in {}", project.target.name.value)
            } else {
                String::new()
            };
            for (name, chosen) in
                resolution.chosen.iter().filter(|(name, _)| names.iter().any(|one| one == name.as_str()))
            {
                let why = reasons(&chosen.reasons, &session.sources).join("; ");
                notes.push(format!("{name} remains{target}: {why}"));
            }
        }
        notes
    })
}

/// Removes every child with this name from the blocks of this kind, or only from that of `target`. Returns
/// false if there is none.
pub(super) fn remove_children(
    manifest: &mut EditedManifest,
    block: EditableBlock,
    name: &Name,
    target: Option<&str>,
) -> bool {
    let in_target = |child: &Child<'_>| target.is_none() || child.target == target;
    let places: Vec<String> = manifest
        .named_in(&manifest.original, block, name.as_str())
        .iter()
        .filter(|child| in_target(child))
        .map(|child| manifest.cite_in(&manifest.old, child.node))
        .collect();
    for place in &places {
        let all = manifest.named(block, name.as_str());
        let Some(found) = all.iter().find(|child| in_target(child)) else { break };
        let edit = Edit {
            action: if block == EditableBlock::Pin { "unpinned" } else { "removed" },
            name: found.name().to_owned(),
            target: found.target.map(str::to_owned),
            requirement: found.requirement(),
            was: None,
            place: place.clone(),
        };
        let change = edit::remove(&manifest.text, &manifest.document, found);
        manifest.change(&change);
        manifest.edits.push(edit);
    }
    !places.is_empty()
}

/// Whether a place is in a built-in stack, which cannot be edited.
fn is_in_builtin_stack(place: &str) -> bool {
    let stacks = BuiltinStacks::new();
    let shown = stacks.names().into_iter().filter_map(|name| stacks.stack(&name));
    shown.into_iter().any(|(name, _)| place.starts_with(&name))
}

/// Reports why the manifest has no request of `name` to remove.
fn report_missing(
    session: &mut Session<'_, '_>,
    manifest: &EditedManifest,
    name: &Name,
    target: Option<&str>,
) -> Exit {
    let file = &manifest.found.shown;
    if let (Some(found), Some(target)) =
        (manifest.named(EditableBlock::Packages, name.as_str()).first(), target)
    {
        let place = manifest.cite(found.node);
        let help = match found.target {
            Some(other) => format!("run with `--target {other}` to remove it there"),
            None => {
                "it applies to all targets: run without `--target` to remove it from all of them".to_owned()
            }
        };
        return session.input_error(
            &format!("the target `{target}` does not request `{name}` itself ({place})"),
            Some(help),
        );
    }
    let requests = || manifest.projects.iter().flat_map(|project| &project.packages);
    let other = requests().find(|one| manifest.is_same_package(one.name.as_str(), name.as_str()));
    if let Some(place) = other.and_then(|one| manifest.cite_other(session, one.name.span)) {
        let message = format!("`{name}` is requested in `{place}`, which `{file}` extends");
        let help = if is_in_builtin_stack(&place) {
            let text = "requests of a ready-made manifest cannot be removed";
            format!("{text}: replace `extends` with the packages that you need")
        } else {
            "remove it there".to_owned()
        };
        return session.input_error(&message, Some(help));
    }
    if let Some(pinned) = manifest.named(EditableBlock::Pin, name.as_str()).first() {
        let place = manifest.cite(pinned.node);
        let help = format!("run `jcc pin {name} --remove` to remove the pin");
        return session
            .input_error(&format!("`{name}` is only pinned (`{place}`), not requested"), Some(help));
    }
    let targets = manifest.before.iter().flat_map(|before| &before.targets);
    let chosen = targets.filter_map(|(_, one)| {
        one.chosen.values().find(|one| manifest.is_same_package(one.name.as_str(), name.as_str()))
    });
    if let Some(chosen) = chosen.into_iter().next() {
        let why = reasons(&chosen.reasons, &session.sources).join("; ");
        let help = format!("`jcc why {name}` shows every path to it");
        return session.input_error(&format!("`{file}` does not request `{name}`: {why}"), Some(help));
    }
    let own = edit::children(&manifest.document, EditableBlock::Packages);
    let names: Vec<&str> = own.iter().map(edit::Child::name).collect();
    let help = wording::did_you_mean(name.as_str(), names.iter().copied());
    let listed =
        || (!names.is_empty()).then(|| format!("it requests {}", wording::all_of(&wording::codes(&names))));
    session.input_error(&format!("`{file}` does not request `{name}`"), help.or_else(listed))
}
