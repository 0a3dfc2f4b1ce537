//! The mounts of the service `dev`: each copy of `app` is mounted at its destination, unless it would hide
//! other files of the image.

use crate::manifest::Copy;
use crate::value::ImagePath;

use super::{Annotated, Interpolated, MountFrom, MountUse, ServiceInputs};

/// Returns the mounts of the project's files. The project's folder is always among them.
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
        // The default of dev containers, where images have no files.
        let place = format!("/workspaces/{}", inputs.project.header.name.value);
        mounts.insert(0, bind(&inputs.files.context(), &place));
    }
    mounts
}

fn bind(from: &str, to: &str) -> Annotated<MountUse> {
    let (from, to) = (MountFrom::Host(Interpolated::literal(from)), Interpolated::literal(to));
    Annotated::plain(MountUse { from, to, read_only: false })
}

/// Returns the source of a copy, relative to the Compose file.
fn from(copy: &Copy, inputs: ServiceInputs<'_>) -> String {
    let root = inputs.files.context();
    match copy.from.value.as_str() {
        "." => root,
        path => format!("{root}/{path}"),
    }
}

/// Returns the path of a copy in the image. A file that is copied into a folder keeps its name.
fn place(copy: &Copy) -> String {
    let to = copy.to.value.as_str();
    if copy.folder || !copy.into {
        return to.to_owned();
    }
    let name = copy.from.value.as_str();
    format!("{}/{}", to.trim_end_matches('/'), name.rsplit('/').next().unwrap_or(name))
}

/// Whether mounting a folder would hide other files of the image: those of the system or of a package.
fn hides(copy: &Copy, inputs: ServiceInputs<'_>) -> bool {
    let holds = |one: &ImagePath| one.is_inside(&copy.to.value);
    copy.folder && (SHARED.contains(&copy.to.value.as_str()) || inputs.installed.iter().any(holds))
}

/// Folders that contain files of the system.
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
