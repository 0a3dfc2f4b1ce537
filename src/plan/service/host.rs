//! The preparation of the host before the first start.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::GpuAccess;
use crate::manifest::{Display, Engine, Project, RunOptions};
use crate::value::{Id, PackedText};

use super::host_secrets::SecretOwner;
use super::{MountFrom, Service, ServiceInputs, host_files};

/// The preparation of the host before the first start, which must be repeated after changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HostSetup {
    /// The path of the script, relative to the project's root.
    pub script: String,
    /// The path from the script's folder to that of the Compose file: `..`.
    pub to_compose: String,
    /// The setup for GPU access, if a container uses the GPU.
    pub gpu: Option<HostGpu>,
    /// Whether Podman needs a bridge network for the containers.
    pub podman_network: bool,
    /// Whether a service uses Podman's socket.
    pub podman_socket: bool,
    /// Devices and sockets of the host that services use, each with the node that requests it.
    pub devices: BTreeMap<String, String>,
    /// The mounted folders, and the user and group that must own each.
    pub folders: BTreeMap<String, Option<(u32, u32)>>,
    /// Files that must exist, which the script does not create.
    pub files: BTreeSet<String>,
    pub secrets: BTreeSet<HostSecret>,
    /// Whether a service uses the X server.
    pub x11: bool,
    /// The user whose desktop session's sockets are mounted.
    pub session: Option<Id>,
    pub can: BTreeSet<String>,
    /// Groups whose number depends on the host: for each variable with the number, the command that prints
    /// it.
    pub groups: BTreeMap<String, String>,
    /// The fixed numbers of groups of the services.
    pub fixed_groups: BTreeSet<String>,
    /// Groups that Podman passes on if the user who starts it is a member.
    pub kept_groups: BTreeSet<String>,
    /// Limits that Podman can only pass on from the user.
    pub limits: BTreeSet<String>,
    /// Notes of the platform.
    pub notes: Vec<PackedText>,
}

/// How containers on the host get access to the GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostGpu {
    /// The container engine.
    pub engine: Engine,
    /// Whether a CDI specification is used.
    pub cdi: bool,
    /// Whether the host is an NVIDIA board, whose release includes the driver and NVIDIA's apt archive.
    pub board: bool,
    /// Whether the release lists the files of the driver in CSV files.
    pub csv: bool,
}

/// The source of a service's secret on the host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostSecret {
    /// A file: the name of the secret, the path, and the required owner.
    File(String, String, Option<SecretOwner>),
    /// A variable of the user who starts the service: the name of the secret, and the variable.
    Variable(String, String),
}

impl HostSetup {
    /// Whether the host needs no preparation.
    pub fn is_empty(&self) -> bool {
        let bare =
            Self { script: self.script.clone(), to_compose: self.to_compose.clone(), ..Self::default() };
        let rest = Self { fixed_groups: BTreeSet::new(), devices: BTreeMap::new(), ..self.clone() };
        rest == bare
    }
}

/// Returns the preparation that the services of a target need.
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
    for service in services {
        setup.devices.extend(devices(service));
    }
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

/// Returns the path from the script's folder to that of the Compose file.
fn to_compose(inputs: ServiceInputs<'_>) -> String {
    let up = "../".repeat(inputs.files.support.as_str().split('/').count());
    let folder = inputs.files.compose.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{up}{folder}").trim_end_matches('/').to_owned()
}

/// Returns the options of the main service and of the further ones.
pub(super) fn runs(project: &Project) -> impl Iterator<Item = &RunOptions> {
    let run = &project.run;
    std::iter::once(run).chain(run.services.iter().map(|service| &service.run))
}

/// Adds what display, audio and CAN interfaces need.
fn desktop(setup: &mut HostSetup, run: &RunOptions) {
    setup.x11 |= run.display.as_ref().is_some_and(|display| display.value == Display::X11);
    if !run.session_sockets().is_empty() {
        setup.session.get_or_insert(run.session_uid());
    }
    setup.can.extend(run.can.iter().map(|can| can.value.clone()));
}

/// Returns the devices of a service, and the sockets that it mounts from the host, with the nodes that
/// request them.
fn devices(service: &Service) -> impl Iterator<Item = (String, String)> {
    let sockets = service.mounts.iter().filter_map(|mount| match &mount.value.from {
        MountFrom::Host(path) => Some((path.as_literal()?, mount.why.clone())),
        MountFrom::Volume(_) => None,
    });
    let sockets = sockets.filter(|(path, _)| [".sock", "_socket"].iter().any(|end| path.ends_with(end)));
    let devices = service.devices.iter().filter_map(|one| Some((one.value.0.as_literal()?, one.why.clone())));
    devices
        .chain(sockets.map(|(path, why)| (path, why.split(": access").next().unwrap_or_default().to_owned())))
        .filter(|(_, why)| !why.is_empty())
}

fn podman(setup: &mut HostSetup, services: &[&Service]) {
    setup.podman_socket = services.iter().any(|service| service.mounts_podman_socket());
    setup.podman_network = services.iter().any(|service| service.network.is_none());
    let keeping = services.iter().filter(|each| each.keeps_groups());
    let own = keeping.flat_map(|each| &each.groups).filter(|group| group.why.is_empty());
    setup.kept_groups = own.filter_map(|group| group.value.as_literal()).collect();
    setup.limits = services.iter().flat_map(|each| each.inherited_limits.clone()).collect();
}
