//! `jcc run-command`: the `docker run` or `podman run` command that is equivalent to the main service.

use crate::catalog::GpuAccess;
use crate::manifest::{BuildSecret, Engine, Gpu};
use crate::plan::{GpuUse, Interpolated, MountFrom, Piece, SecretFrom, Service, Services};

use super::options::{cdi, logging, security, ulimits_for, variables};
use super::{compose, quote, words};

/// Renders the command, with one option per line, below comments with the commands to run before it.
pub fn run_command(services: &Services, engine: Engine) -> String {
    let program = match engine {
        Engine::Docker => "docker",
        Engine::Podman => "podman",
    };
    let mut out = preparation(services, program);
    let mut lines = vec![format!("{program} run")];
    let service = &services.main;
    let mut command = ContainerCommand { lines: &mut lines, services, engine };
    command.lifecycle(service);
    command.gpu(service);
    command.environment(service);
    command.sharing(service);
    command.hardware(service);
    command.storage(service);
    command.limits(service);
    command.process(service);
    lines.push(words::word(&services.build.image));
    lines.extend(service.command.iter().flatten().map(|word| words::word(word)));
    let last = lines.len() - service.command.as_ref().map_or(0, Vec::len);
    let tail = lines.split_off(last - 1).join(" ");
    lines.push(tail);
    out.push_str(&lines.join(" \\\n  "));
    out.push('\n');
    out
}

/// Returns comments with the commands that set up the host, build the image and write secrets.
fn preparation(services: &Services, program: &str) -> String {
    let build = &services.build;
    let mut out = String::new();
    if let Some((folder, _)) = build.compose.rsplit_once('/') {
        out.push_str(&format!("# Run in the folder {}\n", quote::comment(folder)));
    }
    if !services.host.is_empty() {
        out.push_str(&format!("# On the host, once: {}\n", compose::setup_command(services)));
    }
    let network = if services.builds_on_host_network() { " --network=host" } else { "" };
    let secret = |secret: &BuildSecret| {
        format!(" --secret id={},src=\"${{{}:-/dev/null}}\"", secret.as_str(), secret.variable())
    };
    let secrets: String = build.secrets.iter().map(secret).collect();
    let stage = build.stage.map(|stage| format!(" --target {stage}")).unwrap_or_default();
    let dockerfile = if build.context == "." {
        build.dockerfile.clone()
    } else {
        compose::from_compose(services, &build.dockerfile)
    };
    let format = if program == "podman" { " --format docker" } else { "" };
    out.push_str(&format!(
        "# {program} build{format}{network}{secrets}{stage} --build-arg SOURCE_DATE_EPOCH={} --tag {} --file {} {}\n",
        build.epoch,
        words::word(&build.image),
        words::word(&dockerfile),
        words::word(&build.context),
    ));
    for (path, required) in &services.main.env_files {
        if !required {
            out.push_str(&format!("# If the file exists: --env-file {}\n", quote::comment(path)));
        }
    }
    for (key, _) in &services.main.secrets {
        if let Some(SecretFrom::Variable(name)) = services.secrets.get(key) {
            out.push_str(&format!(
                "# (umask 077; printf %s \"${{{name}}}\" >\"{}\")\n",
                secret_file(&services.project, key)
            ));
        }
    }
    out
}

/// Returns the path of the file for a secret that comes from a variable, which only Compose can pass
/// directly.
fn secret_file(project: &str, key: &str) -> String {
    format!("${{XDG_RUNTIME_DIR:-/tmp}}/{project}-{key}")
}

/// Collects the options of the command.
struct ContainerCommand<'a> {
    lines: &'a mut Vec<String>,
    services: &'a Services,
    engine: Engine,
}

impl ContainerCommand<'_> {
    fn flag(&mut self, flag: &str) {
        self.lines.push(flag.to_owned());
    }

    fn option(&mut self, name: &str, value: &str) {
        self.lines.push(format!("{name} {}", words::word(value)));
    }

    fn lifecycle(&mut self, service: &Service) {
        match service.restart.as_deref() {
            None | Some("no") => self.flag("--rm"),
            Some(restart) => {
                self.flag("--detach");
                self.option("--restart", restart);
            }
        }
        if let Some(name) = &service.container {
            self.option("--name", name);
        }
        if service.init {
            self.flag("--init");
        }
        if service.tty {
            self.flag("--interactive --tty");
        }
        if service.read_only {
            self.flag("--read-only");
        }
        if let Some(check) = &service.healthcheck {
            let line = match self.engine {
                Engine::Docker => words::check_line(check),
                Engine::Podman => words::check_json(check),
            };
            self.option("--health-cmd", &line);
            let times = [
                ("--health-interval", check.interval),
                ("--health-timeout", check.timeout),
                ("--health-start-period", check.start_period),
            ];
            for (name, time) in times {
                if let Some(time) = time {
                    self.option(name, &time.value.to_string());
                }
            }
            if let Some(retries) = check.retries {
                self.option("--health-retries", &retries.value.to_string());
            }
        }
        self.option("--platform", &self.services.build.platform.clone());
    }

    fn gpu(&mut self, service: &Service) {
        let Some(gpu) = &service.gpu else { return };
        match (self.engine, gpu.access) {
            (Engine::Podman, _) | (Engine::Docker, GpuAccess::Cdi) => {
                for device in cdi(gpu) {
                    self.option("--device", &device);
                }
            }
            (Engine::Docker, GpuAccess::Runtime) => self.option("--runtime", "nvidia"),
            (Engine::Docker, GpuAccess::Reservation) => self.option("--gpus", &gpus(gpu)),
        }
    }

    fn environment(&mut self, service: &Service) {
        for (name, value, _) in variables(service, self.engine) {
            let name = Interpolated::literal(format!("{name}="));
            self.lines.push(format!("--env {}", words::shell_word(&[&name, &value])));
        }
        for (path, _) in service.env_files.iter().filter(|(_, required)| *required) {
            self.option("--env-file", path);
        }
    }

    fn sharing(&mut self, service: &Service) {
        let modes = [("--network", &service.network), ("--ipc", &service.ipc), ("--pid", &service.pid)];
        for (name, mode) in modes {
            if let Some(mode) = mode {
                let other = mode.strip_prefix("service:").map(|other| self.container_of(other));
                self.option(name, other.as_ref().unwrap_or(mode));
            }
        }
        for port in &service.ports {
            self.option("--publish", &port.to_string());
        }
    }

    /// Returns the name of the container that Compose creates for a service, as a mode of another container.
    fn container_of(&self, name: &str) -> String {
        let service = self.services.more.iter().find(|service| service.name == name);
        let named = service.and_then(|service| service.container.clone());
        format!("container:{}", named.unwrap_or_else(|| format!("{}-{name}-1", self.services.project)))
    }

    fn hardware(&mut self, service: &Service) {
        for device in &service.devices {
            let (from, to) = &device.value;
            let to = to.as_ref().map(|to| format!(":{}", to.as_str())).unwrap_or_default();
            let word = words::shell_word(&[from, &Interpolated::literal(to)]);
            self.lines.push(format!("--device {word}"));
        }
        for rule in &service.cgroup_rules {
            self.option("--device-cgroup-rule", rule);
        }
        match self.engine {
            Engine::Podman if service.keeps_groups() => self.option("--group-add", "keep-groups"),
            Engine::Podman | Engine::Docker => {
                for group in &service.groups {
                    self.lines.push(format!("--group-add {}", words::shell(&group.value)));
                }
            }
        }
    }

    fn storage(&mut self, service: &Service) {
        for mount in &service.mounts {
            let (kind, from) = match &mount.value.from {
                MountFrom::Host(path) => ("bind", words::host_path(path)),
                MountFrom::Volume(name) => {
                    ("volume", Interpolated::literal(format!("{}_{name}", self.services.project)))
                }
            };
            self.mount(kind, &from, &mount.value.to, mount.value.read_only);
        }
        for (key, name) in &service.secrets {
            let from = match self.services.secrets.get(key) {
                Some(SecretFrom::File(path)) => words::host_path(path),
                _ => Interpolated::with_variables(&secret_file(&self.services.project, key)),
            };
            self.mount("bind", &from, &Interpolated::literal(format!("/run/secrets/{name}")), true);
        }
        for path in &service.tmpfs {
            self.option("--tmpfs", path.as_str());
        }
    }

    fn mount(&mut self, kind: &str, from: &Interpolated, to: &Interpolated, read_only: bool) {
        let last = Interpolated::literal(if read_only { ",readonly" } else { "" });
        let (from, to) = (field("src=", from), field("dst=", to));
        let (start, comma) = (Interpolated::literal(format!("type={kind},")), Interpolated::literal(","));
        let word = words::shell_word(&[&start, &from, &comma, &to, &last]);
        self.lines.push(format!("--mount {word}"));
    }

    fn limits(&mut self, service: &Service) {
        if let Some(user) = &service.user {
            self.lines.push(format!("--user {}", words::shell(user)));
        }
        if let (Some((uid, gid)), Engine::Podman) = (service.keeps_id, self.engine) {
            self.option("--userns", &format!("keep-id:uid={uid},gid={gid}"));
        }
        for capability in &service.process.cap_drop {
            self.option("--cap-drop", &capability.value.to_string());
        }
        for capability in &service.cap_add {
            self.option("--cap-add", &capability.value.to_string());
        }
        for option in security(service, self.engine) {
            self.option("--security-opt", &option);
        }
        if service.privileged.is_some() {
            self.flag("--privileged");
        }
        if let Some(size) = service.shm_size {
            self.option("--shm-size", &size.to_string());
        }
        if let Some(size) = service.memory {
            self.option("--memory", &size.to_string());
        }
        for limit in ulimits_for(service, self.engine) {
            let hard = limit.hard.map(|hard| format!(":{hard}")).unwrap_or_default();
            self.option("--ulimit", &format!("{}={}{hard}", limit.name, limit.soft));
        }
    }

    fn process(&mut self, service: &Service) {
        let options = &service.process;
        let single = [
            ("--cpus", options.cpus.as_ref().map(|one| one.value.clone())),
            ("--pids-limit", options.pids_limit.as_ref().map(|one| one.value.to_string())),
            ("--hostname", options.hostname.as_ref().map(|one| one.value.to_string())),
            ("--stop-signal", options.stop_signal.as_ref().map(|one| one.value.to_string())),
            (
                "--stop-timeout",
                options
                    .stop_grace_period
                    .as_ref()
                    .map(|one| one.value.micros().div_ceil(1_000_000).to_string()),
            ),
        ];
        for (name, value) in single {
            if let Some(value) = value {
                self.option(name, &value);
            }
        }
        for (key, value) in &options.sysctls {
            self.option("--sysctl", &format!("{}={}", key.value, value.value));
        }
        for host in &options.extra_hosts {
            self.option("--add-host", &format!("{}:{}", host.value.0, host.value.1));
        }
        for (key, value) in &options.labels {
            self.option("--label", &format!("{}={}", key.value, value.value));
        }
        if let Some((driver, all)) = logging(service, self.engine) {
            self.option("--log-driver", driver);
            for (key, value) in all {
                self.option("--log-opt", &format!("{key}={value}"));
            }
        }
    }
}

/// Returns the value of `--gpus`. Docker parses it as CSV, so a list of devices needs inner quotes.
fn gpus(gpu: &GpuUse) -> String {
    match &gpu.which {
        Gpu::Some(ids) => format!("\"device={}\"", ids.join(",")),
        Gpu::All | Gpu::Off => "all".to_owned(),
    }
}

/// Returns a field of `--mount`, quoted where needed, since engines parse the value as CSV.
fn field(key: &str, value: &Interpolated) -> Interpolated {
    let whole = Interpolated::literal(key).join(value.clone());
    let special = |piece: &Piece| matches!(piece, Piece::Literal(text) if text.contains([',', '"']));
    if !whole.pieces().iter().any(special) {
        return whole;
    }
    let doubled = whole.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => Piece::Literal(text.replace('"', "\"\"")),
        variable @ Piece::Variable { .. } => variable.clone(),
    });
    doubled.fold(Interpolated::literal("\""), |out, piece| out.join(piece.into())).then("\"")
}
