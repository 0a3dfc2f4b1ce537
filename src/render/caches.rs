//! The build caches: a Compose file that the main one includes, and the Dockerfiles of the two caches.

use crate::manifest::BuildSecret;
use crate::plan::{PipCache, SHARED_SUPPORT, Services};

use super::compose::{build_secrets, doubled, from_compose};
use super::head::head;
use super::yaml::{Item, Map, Yaml, document};

const APT: &str = include_str!("../../templates/compose/apt-cache.Dockerfile");
const PIP: &str = include_str!("../../templates/compose/pip-cache.Dockerfile");

/// Returns the files of the requested caches, with their paths relative to the project's root.
pub(super) fn files(services: &Services) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if services.has_caches() {
        let about = about(services);
        let text = format!("{}{}", head(&services.head, &[about]), document(&root(services)));
        all.push((path(services), text));
    }
    for (requested, kind, text) in
        [(services.apt_cache.is_some(), "apt", APT), (services.pip_cache.is_some(), "pip", PIP)]
    {
        if requested {
            let head = head(&services.head, &[]);
            all.push((format!("{SHARED_SUPPORT}/caches/{kind}/Dockerfile"), format!("{head}{text}")));
        }
    }
    all
}

fn path(services: &Services) -> String {
    format!("{}/caches.yaml", services.support)
}

/// Returns the `include` entry of the main Compose file, if there are caches. Paths in the included file, and
/// its `.env`, are relative to the folder of the main file.
pub(super) fn include(services: &Services) -> Option<Map> {
    let mut include = Map::default();
    include.text("path", from_compose(services, &path(services)));
    include.put("project_directory", Yaml::Raw(".".to_owned()));
    services.has_caches().then_some(include)
}

/// Returns the comment that says how to start the caches.
pub(super) fn about(services: &Services) -> String {
    let pip = services.pip_cache.as_ref().map(|cache| &cache.name);
    let names: Vec<&str> = services.apt_cache.iter().chain(pip).map(String::as_str).collect();
    format!("Build caches: `docker compose up -d --wait {}`", names.join(" "))
}

fn root(services: &Services) -> Map {
    let (mut all, mut volumes) = (Map::default(), Map::default());
    if let Some(name) = &services.apt_cache {
        let mut cache = cache_service("apt", services);
        secrets(&mut cache, services, |secret| secret == BuildSecret::AptConf);
        complete(&mut cache, name, "/var/cache/apt-cacher-ng", (": <>/dev/tcp/127.0.0.1/3142", 12));
        all.put(name, Yaml::Map(cache));
        volumes.put(name, Yaml::Null);
    }
    if let Some(pip) = &services.pip_cache {
        let mut cache = cache_service("pip", services);
        if pip.default.is_some() || !pip.indexes.is_empty() {
            cache.list("command", pip_cache_command(pip));
        }
        secrets(&mut cache, services, |secret| secret == BuildSecret::CaBundle);
        complete(&mut cache, &pip.name, "/data", ("[[ -e /tmp/ready ]] && : <>/dev/tcp/127.0.0.1/3141", 24));
        all.put(&pip.name, Yaml::Map(cache));
        volumes.put(&pip.name, Yaml::Null);
    }
    let mut root = Map::default();
    root.put("services", Yaml::Map(all)).put("volumes", Yaml::Map(volumes));
    root.map("secrets", build_secrets(&services.build.secrets, SECRET_PREFIX));
    root
}

/// Returns the command of the pip cache: the indexes to mirror in addition to `PyPI`. They are part of the
/// command and not of the image, so that all projects share the image, and Compose recreates a running cache
/// if they change.
fn pip_cache_command(cache: &PipCache) -> Vec<Item> {
    let mirrors = cache.indexes.iter().map(|(name, url)| ("mirror", name, url));
    let default = cache.default.iter().map(|index| ("default", &index.name, &index.url));
    let words = mirrors.chain(default).flat_map(|(kind, name, url)| {
        let url = url.as_str();
        let url = if url.ends_with('/') { url.to_owned() } else { format!("{url}/") };
        [kind.to_owned(), doubled(name), doubled(&url)]
    });
    words.map(Item::text).collect()
}

/// The prefix of the secrets in the included file: Compose rejects names that the main file has too.
const SECRET_PREFIX: &str = "cache-";

/// Adds the build secrets that a cache reads. In the container they have the same names as in builds.
fn secrets(map: &mut Map, services: &Services, which: fn(BuildSecret) -> bool) {
    let all = services.build.secrets.iter().filter(|secret| which(**secret)).map(|secret| {
        let mut one = Map::default();
        one.text("source", format!("{SECRET_PREFIX}{}", secret.as_str())).text("target", secret.as_str());
        Item::noted(Yaml::Inline(one), "")
    });
    map.list("secrets", all.collect());
}

/// Returns the first keys of a cache service.
fn cache_service(kind: &str, services: &Services) -> Map {
    let mut build = Map::default();
    build.text("context", from_compose(services, &format!("{SHARED_SUPPORT}/caches/{kind}")));
    build.text("network", "host");
    secrets(&mut build, services, |_| true);
    let mut service = Map::default();
    service.put("profiles", Yaml::Flow(vec!["cache".to_owned()])).put("build", Yaml::Map(build));
    service.text("network_mode", "host");
    service
}

/// Adds the last keys of a cache service. `probe` is the script of the health check and its number of
/// retries.
fn complete(service: &mut Map, name: &str, folder: &str, probe: (&str, u32)) {
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
