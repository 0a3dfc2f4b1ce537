//! `jcc pin`.

use crate::diagnostic::wording;
use crate::manifest::edit::{self, EditableBlock};
use crate::syntax::{Editor, name, quote};
use crate::value::Name;

use super::super::{Exit, Session};
use super::args::PinArgs;
use super::remove::remove_children;
use super::{Edit, EditedManifest};

/// Pins the versions of a package or an axis, or removes the pin.
pub(in crate::cli) fn pin(session: &mut Session<'_, '_>, args: &PinArgs) -> Exit {
    let mut manifest = match EditedManifest::open(session, &args.options) {
        Ok(manifest) => manifest,
        Err(exit) => return exit,
    };
    let target = args.options.target.as_deref();
    if let Some(version) = &args.version {
        set(&mut manifest, &args.name, version.as_str(), target);
    } else if !remove_children(&mut manifest, EditableBlock::Pin, &args.name, target) {
        return report_missing(session, &manifest, &args.name);
    }
    manifest.finish(session, &args.options, |_, _| Vec::new())
}

fn set(manifest: &mut EditedManifest, pinned: &Name, version: &str, target: Option<&str>) {
    let all = manifest.named(EditableBlock::Pin, pinned.as_str());
    let own = all.iter().find(|child| child.target == target);
    let mut edit = Edit {
        action: "pinned",
        name: own.map_or_else(|| pinned.to_string(), |found| found.name().to_owned()),
        target: target.map(str::to_owned),
        requirement: Some(version.to_owned()),
        was: own.and_then(edit::Child::requirement),
        place: own.map(|found| manifest.cite(found.node)).unwrap_or_default(),
    };
    let change = match own {
        Some(_) if edit.was == edit.requirement => {
            manifest.edits.push(Edit { action: "kept", ..edit });
            return;
        }
        Some(found) => {
            edit.action = "changed";
            Editor::new(&manifest.text, &manifest.document).set_argument(found.node, &quote(version))
        }
        None => {
            let line = format!("{} {}", name(pinned.as_str()), quote(version));
            let within = manifest.target(target);
            edit::add_line(&manifest.text, &manifest.document, within, EditableBlock::Pin.name(), &line)
        }
    };
    manifest.change(&change);
    let now = manifest.named(EditableBlock::Pin, pinned.as_str());
    let place = now.iter().find(|child| child.target == target).map(|child| manifest.cite(child.node));
    edit.place = place.unwrap_or_default();
    manifest.edits.push(edit);
}

/// Reports that the manifest has no pin to remove.
fn report_missing(session: &mut Session<'_, '_>, manifest: &EditedManifest, name: &Name) -> Exit {
    let file = &manifest.found.shown;
    let pins = || manifest.projects.iter().flat_map(|project| &project.pins);
    let other = pins().find(|one| manifest.is_same_package(one.name.as_str(), name.as_str()));
    if let Some(place) = other.and_then(|one| manifest.cite_other(session, one.name.span)) {
        let message = format!("`{name}` is pinned in `{place}`, which `{file}` extends");
        return session
            .input_error(&message, Some("remove it there, or pin another version here".to_owned()));
    }
    let known = edit::children(&manifest.document, EditableBlock::Pin);
    let help = wording::did_you_mean(name.as_str(), known.iter().map(edit::Child::name));
    session.input_error(&format!("`{file}` does not pin `{name}`"), help)
}
