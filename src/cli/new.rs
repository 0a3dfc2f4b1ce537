//! `jcc init` and `jcc package new`: files to begin with.

mod existing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::catalog::{Catalog, DefinitionKind};
use crate::diagnostic::{Log, Severity, codes, wording};
use crate::fs::{Disk, FileKind, FileSystem, Overlay};
use crate::manifest::Target;
use crate::syntax::quote;
use crate::value::{Name, Parse as _, ProjectName, Version};

use super::args::ReportFormat;
use super::edit::args::read;
use super::session::{LOCK, MANIFEST};
use super::{Exit, Session, place};
use existing::Existing;

/// What people keep Python's requirements in.
const REQUIREMENTS: &str = "requirements.txt";

/// The application of a manifest that has none yet.
const APP: &str = r#"// app {
//     copy "." to="/app"
//     workdir "/app"
//     user "app" uid=1000
//     command "python3" "main.py"
// }"#;

/// `jcc init`.
#[derive(Debug, Clone, Args)]
pub(super) struct Init {
    /// The project's folder, made where it is missing; this one when absent
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
    /// Group, which is a folder in it
    #[arg(long, value_name = "NAME", default_value = "extras", value_parser = read::<Name>)]
    group: Name,
}

/// Writes a manifest to begin with, which compiles.
pub(super) fn init(session: &mut Session<'_, '_>, args: &Init) -> Exit {
    let folder = session.around.folder.join(args.dir.as_deref().unwrap_or(Path::new("")));
    let disk = session.disk(&folder);
    if disk.kind(MANIFEST).is_some() && !args.force {
        let help = "edit it with `jcc add` and `jcc pin`, or overwrite it with `--force`".to_owned();
        return session.unknown(&format!("`{MANIFEST}` already exists"), Some(help));
    }
    if args.machine().is_none() && args.from.is_none() {
        return no_machine(session);
    }
    let existing = Existing::of(&disk, &place::lock_in(&disk).map(|lock| lock.files).unwrap_or_default());
    let catalog = Catalog::builtin(&mut session.sources);
    if let Some(unknown) = args.unknown(&catalog) {
        return session.unknown(&unknown.0, Some(unknown.1));
    }
    let has_requirements = disk.kind(REQUIREMENTS) == Some(FileKind::File);
    let taken = TakenOver {
        output: existing.output(),
        base: existing.base(&catalog),
        app: existing.app(),
        requirements: has_requirements,
        release: None,
        of_image: false,
    };
    let (mut first, mut last) = (None, Log::new());
    for taken in taken.fewer_and_fewer() {
        let text = manifest(&folder, args, &taken);
        match compiled(session, &disk, &text) {
            Err(log) => {
                first.get_or_insert_with(|| error(&log));
                last = log;
            }
            Ok(compiled) => {
                let (taken, text) = with_release(session, &disk, (args, &folder), (taken, text, &compiled));
                let starts = compiled.resolved.targets.first().map(|(_, one)| one.base.image.clone());
                _ = session.say(&existing.reported(&catalog, &taken, starts.as_ref()));
                if has_requirements && !taken.requirements {
                    let why = first.flatten().map_or_else(String::new, |why| format!(": {why}"));
                    _ = session.say(&format!(
                        "note: `{REQUIREMENTS}` is in a comment, since it does not resolve here{why}\n"
                    ));
                }
                let dir = args.dir.as_deref().unwrap_or(Path::new(""));
                return write(session, dir, MANIFEST, text, "run `jcc compile` to generate its files");
            }
        }
    }
    if args.machine().is_none() && last.sorted().iter().any(|one| one.code == codes::manifest::MISSING_NODE) {
        return no_machine(session);
    }
    session.log = last;
    session.report(ReportFormat::Text);
    Exit::Problems
}

/// The first error of a log, as one line.
fn error(log: &Log) -> Option<String> {
    let errors = log.sorted();
    let first = errors.into_iter().find(|one| one.severity == Severity::Error)?;
    Some(wording::one_line(&first.message))
}

impl Init {
    /// The node that names the machine.
    fn machine(&self) -> Option<String> {
        let node = |(word, name): (&str, &Name)| format!("{word} {}", quote(name.as_str()));
        let device = self.device.as_ref().map(|name| ("device", name));
        device.or(self.platform.as_ref().map(|name| ("platform", name))).map(node)
    }

    /// What is wrong with a machine that the catalogue does not have, and what may be meant.
    fn unknown(&self, catalog: &Catalog) -> Option<(String, String)> {
        let device = self.device.as_ref().map(|name| (DefinitionKind::Device, "device", name));
        let (kind, noun, name) =
            device.or(self.platform.as_ref().map(|name| (DefinitionKind::Platform, "platform", name)))?;
        let is_there = match kind {
            DefinitionKind::Device => catalog.device(name.as_str()).is_some(),
            _ => catalog.platform(name.as_str()).is_some(),
        };
        if is_there {
            return None;
        }
        let mut meant = catalog.meant(kind, name.as_str()).names;
        let is_meant = !meant.is_empty();
        if !is_meant {
            meant = catalog.entries(kind).map(|entry| entry.name.as_str()).collect();
        }
        let names = wording::codes(&meant);
        let help = if is_meant {
            format!("did you mean {}?", wording::any_of(&names))
        } else {
            format!("use {}", wording::either(&names))
        };
        Some((format!("unknown {noun} {}", wording::code(name.as_str())), help))
    }
}

/// Compiles a manifest that is not written yet.
fn compiled(session: &mut Session<'_, '_>, disk: &Disk, text: &str) -> Result<crate::Compiled, Log> {
    let mut log = Log::new();
    let fs = Overlay::new(disk).with(MANIFEST, Some(text.as_bytes())).with(LOCK, None::<Vec<u8>>);
    let input = crate::Input { fs: &fs, manifest: MANIFEST, target: None, lock: LOCK };
    crate::compile(input, &mut session.sources, &mut log).map_err(|_| log)
}

/// The manifest with the release of a device, or the one that the Dockerfile's image brings.
fn with_release(
    session: &mut Session<'_, '_>,
    disk: &Disk,
    (args, folder): (&Init, &Path),
    (taken, text, compiled_before): (TakenOver, String, &crate::Compiled),
) -> (TakenOver, String) {
    if args.machine().is_none() {
        return (taken, text);
    }
    let version = |of: &crate::Compiled, axis: &str| {
        let (_, resolution) = of.resolved.targets.first()?;
        resolution.version(&Name::parse(axis).ok()?).cloned()
    };
    let stated = |axis: &str, version: &Version| format!("{axis} {}", quote(version.as_str()));
    let release = if taken.base.is_some() {
        let without = manifest(folder, args, &TakenOver { base: None, ..taken.clone() });
        let Ok(without) = compiled(session, disk, &without) else { return (taken, text) };
        Target::AXES.iter().find_map(|axis| {
            let own = version(compiled_before, axis)?;
            (version(&without, axis)? != own).then(|| stated(axis, &own))
        })
    } else {
        None
    };
    // What a device runs is written down: another release of it needs another image.
    let own = || Target::AXES.iter().find_map(|axis| Some(stated(axis, &version(compiled_before, axis)?)));
    let of_image = release.is_some();
    let release = release.or_else(|| own().filter(|_| args.device.is_some()));
    if release.is_none() {
        return (taken, text);
    }
    let new = TakenOver { release, of_image, ..taken.clone() };
    let written = manifest(folder, args, &new);
    if compiled(session, disk, &written).is_ok() { (new, written) } else { (taken, text) }
}

/// Parts of a new manifest that come from what the folder has.
#[derive(Debug, Clone, Default)]
struct TakenOver {
    output: Option<String>,
    base: Option<String>,
    app: Option<String>,
    requirements: bool,
    /// The release of the target.
    release: Option<String>,
    /// Whether that is the release of the image rather than the default.
    of_image: bool,
}

impl TakenOver {
    /// All of it, then less, for where the whole does not compile: what is taken over must do.
    fn fewer_and_fewer(self) -> Vec<Self> {
        let no_base = Self { base: None, ..self.clone() };
        let no_requirements = Self { requirements: false, ..self.clone() };
        let app_alone = Self { requirements: false, ..no_base.clone() };
        let nothing = Self { output: self.output.clone(), ..Self::default() };
        vec![self, no_base, no_requirements, app_alone, nothing]
    }
}

/// Neither the arguments nor what is extended say where it runs.
fn no_machine(session: &mut Session<'_, '_>) -> Exit {
    let catalog = Catalog::builtin(&mut session.sources);
    let names: Vec<&str> = catalog.entries(DefinitionKind::Device).map(|entry| entry.name.as_str()).collect();
    let platforms: Vec<&str> =
        catalog.entries(DefinitionKind::Platform).map(|entry| entry.name.as_str()).collect();
    let help = format!(
        "set it with `--device`: {}; or set its platform with `--platform`: {}",
        wording::either(&wording::codes(names)),
        wording::either(&wording::codes(platforms))
    );
    _ = session.unknown("missing device or platform", Some(help));
    Exit::Misuse
}

/// The text of a new manifest.
fn manifest(folder: &Path, args: &Init, taken: &TakenOver) -> String {
    let mut head = String::new();
    if let Some(from) = &args.from {
        head.push_str(&format!(
            "\n// The other manifest is loaded first; nodes in this file override it.\nextends {}\n",
            quote(from)
        ));
    }
    if let Some(machine) = args.machine() {
        let release = taken.release.as_ref().map_or_else(String::new, |release| format!("; {release}"));
        let more = match (&args.platform, &taken.release) {
            (Some(_), _) => {
                "Set `driver` to the GPU driver of the host, `gpu` to the compute capability of its GPU"
            }
            (None, Some(_)) if taken.base.is_some() => {
                "The release is the one that the image below was made for"
            }
            (None, _) => "The release must be the one that the device runs; `jcc list releases` lists all",
        };
        head.push_str(&format!(
            "\n// The machine that runs the image. {more}.\ntarget {{ {machine}{release} }}\n"
        ));
    }
    if let Some(base) = &taken.base {
        head.push_str(&format!("\n// The base image.\n{base}"));
    }
    let pip = format!(
        "{}pip {{ requirements {} }}",
        if taken.requirements { "" } else { "// " },
        quote(REQUIREMENTS)
    );
    let output = taken.output.as_ref().map_or_else(String::new, |output| {
        format!("\n// Paths that do not overwrite your existing files.\n{output}")
    });
    include_str!("../../templates/new/project.kdl")
        .replacen("NAME", &project_name(folder), 1)
        .replacen("TARGET\n", &format!("{head}\n"), 1)
        .replacen("PIP", &pip, 1)
        .replacen("OUTPUT\n", &output, 1)
        .replacen("APP", taken.app.as_deref().unwrap_or(APP), 1)
}

/// The folder's name, as near as a project's name can be to it.
fn project_name(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_matches('-');
    ProjectName::parse(name).map_or_else(|_| "project".to_owned(), |name| name.to_string())
}

/// Writes a definition to begin with, which passes `jcc package check`.
pub(super) fn package(session: &mut Session<'_, '_>, args: &NewPackage) -> Exit {
    let folder = session.around.folder.join(&args.folder);
    let path = format!("{}/{}/package.kdl", args.group, args.name);
    let disk = session.disk(&folder);
    let groups = disk.list("").unwrap_or_default();
    let there = |group: &&String| disk.kind(&format!("{group}/{}/package.kdl", args.name)).is_some();
    if let Some(group) = groups.iter().find(there) {
        let place = args.folder.join(group).join(args.name.as_str());
        return session.unknown(&format!("`{}` already exists", place.display()), None);
    }
    let text = include_str!("../../templates/new/package.kdl")
        .replace("NAME", args.name.as_str())
        .replace("GROUP", args.group.as_str());
    let catalog = Catalog::builtin(&mut session.sources);
    if catalog.entry(DefinitionKind::Package, args.name.as_str()).is_some() {
        let text = format!(
            "note: jcc includes a package `{}`; projects that use this folder get yours instead\n",
            args.name
        );
        _ = session.say(&text);
    }
    let next = format!("add `catalog \"{}\"` to a manifest to use this folder", args.folder.display());
    write(session, &args.folder, &path, text, &next)
}

fn write(session: &mut Session<'_, '_>, folder: &Path, path: &str, text: String, next: &str) -> Exit {
    let files = BTreeMap::from([(path.to_owned(), text.into_bytes())]);
    let state = session.around.state.as_deref();
    let here = &session.around.folder;
    match Disk::made_from(here, folder, here).and_then(|disk| disk.with_state(state).write_all(&files)) {
        Ok(()) => session.say(&format!("wrote {path}; {next}\n")),
        Err(why) => session.machine(&format!("no files were written: {why}")),
    }
}
