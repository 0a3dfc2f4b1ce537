//! `jcc add`.

use crate::manifest::edit::{self, EditableBlock};
use crate::syntax::{Editor, name, quote};

use super::super::{Exit, Session};
use super::args::{Add, Spec};
use super::{Edit, EditedManifest};

/// Adds packages to the manifest, or changes the versions of packages that it already requests.
pub(in crate::cli) fn add(session: &mut Session<'_, '_>, args: &Add) -> Exit {
    let mut manifest = match EditedManifest::open(session, &args.options) {
        Ok(manifest) => manifest,
        Err(exit) => return exit,
    };
    for spec in &args.packages {
        add_one(session, &mut manifest, spec, args.options.target.as_deref());
    }
    manifest.finish(session, &args.options, |_, _| Vec::new())
}

fn add_one(session: &mut Session<'_, '_>, manifest: &mut EditedManifest, spec: &Spec, target: Option<&str>) {
    let requirement = spec.requirement.as_ref().map(ToString::to_string);
    let within = manifest.target(target);
    let requests = manifest.named(EditableBlock::Packages, spec.name.as_str());
    let mut edit = Edit {
        action: "added",
        name: spec.name.to_string(),
        target: target.map(str::to_owned),
        requirement: requirement.clone(),
        was: None,
        place: String::new(),
    };
    // A request in the same block is changed in place. One at the top level applies to every target, so it is
    // enough for a single target too.
    let own = requests.iter().find(|child| child.target == target);
    let general = requests.iter().find(|child| child.target.is_none());
    if let Some(found) =
        own.or(general).filter(|found| requirement.is_none() || requirement == found.requirement())
    {
        let (target, requirement) = (found.target.map(str::to_owned), found.requirement());
        let place = manifest.cite(found.node);
        manifest.edits.push(Edit { action: "kept", target, requirement, place, ..edit });
        return;
    }
    let change = if let (Some(found), Some(wanted)) = (own, &requirement) {
        (edit.action, edit.was) = ("changed", found.requirement());
        found.name().clone_into(&mut edit.name);
        Editor::new(&manifest.text, &manifest.document).set_argument(found.node, &quote(wanted))
    } else {
        if let Some(place) = requested_in_extended(session, manifest, spec) {
            manifest.edits.push(Edit { action: "kept", place, ..edit });
            return;
        }
        let versions = requirement.as_ref().map_or_else(String::new, |text| format!(" {}", quote(text)));
        let line = format!("{}{versions}", name(spec.name.as_str()));
        edit::add_line(&manifest.text, &manifest.document, within, EditableBlock::Packages.name(), &line)
    };
    manifest.change(&change);
    let now = manifest.named(EditableBlock::Packages, spec.name.as_str());
    let added = now.iter().find(|child| child.target == target).map(|child| manifest.cite(child.node));
    edit.place = added.unwrap_or_default();
    manifest.edits.push(edit);
}

/// Returns where an extended file requests the package for every target. Returns `None` if `spec` has a
/// requirement: then the manifest needs a separate request.
fn requested_in_extended(
    session: &Session<'_, '_>,
    manifest: &EditedManifest,
    spec: &Spec,
) -> Option<String> {
    if spec.requirement.is_some() {
        return None;
    }
    let request = |project: &crate::manifest::Project| {
        let mut packages = project.packages.iter();
        let found = packages.find(|one| manifest.is_same_package(one.name.as_str(), spec.name.as_str()));
        found.and_then(|one| manifest.cite_other(session, one.name.span))
    };
    let places: Option<Vec<String>> = manifest.projects.iter().map(request).collect();
    places?.into_iter().next()
}
