//! An instruction as its template sees it.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use crate::manifest::HealthCheck;
use crate::plan::{AptSourceFile, CopyFrom, Fetch, FileText, Instruction, PipTools, Plan, Run, Script, Tool};
use crate::value::{FileMode, ImagePath, Parse};

use super::dockerfile::floats;
use super::service::is_shell_line;
use super::templates::Templates;
use super::{mounts, quote, script};

/// The label that every image has.
const TITLE: &str = "org.opencontainers.image.title";

/// One instruction, ready for its template.
pub(super) struct Rendered {
    /// Which template.
    pub(super) kind: &'static str,
    /// What it sees.
    pub(super) values: Value,
    /// Whether it ends in a heredoc, after which checkers want a blank line.
    pub(super) heredoc: bool,
    /// Whether checkers forget the shell by it.
    pub(super) forgets_shell: bool,
    /// Rules of checkers that do not hold for it, and why.
    pub(super) exceptions: Vec<(&'static str, &'static str)>,
}

impl Rendered {
    fn new(kind: &'static str, values: Value) -> Self {
        Self { kind, values, heredoc: false, forgets_shell: false, exceptions: Vec::new() }
    }

    fn line(keyword: &str, argument: impl Into<String>) -> Vec<Self> {
        let forgets_shell = matches!(keyword, "ENV" | "ARG");
        vec![Self { forgets_shell, ..Self::new("line", context! { keyword, argument => argument.into() }) }]
    }
}

/// What stands for an instruction: mostly one, several for the files of a tool.
pub(super) fn instruction(instruction: &Instruction, plan: &Plan, templates: &Templates) -> Vec<Rendered> {
    match instruction {
        Instruction::Shell => Rendered::line("SHELL", quote::exec(&["/bin/bash", "-euo", "pipefail", "-c"])),
        Instruction::Arg { name, default: None } => Rendered::line("ARG", name.as_str()),
        Instruction::Arg { name, default: Some(value) } => {
            Rendered::line("ARG", format!("{name}={}", quote::argument(value)))
        }
        Instruction::Env(pairs) => {
            pairs.iter().flat_map(|(name, value)| Rendered::line("ENV", pair(name.as_str(), value))).collect()
        }
        Instruction::Label(pairs) => vec![labels(pairs)],
        Instruction::PrependPath { variable, paths, inherits } => {
            let paths: Vec<&str> = paths.iter().map(ImagePath::as_str).collect();
            Rendered::line(
                "ENV",
                format!("{variable}={}", quote::path_list(&paths, variable.as_str(), *inherits)),
            )
        }
        Instruction::Run(each) => vec![run(each, plan, templates)],
        Instruction::AptTools { cache } => apt_tools(*cache, templates),
        Instruction::PipTools(tools) => pip_tools(tools, templates),
        Instruction::NetTools => vec![tool("/net/env", &templates.fill("tools/net.env", context! {}))],
        Instruction::LibraryCheck { driver } => vec![library_check(driver, templates)],
        Instruction::CopyText(text) => vec![file(text)],
        Instruction::AptSource(source) => vec![apt_source(source, templates)],
        Instruction::Copy { .. } => copy(instruction),
        Instruction::CopyFrom(from) => Rendered::line("COPY", copy_from(from)),
        Instruction::Fetch(each) => Rendered::line("ADD", fetch(each)),
        Instruction::Workdir(path) => Rendered::line("WORKDIR", quote::path(path.as_str())),
        // Without its group: with one named, engines leave out the groups that the user has joined.
        Instruction::User(uid, _) => Rendered::line("USER", uid.to_string()),
        Instruction::Expose(ports) => {
            Rendered::line("EXPOSE", ports.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        }
        Instruction::Volume(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| path.as_str().to_owned()).collect();
            Rendered::line("VOLUME", quote::json_paths(&paths))
        }
        Instruction::HealthCheck(check) => Rendered::line("HEALTHCHECK", health(check)),
        Instruction::Entrypoint(words) => Rendered::line("ENTRYPOINT", quote::exec(words)),
        Instruction::Cmd(words) => Rendered::line("CMD", quote::exec(words)),
        Instruction::Verbatim(text) => {
            vec![Rendered {
                heredoc: true,
                ..Rendered::new("verbatim", context! { text => text.trim_end() })
            }]
        }
    }
}

fn pair(key: &str, value: &str) -> String {
    format!("{key}={}", quote::pair(value))
}

/// Labels, a line each; the one that every image has ends them, so that one more is one more line.
fn labels(pairs: &BTreeMap<String, String>) -> Rendered {
    let (last, others): (Vec<_>, Vec<_>) = pairs.iter().partition(|(key, _)| *key == TITLE);
    let pairs: Vec<String> = others.into_iter().chain(last).map(|(key, value)| pair(key, value)).collect();
    Rendered::new("labels", context! { pairs })
}

fn run(run: &Run, plan: &Plan, templates: &Templates) -> Rendered {
    let body = script::body(run, templates);
    let mut exceptions = Vec::new();
    if floats(&run.script) {
        exceptions.push(("DL3008", "versions are the distribution's own"));
    }
    if run.script.iter().any(changes_folder) {
        exceptions.push(("DL3003", "the script stays in that folder to its end"));
    }
    let flags = mounts::flags(run, plan);
    let values =
        context! { flags, delimiter => quote::delimiter(&body), body => body.trim_end_matches('\n') };
    Rendered { heredoc: true, exceptions, ..Rendered::new("run", values) }
}

/// Whether a script goes into a folder.
fn changes_folder(script: &Script) -> bool {
    match script {
        Script::Shell(text) => {
            text.split(['\n', ';', '&', '|', '(', '{']).any(|command| command.trim_start().starts_with("cd "))
        }
        Script::Tool { tool, .. } => *tool == Tool::Colcon,
        _ => false,
    }
}

/// The program by which tests look for missing shared libraries.
fn library_check(driver: &[String], templates: &Templates) -> Rendered {
    let driver: Vec<String> = driver.iter().map(|pattern| quote::shell(pattern)).collect();
    let text = templates.fill("tools/libraries.j2", context! { driver });
    let to = ImagePath::parse(script::LIBRARIES).expect("it is a path");
    file(&FileText { to, mode: FileMode::parse("0755").expect("it is octal"), text })
}

/// A file whose text stands in the Dockerfile. It is not linked: of a linked file Buildah makes the folders above, too, and
/// `/tmp` is no longer everybody's.
fn file(file: &FileText) -> Rendered {
    let text = file.text.strip_suffix('\n').unwrap_or(&file.text);
    let mut flags = Vec::new();
    // 0644 is what a heredoc has; written out, builders give it to the folders above too.
    if file.mode.get() != 0o644 {
        flags.push(format!("--chmod={}", file.mode));
    }
    let values =
        context! { flags, delimiter => quote::delimiter(text), to => file.to.as_str(), body => text };
    Rendered { heredoc: true, ..Rendered::new("file", values) }
}

/// A file of the stage `tools`, which no image holds.
fn tool(to: &str, text: &str) -> Rendered {
    Rendered { heredoc: true, ..Rendered::new("file", tool_values(to, text, &[])) }
}

fn program(to: &str, text: &str) -> Rendered {
    Rendered { heredoc: true, ..Rendered::new("file", tool_values(to, text, &["--chmod=0755"])) }
}

fn tool_values(to: &str, text: &str, flags: &[&str]) -> Value {
    let body = text.trim_end_matches('\n');
    context! { flags => flags.iter().map(|flag| (*flag).to_owned()).collect::<Vec<_>>(), delimiter => quote::delimiter(body), to, body }
}

fn apt_tools(cache: bool, templates: &Templates) -> Vec<Rendered> {
    let mut files = vec![
        tool("/apt/env", &templates.fill("tools/apt.env", context! {})),
        tool("/apt/apt.conf", &templates.fill("tools/apt.conf.j2", context! { cache })),
        tool("/apt/apt-ca.conf", &templates.fill("tools/apt-ca.conf", context! {})),
    ];
    if cache {
        files.push(program("/apt/proxy", &templates.fill("tools/proxy", context! {})));
    }
    files
}

fn pip_tools(tools: &PipTools, templates: &Templates) -> Vec<Rendered> {
    let indexes: Vec<Value> = tools
        .indexes
        .iter()
        .map(|index| {
            let url = quote::shell(index.url.as_str());
            context! { name => index.name.as_str(), variable => script::index_variable(&index.name), url }
        })
        .collect();
    let default = tools.default_index.as_ref();
    let default_index = default.map(|index| quote::shell(index.url.as_str()));
    let local = default.map_or_else(|| "local".to_owned(), |index| format!("local-{}", index.name));
    let environment =
        templates.fill("tools/pip.env.j2", context! { default_index, indexes, local, cache => tools.cache });
    let said = "# Every pip step is held to it.".to_owned();
    let chosen = tools.constraints.iter().map(|each| format!("{}=={}", each.name, each.version));
    let constraints: Vec<String> =
        std::iter::once(said).chain(chosen).chain(tools.pinned.iter().cloned()).collect();
    vec![
        tool("/pip/env", &environment),
        tool("/pip/constraints.txt", &constraints.join("\n")),
        tool("/pip/check", &templates.fill("tools/check.py", context! {})),
    ]
}

/// Values with a blank between.
fn words(all: &[impl ToString]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn apt_source(source: &AptSourceFile, templates: &Templates) -> Rendered {
    let text = templates.fill(
        "tools/apt.sources.j2",
        context! {
            name => source.name.as_str(), uri => source.uri.as_str(), suites => words(&source.suites),
            components => words(&source.components), arch => words(&source.arch), signed => source.signed,
        },
    );
    let to = format!("/etc/apt/sources.list.d/{}.sources", source.name);
    file(&FileText {
        to: ImagePath::parse(&to).expect("a name is a part of a path"),
        mode: FileMode::parse("0644").expect("it is octal"),
        text,
    })
}

fn copy(instruction: &Instruction) -> Vec<Rendered> {
    let Instruction::Copy { from, to, into, chmod, chown } = instruction else { return Vec::new() };
    // Not linked, for the folders above, as with texts.
    let mut flags = String::new();
    if let Some((uid, gid)) = chown {
        flags.push_str(&format!("--chown={uid}:{gid} "));
    }
    if let Some(mode) = chmod {
        flags.push_str(&format!("--chmod={mode} "));
    }
    let to = if *into && to.as_str() != "/" { format!("{to}/") } else { to.to_string() };
    Rendered::line("COPY", format!("{flags}{}", quote::paths(&[quote::pattern(from.as_str()), to])))
}

fn copy_from(copy: &CopyFrom) -> String {
    let from = quote::pattern(copy.from.as_str());
    let link = if is_particular(&copy.to) { "" } else { "--link " };
    format!("{link}--from={} {}", copy.stage, quote::paths(&[from, copy.to.to_string()]))
}

/// Whether the path goes through a folder that distributions have as a symbolic link, which `--link` does not follow, or
/// with a mode of its own, which Buildah does not keep.
fn is_particular(path: &ImagePath) -> bool {
    let first = path.as_str().split('/').nth(1).unwrap_or_default();
    matches!(first, "lib" | "lib64" | "bin" | "sbin" | "tmp" | "root" | "home" | "")
}

fn fetch(fetch: &Fetch) -> String {
    let checksum = fetch.sha256.as_ref().map_or(String::new(), |hash| format!("--checksum=sha256:{hash} "));
    format!("{checksum}{}", quote::paths(&[fetch.url.to_string(), fetch.to.to_string()]))
}

fn health(check: &HealthCheck) -> String {
    let flags: BTreeMap<u8, String> = [
        check.interval.map(|each| (0, format!("--interval={}", each.value))),
        check.timeout.map(|each| (1, format!("--timeout={}", each.value))),
        check.start_period.map(|each| (2, format!("--start-period={}", each.value))),
        check.retries.map(|each| (3, format!("--retries={}", each.value))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let words = &check.test.value;
    let test = if is_shell_line(check) {
        quote::exec(&["/bin/bash", "-c", words[0].as_str()])
    } else {
        quote::exec(words)
    };
    let mut parts: Vec<String> = flags.into_values().collect();
    parts.push(format!("CMD {test}"));
    parts.join(" ")
}
