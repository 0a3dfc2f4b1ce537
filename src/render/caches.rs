//! The build caches: a Compose file that the main one includes, and the Dockerfiles of the two.

use crate::manifest::BuildSecret;
use crate::plan::{PipCache, SHARED_SUPPORT, Services};

use super::compose::{build_secrets, doubled};
use super::head::head;
use super::yaml::{Item, Map, Yaml, document};

const APT: &str = include_str!("../../templates/compose/apt-cache.Dockerfile");
const PIP: &str = include_str!("../../templates/compose/pip-cache.Dockerfile");

/// The files of the caches that are asked for, by their paths seen from the project's root.
pub(super) fn files(services: &Services) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if services.has_caches() {
        let about = about(services);
        let text = format!("{}{}", head(&services.head, &[about]), document(&root(services)));
        all.push((path(services), text));
    }
    for (wanted, kind, text) in
        [(services.apt_cache.is_some(), "apt", APT), (services.pip_cache.is_some(), "pip", PIP)]
    {
        if wanted {
            let head = head(&services.head, &[]);
            all.push((format!("{SHARED_SUPPORT}/caches/{kind}/Dockerfile"), format!("{head}{text}")));
        }
    }
    all
}

fn path(services: &Services) -> String {
    format!("{}/caches.yaml", services.support)
}

/// What the main Compose file includes: paths in it are seen from the main one's folder, and so is `.env`.
pub(super) fn included(services: &Services) -> Option<Map> {
    let mut include = Map::default();
    include.text("path", from_compose(services, &path(services)));
    include.put("project_directory", Yaml::Raw(".".to_owned()));
    services.has_caches().then_some(include)
}

/// A path of the project, seen from the Compose file's folder.
fn from_compose(services: &Services, path: &str) -> String {
    format!("{}/{path}", services.build.context)
}

pub(super) fn about(services: &Services) -> String {
    let pip = services.pip_cache.as_ref().map(|cache| &cache.name);
    let names: Vec<&str> = services.apt_cache.iter().chain(pip).map(String::as_str).collect();
    format!("Build caches: `docker compose up -d --wait {}`", names.join(" "))
}

fn root(services: &Services) -> Map {
    let (mut all, mut volumes) = (Map::default(), Map::default());
    if let Some(name) = &services.apt_cache {
        let mut cache = start("apt", services);
        secrets(&mut cache, services, |secret| secret == BuildSecret::AptConf);
        finish(&mut cache, name, "/var/cache/apt-cacher-ng", (": <>/dev/tcp/127.0.0.1/3142", 12));
        all.put(name, Yaml::Map(cache));
        volumes.put(name, Yaml::Null);
    }
    if let Some(pip) = &services.pip_cache {
        let mut cache = start("pip", services);
        if pip.default.is_some() || !pip.indexes.is_empty() {
            cache.list("command", indexes(pip));
        }
        secrets(&mut cache, services, |secret| secret == BuildSecret::CaBundle);
        finish(&mut cache, &pip.name, "/data", ("[[ -e /tmp/ready ]] && : <>/dev/tcp/127.0.0.1/3141", 24));
        all.put(&pip.name, Yaml::Map(cache));
        volumes.put(&pip.name, Yaml::Null);
    }
    let mut root = Map::default();
    root.put("services", Yaml::Map(all)).put("volumes", Yaml::Map(volumes));
    root.map("secrets", build_secrets(&services.build.secrets, OWN));
    root
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

/// What the names of the caches' secrets begin with: Compose refuses an included file that has one of the main file's names.
const OWN: &str = "cache-";

/// The secrets of the build that a cache reads too, under the names that the main file has.
fn secrets(map: &mut Map, services: &Services, which: fn(BuildSecret) -> bool) {
    let all = services.build.secrets.iter().filter(|secret| which(**secret)).map(|secret| {
        let mut one = Map::default();
        one.text("source", format!("{OWN}{}", secret.as_str())).text("target", secret.as_str());
        Item::noted(Yaml::Inline(one), "")
    });
    map.list("secrets", all.collect());
}

fn start(kind: &str, services: &Services) -> Map {
    let mut build = Map::default();
    build.text("context", from_compose(services, &format!("{SHARED_SUPPORT}/caches/{kind}")));
    build.text("network", "host");
    secrets(&mut build, services, |_| true);
    let mut service = Map::default();
    service.put("profiles", Yaml::Flow(vec!["cache".to_owned()])).put("build", Yaml::Map(build));
    service.text("network_mode", "host");
    service
}

fn finish(service: &mut Map, name: &str, folder: &str, probe: (&str, u32)) {
    let (script, retries) = probe;
    service.texts("volumes", vec![format!("{name}:{folder}")]);
    let mut health = Map::default();
    let test = ["CMD", "bash", "-c", script].map(str::to_owned).to_vec();
    health.put("test", Yaml::Flow(test)).text("interval", "5s").text("timeout", "5s");
    health.put("retries", Yaml::Raw(retries.to_string()));
    service.put("healthcheck", Yaml::Map(health)).text("restart", "unless-stopped");
    let mut logging = Map::default();
    logging.text("driver", "local");
    service.put("logging", Yaml::Inline(logging));
}
