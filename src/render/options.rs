//! Options of a service that Compose, Quadlet units and `run-command` write with the same values.

use crate::catalog::GpuAccess;
use crate::manifest::{Engine, Gpu, HealthCheck, Ulimit};
use crate::plan::{GpuUse, Interpolated, Service};

/// Returns the log driver and its options: those of the manifest, else, for a service that Docker restarts,
/// `local`, whose files have a limited size.
pub(super) fn logging(service: &Service, engine: Engine) -> Option<(&str, Vec<(&str, &str)>)> {
    if let Some(logging) = &service.process.logging {
        let options = logging.value.options.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        return Some((logging.value.driver.as_str(), options.collect()));
    }
    let restarts = service.restart.as_deref().is_some_and(|restart| restart != "no");
    (restarts && engine == Engine::Docker).then(|| ("local", Vec::new()))
}

/// Returns the environment variables with their reasons, including those for GPU access. Variables of the
/// user have precedence.
pub(super) fn variables(service: &Service, engine: Engine) -> Vec<(&str, Interpolated, &str)> {
    let mut all: Vec<(&str, Interpolated, &str)> =
        service.env.iter().map(|(name, one)| (name.as_str(), one.value.clone(), one.why.as_str())).collect();
    if let (Some(gpu), Engine::Docker) = (&service.gpu, engine)
        && !gpu.of_image
    {
        let mut add = |name: &'static str, value: String| {
            if all.iter().all(|(other, ..)| *other != name) {
                all.push((name, Interpolated::literal(value), ""));
            }
        };
        add("NVIDIA_DRIVER_CAPABILITIES", gpu.capabilities.clone());
        if gpu.access == GpuAccess::Runtime {
            let which = match &gpu.which {
                Gpu::Some(ids) => ids.join(","),
                Gpu::All | Gpu::Off => "all".to_owned(),
            };
            add("NVIDIA_VISIBLE_DEVICES", which);
        }
        all.sort_by_key(|(name, ..)| *name);
    }
    all
}

/// Returns the CDI device names: `nvidia.com/gpu=all`, or one for each GPU.
pub(super) fn cdi(gpu: &GpuUse) -> Vec<String> {
    match &gpu.which {
        Gpu::Some(ids) => ids.iter().map(|id| format!("nvidia.com/gpu={id}")).collect(),
        Gpu::All | Gpu::Off => vec!["nvidia.com/gpu=all".to_owned()],
    }
}

/// Whether Podman must disable `SELinux` labels, which deny access to CDI devices and to Podman's socket.
pub(super) fn disables_labels(service: &Service) -> bool {
    service.gpu.is_some() || service.mounts_podman_socket()
}

/// Returns the security options.
pub(super) fn security(service: &Service, engine: Engine) -> Vec<String> {
    let mut all = service.security_opt.clone();
    if engine == Engine::Podman && disables_labels(service) && !all.iter().any(|one| one.starts_with("label"))
    {
        all.push("label=disable".to_owned());
    }
    all
}

/// Returns the limits that an engine can set: rootless Podman inherits some from the host.
pub(super) fn ulimits_for(service: &Service, engine: Engine) -> impl Iterator<Item = &Ulimit> {
    let inherited = move |limit: &&Ulimit| {
        engine == Engine::Podman && service.inherited_limits.iter().any(|name| name == limit.name.as_str())
    };
    service.ulimits.iter().filter(move |limit| !inherited(limit))
}

/// Whether a health check is a shell command rather than a list of words.
pub(super) fn is_shell_line(check: &HealthCheck) -> bool {
    matches!(&check.test.value[..], [line] if line.contains(char::is_whitespace))
}
