//! What is mounted into a `RUN`.

use crate::plan::{Mount, Plan, Run};

/// The flags of a `RUN`, in a fixed order.
pub(super) fn flags(run: &Run, plan: &Plan) -> Vec<String> {
    let mut flags = Vec::new();
    if run.offline {
        flags.push("--network=none".to_owned());
    }
    flags.extend(run.mounts.iter().flat_map(|mount| mounted(mount, &plan.cache_key)));
    flags
}

fn mounted(mount: &Mount, key: &str) -> Vec<String> {
    match mount {
        Mount::Apt => vec![
            tools("apt"),
            cache(&format!("apt-archives-{key}"), "/var/cache/apt"),
            cache(&format!("apt-lists-{key}"), "/var/lib/apt/lists"),
            secret("apt-conf", "target=/etc/apt/apt.conf.d/99-secret,"),
            // apt fetches as a user of its own, who must be able to read it.
            secret("ca-bundle", "mode=0444,"),
            secret("netrc", "target=/etc/apt/auth.conf.d/99-secret.conf,"),
        ],
        Mount::Pip => vec![
            tools("pip"),
            cache(&format!("pip-{key}"), "/root/.cache"),
            secret("ca-bundle", ""),
            secret("netrc", "target=/root/.netrc,"),
            secret("pip-conf", "target=/etc/pip.conf,"),
        ],
        Mount::Check => vec![tools("pip")],
        Mount::Net => vec![tools("net"), secret("ca-bundle", ""), secret("netrc", "target=/root/.netrc,")],
        Mount::Bind { source, target } => vec![format!("--mount=type=bind,source={source},target={target}")],
        Mount::Stage { stage, source, target } => {
            vec![format!("--mount=type=bind,from={stage},source={source},target={target}")]
        }
    }
}

fn tools(folder: &str) -> String {
    format!("--mount=type=bind,from=tools,source=/{folder},target=/run/jcc")
}

fn cache(id: &str, target: &str) -> String {
    format!("--mount=type=cache,id=jcc-{id},target={target},sharing=locked")
}

fn secret(id: &str, options: &str) -> String {
    format!("--mount=type=secret,id={id},{options}required=false")
}
