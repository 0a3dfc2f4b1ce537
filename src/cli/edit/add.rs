//! `jcc add`.

use crate::manifest::edit::{self, EditableBlock};
use crate::syntax::{Editor, name, quote};

use super::super::{Exit, Session};
use super::args::{Add, Spec};
use super::{Done, EditedManifest};

/// Asks for packages, or for other versions of those that are asked for.
pub(in crate::cli) fn add(session: &mut Session<'_, '_>, args: &Add) -> Exit {
    let mut manifest = match EditedManifest::open(session, &args.place) {
        Ok(manifest) => manifest,
        Err(exit) => return exit,
    };
    for spec in &args.packages {
        one(session, &mut manifest, spec, args.place.target.as_deref());
    }
    manifest.finish(session, &args.place, |_, _| Vec::new())
}

fn one(session: &mut Session<'_, '_>, manifest: &mut EditedManifest, spec: &Spec, target: Option<&str>) {
    let requirement = spec.requirement.as_ref().map(ToString::to_string);
    let within = manifest.target(target);
    let there = manifest.named(EditableBlock::Packages, spec.name.as_str());
    let mut done = Done {
        action: "added",
        name: spec.name.to_string(),
        target: target.map(str::to_owned),
        requirement: requirement.clone(),
        was: None,
        place: String::new(),
    };
    // What stands in the block itself is changed in place; what stands for all targets holds for this one too.
    let own = there.iter().find(|child| child.target == target);
    let general = there.iter().find(|child| child.target.is_none());
    if let Some(found) =
        own.or(general).filter(|found| requirement.is_none() || requirement == found.requirement())
    {
        let (target, requirement) = (found.target.map(str::to_owned), found.requirement());
        let place = manifest.cite(found.node);
        manifest.done.push(Done { action: "kept", target, requirement, place, ..done });
        return;
    }
    let change = if let (Some(found), Some(wanted)) = (own, &requirement) {
        (done.action, done.was) = ("changed", found.requirement());
        found.name().clone_into(&mut done.name);
        Editor::new(&manifest.text, &manifest.document).set_argument(found.node, &quote(wanted))
    } else {
        if let Some(place) = extended(session, manifest, spec) {
            manifest.done.push(Done { action: "kept", place, ..done });
            return;
        }
        let versions = requirement.as_ref().map_or_else(String::new, |text| format!(" {}", quote(text)));
        let line = format!("{}{versions}", name(spec.name.as_str()));
        edit::put(&manifest.text, &manifest.document, within, EditableBlock::Packages.name(), &line)
    };
    manifest.change(&change);
    let now = manifest.named(EditableBlock::Packages, spec.name.as_str());
    let added = now.iter().find(|child| child.target == target).map(|child| manifest.cite(child.node));
    done.place = added.unwrap_or_default();
    manifest.done.push(done);
}

/// Where a file that this one extends asks for the package already, and nothing more is asked now.
fn extended(session: &Session<'_, '_>, manifest: &EditedManifest, spec: &Spec) -> Option<String> {
    if spec.requirement.is_some() {
        return None;
    }
    let asks = |project: &crate::manifest::Project| {
        let found = project.packages.iter().find(|one| manifest.same(one.name.as_str(), spec.name.as_str()));
        found.and_then(|one| manifest.cite_other(session, one.name.span))
    };
    // Only what every target gets need not be asked for again.
    let all: Vec<Option<String>> = manifest.projects.iter().map(asks).collect();
    all.into_iter().collect::<Option<Vec<_>>>()?.into_iter().next()
}
