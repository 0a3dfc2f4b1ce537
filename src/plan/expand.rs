//! Expands the steps of definitions to steps of package plans: evaluates conditions and expands templates.

use crate::catalog::{self, CmakeDefine, Install, Step, StepKind, Template};
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes};
use crate::manifest::KeyLocation;
use crate::source::Spanned;
use crate::value::{
    AptPackage, Commit, EnvName, FileMode, GitRef, ImagePath, Name, PackedText, Parse, PepRequirement, Url,
};

use super::package_context::{Filled, PackageContext};
use super::package_step::{
    ArchiveKey, Download, PackagePlan, PackageStep, PackageStepKind, ThirdPartyArchive,
};
use super::pip_conflicts::may_be_same;
use super::{AptSourceFile, Cmake, FileText, Git, PipIndex, Script, ScriptFile, Tool};

/// Expands a chosen package to its plan. Steps with errors are reported and left out.
pub(super) fn package_plan(view: Filled<'_>, log: &mut Log) -> PackagePlan {
    let package = view.package;
    let build = package.build.as_ref().map(|build| expand_steps(view, build, &[], log)).unwrap_or_default();
    let install = expand_steps(view, &package.install, &build, log);
    let mut env = Vec::new();
    for (name, value) in view.applicable(&package.env) {
        if let Some(text) = view.text(value, log) {
            env.push((name.value.clone(), text, value.span));
        }
    }
    PackagePlan {
        name: view.chosen.name.clone(),
        why: view.why(),
        platform: view.is_platform(),
        build,
        job_memory: package.build.as_ref().and_then(|build| build.memory),
        install,
        env,
        paths: paths(view, log),
    }
}

/// Expands the folders that the package adds to `PATH`.
fn paths(view: Filled<'_>, log: &mut Log) -> Vec<ImagePath> {
    let written = view.applicable(&view.package.paths);
    let templates = written.map(|path| Template { text: path.value.to_string().into(), span: path.span });
    let templates: Vec<Template> = templates.collect();
    view.values(&templates, log)
}

/// Expands a clone step. A branch or tag without a commit gets the one that `jcc lock` recorded.
fn git(view: Filled<'_>, kind: &StepKind, log: &mut Log) -> Option<Git> {
    let StepKind::Git { url, tag, commit, to, submodules } = kind else { return None };
    let url: Url = view.value(url, log)?;
    let tag = view.maybe::<GitRef>(tag.as_ref(), log)?;
    let commit: Option<Commit> = view.maybe(commit.as_ref(), log)?;
    let reference = tag.as_ref().map_or_else(|| "HEAD".to_owned(), ToString::to_string);
    let locked = || view.view.inputs.locked.commits.get(&(url.to_string(), reference)).cloned();
    let commit = commit.or_else(locked);
    Some(Git { url, tag, commit, to: view.value(to, log)?, submodules: *submodules })
}

/// Expands the steps of a block. `earlier` are the steps of the previous block, which names of downloads must
/// not repeat.
fn expand_steps(
    view: Filled<'_>,
    install: &Install,
    earlier: &[PackageStep],
    log: &mut Log,
) -> Vec<PackageStep> {
    let mut steps = earlier.to_vec();
    for step in install.steps.iter().filter(|step| view.holds(&step.guard)) {
        if let Some(kind) = step_kind(view, step, &steps, log) {
            steps.push(PackageStep { kind, span: step.span });
        }
    }
    steps.split_off(earlier.len())
}

fn step_kind(
    view: Filled<'_>,
    step: &Step,
    before: &[PackageStep],
    log: &mut Log,
) -> Option<PackageStepKind> {
    Some(match &step.kind {
        StepKind::Apt(packages) => PackageStepKind::Apt(system_packages(view, packages, log)),
        StepKind::AptSource { .. } => PackageStepKind::Source(source(view, &step.kind, log)?),
        StepKind::Pip { specs, index, deps } => {
            let specs = view.values::<PepRequirement>(specs, log).iter().map(ToString::to_string).collect();
            PackageStepKind::Pip { specs, index: pip_index(view, index.as_ref(), log)?, deps: *deps }
        }
        StepKind::Wheel { url, sha256, name } => {
            let source = Remote { url, sha256: sha256.as_ref(), name: name.as_ref() };
            PackageStepKind::Wheel(download(view, source, before, log)?)
        }
        StepKind::Deb { url, sha256 } => {
            PackageStepKind::Deb(download(view, unnamed(url, sha256.as_ref()), before, log)?)
        }
        StepKind::Archive { url, sha256, to, strip } => PackageStepKind::Archive {
            download: download(view, unnamed(url, sha256.as_ref()), before, log)?,
            to: view.value(to, log)?,
            strip: *strip,
        },
        StepKind::WheelBuild { from, env } => PackageStepKind::WheelBuild {
            from: tree_or_requirement(view, from, log)?,
            env: pairs(view, env, log),
        },
        StepKind::Git { .. } => PackageStepKind::Git(git(view, &step.kind, log)?),
        StepKind::Cmake { .. } => PackageStepKind::Cmake(cmake(view, &step.kind, before, log)?),
        StepKind::Make { directory, arguments } => tool(view, Tool::Make, (directory, arguments), log)?,
        StepKind::Ninja { directory, arguments } => tool(view, Tool::Ninja, (directory, arguments), log)?,
        StepKind::Colcon { workspace, arguments } => tool(view, Tool::Colcon, (workspace, arguments), log)?,
        StepKind::Run { .. } | StepKind::Script { .. } => shell(view, &step.kind, log)?,
        StepKind::Copy { file, text, to, mode } => {
            PackageStepKind::File(text_file(view, (file, text), (to, mode.as_ref()), log)?)
        }
        StepKind::Symlink { target, at } => {
            PackageStepKind::Symlink { target: view.text(target, log)?, at: view.value(at, log)? }
        }
        StepKind::Ldconfig => PackageStepKind::Ldconfig,
        StepKind::Mkdir { path, mode } => PackageStepKind::Mkdir(Script::Mkdir {
            path: view.value(path, log)?,
            mode: view.maybe(mode.as_ref(), log)?,
        }),
        StepKind::Dockerfile { file, text } => PackageStepKind::Verbatim(verbatim(file, text, log)?),
        StepKind::Env(env) => PackageStepKind::Env(pairs(view, env, log)),
        StepKind::Export { path, to } => {
            let from: ImagePath = view.value(path, log)?;
            let to = view.maybe(to.as_ref(), log)?.unwrap_or_else(|| from.clone());
            PackageStepKind::Export { from, to }
        }
    })
}

/// Expands a `run` step, or a `script` step with a file of the definition's folder.
fn shell(view: Filled<'_>, kind: &StepKind, log: &mut Log) -> Option<PackageStepKind> {
    match kind {
        StepKind::Run { script, env } => {
            Some(PackageStepKind::Shell { text: script.text.to_string(), env: pairs(view, env, log) })
        }
        StepKind::Script { file, text, env } => {
            let (package, name) = (view.chosen.name.clone(), file.value.to_string());
            let file = ScriptFile { package, name, text: text.to_string() };
            Some(PackageStepKind::Script { file, env: pairs(view, env, log) })
        }
        _ => None,
    }
}

/// Expands system packages. A package that the project requests in a version is installed in that version, so
/// that it is installed once. This does not apply if the project adds archives, because these are added after
/// the packages of the catalogue are installed.
fn system_packages(view: Filled<'_>, packages: &[Template], log: &mut Log) -> Vec<AptPackage> {
    let mut packages: Vec<AptPackage> = view.values(packages, log);
    let apt = &view.inputs.project.apt;
    if !(apt.sources.is_empty() && apt.ppas.is_empty()) {
        return packages;
    }
    for package in &mut packages {
        let same = |one: &&AptPackage| {
            let fits = |asked| package.version().is_none_or(|own| may_be_same(asked, own));
            one.name() == package.name() && one.arch() == package.arch() && one.version().is_some_and(fits)
        };
        if let Some(asked) = apt.install.iter().map(|one| &one.package.value).find(same) {
            *package = asked.clone();
        }
    }
    packages
}

fn pairs(view: Filled<'_>, env: &[(Spanned<EnvName>, Template)], log: &mut Log) -> Vec<(EnvName, String)> {
    let filled = env.iter().map(|(name, value)| Some((name.value.clone(), view.text(value, log)?)));
    filled.collect::<Vec<_>>().into_iter().flatten().collect()
}

pub(super) fn source(view: Filled<'_>, kind: &StepKind, log: &mut Log) -> Option<ThirdPartyArchive> {
    let StepKind::AptSource { name, uri, suites, components, key, fingerprint, .. } = kind else {
        return None;
    };
    let (suites, components) = (view.values(suites, log), view.values(components, log));
    let key = match &key.value {
        KeyLocation::Url(_) => ArchiveKey::At(key.value.clone()),
        KeyLocation::File(path) => {
            let bytes =
                view.inputs.catalog.file(view.chosen.name.as_str(), path.as_str()).unwrap_or_default();
            ArchiveKey::Text(String::from_utf8_lossy(bytes).into_owned())
        }
    };
    let file = AptSourceFile {
        name: name.value.clone(),
        uri: view.value(uri, log)?,
        suites,
        components,
        arch: Vec::new(),
        key: None,
        key_is_verified: false,
    };
    Some(ThirdPartyArchive::new(file, Some(key), Some(fingerprint.value.clone())))
}

/// Returns what a wheel is built from: an absolute path or a requirement. Anything else is rejected, because
/// pip could read it as an option.
fn tree_or_requirement(view: Filled<'_>, from: &Template, log: &mut Log) -> Option<String> {
    if view.text(from, log)?.starts_with('/') {
        return Some(view.value::<ImagePath>(from, log)?.to_string());
    }
    Some(view.value::<PepRequirement>(from, log)?.to_string())
}

/// Returns the index of a pip step, given by its name in the catalogue or by its URL. The outer `None` is an
/// error, the inner one means the default index.
#[expect(clippy::option_option, reason = "absent and invalid are different")]
fn pip_index(view: Filled<'_>, index: Option<&Template>, log: &mut Log) -> Option<Option<PipIndex>> {
    let Some(index) = index else { return Some(None) };
    let word = view.text(index, log)?;
    Some(Some(match view.inputs.catalog.index(&word) {
        Some(known) => PipIndex::named(&word, view.value(&known.url, log)?),
        None => PipIndex::of(view.value(index, log)?),
    }))
}

/// The templates of a download.
#[derive(Clone, Copy)]
struct Remote<'a> {
    url: &'a Template,
    sha256: Option<&'a Template>,
    /// The file name, if the URL does not end with it.
    name: Option<&'a Template>,
}

fn unnamed<'a>(url: &'a Template, sha256: Option<&'a Template>) -> Remote<'a> {
    Remote { url, sha256, name: None }
}

fn download(view: Filled<'_>, source: Remote<'_>, before: &[PackageStep], log: &mut Log) -> Option<Download> {
    let url: Url = view.value(source.url, log)?;
    let sha256 = view.maybe(source.sha256, log)?;
    let named = match source.name {
        Some(name) => Some(view.text(name, log)?),
        None => None,
    };
    let name = file_name(
        named.as_deref().or(url.file_name()).filter(|last| last.contains(|c| c != '.')).unwrap_or("download"),
    );
    let taken = before
        .iter()
        .filter_map(|step| step.kind.download())
        .filter(|other| other.file.file_name() == Some(&name))
        .count();
    let file = if taken == 0 { format!("/{name}") } else { format!("/{taken}/{name}") };
    Some(Download { url, sha256, file: ImagePath::parse(&file).expect("a plain name is a path") })
}

/// Returns the last segment of a URL as a file name. Characters that would need quotes are replaced by `_`.
fn file_name(last: &str) -> String {
    let name = last.replace("%2B", "+").replace("%2b", "+");
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+') { c } else { '_' })
        .collect();
    // File systems support 255 bytes. The end is kept, because it contains the file's extension.
    let end = &name[name.len().saturating_sub(LONGEST_NAME)..];
    if end.len() == name.len() { name } else { format!("_{end}") }
}

/// The maximum number of bytes of a file name that are kept.
const LONGEST_NAME: usize = 200;

fn cmake(view: Filled<'_>, kind: &StepKind, before: &[PackageStep], log: &mut Log) -> Option<Cmake> {
    let StepKind::Cmake { source, generator, prefix, defines } = kind else { return None };
    let source: ImagePath = view.value(source, log)?;
    let prefix = view.maybe(prefix.as_ref(), log)?;
    let builds = before.iter().filter(|step| matches!(step.kind, PackageStepKind::Cmake(_))).count();
    let build = if builds == 0 { "/build".to_owned() } else { format!("/build{}", builds + 1) };
    let holds =
        |define: &&CmakeDefine| define.when_option.as_ref().is_none_or(|key| view.option_is_on(&key.value));
    let mut filled = Vec::new();
    for define in defines.iter().filter(holds) {
        filled.push((define.key.value.to_string(), view.text(&define.value, log)?));
    }
    Some(Cmake {
        source,
        build: ImagePath::parse(&build).expect("a plain name is a path"),
        generator: view.maybe(generator.as_ref(), log)?,
        prefix: prefix.unwrap_or_else(|| ImagePath::parse("/usr/local").expect("it is a path")),
        defines: filled,
    })
}

fn tool(
    view: Filled<'_>,
    tool: Tool,
    (directory, arguments): (&Template, &[Template]),
    log: &mut Log,
) -> Option<PackageStepKind> {
    Some(PackageStepKind::Tool {
        tool,
        directory: view.value(directory, log)?,
        arguments: view.values(arguments, log),
    })
}

fn text_file(
    view: Filled<'_>,
    (file, text): (&Spanned<PackedText>, &str),
    (to, mode): (&Template, Option<&Template>),
    log: &mut Log,
) -> Option<FileText> {
    let to: ImagePath = view.value(to, log)?;
    let mode = view.maybe(mode, log)?.unwrap_or_else(|| FileMode::parse("0644").expect("it is octal"));
    if let Some(why) = super::encodable::why_not(super::encodable::DockerfilePosition::FileText, text) {
        log.error(
            Diagnostic::error(codes::NOT_CARRIED, format!("a Dockerfile cannot contain `{}`", file.value))
                .at(file.span, why),
        );
    }
    super::encodable::path(&to, super::encodable::DockerfilePosition::HeredocPath, Some(file.span), log);
    let from = Some(format!("{}/{}", view.chosen.name, file.value));
    Some(FileText { to, mode, text: text.to_owned(), from })
}

/// Returns the text of a `dockerfile` step. Reports text that would affect the instructions after it.
fn verbatim(file: &Spanned<PackedText>, text: &str, log: &mut Log) -> Option<String> {
    let refused = |line: &str| super::encodable::why_not(super::encodable::DockerfilePosition::Script, line);
    let wrong = text
        .split('\n')
        .enumerate()
        .find_map(|(index, line)| Some((index + 1, refused(line)?)))
        .or_else(|| super::written::read(text).problem);
    let Some((line, why)) = wrong else { return Some(text.to_owned()) };
    log.error(
        Diagnostic::error(codes::VERBATIM, format!("`{}` cannot be inserted into a stage", file.value))
            .at(file.span, format!("line {line}: {why}"))
            .help("change that line, or write the step as `run`, `copy` or `script`"),
    );
    None
}

/// Returns the chosen packages that a package requires for one of these stages.
pub(super) fn requires(view: PackageContext<'_>, stages: &[catalog::RequireStage]) -> Vec<Name> {
    view.chosen
        .requires
        .iter()
        .filter(|(_, stage)| stages.contains(stage))
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_become_valid_file_names() {
        let long = |length: usize| format!("{}.whl", "a".repeat(length));
        assert_eq!(file_name(&long(100)), long(100));
        for text in [
            long(251),
            long(252),
            long(5000),
            ".".repeat(300),
            "é".repeat(300),
            format!("a{}", ".".repeat(300)),
        ] {
            let name = file_name(&text);
            assert!(name.len() <= 201, "{name}");
            assert!(text.ends_with('.') || text.ends_with('é') || name.ends_with("aaa.whl"), "{name}");
            assert!(ImagePath::parse(&format!("/{name}")).is_ok(), "{name}");
        }
    }
}
