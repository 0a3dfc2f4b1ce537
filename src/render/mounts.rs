//! The flags of a `RUN`, above all its mounts.

use crate::plan::{Mount, Plan, Run, SHARED_SUPPORT, Script};
use crate::resolve::closure_path;

use super::script::{self, script_place};
use super::support;

/// Returns the flags of a `RUN` in a fixed order.
pub(super) fn flags(run: &Run, plan: &Plan) -> Vec<String> {
    let mut flags = Vec::new();
    if run.offline {
        flags.push("--network=none".to_owned());
    }
    let fetches = run.mounts.iter().any(|mount| matches!(mount, Mount::Apt | Mount::Pip | Mount::Net));
    if fetches && plan.secrets.ca_bundle() {
        flags.push(shared("ca", "/run/ca"));
        // apt downloads as another user, which must be able to read the file.
        flags.push(secret("ca-bundle", "mode=0444,"));
    }
    flags.extend(run.mounts.iter().flat_map(|mount| mounted(mount, plan)));
    flags.extend(run.script.iter().filter_map(|script| mounted_for(script, plan)));
    flags
}

fn mounted(mount: &Mount, plan: &Plan) -> Vec<String> {
    let key = &plan.cache_key;
    let secrets = &plan.secrets;
    let netrc = |target| secrets.netrc().then(|| secret("netrc", &format!("target={target},")));
    match mount {
        Mount::Apt => {
            let conf = support::apt_conf(plan);
            let mut all = vec![
                shared(conf, "/etc/apt/apt.conf.d/docker-clean"),
                format!("{},sharing=locked", cache(&format!("apt-archives-{key}"), "/var/cache/apt")),
                format!("{},sharing=locked", cache(&format!("apt-lists-{key}"), "/var/lib/apt/lists")),
            ];
            let conf = "target=/etc/apt/apt.conf.d/99-secret,";
            all.extend(secrets.apt_conf().then(|| secret("apt-conf", conf)));
            all.extend(netrc("/etc/apt/auth.conf.d/99-secret.conf"));
            all
        }
        Mount::Pip => {
            let mut all = vec![cache(&format!("pip-{key}"), "/root/.cache")];
            all.extend(plan.pip.cache.then(|| shared(support::PIP_CACHE, "/run/pip-cache.sh")));
            all.extend(secrets.pip_conf().then(|| secret("pip-conf", "target=/etc/pip.conf,")));
            all.extend(netrc("/root/.netrc"));
            all
        }
        Mount::Net => netrc("/root/.netrc").into_iter().collect(),
        Mount::Constraints(stage) => {
            let source = format!("{}/{}", plan.support, support::constraints(stage));
            vec![bind(&source, "/run/constraints.txt")]
        }
        Mount::Locked(name) => vec![bind(&closure_path(&plan.support, name), &script::locked(name))],
        Mount::Bind { source, target } => vec![bind(source.as_str(), target.as_str())],
        Mount::Stage { stage, source, target } => {
            vec![format!("--mount=type=bind,from={stage},source={source},target={target}")]
        }
    }
}

/// Returns the mount of the support program that runs a step.
fn mounted_for(script: &Script, plan: &Plan) -> Option<String> {
    match script {
        Script::User(_) => Some(shared(support::ADD_USER, "/run/add-user.sh")),
        Script::Drift { .. } => Some(shared(support::CHECK, "/run/check.py")),
        Script::Layers(_) => Some(shared(support::LAYERS, "/run/layers.py")),
        Script::File(file) => Some(shared(&support::script(file), script_place(file).as_str())),
        Script::Checks => Some(bind(&format!("{}/test", plan.support), "/run/test")),
        _ => None,
    }
}

fn shared(name: &str, target: &str) -> String {
    bind(&format!("{SHARED_SUPPORT}/{name}"), target)
}

fn bind(source: &str, target: &str) -> String {
    format!("--mount=type=bind,source={source},target={target}")
}

fn cache(id: &str, target: &str) -> String {
    format!("--mount=type=cache,id=jcc-{id},target={target}")
}

fn secret(id: &str, options: &str) -> String {
    format!("--mount=type=secret,id={id},{options}required=false")
}
