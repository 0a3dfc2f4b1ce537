//! What the host must be prepared with before the first start.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::GpuAccess;
use crate::manifest::{Display, Engine, Project, RunOptions};
use crate::value::Id;

use super::host_secrets::SecretOwner;
use super::{Service, ServiceInputs, host_files};

/// What the host must be prepared with before the first start, and again where it changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HostSetup {
    /// The script that does it, seen from the project's root.
    pub script: String,
    /// The way from the script's folder to that of the Compose file: `..`.
    pub to_compose: String,
    /// How containers get the GPU, where one does.
    pub gpu: Option<HostGpu>,
    /// Whether Podman gives containers a network of their own.
    pub podman_network: bool,
    /// Folders that are mounted, and whose they must be.
    pub folders: BTreeMap<String, Option<(u32, u32)>>,
    /// Files that somebody else must put there.
    pub files: BTreeSet<String>,
    pub secrets: BTreeSet<HostSecret>,
    /// Whether windows are shown by the X server.
    pub x11: bool,
    /// The user whose session's sockets are mounted.
    pub session: Option<Id>,
    pub can: BTreeSet<String>,
    /// Groups whose number only the host knows: the variable, and the command that prints the number.
    pub groups: BTreeMap<String, String>,
    /// Numbers of groups that the services have anyway.
    pub fixed_groups: BTreeSet<String>,
    /// Groups that Podman hands on where the user who starts it is in them.
    pub kept_groups: BTreeSet<String>,
    /// Limits that Podman can only hand on.
    pub limits: BTreeSet<String>,
    /// What else the platform asks for, as text.
    pub notes: Vec<String>,
}

/// How the host gives a GPU to containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostGpu {
    /// What starts the containers.
    pub engine: Engine,
    /// Whether they get it by a CDI specification.
    pub cdi: bool,
    /// Whether the host is an NVIDIA board, whose release brings the driver and NVIDIA's archive.
    pub board: bool,
    /// Whether the release lists what the driver consists of in CSV files.
    pub csv: bool,
}

/// A secret of a service, as the host keeps it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostSecret {
    /// In a file: the secret, the file, whose it must be.
    File(String, String, Option<SecretOwner>),
    /// In a variable of the user who starts the service: the secret, the variable.
    Variable(String, String),
}

impl HostSetup {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        let bare =
            Self { script: self.script.clone(), to_compose: self.to_compose.clone(), ..Self::default() };
        let fixed = BTreeSet::new();
        Self { fixed_groups: fixed, ..self.clone() } == bare
    }
}

/// Everything that the services of a target need of their host.
pub(super) fn setup(inputs: ServiceInputs<'_>, services: &[&Service]) -> HostSetup {
    let engine = inputs.project.engine();
    let mut setup = HostSetup {
        script: inputs.files.support_file("host-setup.sh").to_string(),
        to_compose: to_compose(inputs),
        ..HostSetup::default()
    };
    let gpus: Vec<_> = services.iter().filter_map(|service| service.gpu.as_ref()).collect();
    if !gpus.is_empty() {
        let cdi = engine == Engine::Podman || gpus.iter().any(|gpu| gpu.access == GpuAccess::Cdi);
        let board = inputs.target.gpu == GpuAccess::Runtime;
        setup.gpu = Some(HostGpu { engine, cdi, board, csv: board && !inputs.bridge_works });
        setup.notes.clone_from(&inputs.target.notes);
    }
    host_files::add(&mut setup, inputs);
    for run in runs(inputs.project) {
        desktop(&mut setup, run);
    }
    match engine {
        Engine::Podman => podman(&mut setup, services),
        Engine::Docker => {
            setup.groups = services.iter().flat_map(|each| each.host_groups.clone()).collect();
            let groups = services.iter().flat_map(|each| &each.groups);
            let numbers = groups.filter_map(|group| group.value.as_literal());
            setup.fixed_groups = numbers.filter(|one| one.bytes().all(|b| b.is_ascii_digit())).collect();
        }
    }
    setup
}

/// From the script's folder to the Compose file's.
fn to_compose(inputs: ServiceInputs<'_>) -> String {
    let up = "../".repeat(inputs.files.support.as_str().split('/').count());
    let folder = inputs.files.compose.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{up}{folder}").trim_end_matches('/').to_owned()
}

/// The main service and those beside it.
pub(super) fn runs(project: &Project) -> impl Iterator<Item = &RunOptions> {
    let run = &project.run;
    std::iter::once(run).chain(run.services.iter().map(|service| &service.run))
}

/// What shows and sounds on the host's desktop, and CAN.
fn desktop(setup: &mut HostSetup, run: &RunOptions) {
    setup.x11 |= run.display.as_ref().is_some_and(|display| display.value == Display::X11);
    if !run.session_sockets().is_empty() {
        setup.session.get_or_insert(run.session_uid());
    }
    setup.can.extend(run.can.iter().map(|can| can.value.clone()));
}

fn podman(setup: &mut HostSetup, services: &[&Service]) {
    setup.podman_network = services.iter().any(|service| service.network.is_none());
    let keeping = services.iter().filter(|each| each.keeps_groups());
    let own = keeping.flat_map(|each| &each.groups).filter(|group| group.why.is_empty());
    setup.kept_groups = own.filter_map(|group| group.value.as_literal()).collect();
    setup.limits = services.iter().flat_map(|each| each.inherited_limits.clone()).collect();
}
