//! The shell text of a `RUN`.

use minijinja::{Value, context};

use crate::plan::{Cmake, Git, KeyFetch, Mount, PipCall, PipSource, Run, Script, Tool, UserAccount};
use crate::value::ImagePath;

use super::quote::{self, shell};
use super::templates::Templates;

/// Where the program lies by which tests look for missing shared libraries.
pub(super) const LIBRARIES: &str = "/usr/local/bin/check-libraries";

/// What stands between the delimiters of the heredoc.
pub(super) fn body(run: &Run, templates: &Templates) -> String {
    let with_tools = run.mounts.iter().any(|mount| matches!(mount, Mount::Apt | Mount::Pip | Mount::Net));
    let mut body = if with_tools { ". /run/jcc/env\n" } else { "set -euo pipefail\n" }.to_owned();
    if run.script.iter().any(|each| matches!(each, Script::Shell(_))) {
        body.push_str(UNSET);
    }
    for (name, value) in &run.env {
        body.push_str(&format!("export {name}={}\n", shell(value)));
    }
    if run.jobs {
        body.push_str(JOBS);
        // The tools of the others say it.
        if !with_tools {
            body.push_str(TIME);
        }
    }
    for each in &run.script {
        let (template, values) = script(each);
        body.push_str(&templates.fill(&format!("script/{template}.j2"), values));
    }
    body
}

/// Lines of definitions and of the project may read variables that are not set: `setup.bash` of ROS does.
const UNSET: &str = "set +u\n";
/// As many jobs as the target's memory allows, and no more than there are cores.
const JOBS: &str = "\
jobs=$(nproc)
if [[ -n ${MAX_JOBS:-} && $MAX_JOBS -lt $jobs ]]; then jobs=$MAX_JOBS; fi
export MAX_JOBS=$jobs CMAKE_BUILD_PARALLEL_LEVEL=$jobs MAKEFLAGS=-j$jobs
";
/// What a compiler writes where the source asks for the time.
const TIME: &str = "export SOURCE_DATE_EPOCH=315532800\n";

fn script(script: &Script) -> (&'static str, Value) {
    match script {
        Script::Apt(apt) => {
            let packages: Vec<String> = apt.packages.iter().map(|each| shell(&each.to_string())).collect();
            ("apt", context! { packages, recommends => apt.recommends, extra_arg => apt.extra_arg })
        }
        Script::Pip(call) => ("pip", pip(call)),
        Script::Venv { python, path, system_site_packages, uv } => (
            "venv",
            context! { python => shell(python), path => word(path), system_site_packages, uv => uv.as_ref().map(|spec| shell(spec)) },
        ),
        Script::Git(tree) => ("git", git(tree)),
        Script::Unpack { archive, to, strip } => {
            let end = archive.as_str().rsplit_once('.').map_or("", |(_, end)| end);
            // tar knows zstd since 1.31; Ubuntu 20.04 has 1.30.
            let (zip, zstd) = (end.eq_ignore_ascii_case("zip"), matches!(end, "zst" | "tzst"));
            ("unpack", context! { archive => word(archive), to => word(to), strip, zip, zstd })
        }
        Script::Deb { files } => ("deb", context! { files => files.iter().map(word).collect::<Vec<_>>() }),
        Script::Cmake(each) => ("cmake", cmake(each)),
        Script::Tool { tool, directory, arguments } => tool_values(*tool, directory, arguments),
        Script::WheelBuild { venv, from, to, shared, tools } => {
            let pip = shell(&format!("{venv}/bin/pip"));
            let tools: Vec<String> = tools.iter().map(|tool| shell(tool)).collect();
            ("wheel", context! { pip, from => shell(from), to => word(to), shared, tools })
        }
        Script::Shell(text) => ("shell", context! { text => text.trim_matches('\n') }),
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
        Script::User(account) => ("user", user(account)),
        Script::Drift { venv } => ("drift", context! { python => shell(&format!("{venv}/bin/python3")) }),
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

/// What sed puts into the lists of the distribution's archives.
fn archives(replace: &[(String, String)]) -> Vec<String> {
    replace.iter().map(|(from, to)| shell(&format!("s#https?://{from}/?#http://{to}/#"))).collect()
}

/// The call of the program that looks for missing shared libraries.
fn libraries(names: &[String], of: &[String], absent: &[String]) -> String {
    let mut words = vec![LIBRARIES.to_owned()];
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

/// The variable that names an index inside the pip steps.
pub(super) fn index_variable(name: &str) -> String {
    let word: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("INDEX_{word}")
}

fn pip(call: &PipCall) -> Value {
    let command = if call.uv {
        format!("{venv}/bin/uv pip install --python {venv}/bin/python3", venv = word(&call.venv))
    } else {
        format!("{}/bin/pip install", word(&call.venv))
    };
    let what: Vec<String> = call.what.iter().map(source).collect();
    let mut common: Vec<String> =
        call.extra_indexes.iter().map(|url| format!("--extra-index-url {}", shell(url.as_str()))).collect();
    let mut calls = Vec::new();
    if let Some(index) = &call.index {
        // From another index only what is named comes; what that depends on follows from the default one.
        // uv's own word: the other one gives way to the variable that names a default index.
        let option = if call.uv { "--default-index" } else { "--index-url" };
        let mut first =
            vec![format!("{option} \"${}\"", index_variable(&index.name)), "--no-deps".to_owned()];
        first.extend(common.iter().cloned());
        calls.push(context! { command => command.clone(), options => first, what => what.clone() });
    }
    if call.index.is_none() || !call.no_deps {
        if call.no_deps {
            common.insert(0, "--no-deps".to_owned());
        }
        calls.push(context! { command, options => common, what });
    }
    // An option that does no harm ends the list, so that one more is one more line.
    let last = if call.uv { "--no-progress" } else { "--no-input" };
    context! { calls, last, free => !call.constrained }
}

fn source(source: &PipSource) -> String {
    match source {
        PipSource::Spec(spec) => shell(spec),
        PipSource::Requirements(path) => format!("--requirement {}", word(path)),
        PipSource::File(path) => word(path),
        PipSource::Wheels(folder) => format!("{}/*.whl", word(folder)),
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
        "the key of {} has not the fingerprint {}",
        key.name,
        fingerprint.as_deref().unwrap_or_default()
    );
    context! { file => word(&key.file), key => format!("/keys/{}.gpg", key.name), fingerprint, missing => shell(&missing) }
}

fn user(account: &UserAccount) -> Value {
    let groups: Vec<String> = account.groups.iter().map(ToString::to_string).collect();
    context! {
        name => account.name.as_str(), uid => account.uid.get(), gid => account.gid.get(), groups,
        workdir => account.workdir.as_ref().map(word),
        volumes => account.volumes.iter().map(word).collect::<Vec<_>>(),
    }
}
