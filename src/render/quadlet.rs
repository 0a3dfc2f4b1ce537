//! Units for Podman's Quadlet: one for the build of the image, and one for each service, network and volume.

use std::collections::BTreeMap;

use crate::manifest::Engine;
use crate::plan::{MountFrom, SecretFrom, Service, ServiceImage, Services};

use super::head::head;
use super::options::{cdi, disables_labels, logging, ulimits_for, variables};
use super::{compose, words};

/// Renders the units of a target, by file name. They are written to the folder of the Compose file. A link to
/// this folder in `~/.config/containers/systemd` installs them.
pub fn quadlet(services: &Services) -> BTreeMap<String, String> {
    let project = &services.project;
    let mut units = BTreeMap::new();
    units.insert(format!("{project}.build"), build(services));
    for service in std::iter::once(&services.main).chain(&services.more) {
        units.insert(format!("{}.container", unit_name(services, service)), container(services, service));
    }
    if has_network(services) {
        let mut unit = Unit::default();
        unit.section("Network").line("NetworkName", project);
        units.insert(format!("{project}.network"), unit.0);
    }
    for volume in &services.volumes {
        let mut unit = Unit::default();
        unit.section("Volume").line("VolumeName", &format!("{project}_{volume}"));
        units.insert(format!("{project}-{volume}.volume"), unit.0);
    }
    units.into_iter().map(|(name, body)| (name, with_head(services, &body))).collect()
}

/// Whether the services need a network of their own, in which they reach each other by name.
fn has_network(services: &Services) -> bool {
    let all = || std::iter::once(&services.main).chain(&services.more);
    !services.more.is_empty() && all().any(|service| service.network.is_none())
}

fn with_head(services: &Services, body: &str) -> String {
    let install = "`ln -s \"$PWD\" ~/.config/containers/systemd/` in this folder, then `systemctl --user daemon-reload` \
                   (Podman 5.2 or newer)";
    let mut more = vec![install.to_owned()];
    if !services.host.is_empty() {
        more.push(format!("On the host, once: `{}`", compose::setup_command(services)));
    }
    format!("{}{body}", head(&services.head, &more))
}

/// Returns the service with this name.
fn find<'a>(services: &'a Services, name: &str) -> Option<&'a Service> {
    std::iter::once(&services.main).chain(&services.more).find(|service| service.name == name)
}

fn unit_name(services: &Services, service: &Service) -> String {
    if service.name == services.main.name {
        services.project.clone()
    } else {
        format!("{}-{}", services.project, service.name)
    }
}

/// The text of a unit.
#[derive(Default)]
struct Unit(String);

impl Unit {
    fn section(&mut self, name: &str) -> &mut Self {
        self.0.push_str(&format!("\n[{name}]\n"));
        self
    }

    fn line(&mut self, key: &str, value: &str) -> &mut Self {
        // A value cannot contain a line break. Paths and names, which are not quoted, have none anyway.
        let value = value.replace(['\n', '\r'], " ");
        self.0.push_str(&format!("{key}={value}\n"));
        self
    }

    fn comment(&mut self, text: &str) -> &mut Self {
        self.0.push_str(&format!("# {}\n", super::quote::comment(text)));
        self
    }
}

fn build(services: &Services) -> String {
    let of = &services.build;
    let mut unit = Unit::default();
    unit.section("Build").line("ImageTag", &words::raw(&of.image));
    unit.line("File", &words::raw(&from_unit(&of.context, &of.dockerfile)));
    unit.line("SetWorkingDirectory", &words::raw(if of.context == "." { "unit" } else { &of.context }));
    if let Some(stage) = of.stage {
        unit.line("Target", stage);
    }
    if services.builds_on_host_network() {
        unit.line("Network", "host");
    }
    unit.comment("This format keeps SHELL and HEALTHCHECK");
    unit.line("PodmanArgs", &format!("--format docker --build-arg SOURCE_DATE_EPOCH={}", of.epoch));
    for secret in &of.secrets {
        unit.line("Secret", &format!("id={},src=${{{}}}", secret.as_str(), secret.variable()));
    }
    unit.section("Service");
    for (at, secret) in of.secrets.iter().enumerate() {
        if at == 0 {
            unit.comment("Files for the build: set them with `systemctl --user edit` of this unit");
        }
        unit.line("Environment", &format!("{}=/dev/null", secret.variable()));
    }
    unit.line("TimeoutStartSec", "infinity");
    unit.0
}

/// Returns the path of a project file relative to the folder of the units.
fn from_unit(context: &str, path: &str) -> String {
    if context == "." { format!("./{path}") } else { format!("{context}/{path}") }
}

fn container(services: &Services, service: &Service) -> String {
    let mut unit = Unit::default();
    let description = if service.name == services.project {
        services.project.clone()
    } else {
        format!("{} of {}", service.name, services.project)
    };
    unit.section("Unit").line("Description", &words::raw(&description));
    for name in service.depends_on.keys() {
        let Some(other) = find(services, name) else { continue };
        let other = format!("{}.service", unit_name(services, other));
        unit.line("Requires", &other).line("After", &other);
    }
    if service.mounts_podman_socket() {
        unit.line("Requires", "podman.socket").line("After", "podman.socket");
    }
    unit.section("Container");
    match &service.image {
        ServiceImage::Other(image) => unit.line("Image", &words::raw(&image.to_string())),
        ServiceImage::Own | ServiceImage::Dev => unit.line("Image", &format!("{}.build", services.project)),
    };
    if let Some(name) = &service.container {
        unit.line("ContainerName", name);
    }
    environment(&mut unit, service);
    hardware(&mut unit, service);
    sharing(&mut unit, services, service);
    storage(&mut unit, services, service);
    limits(&mut unit, service);
    unit.section("Service");
    for name in &required_variables(service) {
        unit.comment(&format!(
            "Needs {name}: run `systemctl --user edit` for this unit and add Environment={name}=…"
        ));
    }
    let restart = match service.restart.as_deref() {
        Some("always" | "unless-stopped") => "always",
        Some(text) if text.starts_with("on-failure") => "on-failure",
        _ => "no",
    };
    unit.line("Restart", restart).line("TimeoutStartSec", "infinity");
    // A service with a profile is started by name.
    if restart == "always" && service.profiles.is_empty() {
        unit.section("Install").line("WantedBy", "default.target");
    }
    unit.0
}

/// Returns the environment variables without a default that a service uses; the user must set them in the
/// unit.
fn required_variables(service: &Service) -> Vec<String> {
    let mut required = Vec::new();
    for mount in &service.mounts {
        words::required_variables(&mount.value.to, &mut required);
        if let MountFrom::Host(path) = &mount.value.from {
            words::required_variables(path, &mut required);
        }
    }
    let values = service.env.values().map(|value| &value.value);
    let devices = service.devices.iter().map(|device| &device.value.0);
    for text in values.chain(devices).chain(&service.user) {
        words::required_variables(text, &mut required);
    }
    required
}

fn environment(unit: &mut Unit, service: &Service) {
    for (name, value, _) in variables(service, Engine::Podman) {
        let word = match value.as_literal() {
            Some(literal) => words::unit(&format!("{name}={literal}")),
            None => words::unit_word(&format!("{name}={}", words::unit_text(&value))),
        };
        unit.line("Environment", &word);
    }
    for (path, required) in &service.env_files {
        let path = words::unit(&format!("./{path}"));
        if *required {
            unit.line("EnvironmentFile", &path);
        } else {
            unit.comment(&format!("If this file exists, add: EnvironmentFile={path}"));
        }
    }
}

fn hardware(unit: &mut Unit, service: &Service) {
    if let Some(gpu) = &service.gpu {
        for device in cdi(gpu) {
            unit.line("AddDevice", &device);
        }
    }
    if disables_labels(service) {
        unit.line("SecurityLabelDisable", "true");
    }
    for device in &service.devices {
        let (from, to) = &device.value;
        let to = to.as_ref().map(|to| format!(":{}", words::raw(to.as_str()))).unwrap_or_default();
        unit.line("AddDevice", &format!("{}{to}", words::unit_text(from)));
    }
    for rule in &service.cgroup_rules {
        unit.line("PodmanArgs", &format!("--device-cgroup-rule {}", words::unit(rule)));
    }
    if service.keeps_groups() {
        let wanted: Vec<&str> = service
            .groups
            .iter()
            .map(|group| group.why.trim_start_matches("the host's "))
            .filter(|why| !why.is_empty())
            .collect();
        unit.comment(&format!(
            "Keeps the caller's groups, such as {}",
            crate::diagnostic::wording::all_of(&wanted)
        ));
        unit.line("GroupAdd", "keep-groups");
    } else {
        for group in &service.groups {
            unit.line("GroupAdd", &words::unit_text(&group.value));
        }
    }
}

fn sharing(unit: &mut Unit, services: &Services, service: &Service) {
    let other = |mode: &str| {
        let service = find(services, mode.strip_prefix("service:")?)?;
        let name = unit_name(services, service);
        Some(service.container.clone().unwrap_or_else(|| format!("systemd-{name}")))
    };
    let in_unit =
        |mode: &str| other(mode).map_or_else(|| mode.to_owned(), |name| format!("container:{name}"));
    if let Some(mode) = &service.network {
        unit.line("Network", &words::raw(&in_unit(mode)));
    } else if has_network(services) {
        unit.line("Network", &format!("{}.network", services.project));
        unit.line("NetworkAlias", &service.name);
    }
    for (flag, mode) in [("--ipc", &service.ipc), ("--pid", &service.pid)] {
        if let Some(mode) = mode {
            unit.line("PodmanArgs", &format!("{flag}={}", words::raw(&in_unit(mode))));
        }
    }
    for port in &service.ports {
        unit.line("PublishPort", &port.to_string());
    }
}

fn storage(unit: &mut Unit, services: &Services, service: &Service) {
    for mount in &service.mounts {
        let from = match &mount.value.from {
            MountFrom::Host(path) => words::unit_path(path),
            MountFrom::Volume(name) => format!("{}-{name}.volume", services.project),
        };
        let kind = if matches!(mount.value.from, MountFrom::Host(_)) { "bind" } else { "volume" };
        add_mount(unit, kind, &from, (&words::unit_text(&mount.value.to), mount.value.read_only));
    }
    for (key, name) in &service.secrets {
        match services.secrets.get(key) {
            Some(SecretFrom::File(path)) => {
                add_mount(unit, "bind", &words::unit_path(path), (&format!("/run/secrets/{name}"), true));
            }
            Some(SecretFrom::Variable(variable)) => {
                let secret = format!("{}-{key}", services.project);
                unit.comment(&format!("`podman secret create --env {secret} {variable}`"));
                unit.line("Secret", &format!("{secret},target={name}"));
            }
            None => {}
        }
    }
    for path in &service.tmpfs {
        let path = words::raw(path.as_str());
        if needs_quotes_at_end(&path) {
            unit.line("Mount", &words::unit_word(&format!("type=tmpfs,{}", csv("destination", &path))));
        } else {
            unit.line("Tmpfs", &path);
        }
    }
}

/// Adds a mount: in the short form, or in the long form if the short one would split or cut off a path.
fn add_mount(unit: &mut Unit, kind: &str, from: &str, (to, read_only): (&str, bool)) {
    if from.contains(':') || to.contains(':') || needs_quotes_at_end(to) {
        let mode = if read_only { "ro=true," } else { "" };
        let (from, to) = (csv("source", from), csv("destination", to));
        unit.line("Mount", &words::unit_word(&format!("type={kind},{from},{mode}{to}")));
    } else {
        let mode = if read_only { ":ro" } else { "" };
        unit.line("Volume", &format!("{from}:{to}{mode}"));
    }
}

/// Whether a value cannot stand unquoted at the end of a line: systemd removes white space there, and a
/// backslash continues the line.
fn needs_quotes_at_end(value: &str) -> bool {
    value.ends_with(|c: char| c.is_whitespace() || c == '\\')
}

/// Returns a field of a mount in the long form, quoted as CSV.
fn csv(key: &str, value: &str) -> String {
    format!("\"{key}={}\"", value.replace('"', "\"\""))
}

fn limits(unit: &mut Unit, service: &Service) {
    if let Some(user) = &service.user {
        let user = words::unit_text(user);
        match user.split_once(':') {
            Some((user, group)) if !user.contains('$') => unit.line("User", user).line("Group", group),
            _ => unit.line("User", &user),
        };
    }
    if let Some((uid, gid)) = service.keeps_id {
        unit.comment("The container runs as the user who starts it");
        unit.line("UserNS", &format!("keep-id:uid={uid},gid={gid}"));
    }
    for capability in &service.process.cap_drop {
        unit.line("DropCapability", &capability.value.to_string());
    }
    for capability in &service.cap_add {
        unit.line("AddCapability", &capability.value.to_string());
    }
    for option in &service.security_opt {
        match option.strip_prefix("no-new-privileges") {
            Some(":true" | "=true" | "") => unit.line("NoNewPrivileges", "true"),
            _ => unit.line("PodmanArgs", &format!("--security-opt {}", words::unit(option))),
        };
    }
    if service.privileged.is_some() {
        unit.line("PodmanArgs", "--privileged");
    }
    if let Some(size) = service.shm_size {
        unit.line("ShmSize", &size.to_string());
    }
    if let Some(size) = service.memory {
        unit.line("PodmanArgs", &format!("--memory {size}"));
    }
    for limit in ulimits_for(service, Engine::Podman) {
        let hard = limit.hard.unwrap_or(limit.soft);
        unit.line("Ulimit", &format!("{}={}:{hard}", limit.name, limit.soft));
    }
    for name in &service.inherited_limits {
        unit.comment(&format!("No limit for {name}: inherited from the host"));
    }
    process(unit, service);
    health(unit, service);
    if service.init {
        unit.line("RunInit", "true");
    }
    if service.tty {
        unit.line("PodmanArgs", "--interactive --tty");
    }
    if service.read_only {
        unit.line("ReadOnly", "true");
    }
    if let Some(words) = &service.command {
        let words: Vec<String> = words.iter().map(|word| words::unit(word)).collect();
        unit.line("Exec", &words.join(" "));
    }
}

fn process(unit: &mut Unit, service: &Service) {
    let options = &service.process;
    if let Some(cpus) = &options.cpus {
        unit.line("PodmanArgs", &format!("--cpus {}", cpus.value));
    }
    if let Some(limit) = &options.pids_limit {
        unit.line("PidsLimit", &limit.value.to_string());
    }
    for (key, value) in &options.sysctls {
        unit.line("Sysctl", &words::unit(&format!("{}={}", key.value, value.value)));
    }
    if let Some(name) = &options.hostname {
        unit.line("HostName", name.value.as_str());
    }
    for host in &options.extra_hosts {
        unit.line("PodmanArgs", &format!("--add-host {}:{}", host.value.0, host.value.1));
    }
    for (key, value) in &options.labels {
        unit.line("Label", &words::unit(&format!("{}={}", key.value, value.value)));
    }
    if let Some(signal) = &options.stop_signal {
        unit.line("PodmanArgs", &format!("--stop-signal {}", signal.value));
    }
    if let Some(time) = &options.stop_grace_period {
        unit.line("StopTimeout", &time.value.micros().div_ceil(1_000_000).to_string());
    }
    if let Some((driver, all)) = logging(service, Engine::Podman) {
        unit.line("LogDriver", driver);
        for (key, value) in all {
            unit.line("LogOpt", &words::unit(&format!("{key}={value}")));
        }
    }
}

fn health(unit: &mut Unit, service: &Service) {
    let Some(check) = &service.healthcheck else { return };
    unit.line("HealthCmd", &words::raw(&words::check_json(check)));
    let times = [
        ("HealthInterval", check.interval),
        ("HealthTimeout", check.timeout),
        ("HealthStartPeriod", check.start_period),
    ];
    for (key, time) in times {
        if let Some(time) = time {
            unit.line(key, &time.value.to_string());
        }
    }
    if let Some(retries) = check.retries {
        unit.line("HealthRetries", &retries.value.to_string());
    }
}
