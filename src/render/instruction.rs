//! Renders instructions of a Dockerfile to the values of their templates.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use crate::manifest::HealthCheck;
use crate::plan::{AptSourceFile, CopyFrom, Fetch, FileText, Instruction, Plan, Run, SHARED_SUPPORT};
use crate::value::{EnvName, FileMode, Id, ImagePath, Parse};

use super::exceptions::{self, Exception};
use super::service::is_shell_line;
use super::support::PACKAGES;
use super::templates::Templates;
use super::{mounts, quote, script};

/// A label that every image has.
const TITLE: &str = "org.opencontainers.image.title";

/// A label that every image has.
const TARGET: &str = "dev.jcc.target";

/// An instruction: the name and the values of its template.
pub(super) struct Rendered {
    pub(super) kind: &'static str,
    pub(super) values: Value,
    /// Whether it spans several lines. A blank line follows it: linters want one after a heredoc.
    pub(super) heredoc: bool,
    /// Linter rules to ignore for it, with reasons.
    pub(super) exceptions: Vec<Exception>,
}

impl Rendered {
    fn new(kind: &'static str, values: Value) -> Self {
        Self { kind, values, heredoc: false, exceptions: Vec::new() }
    }

    fn line(keyword: &str, argument: impl Into<String>) -> Self {
        Self::new("line", context! { keyword, argument => argument.into() })
    }
}

/// Renders an instruction.
pub(super) fn instruction(instruction: &Instruction, plan: &Plan, templates: &Templates) -> Rendered {
    match instruction {
        Instruction::Arg { name, default: None } => Rendered::line("ARG", name.as_str()),
        Instruction::Arg { name, default: Some(value) } => {
            Rendered::line("ARG", format!("{name}={}", quote::argument(value)))
        }
        Instruction::Env(pairs) => env(pairs),
        Instruction::Label(pairs) => labels(pairs),
        Instruction::PrependPath { variable, paths, inherits } => {
            let paths: Vec<&str> = paths.iter().map(ImagePath::as_str).collect();
            let list = quote::path_list(&paths, variable.as_str(), *inherits);
            Rendered::line("ENV", format!("{variable}={list}"))
        }
        Instruction::Run(each) => run(each, plan, templates),
        Instruction::CopyText(text) => match text.long() {
            Some(from) => {
                let mode = Some(text.mode).filter(|mode| mode.get() != PLAIN_MODE);
                copy((&format!("{SHARED_SUPPORT}/{PACKAGES}/{from}"), &text.to, false), mode, None)
            }
            None => file(text),
        },
        Instruction::AptSource(source) => apt_source(source, templates),
        Instruction::Copy { from, to, into, chmod, chown } => {
            copy((from.as_str(), to, *into), *chmod, *chown)
        }
        Instruction::CopyFrom(from) => Rendered::line("COPY", copy_from(from)),
        Instruction::Fetch(each) => Rendered::line("ADD", fetch(each)),
        Instruction::Workdir(path) => Rendered::line("WORKDIR", quote::path(path.as_str())),
        // Without the group: if one is set, engines ignore the additional groups of the user.
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
            Rendered { heredoc: true, ..Rendered::new("verbatim", context! { text => text.trim_end() }) }
        }
    }
}

fn pair(key: &str, value: &str) -> String {
    format!("{key}={}", quote::pair(value))
}

/// Renders variables, one per line. Two short ones, such as those for the GPU, are on one line.
fn env(pairs: &[(EnvName, String)]) -> Rendered {
    let mut pairs: Vec<String> = pairs.iter().map(|(name, value)| pair(name.as_str(), value)).collect();
    if pairs.len() == 2 && pairs.iter().map(String::len).sum::<usize>() < MAX_PAIR_WIDTH {
        pairs = vec![pairs.join(" ")];
    }
    Rendered::new("env", context! { pairs })
}

/// Renders labels, one per line. The first and the last are labels that every image has, so that adding a
/// label adds one line and changes no other.
fn labels(pairs: &BTreeMap<String, String>) -> Rendered {
    let mut pairs: Vec<_> = pairs.iter().collect();
    pairs.sort_by_key(|(key, _)| (*key == TITLE, *key != TARGET));
    let pairs: Vec<String> = pairs.into_iter().map(|(key, value)| pair(key, value)).collect();
    Rendered::line("LABEL", pairs.join(" \\\n    "))
}

fn run(run: &Run, plan: &Plan, templates: &Templates) -> Rendered {
    let mut flags = mounts::flags(run, plan);
    if let Some(command) = script::command(run) {
        flags.push(command);
        let text = flags.join(" ");
        let text = if text.len() > MAX_WIDTH { flags.join(" \\\n    ") } else { text };
        let heredoc = text.contains('\n');
        return Rendered { heredoc, ..Rendered::new("run", context! { text }) };
    }
    let body = script::body(run, plan, templates);
    let exceptions = exceptions::of(run, &body);
    let delimiter = quote::delimiter(&body);
    let flags = if flags.is_empty() { String::new() } else { flags.join(" \\\n    ") + " " };
    let text = format!("{flags}<<'{delimiter}'\n{}\n{delimiter}", body.trim_end_matches('\n'));
    Rendered { heredoc: true, exceptions, ..Rendered::new("run", context! { text }) }
}

/// The default mode of files.
const PLAIN_MODE: u16 = 0o644;
/// The largest width, in bytes, of two variables on one line.
const MAX_PAIR_WIDTH: usize = 100;
/// The largest width, in bytes, of a step on one line. A longer one has a line for each flag.
const MAX_WIDTH: usize = 150;

/// Renders a file whose text is in the Dockerfile. It has no `--link`: with it, Buildah would create the
/// folders above anew, and `/tmp` would lose its mode.
fn file(file: &FileText) -> Rendered {
    let text = file.text.strip_suffix('\n').unwrap_or(&file.text);
    let mut flags = Vec::new();
    // A heredoc has the mode 0644 anyway. Builders would apply an explicit mode to the folders above too.
    if file.mode.get() != PLAIN_MODE {
        flags.push(format!("--chmod={}", file.mode));
    }
    let values =
        context! { flags, delimiter => quote::delimiter(text), to => file.to.as_str(), body => text };
    Rendered { heredoc: true, ..Rendered::new("file", values) }
}

/// Joins values with spaces.
fn joined(all: &[impl ToString]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn apt_source(source: &AptSourceFile, templates: &Templates) -> Rendered {
    let text = templates.fill(
        "tools/apt.sources.j2",
        context! {
            uri => source.uri.as_str(), suites => joined(&source.suites),
            components => joined(&source.components), arch => joined(&source.arch),
            key => source.key.as_ref().map(ImagePath::as_str),
        },
    );
    let to = format!("/etc/apt/sources.list.d/{}.sources", source.name);
    file(&FileText {
        to: ImagePath::parse(&to).expect("a name is a valid path component"),
        mode: FileMode::parse("0644").expect("0644 is octal"),
        text,
        from: None,
    })
}

fn copy(
    (from, to, into): (&str, &ImagePath, bool),
    chmod: Option<FileMode>,
    chown: Option<(Id, Id)>,
) -> Rendered {
    // No `--link`, for the same reason as in `file`.
    let flags = owner_and_mode(chmod, chown);
    let to = if into && to.as_str() != "/" { format!("{to}/") } else { to.to_string() };
    Rendered::line("COPY", format!("{flags}{}", quote::paths(&[quote::pattern(from), to])))
}

/// Returns the flags for the owner and the mode of copied files.
fn owner_and_mode(chmod: Option<FileMode>, chown: Option<(Id, Id)>) -> String {
    let owner = chown.map(|(uid, gid)| format!("--chown={uid}:{gid} "));
    let mode = chmod.map(|mode| format!("--chmod={mode} "));
    owner.into_iter().chain(mode).collect()
}

fn copy_from(copy: &CopyFrom) -> String {
    let from = quote::pattern(copy.from.as_str());
    let link = if !copy.link || is_below_special_folder(&copy.to) { "" } else { "--link " };
    let flags = owner_and_mode(copy.chmod, copy.chown);
    format!("{link}--from={} {flags}{}", copy.stage, quote::paths(&[from, copy.to.to_string()]))
}

/// Whether a path is in a folder that is a symbolic link in some distributions, which `--link` does not
/// follow, or that has a special mode, which Buildah does not keep with `--link`.
fn is_below_special_folder(path: &ImagePath) -> bool {
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
