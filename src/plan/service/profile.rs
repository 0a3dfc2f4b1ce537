//! Plans services from the options in `run` and `service` nodes.

use std::collections::BTreeMap;

use crate::manifest::{App, Mode, Project, RunOptions, Ulimit, Volume};
use crate::value::{ImagePath, Parse};

use super::names::ServiceNames;
use super::{
    Annotated, Interpolated, MountFrom, MountUse, Service, ServiceImage, ServiceInputs, dev, hardware,
};

/// Returns the main service, from `run`.
pub(super) fn main(inputs: ServiceInputs<'_>, names: &ServiceNames) -> Service {
    let run = &inputs.project.run;
    Service {
        name: names.main.clone(),
        init: run.init.as_ref().is_none_or(|init| init.value),
        ..of(run, inputs, names, true)
    }
}

/// Returns the service of the stage `dev`: the main one with the project's files mounted and a shell.
pub(super) fn dev(inputs: ServiceInputs<'_>, names: &ServiceNames, main: &Service) -> Option<Service> {
    let asked = inputs.project.output.requests_dev()?;
    let mut mounts = dev::mounts(inputs);
    let own = main.mounts.iter().filter(|mount| mounts.iter().all(|other| other.value.to != mount.value.to));
    mounts.extend(own.cloned().collect::<Vec<_>>());
    Some(Service {
        name: names.dev.clone(),
        about: vec![format!(
            "The image with build tools ({}): `docker compose run --rm {}`",
            inputs.cite(asked),
            names.dev
        )],
        profiles: vec!["dev".to_owned()],
        image: ServiceImage::Dev,
        container: None,
        mounts,
        command: Some(vec!["bash".to_owned()]),
        healthcheck: None,
        read_only: false,
        tty: true,
        restart: None,
        ..main.clone()
    })
}

/// Plans a service from the options of `run` or `service`. `own` is whether it runs the project's own image.
pub(super) fn of(run: &RunOptions, inputs: ServiceInputs<'_>, names: &ServiceNames, own: bool) -> Service {
    let is_main = std::ptr::eq(run, &raw const inputs.project.run);
    let mut service = Service {
        gpu: hardware::gpu(run, inputs, is_main),
        network: network(run, inputs),
        env: variables(run),
        env_files: run
            .env_files
            .iter()
            .map(|file| (format!("{}{}", inputs.files.up(), file.path.value), file.required))
            .collect(),
        cgroup_rules: run.device_cgroup_rules.iter().map(|rule| rule.value.clone()).collect(),
        mounts: run.volumes.iter().map(|volume| Annotated::plain(mount(volume, inputs))).collect(),
        secrets: run
            .secrets
            .iter()
            .map(|secret| {
                let name = secret.name.value.as_str();
                (names.secret(name), name.to_owned())
            })
            .collect(),
        depends_on: depends_on(run, inputs),
        privileged: run.privileged.on().map(|span| inputs.cite(span)),
        profiles: run.process.profiles.iter().map(|name| name.value.to_string()).collect(),
        process: run.process.clone(),
        ..plain_options(run)
    };
    if service.network.as_deref() == Some("host") {
        // Ports are those of the host then, and engines warn about published ports, which they ignore.
        service.ports.clear();
    }
    if service.ipc.as_deref() == Some("host") {
        // Docker ignores the size then, and Podman rejects it.
        service.shm_size = None;
    }
    let root = is_root(run, inputs, own);
    if let Some(gpu) = &mut service.gpu {
        gpu.of_image = own && hardware::is_of_image(gpu, inputs.image_env);
    }
    if own && !root && !needs_more_rights(run, inputs.project) {
        service.security_opt.push("no-new-privileges:true".to_owned());
    }
    service.keeps_id = user_of(run, inputs, own).filter(|(uid, _)| *uid != 0);
    let lifted = |limit: &&Ulimit| USERS_LIMITS.contains(&limit.name.as_str()) && limit.soft == -1;
    service.inherited_limits =
        service.ulimits.iter().filter(lifted).map(|limit| limit.name.to_string()).collect();
    hardware::apply(&mut service, run, inputs, root);
    models(&mut service, run, inputs);
    tokens(&mut service, run, inputs);
    service
}

/// Limits that users cannot raise, so rootless engines can only pass on their own.
const USERS_LIMITS: [&str; 7] = ["memlock", "msgqueue", "nice", "nofile", "nproc", "rtprio", "sigpending"];

/// Returns the numeric user and group that a service runs as, if they are known.
pub(super) fn user_of(run: &RunOptions, inputs: ServiceInputs<'_>, own: bool) -> Option<(u32, u32)> {
    user_numbers(run, inputs.project.app.as_ref(), own)
}

/// Returns the numeric user and group that a service runs as, given the project's `app`.
pub(in crate::plan) fn user_numbers(run: &RunOptions, app: Option<&App>, own: bool) -> Option<(u32, u32)> {
    let login = app.and_then(App::login);
    let Some(user) = &run.user else {
        return match login {
            _ if !own => None,
            Some(user) => Some((user.uid.get(), user.gid.get())),
            None => Some((0, 0)),
        };
    };
    let (name, group) = user.value.split_once(':').unwrap_or((&user.value, ""));
    let same = login.filter(|login| login.name.value.as_str() == name);
    let uid = match (name, same) {
        ("root", _) => 0,
        (_, Some(login)) => login.uid.get(),
        _ => name.parse().ok()?,
    };
    // Without a group, the engine uses that of the image's account, or root's for an unknown number.
    Some((uid, group.parse().ok().or(same.map(|login| login.gid.get())).unwrap_or(0)))
}

/// Copies the options that need no other inputs.
fn plain_options(run: &RunOptions) -> Service {
    Service {
        user: run.user.as_ref().map(|user| Interpolated::with_variables(&user.value)),
        container: run.name.as_ref().map(|name| name.value.to_string()),
        ipc: run.ipc.as_ref().map(|mode| mode.value.clone()),
        pid: run.pid.as_ref().map(|mode| mode.value.clone()),
        groups: groups(run),
        tmpfs: run.tmpfs.iter().map(|path| path.value.clone()).collect(),
        ports: run.ports.iter().map(|port| port.value.clone()).collect(),
        cap_add: run.cap_add.iter().map(|capability| Annotated::plain(capability.value.clone())).collect(),
        security_opt: run.security_opt.iter().map(|option| option.value.clone()).collect(),
        shm_size: run.shm_size.as_ref().map(|size| size.value),
        memory: run.memory.as_ref().map(|size| size.value),
        ulimits: run.ulimits.iter().map(|limit| limit.value.clone()).collect(),
        command: run.command.as_ref().map(|words| words.value.clone()),
        healthcheck: run.healthcheck.clone(),
        tty: run.tty.as_ref().is_some_and(|tty| tty.value),
        read_only: run.read_only.as_ref().is_some_and(|read_only| read_only.value),
        restart: run.restart.as_ref().map(|restart| restart.value.clone()),
        ..Service::default()
    }
}

/// Returns the groups without duplicates, which Compose rejects.
fn groups(run: &RunOptions) -> Vec<Annotated<Interpolated>> {
    let mut all: Vec<Annotated<Interpolated>> = Vec::new();
    for group in &run.group_add {
        let group = Annotated::plain(Interpolated::with_variables(&group.value));
        if !all.contains(&group) {
            all.push(group);
        }
    }
    all
}

/// Whether a service certainly runs as root, which needs no groups.
fn is_root(run: &RunOptions, inputs: ServiceInputs<'_>, own: bool) -> bool {
    if let Some(user) = &run.user {
        return matches!(user.value.split(':').next(), Some("0" | "root"));
    }
    let user = inputs.project.app.as_ref().and_then(|app| app.user.as_ref());
    own && user.is_none_or(|user| user.uid.get() == 0)
}

/// Programs that run others as another user.
const SETUID: [&str; 5] = ["doas", "newgrp", "pkexec", "su", "sudo"];

/// Whether `no-new-privileges` must not be added: the manifest sets it itself, or uses a program that gains
/// privileges.
pub(in crate::plan) fn needs_more_rights(run: &RunOptions, project: &Project) -> bool {
    let is_stated = run.security_opt.iter().any(|option| option.value.starts_with("no-new-privileges"));
    let installs = project.apt.install.iter().any(|one| SETUID.contains(&one.package.value.name()));
    let app = project.app.as_ref();
    let commands = [
        run.command.as_ref(),
        app.and_then(|app| app.command.as_ref()),
        app.and_then(|app| app.entrypoint.as_ref()),
    ];
    let words = commands.into_iter().flatten().flat_map(|words| &words.value);
    let calls = words.flat_map(|word| word.split([' ', '/', ';'])).any(|word| SETUID.contains(&word));
    is_stated || installs || calls || run.privileged.is_on()
}

/// Returns the variables, with their values or references to the host's variables.
fn variables(run: &RunOptions) -> BTreeMap<String, Annotated<Interpolated>> {
    let written = run.env.iter().map(|(name, value)| (name, Interpolated::literal(value.value.clone())));
    let of_host = run.host_env.iter().map(|one| {
        let default = one.default.as_ref().map_or("", |default| &default.value);
        (&one.name, Interpolated::or(one.name.as_str(), default))
    });
    written.chain(of_host).map(|(name, value)| (name.value.to_string(), Annotated::plain(value))).collect()
}

fn network(run: &RunOptions, inputs: ServiceInputs<'_>) -> Option<String> {
    let stated = run.network.as_ref().map(|network| network.value.clone());
    // CAN interfaces are only visible in the host's network.
    let network =
        stated.or_else(|| (inputs.target.host_network || !run.can.is_empty()).then(|| "host".to_owned()));
    // By default, engines create a bridge network for the project. `bridge` would be the engine's default
    // bridge, in which services cannot resolve each other's names.
    network.filter(|network| network != "bridge")
}

fn mount(volume: &Volume, inputs: ServiceInputs<'_>) -> MountUse {
    let from = if volume.bind {
        MountFrom::Host(inputs.files.relative(&volume.from.value))
    } else {
        MountFrom::Volume(volume.from.value.clone())
    };
    let to = Interpolated::literal(volume.to.value.as_str());
    MountUse { from, to, read_only: volume.mode == Mode::ReadOnly }
}

/// Returns the services that must be started before, and whether they must be healthy, which requires a
/// health check.
fn depends_on(run: &RunOptions, inputs: ServiceInputs<'_>) -> BTreeMap<String, bool> {
    let services = &inputs.project.run.services;
    let healthy = |name: &str| {
        let service = services.iter().find(|service| service.name.value.as_str() == name);
        service.is_some_and(|service| service.run.healthcheck.is_some())
    };
    run.depends_on.iter().map(|name| (name.value.to_string(), healthy(name.value.as_str()))).collect()
}

/// The cache folders of model hubs, by the variables that their clients read.
const HUBS: [(&str, &str); 4] = [
    ("HF_HOME", "/data/models/huggingface"),
    ("MODELSCOPE_CACHE", "/data/models/modelscope"),
    ("OLLAMA_MODELS", "/data/models/ollama"),
    ("TORCH_HOME", "/data/models/torch"),
];
const MODELS: &str = "/data/models";

/// Usual names of secrets for client libraries, and the variable with the path of the secret's file.
const TOKENS: [(&[&str], &str); 1] = [(
    &["hf-token", "huggingface-token", "huggingface-hub-token", "hugging-face-hub-token"],
    "HF_TOKEN_PATH",
)];

/// Sets the variables with which client libraries find their secrets.
fn tokens(service: &mut Service, run: &RunOptions, inputs: ServiceInputs<'_>) {
    for secret in &run.secrets {
        let name = secret.name.value.as_str();
        let plain = name.replace('_', "-");
        let Some((_, variable)) = TOKENS.iter().find(|(names, _)| names.contains(&plain.as_str())) else {
            continue;
        };
        let why = inputs.cite(secret.name.span);
        let path = Annotated::new(Interpolated::literal(format!("/run/secrets/{name}")), why);
        service.env.entry((*variable).to_owned()).or_insert(path);
    }
}

fn models(service: &mut Service, run: &RunOptions, inputs: ServiceInputs<'_>) {
    let Some(path) = &run.models else { return };
    let why = inputs.cite(path.span);
    for (name, folder) in HUBS {
        let value = Annotated::new(Interpolated::literal(folder), why.clone());
        service.env.entry(name.to_owned()).or_insert(value);
    }
    let from = MountFrom::Host(inputs.files.relative(path.value.as_str()));
    let to = ImagePath::parse(MODELS).expect("it is a path");
    let mount = MountUse { from, to: Interpolated::literal(to.as_str()), read_only: false };
    service.mounts.push(Annotated::new(mount, why));
}
