//! `docker-compose.yaml`.

use crate::manifest::BuildSecret;
use crate::plan::{Interpolated, Piece, SecretFrom, Service, ServiceImage, Services};

use super::head::head;
use super::service::Writer;
use super::yaml::{Map, Yaml, anchor, document};
use super::{caches, quote};

/// Renders the Compose file of a target.
pub fn compose(services: &Services) -> String {
    let mut more = Vec::new();
    if services.head.bare_docker {
        more.push(
            "Needs Docker 25 with Buildx and Compose 2.20: this release includes an older Docker \
                without them"
                .to_owned(),
        );
    }
    if !services.host.is_empty() {
        more.push(format!("On the host, once: `{}`", setup_command(services)));
    }
    format!("{}{}", head(&services.head, &more), document(&root(services)))
}

/// Returns the command that prepares the host, for the folder of the Compose file.
pub(super) fn setup_command(services: &Services) -> String {
    let script = &services.host.script;
    let script = if services.build.context == "." { script.clone() } else { from_compose(services, script) };
    format!("bash {}", quote::shell(&script))
}

/// Returns a path of the project relative to the folder of the Compose file.
pub(super) fn from_compose(services: &Services, path: &str) -> String {
    format!("{}/{path}", services.build.context)
}

fn root(services: &Services) -> Map {
    let mut all = Map::default();
    let shared = Shared::of(services);
    all.put(&services.main.name, Yaml::Map(main(services, &shared)));
    if shared.main {
        all.anchor(&anchor(&services.main.name));
    }
    for each in &services.more {
        let map = Writer::new(each, services.engine).service(image_of(each, services));
        add(&mut all, each, map);
    }
    for each in services.test.iter().chain(&services.dev) {
        let map = Writer::new(each, services.engine).derived(&services.main, derived_image(each, services));
        add(&mut all, each, map);
    }
    let mut root = Map::default();
    root.text("name", services.project.clone());
    if let Some(path) = caches::include(services) {
        root.put("include", Yaml::Line(vec![Yaml::Inline(path)])).comment(&caches::about(services));
    }
    root.put("services", Yaml::Map(all));
    let mut volumes = Map::default();
    for name in &services.volumes {
        volumes.put(name, Yaml::Null);
    }
    if !volumes.is_empty() {
        root.put("volumes", Yaml::Map(volumes)).gap();
    }
    let secrets = secrets(services);
    if !secrets.is_empty() {
        root.put("secrets", Yaml::Map(secrets)).gap();
    }
    root
}

/// The parts of the main service that other services refer to by an anchor.
struct Shared {
    main: bool,
    build: bool,
}

impl Shared {
    fn of(services: &Services) -> Self {
        let same_image = services.more.iter().any(|service| service.image == ServiceImage::Own);
        Self {
            main: services.test.is_some() || services.dev.is_some(),
            build: same_image || services.dev.is_some(),
        }
    }
}

fn add(all: &mut Map, service: &Service, map: Map) {
    all.put(&service.name, Yaml::Map(map)).gap();
    for line in &service.about {
        all.comment(line);
    }
}

fn main(services: &Services, shared: &Shared) -> Map {
    let mut image = Map::default();
    image.text("image", plain(&services.build.image));
    image.put("build", Yaml::Map(build(services)));
    if shared.build {
        image.anchor("build");
    }
    image.text("platform", services.build.platform.clone());
    Writer::new(&services.main, services.engine).service(image)
}

/// Returns the keys for the image of an additional service.
fn image_of(service: &Service, services: &Services) -> Map {
    let mut image = Map::default();
    if let ServiceImage::Other(other) = &service.image {
        image.text("image", plain(&other.to_string()));
    } else {
        image.text("image", plain(&services.build.image));
        image.put("build", Yaml::Raw("*build".to_owned()));
        image.text("platform", services.build.platform.clone());
    }
    image
}

/// Returns the first keys of a service that is derived from the main one: the merge key, and the image of
/// `dev`.
fn derived_image(service: &Service, services: &Services) -> Map {
    let mut image = Map::default();
    image.merge(&anchor(&services.main.name));
    if service.image == ServiceImage::Dev {
        let mut build = Map::default();
        build.merge("build").text("target", "dev");
        image.text("image", plain(&format!("{}-dev", services.build.image)));
        image.put("build", Yaml::Map(build));
    }
    image
}

fn build(services: &Services) -> Map {
    let of = &services.build;
    let mut build = Map::default();
    build.put("context", path(&of.context));
    if let Some(file) = of.other_dockerfile() {
        build.text("dockerfile", plain(file));
    }
    if let Some(stage) = of.stage {
        build.text("target", stage);
    }
    if services.builds_on_host_network() {
        build.text("network", "host").behind(why_host_network(services));
    }
    let mut args = Map::default();
    args.text("SOURCE_DATE_EPOCH", of.epoch.to_string());
    build.put("args", Yaml::Inline(args)).behind("timestamp of files, from jcc.lock");
    build.texts("secrets", of.secrets.iter().map(|secret| secret.as_str().to_owned()).collect());
    build
}

/// Returns the reason why a build uses the host's network.
pub(super) fn why_host_network(services: &Services) -> &'static str {
    if services.build.host_network {
        "Docker's default network fails on kernels of this release"
    } else {
        "the caches listen on the host"
    }
}

/// Returns a path as a YAML scalar. `.` needs no quotes in YAML 1.2.
fn path(path: &str) -> Yaml {
    if path == "." { Yaml::Raw(".".to_owned()) } else { Yaml::Text(plain(path)) }
}

fn secrets(services: &Services) -> Map {
    let mut all = build_secrets(&services.build.secrets, "");
    for (name, from) in &services.secrets {
        let mut value = Map::default();
        match from {
            SecretFrom::File(path) => value.text("file", text(path)),
            SecretFrom::Variable(name) => value.text("environment", name.as_str()),
        };
        all.put(name, Yaml::Inline(value));
    }
    all
}

/// Returns the files that build steps may read. Their names get a prefix.
pub(super) fn build_secrets(secrets: &[BuildSecret], prefix: &str) -> Map {
    let mut all = Map::default();
    for secret in secrets {
        let mut from = Map::default();
        from.text("file", format!("${{{}:-/dev/null}}", secret.variable()));
        all.put(&format!("{prefix}{}", secret.as_str()), Yaml::Inline(from));
        all.behind(&format!("{}; empty if the variable is unset", secret.purpose()));
    }
    all
}

/// Escapes a text of the user for a Compose file, where `$` starts a variable.
pub(super) fn plain(text: &str) -> String {
    doubled(text)
}

/// Doubles every `$`.
pub(super) fn doubled(text: &str) -> String {
    text.replace('$', "$$")
}

/// Returns a text that may contain variables in the syntax of Compose.
pub(super) fn text(text: &Interpolated) -> String {
    text.pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Literal(literal) => doubled(literal),
            Piece::Variable { name, operator, rest } => {
                format!("${{{name}{operator}{}}}", self::text(rest))
            }
        })
        .collect()
}
