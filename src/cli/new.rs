//! `jcc init` and `jcc package new`: create a manifest or a package definition.

mod existing;
mod image;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::catalog::{Catalog, DefinitionKind};
use crate::diagnostic::{Log, Severity, codes, wording};
use crate::fs::{Disk, FileKind, FileSystem, Overlay};
use crate::manifest::Target;
use crate::syntax::quote;
use crate::value::{ImageRef, Name, Parse as _, ProjectName, Version};

use super::args::ReportFormat;
use super::edit::args::read;
use super::session::{LOCK, MANIFEST};
use super::{Exit, Session, place};
use existing::Existing;

/// The usual file of Python requirements.
const REQUIREMENTS: &str = "requirements.txt";

/// The commented-out `app` of a new manifest, used if none is imported from a Dockerfile.
const APP: &str = r#"// app {
//     copy "." to="/app"
//     workdir "/app"
//     user "app" uid=1000
//     command "python3" "main.py"
// }"#;

/// `jcc init`.
#[derive(Debug, Clone, Args)]
pub(super) struct Init {
    /// Folder of the project; created if missing [default: current folder]
    dir: Option<PathBuf>,
    /// Device to build for; see `jcc list devices`
    #[arg(long, value_name = "NAME", value_parser = read::<Name>)]
    device: Option<Name>,
    /// Platform, for a machine that is not in the catalogue
    #[arg(long, value_name = "NAME", conflicts_with = "device", value_parser = read::<Name>)]
    platform: Option<Name>,
    /// Manifest to extend: `stack:NAME`, or a path in the project
    #[arg(long, value_name = "WHERE")]
    from: Option<String>,
    /// Overwrite an existing manifest
    #[arg(long)]
    force: bool,
}

/// `jcc package new`.
#[derive(Debug, Clone, Args)]
pub(super) struct NewPackage {
    /// Name of the package
    #[arg(value_parser = read::<Name>)]
    name: Name,
    /// Folder of the definitions
    #[arg(long, value_name = "DIR", default_value = "packages")]
    folder: PathBuf,
    /// Group, the subfolder for the package
    #[arg(long, value_name = "NAME", default_value = "extras", value_parser = read::<Name>)]
    group: Name,
}

/// Writes a new manifest that compiles.
pub(super) fn init(session: &mut Session<'_, '_>, args: &Init) -> Exit {
    let folder = session.io.folder.join(args.dir.as_deref().unwrap_or(Path::new("")));
    let disk = session.disk(&folder);
    if disk.kind(MANIFEST).is_some() && !args.force {
        let help = "edit it with `jcc add` and `jcc pin`, or overwrite it with `--force`".to_owned();
        return session.input_error(&format!("`{MANIFEST}` already exists"), Some(help));
    }
    if args.machine().is_none() && args.from.is_none() {
        return report_missing_machine(session);
    }
    let existing = Existing::find(&disk, &place::lock_in(&disk).map(|lock| lock.files).unwrap_or_default());
    let catalog = crate::builtin::catalog(&mut session.sources);
    if let Some((message, help)) = args.unknown_machine(&catalog) {
        return session.input_error(&message, Some(help));
    }
    let has_requirements = disk.kind(REQUIREMENTS) == Some(FileKind::File);
    let imported = Imported {
        output: existing.output(),
        base: existing.base(&catalog),
        app: existing.app(),
        requirements: has_requirements,
        image: existing.image().cloned(),
        release: None,
        of_image: false,
    };
    let (mut first_error, mut last_log) = (None, Log::new());
    for imported in imported.in_decreasing_order() {
        let text = manifest(&folder, args, &imported);
        match compile(session, &disk, &text) {
            Err(log) => {
                first_error.get_or_insert_with(|| error(&log));
                last_log = log;
            }
            Ok(compiled) => {
                let (imported, text) =
                    with_release(session, &disk, (args, &folder), (imported, text, &compiled));
                let base = compiled.resolved.targets.first().map(|(_, one)| one.base.image.clone());
                _ = session.status(&existing.notes(&catalog, &imported, base.as_ref()));
                if has_requirements && !imported.requirements {
                    let why = first_error.flatten().map_or_else(String::new, |why| format!(": {why}"));
                    _ = session.status(&format!(
                        "note: `{REQUIREMENTS}` is in a comment, since it does not resolve here{why}\n"
                    ));
                }
                let dir = args.dir.as_deref().unwrap_or(Path::new(""));
                return write(session, dir, MANIFEST, text, "run `jcc compile` to generate its files");
            }
        }
    }
    let mut errors = last_log.sorted().into_iter();
    if args.machine().is_none() && errors.any(|one| one.code == codes::manifest::MISSING_NODE) {
        return report_missing_machine(session);
    }
    session.log = last_log;
    session.report(ReportFormat::Text);
    Exit::Problems
}

/// Returns the message of the first error of a log, in one line.
fn error(log: &Log) -> Option<String> {
    let errors = log.sorted();
    let first = errors.into_iter().find(|one| one.severity == Severity::Error)?;
    Some(wording::one_line(&first.message))
}

impl Init {
    /// Returns the node of `target` that names the machine.
    fn machine(&self) -> Option<String> {
        let node = |(kind, name): (&str, &Name)| format!("{kind} {}", quote(name.as_str()));
        let device = self.device.as_ref().map(|name| ("device", name));
        device.or(self.platform.as_ref().map(|name| ("platform", name))).map(node)
    }

    /// Returns the message and the help for a device or platform that the catalogue does not have.
    fn unknown_machine(&self, catalog: &Catalog) -> Option<(String, String)> {
        let device = self.device.as_ref().map(|name| (DefinitionKind::Device, "device", name));
        let (kind, noun, name) =
            device.or(self.platform.as_ref().map(|name| (DefinitionKind::Platform, "platform", name)))?;
        let exists = match kind {
            DefinitionKind::Device => catalog.device(name.as_str()).is_some(),
            _ => catalog.platform(name.as_str()).is_some(),
        };
        if exists {
            return None;
        }
        let similar = catalog.meant(kind, name.as_str()).names;
        let help = if similar.is_empty() {
            let all: Vec<&str> = catalog.entries(kind).map(|entry| entry.name.as_str()).collect();
            format!("use {}", wording::either(&wording::codes(&all)))
        } else {
            format!("did you mean {}?", wording::any_of(&wording::codes(&similar)))
        };
        Some((format!("unknown {noun} {}", wording::code(name.as_str())), help))
    }
}

/// Compiles the text of a manifest that is not written yet, without a lock.
fn compile(session: &mut Session<'_, '_>, disk: &Disk, text: &str) -> Result<crate::Compiled, Log> {
    let mut log = Log::new();
    let fs = Overlay::new(disk).with(MANIFEST, Some(text.as_bytes())).with(LOCK, None::<Vec<u8>>);
    let input = crate::Input { fs: &fs, manifest: MANIFEST, target: None, lock: LOCK };
    crate::compile(input, &mut session.sources, &mut log).map_err(|_| log)
}

/// Adds the release to `target`: the one that the tag of the imported image names, the newest one on which the
/// image runs if that is not the default, or else the default of a device. Returns the manifest unchanged if it would not compile with the release.
fn with_release(
    session: &mut Session<'_, '_>,
    disk: &Disk,
    (args, folder): (&Init, &Path),
    (imported, text, compiled): (Imported, String, &crate::Compiled),
) -> (Imported, String) {
    if args.machine().is_none() {
        return (imported, text);
    }
    let version = |of: &crate::Compiled, axis: &str| {
        let (_, resolution) = of.resolved.targets.first()?;
        resolution.version(&Name::parse(axis).ok()?).cloned()
    };
    let node = |axis: &str, version: &Version| format!("{axis} {}", quote(version.as_str()));
    let named = imported.image.as_ref().filter(|_| imported.base.is_some());
    let named = named.and_then(|image| {
        let release = image::named_release(&crate::builtin::catalog(&mut session.sources), image)?;
        let text = manifest(folder, args, &Imported { release: Some(release), ..imported.clone() });
        let compiled = compile(session, disk, &text).ok()?;
        Target::AXES.iter().find_map(|axis| Some(node(axis, &version(&compiled, axis)?)))
    });
    let release = if named.is_some() {
        named
    } else if imported.base.is_some() {
        let without_base = manifest(folder, args, &Imported { base: None, ..imported.clone() });
        let Ok(without_base) = compile(session, disk, &without_base) else { return (imported, text) };
        Target::AXES.iter().find_map(|axis| {
            let of_base = version(compiled, axis)?;
            (version(&without_base, axis)? != of_base).then(|| node(axis, &of_base))
        })
    } else {
        None
    };
    // The release of a device is always written: the user must change it if the device runs another one.
    let chosen = || Target::AXES.iter().find_map(|axis| Some(node(axis, &version(compiled, axis)?)));
    let of_image = release.is_some();
    let release = release.or_else(|| chosen().filter(|_| args.device.is_some()));
    if release.is_none() {
        return (imported, text);
    }
    let new = Imported { release, of_image, ..imported.clone() };
    let new_text = manifest(folder, args, &new);
    if compile(session, disk, &new_text).is_ok() { (new, new_text) } else { (imported, text) }
}

/// Parts of a new manifest that are imported from the files of the folder.
#[derive(Debug, Clone, Default)]
struct Imported {
    output: Option<String>,
    base: Option<String>,
    app: Option<String>,
    /// The image that the Dockerfile starts from.
    image: Option<ImageRef>,
    /// Whether `requirements.txt` is used.
    requirements: bool,
    /// The node of `target` with the release.
    release: Option<String>,
    /// Whether `release` is that of the imported base image, rather than the default.
    of_image: bool,
}

impl Imported {
    /// Returns all parts, then subsets of them. The first one with which the manifest compiles is used.
    fn in_decreasing_order(self) -> Vec<Self> {
        let no_base = Self { base: None, ..self.clone() };
        let no_requirements = Self { requirements: false, ..self.clone() };
        let only_app = Self { requirements: false, ..no_base.clone() };
        let nothing = Self { output: self.output.clone(), ..Self::default() };
        vec![self, no_base, no_requirements, only_app, nothing]
    }
}

/// Reports that neither the arguments nor the extended manifest set a device or platform.
fn report_missing_machine(session: &mut Session<'_, '_>) -> Exit {
    let catalog = crate::builtin::catalog(&mut session.sources);
    let names: Vec<&str> = catalog.entries(DefinitionKind::Device).map(|entry| entry.name.as_str()).collect();
    let platforms: Vec<&str> =
        catalog.entries(DefinitionKind::Platform).map(|entry| entry.name.as_str()).collect();
    let help = format!(
        "set it with `--device`: {}; or set its platform with `--platform`: {}",
        wording::either(&wording::codes(names)),
        wording::either(&wording::codes(platforms))
    );
    _ = session.input_error("missing device or platform", Some(help));
    Exit::Misuse
}

/// Returns the text of a new manifest.
fn manifest(folder: &Path, args: &Init, imported: &Imported) -> String {
    let mut head = String::new();
    if let Some(from) = &args.from {
        head.push_str(&format!(
            "\n// The other manifest is loaded first; nodes in this file override it.\nextends {}\n",
            quote(from)
        ));
    }
    if let Some(machine) = args.machine() {
        let release = imported.release.as_ref().map_or_else(String::new, |release| format!("; {release}"));
        let advice = match (&args.platform, &imported.release) {
            (Some(_), _) => {
                "Set `driver` to the GPU driver of the host, `gpu` to the compute capability of its GPU"
            }
            (None, Some(_)) if imported.base.is_some() => {
                "The release must be the one that the device runs; the image below runs on this one"
            }
            (None, _) => "The release must be the one that the device runs; `jcc list releases` lists all",
        };
        head.push_str(&format!(
            "\n// The machine that runs the image. {advice}.\ntarget {{ {machine}{release} }}\n"
        ));
    }
    if let Some(base) = &imported.base {
        head.push_str(&format!("\n// The base image.\n{base}"));
    }
    let pip = format!(
        "{}pip {{ requirements {} }}",
        if imported.requirements { "" } else { "// " },
        quote(REQUIREMENTS)
    );
    let output = imported.output.as_ref().map_or_else(String::new, |output| {
        format!("\n// Paths that do not overwrite your existing files.\n{output}")
    });
    include_str!("../../templates/new/project.kdl")
        .replacen("NAME", &project_name(folder), 1)
        .replacen("TARGET\n", &format!("{head}\n"), 1)
        .replacen("PIP", &pip, 1)
        .replacen("OUTPUT\n", &output, 1)
        .replacen("APP", imported.app.as_deref().unwrap_or(APP), 1)
}

/// Returns the name of the folder with invalid characters replaced, or `project` if that is no valid project
/// name.
fn project_name(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_matches('-');
    ProjectName::parse(name).map_or_else(|_| "project".to_owned(), |name| name.to_string())
}

/// Writes a new package definition that passes `jcc package check`.
pub(super) fn package(session: &mut Session<'_, '_>, args: &NewPackage) -> Exit {
    let folder = session.io.folder.join(&args.folder);
    let path = format!("{}/{}/package.kdl", args.group, args.name);
    let disk = session.disk(&folder);
    let groups = disk.list("").unwrap_or_default();
    let has_package = |group: &&String| disk.kind(&format!("{group}/{}/package.kdl", args.name)).is_some();
    if let Some(group) = groups.iter().find(has_package) {
        let place = args.folder.join(group).join(args.name.as_str());
        return session.input_error(&format!("`{}` already exists", place.display()), None);
    }
    let text = include_str!("../../templates/new/package.kdl")
        .replace("NAME", args.name.as_str())
        .replace("GROUP", args.group.as_str());
    let catalog = crate::builtin::catalog(&mut session.sources);
    if catalog.entry(DefinitionKind::Package, args.name.as_str()).is_some() {
        let text = format!(
            "note: jcc includes a package `{}`; projects that use this folder get yours instead\n",
            args.name
        );
        _ = session.status(&text);
    }
    let next = format!("add `catalog \"{}\"` to a manifest to use this folder", args.folder.display());
    write(session, &args.folder, &path, text, &next)
}

fn write(session: &mut Session<'_, '_>, folder: &Path, path: &str, text: String, next: &str) -> Exit {
    let files = BTreeMap::from([(path.to_owned(), text.into_bytes())]);
    let state = session.io.state.as_deref();
    let current = &session.io.folder;
    match Disk::create_from(current, folder, current)
        .and_then(|disk| disk.with_state(state).write_all(&files))
    {
        Ok(()) => session.status(&format!("wrote {}; {next}\n", folder.join(path).display())),
        Err(why) => session.system_error(&format!("no files were written: {why}")),
    }
}
