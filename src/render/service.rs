//! One service as Compose writes it.

use crate::catalog::GpuAccess;
use crate::manifest::{Engine, Gpu, HealthCheck, Ulimit};
use crate::plan::{GpuUse, MountFrom, MountUse, Noted, Service, Text};

use super::compose::{plain, text};
use super::yaml::{Item, Map, Yaml};

/// The service after what says where its image is from.
pub(super) fn service(service: &Service, engine: Engine, image: Map) -> Map {
    let mut map = Map::default();
    if let Some(profile) = &service.profile {
        map.put("profiles", Yaml::Flow(vec![profile.clone()]));
    }
    map.extend(image);
    if let Some(name) = &service.container {
        map.text("container_name", plain(name));
    }
    if let (Some(gpu), Engine::Docker) = (&service.gpu, engine) {
        docker_gpu(&mut map, gpu);
    }
    environment(&mut map, service, engine);
    sharing(&mut map, service);
    hardware(&mut map, service, engine);
    storage(&mut map, service);
    rights(&mut map, service, engine);
    limits(&mut map, service, engine);
    life(&mut map, service);
    map
}

/// The one form of GPU access: the runtime with its variables, or a reservation.
fn docker_gpu(map: &mut Map, gpu: &GpuUse) {
    match gpu.access {
        GpuAccess::Runtime => {
            map.text("runtime", "nvidia");
            map.comment("The one form of GPU access that this target has: the NVIDIA runtime.");
        }
        GpuAccess::Cdi => {
            let mut device = Map::default();
            device.text("driver", "cdi").put("device_ids", Yaml::Flow(cdi(gpu)));
            device.put("capabilities", Yaml::Flow(vec!["gpu".to_owned()]));
            reserve(map, device);
            map.comment("The GPU by the host's CDI specification, which `systemctl daemon-reload` does not take away.");
        }
        GpuAccess::Reservation => {
            let mut device = Map::default();
            device.text("driver", "nvidia");
            match &gpu.which {
                Gpu::Some(ids) => device.put("device_ids", Yaml::Flow(ids.clone())),
                Gpu::All | Gpu::Off => device.text("count", "all"),
            };
            device.put("capabilities", Yaml::Flow(vec!["gpu".to_owned()]));
            reserve(map, device);
            map.comment(&format!("The one form of GPU access that {} has: a reservation.", gpu.platform));
            map.comment("Where systemd manages cgroups its daemon-reload takes the GPU away: `gpu form=\"cdi\"` does not.");
        }
    }
}

fn reserve(map: &mut Map, device: Map) {
    let mut devices = Map::default();
    devices.list("devices", vec![Item::noted(Yaml::Map(device), "")]);
    let mut resources = Map::default();
    resources.map("reservations", devices);
    let mut deploy = Map::default();
    deploy.map("resources", resources);
    map.map("deploy", deploy);
}

/// The variables of a service with those that give it the GPU; the user's own win.
pub(super) fn variables(service: &Service, engine: Engine) -> Vec<(String, Noted<Text>)> {
    let mut all = service.env.clone();
    if let (Some(gpu), Engine::Docker) = (&service.gpu, engine) {
        let mut add = |name: &str, value: String| {
            all.entry(name.to_owned()).or_insert_with(|| Noted::plain(Text::literal(value)));
        };
        add("NVIDIA_DRIVER_CAPABILITIES", gpu.capabilities.clone());
        if gpu.access == GpuAccess::Runtime {
            let which = match &gpu.which {
                Gpu::Some(ids) => ids.join(","),
                Gpu::All | Gpu::Off => "all".to_owned(),
            };
            add("NVIDIA_VISIBLE_DEVICES", which);
        }
    }
    all.into_iter().collect()
}

fn environment(map: &mut Map, service: &Service, engine: Engine) {
    let mut env = Map::default();
    let mut last = String::new();
    for (name, value) in variables(service, engine) {
        env.text(&name, text(&value.value));
        if value.why != last {
            env.comment(&value.why);
        }
        last = value.why;
    }
    map.map("environment", env);
    let files = service.env_files.iter().map(|(path, required)| {
        let mut file = Map::default();
        file.text("path", plain(path));
        if !required {
            file.put("required", Yaml::Raw("false".to_owned()));
        }
        Item::noted(Yaml::Map(file), "")
    });
    map.list("env_file", files.collect());
}

fn sharing(map: &mut Map, service: &Service) {
    let modes = [("network_mode", &service.network), ("ipc", &service.ipc), ("pid", &service.pid)];
    for (key, mode) in modes {
        if let Some(mode) = mode {
            map.text(key, plain(mode));
        }
    }
    map.list("ports", service.ports.iter().map(|port| Item::text(port.to_string())).collect());
}

/// `nvidia.com/gpu=all`, or one for each GPU.
pub(super) fn cdi(gpu: &GpuUse) -> Vec<String> {
    match &gpu.which {
        Gpu::Some(ids) => ids.iter().map(|id| format!("nvidia.com/gpu={id}")).collect(),
        Gpu::All | Gpu::Off => vec!["nvidia.com/gpu=all".to_owned()],
    }
}

fn hardware(map: &mut Map, service: &Service, engine: Engine) {
    let mut devices = Vec::new();
    if let (Some(gpu), Engine::Podman) = (&service.gpu, engine) {
        let why = "The one form of GPU access that Podman has: CDI.";
        devices.extend(
            cdi(gpu)
                .into_iter()
                .enumerate()
                .map(|(at, device)| Item::noted(Yaml::Text(device), if at == 0 { why } else { "" })),
        );
    }
    devices.extend(service.devices.iter().map(|device| {
        let (from, to) = &device.value;
        let to = to.as_ref().map(|to| format!(":{}", plain(to.as_str()))).unwrap_or_default();
        Item::noted(Yaml::Text(format!("{}{to}", text(from))), &device.why)
    }));
    map.list("devices", devices);
    map.list("device_cgroup_rules", service.cgroup_rules.iter().map(Item::text).collect());
    let groups = match engine {
        Engine::Podman if service.keeps_groups() => {
            vec![Item::noted(Yaml::Text("keep-groups".to_owned()), "the groups of whoever starts it")]
        }
        Engine::Podman | Engine::Docker => service
            .groups
            .iter()
            .map(|group| Item::noted(Yaml::Text(text(&group.value)), &group.why))
            .collect(),
    };
    map.list("group_add", groups);
}

fn storage(map: &mut Map, service: &Service) {
    map.list("volumes", service.mounts.iter().map(mount).collect());
    map.list("tmpfs", service.tmpfs.iter().map(|path| Item::text(plain(path.as_str()))).collect());
    let secrets = service.secrets.iter().map(|(key, name)| {
        if key == name {
            return Item::text(key.clone());
        }
        let mut secret = Map::default();
        secret.text("source", key.clone()).text("target", name.clone());
        Item::noted(Yaml::Map(secret), "")
    });
    map.list("secrets", secrets.collect());
}

/// A mount in the long form, which makes no folder where the host lacks what is mounted.
fn mount(mount: &Noted<MountUse>) -> Item {
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
        map.map("bind", bind);
    }
    Item::noted(Yaml::Map(map), &mount.why)
}

/// The options of the security modules: devices by CDI need the labels off.
pub(super) fn security(service: &Service, engine: Engine) -> Vec<String> {
    let mut all = service.security_opt.clone();
    if engine == Engine::Podman && service.gpu.is_some() && !all.iter().any(|one| one.starts_with("label")) {
        all.push("label=disable".to_owned());
    }
    all
}

fn rights(map: &mut Map, service: &Service, engine: Engine) {
    if let Some(user) = &service.user {
        map.text("user", text(user));
    }
    if let (Some((uid, gid)), Engine::Podman) = (service.keeps_id, engine) {
        map.text("userns_mode", format!("keep-id:uid={uid},gid={gid}"));
        map.comment("Whoever starts it is the container's user.");
    }
    let capabilities = service.cap_add.iter();
    let capabilities =
        capabilities.map(|one| Item::noted(Yaml::Text(one.value.to_string()), &one.why)).collect();
    map.list("cap_add", capabilities);
    let options = security(service, engine);
    map.list("security_opt", options.iter().map(|one| Item::text(plain(one))).collect());
    if let Some(place) = &service.privileged {
        map.on("privileged").comment(place);
    }
}

fn limits(map: &mut Map, service: &Service, engine: Engine) {
    if let Some(size) = service.shm_size {
        map.text("shm_size", size.to_string());
    }
    if let Some(size) = service.memory {
        map.text("mem_limit", size.to_string());
    }
    let mut ulimits = Map::default();
    for Ulimit { name, soft, hard } in ulimits_for(service, engine) {
        match hard {
            None => ulimits.put(name.as_str(), Yaml::Raw(soft.to_string())),
            Some(hard) => {
                let mut both = Map::default();
                both.put("soft", Yaml::Raw(soft.to_string())).put("hard", Yaml::Raw(hard.to_string()));
                ulimits.map(name.as_str(), both)
            }
        };
    }
    map.map("ulimits", ulimits);
}

/// The limits that an engine may set.
pub(super) fn ulimits_for(service: &Service, engine: Engine) -> impl Iterator<Item = &Ulimit> {
    let inherited = move |limit: &&Ulimit| {
        engine == Engine::Podman && service.inherited_limits.iter().any(|name| name == limit.name.as_str())
    };
    service.ulimits.iter().filter(move |limit| !inherited(limit))
}

fn life(map: &mut Map, service: &Service) {
    if let Some(words) = &service.entrypoint {
        map.put("entrypoint", Yaml::Flow(words.iter().map(|word| plain(word)).collect()));
    }
    if let Some(words) = &service.command {
        if words.iter().any(|word| word.contains('\n')) {
            let words = words.iter().map(|word| Item::noted(Yaml::Block(plain(word)), ""));
            map.list("command", words.collect());
        } else {
            map.put("command", Yaml::Flow(words.iter().map(|word| plain(word)).collect()));
        }
    }
    if let Some(check) = &service.healthcheck {
        map.map("healthcheck", health(check));
    }
    if service.depends_on.values().any(|healthy| *healthy) {
        let mut all = Map::default();
        for (name, healthy) in &service.depends_on {
            let mut condition = Map::default();
            condition.text("condition", if *healthy { "service_healthy" } else { "service_started" });
            all.map(name, condition);
        }
        map.map("depends_on", all);
    } else {
        map.list("depends_on", service.depends_on.keys().map(Item::text).collect());
    }
    if service.init {
        map.on("init");
    }
    if service.tty {
        map.on("tty").on("stdin_open");
    }
    if service.read_only {
        map.on("read_only");
    }
    if let Some(restart) = &service.restart {
        map.text("restart", restart.clone());
    }
}

/// Whether a check is one line for a shell rather than words.
pub(super) fn is_shell_line(check: &HealthCheck) -> bool {
    matches!(&check.test.value[..], [line] if line.contains(char::is_whitespace))
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
