//! Renders a service of the Compose file.

use std::collections::BTreeSet;

use crate::catalog::GpuAccess;
use crate::manifest::{Engine, Gpu, HealthCheck, Ulimit};
use crate::plan::{Annotated, Interpolated, MountFrom, MountUse, Service};

use super::compose::{plain, text};
pub(super) use super::options::is_shell_line;
use super::options::{cdi, logging, security, ulimits_for, variables};
use super::yaml::{Item, Map, Yaml};

/// Writes a service. A reason that several values share is written only once.
pub(super) struct Writer<'a> {
    service: &'a Service,
    engine: Engine,
    map: Map,
    /// The reasons that were written.
    reasons: BTreeSet<&'a str>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(service: &'a Service, engine: Engine) -> Self {
        Self { service, engine, map: Map::default(), reasons: BTreeSet::new() }
    }

    /// Writes a complete service. `image` are the keys for its image.
    pub(super) fn service(mut self, image: Map) -> Map {
        let service = self.service;
        self.map.extend(image);
        self.map.texts("profiles", service.profiles.clone());
        if let Some(name) = &service.container {
            self.map.text("container_name", plain(name));
        }
        self.docker_gpu();
        self.environment();
        self.sharing();
        self.hardware();
        self.storage();
        self.rights();
        self.limits();
        self.lifecycle();
        self.map
    }

    /// Writes a service that is merged from the main one: only the keys in which it differs, after `start`.
    pub(super) fn derived(mut self, main: &'a Service, start: Map) -> Map {
        let service = self.service;
        // The main service has comments with these reasons.
        self.reasons.extend(main.mounts.iter().map(|mount| mount.why.as_str()));
        self.map.extend(start);
        self.map.texts("profiles", service.profiles.clone());
        // Two containers cannot have the same name.
        if let Some(name) = &main.container {
            self.map.text("container_name", plain(&format!("{name}-{}", service.name)));
        }
        if service.ports != main.ports {
            self.map.put("ports", Yaml::Flow(Vec::new()));
        }
        if service.mounts != main.mounts {
            self.mounts();
        }
        self.program();
        if service.command != main.command && service.command.is_none() {
            self.map.put("command", Yaml::Flow(Vec::new()));
        }
        if main.healthcheck.is_some() {
            let mut off = Map::default();
            off.on("disable");
            self.map.put("healthcheck", Yaml::Inline(off));
        }
        if service.tty && !main.tty {
            self.map.on("tty").on("stdin_open");
        }
        if main.read_only && !service.read_only {
            self.map.put("read_only", Yaml::Raw("false".to_owned()));
        }
        if main.restart.as_deref().is_some_and(|restart| restart != "no") {
            self.map.text("restart", "no");
        }
        self.map
    }

    /// Returns a reason, or an empty text if it was written already.
    fn once(&mut self, why: &'a str) -> &'a str {
        if self.reasons.insert(why) { why } else { "" }
    }

    /// Writes the GPU access of Docker: the NVIDIA runtime, or a reservation.
    fn docker_gpu(&mut self) {
        let (Some(gpu), Engine::Docker) = (&self.service.gpu, self.engine) else { return };
        let mut device = Map::default();
        match gpu.access {
            GpuAccess::Runtime => {
                self.map.text("runtime", "nvidia");
                return;
            }
            GpuAccess::Cdi => {
                device.text("driver", "cdi").put("device_ids", Yaml::Flow(cdi(gpu)));
            }
            GpuAccess::Reservation => {
                device.text("driver", "nvidia");
                match &gpu.which {
                    Gpu::Some(ids) => device.put("device_ids", Yaml::Flow(ids.clone())),
                    Gpu::All | Gpu::Off => device.text("count", "all"),
                };
            }
        }
        device.put("capabilities", Yaml::Flow(vec!["gpu".to_owned()]));
        let devices = Yaml::Line(vec![Yaml::Inline(device)]);
        let nested = |key: &str, value: Yaml| {
            let mut map = Map::default();
            map.put(key, value);
            Yaml::Inline(map)
        };
        self.map.put("deploy", nested("resources", nested("reservations", nested("devices", devices))));
    }

    fn environment(&mut self) {
        let mut env = Map::default();
        let all: Vec<(&'a str, Interpolated, &'a str)> = variables(self.service, self.engine);
        for (name, value, why) in all {
            env.text(name, text(&value));
            env.behind(self.once(why));
        }
        self.map.map("environment", env);
        let files = self.service.env_files.iter().map(|(path, required)| {
            let mut file = Map::default();
            file.text("path", plain(path));
            if *required {
                return Item::text(plain(path));
            }
            file.put("required", Yaml::Raw("false".to_owned()));
            Item::noted(Yaml::Inline(file), "")
        });
        let files: Vec<Item> = files.collect();
        self.map.list("env_file", files);
    }

    fn sharing(&mut self) {
        let service = self.service;
        let modes = [("network_mode", &service.network), ("ipc", &service.ipc), ("pid", &service.pid)];
        for (key, mode) in modes {
            if let Some(mode) = mode {
                self.map.text(key, plain(mode));
            }
        }
        if let Some(name) = &service.process.hostname {
            self.map.text("hostname", name.value.to_string());
        }
        let hosts = service.process.extra_hosts.iter();
        self.map
            .texts("extra_hosts", hosts.map(|host| format!("{}={}", host.value.0, host.value.1)).collect());
        self.map.texts("ports", service.ports.iter().map(ToString::to_string).collect());
    }

    fn hardware(&mut self) {
        let service = self.service;
        let mut devices = Vec::new();
        if let (Some(gpu), Engine::Podman) = (&service.gpu, self.engine) {
            devices.extend(cdi(gpu));
        }
        devices.extend(service.devices.iter().map(|device| {
            let (from, to) = &device.value;
            let to = to.as_ref().map(|to| format!(":{}", plain(to.as_str()))).unwrap_or_default();
            format!("{}{to}", text(from))
        }));
        self.map.texts("devices", devices);
        self.map.texts("device_cgroup_rules", service.cgroup_rules.clone());
        if self.engine == Engine::Podman && service.keeps_groups() {
            self.map.texts("group_add", vec!["keep-groups".to_owned()]);
            self.map.behind("keeps the caller's groups");
            return;
        }
        let reasons: Vec<&str> =
            service.groups.iter().map(|group| group.why.as_str()).filter(|why| !why.is_empty()).collect();
        self.map.texts("group_add", service.groups.iter().map(|group| text(&group.value)).collect());
        if !service.groups.is_empty() {
            self.map.behind(&reasons.join(", "));
        }
    }

    fn mounts(&mut self) {
        let service = self.service;
        let mut items = Vec::new();
        for one in &service.mounts {
            let why = self.once(&one.why);
            items.push(Item::noted(mount(one), why));
        }
        self.map.list("volumes", items);
    }

    fn storage(&mut self) {
        self.mounts();
        let service = self.service;
        self.map.texts("tmpfs", service.tmpfs.iter().map(|path| plain(path.as_str())).collect());
        let secrets = service.secrets.iter().map(|(key, name)| {
            if key == name {
                return Yaml::Text(key.clone());
            }
            let mut secret = Map::default();
            secret.text("source", key.clone()).text("target", name.clone());
            Yaml::Inline(secret)
        });
        let secrets: Vec<Yaml> = secrets.collect();
        if !secrets.is_empty() {
            self.map.put("secrets", Yaml::Line(secrets));
        }
    }

    fn rights(&mut self) {
        let service = self.service;
        if let Some(user) = &service.user {
            self.map.text("user", text(user));
        }
        if let (Some((uid, gid)), Engine::Podman) = (service.keeps_id, self.engine) {
            self.map.text("userns_mode", format!("keep-id:uid={uid},gid={gid}"));
            self.map.behind("runs as the user who starts it");
        }
        self.map
            .texts("cap_drop", service.process.cap_drop.iter().map(|one| one.value.to_string()).collect());
        self.map.texts("cap_add", service.cap_add.iter().map(|one| one.value.to_string()).collect());
        let why: Vec<&'a str> = service.cap_add.iter().map(|one| self.once(&one.why)).collect();
        let why: Vec<&str> = why.into_iter().filter(|why| !why.is_empty()).collect();
        if !why.is_empty() {
            self.map.behind(&why.join(", "));
        }
        let options = security(service, self.engine);
        self.map.texts("security_opt", options.iter().map(|one| plain(one)).collect());
        if let Some(place) = &service.privileged {
            self.map.on("privileged").behind(place);
        }
    }

    fn limits(&mut self) {
        let service = self.service;
        if let Some(size) = service.shm_size {
            self.map.text("shm_size", size.to_string());
        }
        if let Some(size) = service.memory {
            self.map.text("mem_limit", size.to_string());
        }
        if let Some(cpus) = &service.process.cpus {
            self.map.put("cpus", Yaml::Raw(cpus.value.clone()));
        }
        if let Some(limit) = &service.process.pids_limit {
            self.map.put("pids_limit", Yaml::Raw(limit.value.to_string()));
        }
        let mut ulimits = Map::default();
        for Ulimit { name, soft, hard } in ulimits_for(service, self.engine) {
            match hard {
                None => ulimits.put(name.as_str(), Yaml::Raw(soft.to_string())),
                Some(hard) => {
                    let mut both = Map::default();
                    both.put("soft", Yaml::Raw(soft.to_string())).put("hard", Yaml::Raw(hard.to_string()));
                    ulimits.put(name.as_str(), Yaml::Inline(both))
                }
            };
        }
        if !ulimits.is_empty() {
            self.map.put("ulimits", Yaml::Inline(ulimits));
        }
        let mut sysctls = Map::default();
        for (key, value) in &service.process.sysctls {
            sysctls.text(&key.value, plain(&value.value));
        }
        self.map.map("sysctls", sysctls);
    }

    /// Writes `entrypoint` and `command`.
    fn program(&mut self) {
        for (key, words) in [("entrypoint", &self.service.entrypoint), ("command", &self.service.command)] {
            if let Some(words) = words {
                self.map.put(key, Yaml::Flow(words.iter().map(|word| plain(word)).collect()));
            }
        }
    }

    fn lifecycle(&mut self) {
        let service = self.service;
        self.program();
        if let Some(check) = &service.healthcheck {
            self.map.map("healthcheck", health(check));
        }
        self.depends_on();
        let mut labels = Map::default();
        for (key, value) in &service.process.labels {
            labels.text(key.value.as_str(), plain(&value.value));
        }
        self.map.map("labels", labels);
        for (key, on) in [("init", service.init), ("tty", service.tty), ("stdin_open", service.tty)] {
            if on {
                self.map.on(key);
            }
        }
        if service.read_only {
            self.map.on("read_only");
        }
        if let Some(signal) = &service.process.stop_signal {
            self.map.text("stop_signal", signal.value.to_string());
        }
        if let Some(time) = &service.process.stop_grace_period {
            self.map.text("stop_grace_period", time.value.to_string());
        }
        if let Some(restart) = &service.restart {
            self.map.text("restart", restart.clone());
        }
        if let Some((driver, options)) = logging(service, self.engine) {
            let mut map = Map::default();
            map.text("driver", driver);
            let mut all = Map::default();
            for (key, value) in options {
                all.text(key, plain(value));
            }
            if !all.is_empty() {
                map.put("options", Yaml::Inline(all));
            }
            self.map.put("logging", Yaml::Inline(map));
        }
    }

    fn depends_on(&mut self) {
        let service = self.service;
        if !service.depends_on.values().any(|healthy| *healthy) {
            self.map.texts("depends_on", service.depends_on.keys().cloned().collect());
            return;
        }
        let mut all = Map::default();
        for (name, healthy) in &service.depends_on {
            let mut condition = Map::default();
            condition.text("condition", if *healthy { "service_healthy" } else { "service_started" });
            all.put(name, Yaml::Inline(condition));
        }
        self.map.map("depends_on", all);
    }
}

/// Returns a mount in the long form, with which Compose does not create a missing folder on the host.
fn mount(mount: &Annotated<MountUse>) -> Yaml {
    let MountUse { from, to, read_only } = &mount.value;
    let mut map = Map::default();
    match from {
        MountFrom::Host(path) => map.text("type", "bind").text("source", text(path)),
        MountFrom::Volume(name) => map.text("type", "volume").text("source", name.clone()),
    };
    map.text("target", text(to));
    if *read_only {
        map.on("read_only");
    }
    if matches!(from, MountFrom::Host(_)) {
        let mut bind = Map::default();
        bind.put("create_host_path", Yaml::Raw("false".to_owned()));
        map.put("bind", Yaml::Inline(bind));
    }
    Yaml::Inline(map)
}

fn health(check: &HealthCheck) -> Map {
    let mut map = Map::default();
    let kind = if is_shell_line(check) { "CMD-SHELL" } else { "CMD" };
    let words = check.test.value.iter().map(|word| plain(word));
    map.put("test", Yaml::Flow(std::iter::once(kind.to_owned()).chain(words).collect()));
    let times =
        [("interval", check.interval), ("timeout", check.timeout), ("start_period", check.start_period)];
    for (key, time) in times {
        if let Some(time) = time {
            map.text(key, time.value.to_string());
        }
    }
    if let Some(retries) = check.retries {
        map.put("retries", Yaml::Raw(retries.value.to_string()));
    }
    map
}
