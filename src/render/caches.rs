//! The caches of the Compose file: images built from a few lines that stand in the file itself.

use minijinja::context;

use crate::plan::{PipCache, Services};

use super::compose::doubled;
use super::quote;
use super::templates::strict;
use super::yaml::{Item, Map, Yaml};

const APT: &str = include_str!("../../templates/compose/apt-cache.Dockerfile");
const PIP: &str = include_str!("../../templates/compose/pip-cache.Dockerfile.j2");
const ABOUT: &str =
    "Build caches: `docker compose --profile cache up -d --wait`, and the next build uses them.";

/// The caches that are asked for: the name of the service, which is that of its volume too, and the service.
pub(super) fn services(services: &Services) -> Vec<(String, Map)> {
    let mut all = Vec::new();
    if let Some(name) = &services.apt_cache {
        let probe = ["bash", "-c", ": <>/dev/tcp/127.0.0.1/3142"];
        let mut cache = start(APT);
        finish(&mut cache, name, "/var/cache/apt-cacher-ng", (&probe, 12));
        all.push((name.clone(), cache));
    }
    if let Some(pip) = &services.pip_cache {
        let probe =
            ["python3", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:3141/root/local')"];
        let mut cache = start(&pip_dockerfile(pip));
        cache.list("secrets", vec![Item::text("ca-bundle")]);
        finish(&mut cache, &pip.name, "/data", (&probe, 24));
        all.push((pip.name.clone(), cache));
    }
    all
}

/// The line over the first of them.
pub(super) fn about() -> &'static str {
    ABOUT
}

fn start(dockerfile: &str) -> Map {
    let mut build = Map::default();
    build.text("network", "host").put("secrets", Yaml::Raw("*secrets".to_owned()));
    build.put("dockerfile_inline", Yaml::Block(doubled(dockerfile)));
    let mut service = Map::default();
    service.put("profiles", Yaml::Flow(vec!["cache".to_owned()])).put("build", Yaml::Map(build));
    service.text("network_mode", "host");
    service
}

fn finish(service: &mut Map, name: &str, folder: &str, probe: (&[&str], u32)) {
    let (words, retries) = probe;
    service.list("volumes", vec![Item::text(format!("{name}:{folder}"))]);
    let mut health = Map::default();
    let test = std::iter::once("CMD").chain(words.iter().copied()).map(str::to_owned).collect();
    health.put("test", Yaml::Flow(test)).text("interval", "5s").text("timeout", "5s");
    health.put("retries", Yaml::Raw(retries.to_string()));
    service.put("healthcheck", Yaml::Map(health)).text("restart", "unless-stopped");
}

fn pip_dockerfile(cache: &PipCache) -> String {
    let environment = strict();
    let mirror = |url: &crate::value::Url| {
        let url = url.as_str();
        let url = if url.ends_with('/') { url.to_owned() } else { format!("{url}/") };
        quote::shell(&format!("mirror_url={url}"))
    };
    let default = cache.default.as_ref().map(|url| format!(" {}", mirror(url))).unwrap_or_default();
    let indexes: Vec<_> = cache
        .indexes
        .iter()
        .map(|(name, url)| context! { name => quote::shell(name), url => mirror(url) })
        .collect();
    environment
        .render_str(PIP, context! { default, indexes })
        .expect("a built-in template is well formed and finds its values")
}
