//! The shell script of a `RUN`.

use minijinja::{Value, context};

use crate::plan::{
    Cmake, FileText, FolderOwner, Git, KeyFetch, Mount, PipCall, PipSource, Plan, Run, Script, ScriptFile,
    Tool, UserAccount, WheelLayer,
};
use crate::value::{ImagePath, Parse};

use super::quote::{self, shell};
use super::templates::Templates;

/// Returns the command of a step that needs no heredoc.
pub(super) fn command(run: &Run) -> Option<String> {
    let [each] = &run.script[..] else { return None };
    match each {
        Script::User(account) => Some(user(account)),
        Script::Drift { venv } => Some(format!("{} /run/check.py", shell(&format!("{venv}/bin/python3")))),
        Script::MountPoint { path, owner } => Some(mount_point(path, owner)),
        Script::Layers(all) => Some(layers(all)),
        Script::Checks => Some("bash /run/test/build".to_owned()),
        Script::Venv { uv: None, .. } if run.mounts.is_empty() && run.env.is_empty() => {
            let (template, values) = script(each, Calls::default());
            let text = Templates::all().fill(&format!("script/{template}.j2"), values);
            Some(text.trim().to_owned())
        }
        Script::Ldconfig => Some("ldconfig && rm -f /var/cache/ldconfig/aux-cache".to_owned()),
        _ => None,
    }
}

/// Returns the text between the delimiters of a heredoc.
pub(super) fn body(run: &Run, plan: &Plan, templates: &Templates) -> String {
    let mut body = String::from(options(&run.script));
    let has = |mount: &Mount| run.mounts.contains(mount);
    if plan.secrets.ca_bundle() && [Mount::Apt, Mount::Pip, Mount::Net].iter().any(has) {
        body.push_str(". /run/ca/env\n");
    }
    if has(&Mount::Pip) {
        body.push_str(&pip_environment(run, plan));
    }
    if !run.env.is_empty() {
        let pairs = run.env.iter().map(|(name, value)| format!(" {name}={}", shell(value)));
        body.push_str(&format!("export{}\n", pairs.collect::<String>()));
    }
    if run.uses_jobs() {
        body.push_str(JOBS);
        // Our own build commands have the number as an argument; other programs need it in the environment.
        if run.has_other_builds() {
            body.push_str(EXPORT_JOBS);
        }
    }
    let calls = Calls { constrained: has_constraints(run), cached: plan.pip.cache };
    for each in &run.script {
        let (template, values) = script(each, calls);
        body.push_str(&templates.fill(&format!("script/{template}.j2"), values));
    }
    body
}

/// Returns the line that makes a script exit if a command fails. Commands of definitions and of the project
/// may use unset variables, as ROS's `setup.bash` does, so those scripts do not exit at one.
pub(super) fn options(script: &[Script]) -> &'static str {
    let uses_variables = |text: &str| text.contains('$') || text.contains("source ") || text.contains(". /");
    let allow_unset = script.iter().any(|each| match each {
        Script::Shell(text) => uses_variables(text),
        Script::File(_) => true,
        _ => false,
    });
    if allow_unset { "set -eo pipefail\n" } else { "set -euo pipefail\n" }
}

fn has_constraints(run: &Run) -> bool {
    run.mounts.iter().any(|mount| matches!(mount, Mount::Constraints(_)))
}

/// Returns the lines that set the default index for all calls of pip and uv, and the constraints for calls in
/// commands of the project.
fn pip_environment(run: &Run, plan: &Plan) -> String {
    let mut out = String::new();
    let default = plan.pip.default_index.as_ref();
    if let Some(index) = default {
        let url = shell(index.url.as_str());
        out.push_str(&format!("export PIP_INDEX_URL={url} UV_DEFAULT_INDEX={url}\n"));
    }
    if plan.pip.cache {
        let name = default.map_or_else(|| "local".to_owned(), |index| format!("local-{}", index.name));
        out.push_str(&format!(". /run/pip-cache.sh {name}\n"));
    }
    if has_constraints(run) && run.script.iter().any(|script| matches!(script, Script::Shell(_))) {
        out.push_str("export PIP_CONSTRAINT=/run/constraints.txt UV_CONSTRAINT=/run/constraints.txt\n");
    }
    out
}

/// Options of all calls of pip and uv in a script.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calls {
    /// Whether a constraints file is mounted.
    constrained: bool,
    /// Whether a cache may replace an index.
    cached: bool,
}

impl Calls {
    /// Returns the variable assignment in front of a call, if the call is constrained.
    fn constraint(self, uv: bool, constrained: bool) -> &'static str {
        match (self.constrained && constrained, uv) {
            (false, _) => "",
            // The variable instead of the option: pip passes it on to the builds of wheels.
            (true, false) => "PIP_CONSTRAINT=/run/constraints.txt ",
            (true, true) => "UV_CONSTRAINT=/run/constraints.txt ",
        }
    }
}

/// Limits the number of jobs to what the memory of the target allows and to the number of cores.
const JOBS: &str = "MAX_JOBS=$((${MAX_JOBS:=$(nproc)} < $(nproc) ? MAX_JOBS : $(nproc)))\n";
const EXPORT_JOBS: &str = "export MAX_JOBS CMAKE_BUILD_PARALLEL_LEVEL=$MAX_JOBS MAKEFLAGS=-j$MAX_JOBS\n";

/// Returns the name and the values of a template for a part of a script.
pub(super) fn script(script: &Script, calls: Calls) -> (&'static str, Value) {
    match script {
        Script::Apt(apt) => {
            let packages: Vec<String> = apt.packages.iter().map(|each| shell(&each.to_string())).collect();
            ("apt", context! { packages, recommends => apt.recommends, extra_arg => apt.extra_arg })
        }
        Script::Pip(call) => ("pip", pip(call, calls)),
        Script::Venv { python, path, system_site_packages, uv } => (
            "venv",
            context! { python => shell(python), path => word(path), system_site_packages, uv => uv.as_ref().map(|spec| shell(spec)) },
        ),
        Script::Git(tree) => ("git", git(tree)),
        Script::Unpack { archive, to, strip } => {
            let end = archive.as_str().rsplit_once('.').map_or("", |(_, end)| end);
            // tar supports zstd since 1.31; Ubuntu 20.04 has 1.30.
            let (zip, zstd) = (end.eq_ignore_ascii_case("zip"), matches!(end, "zst" | "tzst"));
            ("unpack", context! { archive => word(archive), to => word(to), strip, zip, zstd })
        }
        Script::Deb { files } => ("deb", context! { files => files.iter().map(word).collect::<Vec<_>>() }),
        Script::Cmake(each) => ("cmake", cmake(each)),
        Script::Tool { tool, directory, arguments } => tool_values(*tool, directory, arguments),
        Script::WheelBuild { venv, from, to, shared, tools } => {
            let pip = shell(&format!("{venv}/bin/pip"));
            let constraint = calls.constraint(false, true);
            let tools: Vec<String> = tools.iter().map(|tool| shell(tool)).collect();
            ("wheel", context! { constraint, pip, from => shell(from), to => word(to), shared, tools })
        }
        Script::Shell(text) => ("shell", context! { text => text.trim_matches('\n') }),
        Script::File(file) => ("shell", context! { text => format!(". {}", word(&script_place(file))) }),
        Script::Python(text) => {
            ("python", context! { delimiter => quote::delimiter(text), text => text.trim_end() })
        }
        Script::Libraries { names, of, absent } => {
            ("shell", context! { text => libraries(names, of, absent) })
        }
        Script::Key(key) => ("key", key_values(key)),
        Script::Symlink { target, at } => {
            let folder = at.parent().map(|folder| word(&folder));
            ("symlink", context! { folder, target => shell(target), at => word(at) })
        }
        Script::Snapshot { replace } => ("snapshot", context! { all => archives(replace) }),
        Script::Ldconfig => ("ldconfig", context! {}),
        Script::Mkdir { path, mode } => {
            ("mkdir", context! { path => word(path), mode => mode.map(|mode| mode.to_string()) })
        }
        Script::ListBefore { folders } => ("before", folders_values(folders)),
        Script::Collect { folders } => ("collect", folders_values(folders)),
        Script::LinkerFile(file) => ("linker-file", linker_file(file)),
        Script::Layers(all) => ("shell", context! { text => layers(all) }),
        Script::MountPoint { path, owner } => ("shell", context! { text => mount_point(path, owner) }),
        // `command` renders these.
        Script::User(_) | Script::Drift { .. } | Script::Checks => ("shell", context! { text => "" }),
    }
}

fn tool_values(tool: Tool, directory: &ImagePath, arguments: &[String]) -> (&'static str, Value) {
    let template = match tool {
        Tool::Make => "make",
        Tool::Ninja => "ninja",
        Tool::Colcon => "colcon",
    };
    let arguments: Vec<String> = arguments.iter().map(|each| shell(each)).collect();
    (template, context! { directory => word(directory), arguments })
}

/// Returns the sed commands that replace the distribution's archives in apt's source lists.
fn archives(replace: &[(String, String)]) -> Vec<String> {
    replace.iter().map(|(from, to)| shell(&format!("s#https?://{from}/?#http://{to}/#"))).collect()
}

/// Returns the call of the program that checks for missing shared libraries.
fn libraries(names: &[String], of: &[String], absent: &[String]) -> String {
    let mut words = vec!["bash /run/test/check-libraries".to_owned()];
    let lists = [(None, names), (Some("--of"), of), (Some("--absent"), absent)];
    for (option, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        words.extend(option.map(str::to_owned));
        words.extend(list.iter().map(|word| shell(word)));
    }
    words.join(" ")
}

fn word(path: &ImagePath) -> String {
    shell(path.as_str())
}

fn folders_values(folders: &[ImagePath]) -> Value {
    context! { folders => folders.iter().map(word).collect::<Vec<_>>() }
}

fn pip(call: &PipCall, calls: Calls) -> Value {
    let command = if call.uv {
        format!(
            "{venv}/bin/uv pip install --python {venv}/bin/python3 --link-mode copy",
            venv = word(&call.venv)
        )
    } else {
        format!("{}/bin/pip install", word(&call.venv))
    };
    let mut options = Vec::new();
    if let Some(index) = &call.index {
        // uv prefers the variable for the default index to its option `--index-url`.
        let option = if call.uv { "--default-index" } else { "--index-url" };
        let url = shell(index.url.as_str());
        let url = if calls.cached { format!("\"$(index {} {url})\"", index.name) } else { url };
        options.push(format!("{option} {url}"));
    }
    if call.no_deps {
        options.push("--no-deps".to_owned());
    }
    if call.what.iter().any(|what| matches!(what, PipSource::Locked(_))) {
        options.push("--require-hashes".to_owned());
    }
    options.extend(call.extra_indexes.iter().map(|url| format!("--extra-index-url {}", shell(url.as_str()))));
    let what: Vec<String> = call.what.iter().map(source).collect();
    let constraint = calls.constraint(call.uv, call.constrained);
    // The list ends with a harmless option, so that adding a package adds one line and changes no other.
    let last = if call.uv { "--no-progress" } else { "--no-input" };
    context! { command => format!("{constraint}{command}"), options, what, last }
}

/// Returns the path where steps see a closure file.
pub(super) fn locked(name: &str) -> String {
    format!("/run/locked/{name}.txt")
}

fn source(source: &PipSource) -> String {
    match source {
        PipSource::Spec(spec) => shell(spec),
        PipSource::Requirements(path) => format!("--requirement {}", word(path)),
        PipSource::File(path) => word(path),
        PipSource::Wheels(folder) => format!("{}/*.whl", word(folder)),
        PipSource::Locked(file) | PipSource::Repositories(file) => {
            format!("--requirement {}", shell(&locked(file)))
        }
    }
}

fn git(git: &Git) -> Value {
    let what =
        git.commit.as_ref().map(ToString::to_string).or_else(|| git.tag.as_ref().map(ToString::to_string));
    context! {
        to => word(&git.to), url => shell(git.url.as_str().trim_start_matches("git+")),
        what => shell(&what.unwrap_or_else(|| "HEAD".to_owned())), submodules => git.submodules,
    }
}

fn cmake(cmake: &Cmake) -> Value {
    let defines: Vec<String> =
        cmake.defines.iter().map(|(key, value)| shell(&format!("-D{key}={value}"))).collect();
    context! {
        source => word(&cmake.source), build => word(&cmake.build), defines,
        generator => cmake.generator.as_ref().map(|generator| shell(generator)),
        prefix => shell(&format!("-DCMAKE_INSTALL_PREFIX={}", cmake.prefix)),
    }
}

fn key_values(key: &KeyFetch) -> Value {
    let fingerprint = key.fingerprint.as_ref().map(ToString::to_string);
    let missing = format!(
        "the key of {} does not have the fingerprint {}",
        key.name,
        fingerprint.as_deref().unwrap_or_default()
    );
    context! { file => word(&key.file), key => format!("/keys/{}.gpg", key.name), fingerprint, missing => shell(&missing) }
}

/// Returns the path at which a script of a definition is mounted.
pub(super) fn script_place(file: &ScriptFile) -> ImagePath {
    ImagePath::parse(&format!("/run/{}", file.name)).expect("a file name is a valid path component")
}

fn linker_file(file: &FileText) -> Value {
    let lines: Vec<String> = file.text.lines().map(shell).collect();
    // A single path needs no `printf`: every `echo` prints it unchanged.
    let print = if matches!(&lines[..], [one] if one.starts_with('/')) { "echo" } else { "printf '%s\\n'" };
    context! { lines, print, to => word(&file.to) }
}

/// Returns the command that creates a folder if it does not exist. It is POSIX shell, since Buildah runs
/// single commands with `sh`.
fn mount_point(path: &ImagePath, owner: &FolderOwner) -> String {
    let user = shell(&owner.user);
    let group = owner.group.as_deref().map_or_else(|| format!("\"$(id -g {user})\""), shell);
    format!("test -e {path} || install -d -o {user} -g {group} {path}", path = word(path))
}

/// Returns the call of the program that moves packages from the main environment to folders for layers.
fn layers(all: &[WheelLayer]) -> String {
    let words = all
        .iter()
        .map(|layer| format!(" {}", shell(&format!("{}={}", layer.package, layer.dists.join(",")))));
    format!("/opt/venv/bin/python3 /run/layers.py{}", words.collect::<String>())
}

/// Returns the call of the program that creates the user.
fn user(account: &UserAccount) -> String {
    let mut words = vec![
        "bash /run/add-user.sh".to_owned(),
        account.name.to_string(),
        account.uid.to_string(),
        account.gid.to_string(),
    ];
    if !account.groups.is_empty() {
        let groups: Vec<String> = account.groups.iter().map(ToString::to_string).collect();
        words.push(format!("--groups {}", groups.join(",")));
    }
    words.extend(account.workdir.iter().map(|folder| format!("--owns {}", word(folder))));
    words.extend(account.volumes.iter().map(|folder| format!("--makes {}", word(folder))));
    words.join(" ")
}
