//! What the service `dev` sees of the project: each copy of the application at its place, and nothing over the program.

use crate::manifest::Copy;
use crate::value::ImagePath;

use super::{Annotated, Interpolated, MountFrom, MountUse, ServiceInputs};

/// The mounts of the project's files, the project's folder among them.
pub(super) fn mounts(inputs: ServiceInputs<'_>) -> Vec<Annotated<MountUse>> {
    let copies: Vec<&Copy> = inputs.project.app.iter().flat_map(|app| &app.copies).collect();
    let bound = copies.iter().filter(|copy| !hides(copy, inputs));
    let mut mounts: Vec<Annotated<MountUse>> = Vec::new();
    for copy in bound {
        let mount = bind(&from(copy, inputs), &place(copy));
        if mounts.iter().all(|other| other.value.to != mount.value.to) {
            mounts.push(mount);
        }
    }
    let whole = |copy: &&Copy| copy.from.value.as_str() == "." && !hides(copy, inputs);
    if !copies.iter().any(whole) {
        // Dev containers' own place for it, at which no image has anything.
        let place = format!("/workspaces/{}", inputs.project.header.name.value);
        mounts.insert(0, bind(&inputs.files.context(), &place));
    }
    mounts
}

fn bind(from: &str, to: &str) -> Annotated<MountUse> {
    let (from, to) = (MountFrom::Host(Interpolated::literal(from)), Interpolated::literal(to));
    Annotated::plain(MountUse { from, to, read_only: false })
}

/// Seen from the Compose file.
fn from(copy: &Copy, inputs: ServiceInputs<'_>) -> String {
    let root = inputs.files.context();
    match copy.from.value.as_str() {
        "." => root,
        path => format!("{root}/{path}"),
    }
}

/// Where the image has it: a file that is copied into a folder lies below it.
fn place(copy: &Copy) -> String {
    let to = copy.to.value.as_str();
    if copy.folder || !copy.into {
        return to.to_owned();
    }
    let name = copy.from.value.as_str();
    format!("{}/{}", to.trim_end_matches('/'), name.rsplit('/').next().unwrap_or(name))
}

/// Whether a folder would hide what the image has beside the copy: the system's own files, or those of a package.
fn hides(copy: &Copy, inputs: ServiceInputs<'_>) -> bool {
    let holds = |one: &ImagePath| one.is_inside(&copy.to.value);
    copy.folder && (SHARED.contains(&copy.to.value.as_str()) || inputs.installed.iter().any(holds))
}

/// Folders in which things of many owners lie.
const SHARED: [&str; 17] = [
    "/",
    "/bin",
    "/etc",
    "/home",
    "/lib",
    "/opt",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/var",
];
