//! Everything that a build fetches, each with how well it is pinned.

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::Grade;
use crate::source::Spanned;
use crate::value::{AptPackage, Parse, PepOp, PepRequirement};

use super::act::{Act, ActKind, Part};
use super::parts::Parts;
use super::{FetchKind, Fetched, From, Stage, StageName};

/// All of it, in the order of the packages, then the user's own; what is pinned too loosely is told.
pub(super) fn fetches(parts: &Parts<'_>, stages: &[Stage], log: &mut Log) -> Vec<Fetched> {
    let mut all = images(parts, stages);
    for part in parts.all() {
        let stage = StageName::of("build", &part.name);
        all.extend(part.build.iter().flat_map(|act| of_act(parts, part, act, &stage)));
        let stage = StageName::fixed(if part.platform { "base" } else { "final" });
        all.extend(part.install.iter().flat_map(|act| of_act(parts, part, act, &stage)));
    }
    let toolkit = parts.toolkit().parts().iter();
    let devel = StageName::fixed("devel");
    all.extend(toolkit.flat_map(|part| part.install.iter().flat_map(|act| of_act(parts, part, act, &devel))));
    all.extend(of_user(parts));
    tell(parts, &all, log);
    all
}

fn images(parts: &Parts<'_>, stages: &[Stage]) -> Vec<Fetched> {
    let mut images = Vec::new();
    for stage in stages {
        if let From::Image(image) = &stage.from {
            images.push(Fetched {
                what: image.to_string(),
                kind: FetchKind::Image,
                grade: if image.digest().is_some() { Grade::A } else { Grade::D },
                package: None,
                place: parts.inputs.resolution.base.asked,
                stage: stage.name.clone(),
            });
        }
    }
    images.dedup_by(|one, other| one.what == other.what);
    images
}

fn of_act(parts: &Parts<'_>, part: &Part, act: &Act, stage: &StageName) -> Vec<Fetched> {
    let one = |what: String, kind: FetchKind, grade: Grade| Fetched {
        what,
        kind,
        grade,
        package: Some(part.name.clone()),
        place: Some(act.span),
        stage: stage.clone(),
    };
    match &act.kind {
        ActKind::Apt(packages) => packages
            .iter()
            .map(|each| one(each.to_string(), FetchKind::Apt, apt_grade(parts, each)))
            .collect(),
        ActKind::Source(source) => {
            let grade = if source.fingerprint.is_some() { Grade::A } else { Grade::D };
            vec![one(source.file.name.to_string(), FetchKind::Key, grade)]
        }
        ActKind::Pip { specs, .. } => {
            specs.iter().map(|spec| one(spec.clone(), FetchKind::Pip, pip_grade(spec))).collect()
        }
        ActKind::WheelBuild { from, .. } if !from.starts_with('/') => {
            vec![one(from.clone(), FetchKind::Pip, pip_grade(from))]
        }
        ActKind::Wheel(download) | ActKind::Deb(download) | ActKind::Archive { download, .. } => {
            vec![one(download.url.to_string(), FetchKind::File, download.grade())]
        }
        ActKind::Git(git) => {
            let grade = if git.commit.is_some() { Grade::A } else { Grade::D };
            vec![one(git.url.to_string(), FetchKind::Git, grade)]
        }
        _ => Vec::new(),
    }
}

fn of_user(parts: &Parts<'_>) -> Vec<Fetched> {
    let project = parts.inputs.project;
    let one = |what: String, kind: FetchKind, grade: Grade, place, stage: StageName| Fetched {
        what,
        kind,
        grade,
        package: None,
        place: Some(place),
        stage,
    };
    let last = || StageName::fixed("final");
    let pip = |spec: &Spanned<PepRequirement>, stage: StageName| {
        let text = spec.value.to_string();
        one(text.clone(), FetchKind::Pip, pip_grade(&text), spec.span, stage)
    };
    let mut all = Vec::new();
    for package in project.apt.install.iter().map(|each| &each.package) {
        let grade = apt_grade(parts, &package.value);
        all.push(one(package.value.to_string(), FetchKind::Apt, grade, package.span, last()));
    }
    for venv in &project.pip.venvs {
        let specs = venv.install.iter().chain(venv.requirements.iter().flat_map(|file| &file.specs));
        all.extend(specs.map(|spec| pip(spec, StageName::of("venv", &venv.name.value))));
    }
    let files = project.pip.requirements.iter().chain(project.app.iter().flat_map(|app| &app.requirements));
    let specs = project.pip.install.iter().chain(files.flat_map(|file| &file.specs));
    all.extend(specs.map(|spec| pip(spec, last())));
    all
}

/// A distribution's archive forgets old versions; with a snapshot, all of it is dated.
fn apt_grade(parts: &Parts<'_>, package: &AptPackage) -> Grade {
    if parts.inputs.project.apt.snapshot.is_some() {
        Grade::C
    } else if package.version().is_some_and(|version| !version.contains('*')) {
        Grade::B
    } else {
        Grade::D
    }
}

/// Indexes of Python packages keep their versions.
fn pip_grade(spec: &str) -> Grade {
    let exact = PepRequirement::parse(spec).is_ok_and(|requirement| {
        requirement
            .specifiers()
            .iter()
            .any(|(op, version)| matches!(op, PepOp::Equal | PepOp::Same) && !version.contains('*'))
    });
    if exact { Grade::B } else { Grade::D }
}

/// Downloads that nothing holds, and everything below the grade that the manifest requires.
fn tell(parts: &Parts<'_>, all: &[Fetched], log: &mut Log) {
    let inputs = parts.inputs;
    for each in all {
        let loose = matches!(each.kind, FetchKind::File | FetchKind::Git) && each.grade == Grade::D;
        let explained = each.package.as_ref().and_then(|name| inputs.view(name)).is_some_and(|view| {
            view.entry().is_some_and(|entry| !entry.notes.is_empty())
                || view.held(&view.package.notes).next().is_some()
        });
        if let Some(place) = each.place.filter(|_| loose && !explained) {
            let message = format!("{} is fetched unchecked", wording::code(&each.what));
            log.tell(
                Diagnostic::warning(codes::UNPINNED, message)
                    .at(place, "no hash or commit holds it to what it is today")
                    .help("give its `sha256`, or its `commit`; or say in a `note` why there is none"),
            );
        }
        let Some(required) = inputs.project.output.require_grade else { continue };
        if each.grade > required.value {
            let message = format!("{} is of grade {:?}", wording::code(&each.what), each.grade);
            let told = Diagnostic::error(codes::GRADE, message);
            let told = if let Some(place) = each.place { told.at(place, "fetched here") } else { told };
            log.error(told.at(required.span, format!("{:?} or better is required here", required.value)));
        }
    }
}
