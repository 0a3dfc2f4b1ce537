//! The paths of a target's generated files, and paths relative to them.

use crate::manifest::Project;
use crate::value::{Parse, ProjectPath};

use super::Interpolated;

/// The folder of generated files that all targets share.
pub const SHARED_SUPPORT: &str = ".jcc";

/// The paths of a target's generated files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFiles {
    pub dockerfile: ProjectPath,
    pub compose: ProjectPath,
    /// The bake file of all targets, if there is one.
    pub bake: Option<ProjectPath>,
    /// The dev container's definition, if the manifest requests it.
    pub devcontainer: Option<ProjectPath>,
    /// The folder of generated files that steps mount: `.jcc`, or `.jcc/TARGET` if there are several targets.
    pub support: ProjectPath,
    /// The number of targets of the manifest, whether or not all are compiled.
    pub targets: usize,
}

impl OutputFiles {
    /// Returns the paths of the manifest's `output`, or the defaults in the project's root. If there are
    /// several targets, each has a folder with its name.
    pub fn of(project: &Project) -> Self {
        let place = |given: Option<&ProjectPath>, default: &str| {
            let path = given.map_or(default, ProjectPath::as_str);
            let path = match path.rsplit_once('/') {
                _ if project.targets < 2 => path.to_owned(),
                Some((folder, file)) => format!("{folder}/{}/{file}", project.target.name.value),
                None => format!("{}/{path}", project.target.name.value),
            };
            ProjectPath::parse(&path).expect("a name is a folder of the project")
        };
        let output = &project.output;
        let several = || ProjectPath::parse("docker-bake.hcl").expect("it is a file of the project");
        let bake = output.bake.as_ref().map(|path| path.value.clone());
        Self {
            bake: bake.or_else(|| (project.targets > 1).then(several)),
            devcontainer: output.devcontainer.as_ref().map(|path| place(Some(&path.value), "")),
            support: support(project),
            targets: project.targets,
            dockerfile: place(output.dockerfile.as_ref().map(|path| &path.value), "Dockerfile"),
            compose: place(output.compose.as_ref().map(|path| &path.value), "docker-compose.yaml"),
        }
    }

    /// Returns the path of a file in the support folder.
    pub fn support_file(&self, name: &str) -> ProjectPath {
        ProjectPath::parse(&format!("{}/{name}", self.support)).expect("a file of a folder is a path")
    }

    /// Returns the project's root, relative to the Compose file's folder.
    pub(super) fn context(&self) -> String {
        let up = self.up();
        if up.is_empty() { ".".to_owned() } else { up.trim_end_matches('/').to_owned() }
    }

    /// Converts a path of the host, which can be relative to the project, to one relative to the Compose
    /// file's folder.
    pub(super) fn relative(&self, path: &str) -> Interpolated {
        Interpolated::with_variables(path).seen_from(&self.up())
    }

    /// Returns `../` for each folder of the Compose file's path.
    pub(super) fn up(&self) -> String {
        "../".repeat(self.compose.as_str().matches('/').count())
    }
}

fn support(project: &Project) -> ProjectPath {
    let several = (project.targets > 1).then(|| format!("{SHARED_SUPPORT}/{}", project.target.name.value));
    let path = several.unwrap_or_else(|| SHARED_SUPPORT.to_owned());
    ProjectPath::parse(&path).expect("a name is a folder of the project")
}
