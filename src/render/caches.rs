//! The caches of the Compose file: images built from a few lines that stand in the file itself.

use crate::manifest::BuildSecret;
use crate::plan::{PipCache, Services};

use super::compose::doubled;
use super::yaml::{Item, Map, Yaml};

const APT: &str = include_str!("../../templates/compose/apt-cache.Dockerfile");
const PIP: &str = include_str!("../../templates/compose/pip-cache.Dockerfile");

/// The caches that are asked for: the name of the service, which is that of its volume too, and the service.
pub(super) fn services(services: &Services) -> Vec<(String, Map)> {
    let mut all = Vec::new();
    if let Some(name) = &services.apt_cache {
        let mut cache = start(APT, services);
        cache.list("secrets", given(services, BuildSecret::AptConf));
        finish(&mut cache, name, "/var/cache/apt-cacher-ng", (": <>/dev/tcp/127.0.0.1/3142", 12));
        all.push((name.clone(), cache));
    }
    if let Some(pip) = &services.pip_cache {
        let mut cache = start(PIP, services);
        if pip.default.is_some() || !pip.indexes.is_empty() {
            cache.list("command", indexes(pip));
        }
        cache.list("secrets", given(services, BuildSecret::CaBundle));
        finish(&mut cache, &pip.name, "/data", ("[[ -e /tmp/ready ]] && : <>/dev/tcp/127.0.0.1/3141", 24));
        all.push((pip.name.clone(), cache));
    }
    all
}

/// The line over the first of them.
pub(super) fn about(services: &Services) -> String {
    let pip = services.pip_cache.as_ref().map(|cache| &cache.name);
    let names: Vec<&str> = services.apt_cache.iter().chain(pip).map(String::as_str).collect();
    format!("Build caches: `docker compose up -d --wait {}`, and the next build uses them.", names.join(" "))
}

/// What is mirrored beside `PyPI`: words of the command, so that the image is one for all projects and a running cache is
/// made anew when they change.
fn indexes(cache: &PipCache) -> Vec<Item> {
    let mirrors = cache.indexes.iter().map(|(name, url)| ("mirror", name, url));
    let default = cache.default.iter().map(|index| ("default", &index.name, &index.url));
    let words = mirrors.chain(default).flat_map(|(kind, name, url)| {
        let url = url.as_str();
        let url = if url.ends_with('/') { url.to_owned() } else { format!("{url}/") };
        [kind.to_owned(), doubled(name), doubled(&url)]
    });
    words.map(Item::text).collect()
}

/// A secret of the build that the running cache reads too.
fn given(services: &Services, secret: BuildSecret) -> Vec<Item> {
    let all = services.build.secrets.iter().filter(|one| **one == secret);
    all.map(|one| Item::text(one.as_str())).collect()
}

fn start(dockerfile: &str, services: &Services) -> Map {
    let mut build = Map::default();
    build.text("network", "host");
    if !services.build.secrets.is_empty() {
        build.put("secrets", Yaml::Raw("*secrets".to_owned()));
    }
    build.put("dockerfile_inline", Yaml::Block(doubled(dockerfile)));
    let mut service = Map::default();
    service.put("profiles", Yaml::Flow(vec!["cache".to_owned()])).put("build", Yaml::Map(build));
    service.text("network_mode", "host");
    service
}

fn finish(service: &mut Map, name: &str, folder: &str, probe: (&str, u32)) {
    let (script, retries) = probe;
    service.list("volumes", vec![Item::text(format!("{name}:{folder}"))]);
    let mut health = Map::default();
    let test = ["CMD", "bash", "-c", script].map(str::to_owned).to_vec();
    health.put("test", Yaml::Flow(test)).text("interval", "5s").text("timeout", "5s");
    health.put("retries", Yaml::Raw(retries.to_string()));
    service.put("healthcheck", Yaml::Map(health)).text("restart", "unless-stopped");
}
