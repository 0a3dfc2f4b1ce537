//! `jcc update --digests`: base images held to what a registry had, as `docker buildx imagetools inspect` printed it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;

use serde_json::json;

use crate::diagnostic::{Diagnostic, Log, codes::resolve as codes, wording};
use crate::fs::{FileSystem as _, Overlay};
use crate::resolve::{Lock, open_lock};
use crate::source::SourceId;
use crate::syntax;
use crate::value::{Digest, ImageRef, Name};

use super::args::{Format, ReportFormat};
use super::edit::args::Update;
use super::inspected::{Inspected, plain_name, read};
use super::session::LOCK;
use super::{Exit, Session, lock_diff};

/// So many bytes of the file are read: what is printed of an image with many platforms has a few thousand.
const LARGEST: usize = 4 << 20;

/// Records the digests of a file in the lock.
pub(super) fn run(session: &mut Session<'_, '_>, args: &Update, file: &Path) -> Exit {
    let found = match session.find(args.place.file.as_deref()) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let fs = session.disk(&found.root);
    let writes = !args.place.dry_run && found.is_there(&fs);
    if let Some(exit) = writes.then(|| session.hold(&fs).err()).flatten() {
        return exit;
    }
    let (bytes, shown) = match bytes_of(session, file) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let Ok(old) = open_lock(&fs, LOCK, &mut session.sources, &mut session.log) else {
        session.report(ReportFormat::Text);
        return Exit::Problems;
    };
    let given = syntax::decode(shown, bytes, &mut session.sources, &mut session.log)
        .map(|id| (id, read(id, &session.sources.get(id).text, &mut session.log)));
    // What still has a digest then has it from the manifest or from the catalogue.
    let without = old.as_ref().map(|old| old.without_digests().write(crate::VERSION));
    let overlay = Overlay::new(&fs).with(LOCK, without);
    let input = found.input(&overlay, args.place.target.as_deref());
    let resolved = crate::resolve(input, &mut session.sources, &mut session.log);
    let lock = given.zip(resolved.ok()).and_then(|((id, given), resolved)| {
        let names: Vec<Name> =
            resolved.targets.iter().map(|(project, _)| project.target.name.value.clone()).collect();
        recorded(resolved.lock, (&names, old.as_ref()), (id, &given), &mut session.log)
    });
    let failed = session.log.has_errors();
    session.report(ReportFormat::Text);
    let Some(lock) = lock.filter(|_| !failed) else {
        _ = session.around.err.write("\nno files were written\n");
        return Exit::Problems;
    };
    finish(session, args, &fs, (&lock, old.as_ref()))
}

/// The bytes of the file, and its name for messages.
fn bytes_of(session: &mut Session<'_, '_>, file: &Path) -> Result<(Vec<u8>, String), Exit> {
    let shown = file.display().to_string();
    let too_large = |session: &mut Session<'_, '_>, shown: &str| {
        let message = format!("{} is larger than {} MiB", wording::code(shown), LARGEST >> 20);
        let help = "pass the output of `docker buildx imagetools inspect IMAGE`".to_owned();
        session.unknown(&message, Some(help))
    };
    let (bytes, shown) = if shown == "-" {
        let shown = "standard input".to_owned();
        let mut bytes = Vec::new();
        let most = LARGEST as u64 + 1;
        if let Err(why) = (&mut *session.around.input).take(most).read_to_end(&mut bytes) {
            return Err(session.machine(&format!("standard input cannot be read: {why}")));
        }
        (bytes, shown)
    } else {
        let path = session.around.folder.join(file);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match session.disk(path.parent().unwrap_or(&path)).head(&name, LARGEST + 1) {
            Ok(bytes) => (bytes, shown),
            Err(why) => {
                let message = format!("{} cannot be read: {why}", wording::code(&shown));
                return Err(session.unknown(&message, None));
            }
        }
    };
    if bytes.len() > LARGEST { Err(too_large(session, &shown)) } else { Ok((bytes, shown)) }
}

/// The lock with the digests: those of the file, else those that the old lock had.
fn recorded(
    mut lock: Lock,
    (names, old): (&[Name], Option<&Lock>),
    (source, given): (SourceId, &[Inspected]),
    log: &mut Log,
) -> Option<Lock> {
    // Targets that were not asked for stay as they were.
    for (name, target) in lock.targets.iter_mut().filter(|(name, _)| !names.contains(name)) {
        if let Some(before) = old.and_then(|old| old.targets.get(name)) {
            *target = before.clone();
        }
    }
    let by_name: BTreeMap<&str, &Inspected> = given.iter().map(|one| (one.name.as_str(), one)).collect();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut bases: BTreeSet<String> = BTreeSet::new();
    for name in names {
        let Some(target) = lock.targets.get_mut(name) else { continue };
        for image in target.images() {
            bases.insert(image.without_digest().to_string());
            let Some(one) = by_name.get(plain_name(image).as_str()) else { continue };
            used.insert(&one.name);
            if image.digest().is_some_and(|fixed| *fixed != one.digest) {
                log.report(fixed(image, one, name));
            }
        }
        let before = old.and_then(|old| old.targets.get(name));
        target.give_digests(|image| {
            let found = by_name.get(plain_name(image).as_str()).map(|one| one.digest.clone());
            found.or_else(|| Some(before?.held(image.clone()).digest()?.clone()))
        });
    }
    let none = used.is_empty();
    for one in given.iter().filter(|one| !used.contains(one.name.as_str())) {
        let what = wording::code(&one.name);
        let message = format!("no target uses {what}");
        let bases: Vec<String> =
            bases.iter().map(|base| format!("`docker buildx imagetools inspect {base}`")).collect();
        let made = if none { Diagnostic::error } else { Diagnostic::warning };
        log.report(
            made(codes::UNUSED_DIGEST, message)
                .at(one.span, "its digest is not recorded")
                .help(format!("{} prints what is needed", wording::any_of(&bases))),
        );
    }
    debug_assert!(given.iter().all(|one| one.span.source == source), "all are from that file");
    (!none).then_some(lock)
}

/// A digest that the manifest or the catalogue gives otherwise.
fn fixed(image: &ImageRef, one: &Inspected, target: &Name) -> Diagnostic {
    let digest = image.digest().map_or("", Digest::as_str);
    let named = wording::code(image.without_digest().to_string());
    Diagnostic::warning(codes::FIXED_DIGEST, format!("the digest of {named} is already set"))
        .at(one.span, format!("target `{target}` keeps {digest}"))
        .help(
            "it is set by the manifest or the catalogue; to use another, set `digest=\"…\"` on `base` \
            in the manifest",
        )
}

fn finish(
    session: &mut Session<'_, '_>,
    args: &Update,
    fs: &crate::fs::Disk,
    (lock, old): (&Lock, Option<&Lock>),
) -> Exit {
    let text = lock.write(crate::VERSION);
    let stale = fs.read(LOCK).ok().as_deref() != Some(text.as_bytes());
    let writes = stale && !args.place.dry_run;
    if writes && let Err(why) = fs.write_all(&BTreeMap::from([(LOCK.to_owned(), text.into_bytes())])) {
        return session.unwritten(fs, &why);
    }
    if args.place.format == Format::Json {
        return session.print_json(&json!({
            "written": writes,
            "targets": lock_diff::value(lock, old),
            "held": [],
        }));
    }
    let changes = lock_diff::text(lock, old);
    let shown = session.print(if changes.is_empty() { "no changes\n" } else { &changes });
    match (shown, stale, args.place.dry_run) {
        (Exit::Done, true, true) => session.say("dry run: no files were written\n"),
        (Exit::Done, true, false) => {
            let lock = session.sources.shown_path(LOCK);
            session.say(&format!("wrote {lock}; run `jcc compile` to update the other files\n"))
        }
        _ => shown,
    }
}
