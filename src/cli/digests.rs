//! `jcc update --digests`: pins base images to the digests in a file, the output of `docker buildx imagetools
//! inspect`.

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
use super::inspected::{Inspected, full_name, read};
use super::session::LOCK;
use super::{Exit, Session, lock_diff};

/// The largest size of the file, in bytes. The output for an image with many platforms has a few thousand.
const MAX_SIZE: usize = 4 << 20;

/// Records the digests of a file in the lock.
pub(super) fn run(session: &mut Session<'_, '_>, args: &Update, file: &Path) -> Exit {
    let found = match session.find(args.options.file.as_deref()) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let fs = session.disk(&found.root);
    let writes = !args.options.dry_run && found.is_there(&fs);
    if let Some(exit) = writes.then(|| session.lock_folder(&fs).err()).flatten() {
        return exit;
    }
    let (bytes, shown) = match read_file(session, file) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let Ok(old) = open_lock(&fs, LOCK, &mut session.sources, &mut session.log) else {
        session.report(ReportFormat::Text);
        return Exit::Problems;
    };
    let given = syntax::decode(shown, bytes, &mut session.sources, &mut session.log)
        .map(|id| (id, read(id, session.sources.get(id).text, &mut session.log)));
    // Resolve without the digests of the lock: an image that still has one has it from the manifest or the
    // catalogue.
    let lock_text = old.as_ref().map(|old| old.without_digests().write(crate::VERSION));
    let overlay = Overlay::new(&fs).with(LOCK, lock_text);
    let input = found.input(&overlay, args.options.target.as_deref());
    let resolved = crate::resolve(input, &mut session.sources, &mut session.log);
    let lock = given.zip(resolved.ok()).and_then(|((id, given), resolved)| {
        let names: Vec<Name> =
            resolved.targets.iter().map(|(project, _)| project.target.name.value.clone()).collect();
        with_digests(resolved.lock, (&names, old.as_ref()), (id, &given), &mut session.log)
    });
    let failed = session.log.has_errors();
    session.report(ReportFormat::Text);
    let Some(lock) = lock.filter(|_| !failed) else {
        _ = session.io.err.write("\nno files were written\n");
        return Exit::Problems;
    };
    finish(session, args, &fs, (&lock, old.as_ref()))
}

/// Reads the file. Returns its bytes and its name for messages.
fn read_file(session: &mut Session<'_, '_>, file: &Path) -> Result<(Vec<u8>, String), Exit> {
    let shown = file.display().to_string();
    let too_large = |session: &mut Session<'_, '_>, shown: &str| {
        let message = format!("{} is larger than {} MiB", wording::code(shown), MAX_SIZE >> 20);
        let help = "pass the output of `docker buildx imagetools inspect IMAGE`".to_owned();
        session.input_error(&message, Some(help))
    };
    let (bytes, shown) = if shown == "-" {
        let shown = "standard input".to_owned();
        let mut bytes = Vec::new();
        let limit = MAX_SIZE as u64 + 1;
        if let Err(why) = (&mut *session.io.input).take(limit).read_to_end(&mut bytes) {
            return Err(session.system_error(&format!("standard input cannot be read: {why}")));
        }
        (bytes, shown)
    } else {
        let path = session.io.folder.join(file);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match session.disk(path.parent().unwrap_or(&path)).head(&name, MAX_SIZE + 1) {
            Ok(bytes) => (bytes, shown),
            Err(why) => {
                let message = format!("{} cannot be read: {why}", wording::code(&shown));
                return Err(session.input_error(&message, None));
            }
        }
    };
    if bytes.len() > MAX_SIZE { Err(too_large(session, &shown)) } else { Ok((bytes, shown)) }
}

/// Adds digests to the images of a lock: those of the file, else those of the old lock. Reports digests that
/// are not used; returns `None` if none is used.
fn with_digests(
    mut lock: Lock,
    (names, old): (&[Name], Option<&Lock>),
    (source, given): (SourceId, &[Inspected]),
    log: &mut Log,
) -> Option<Lock> {
    // Targets that were not selected stay as they were.
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
            let Some(one) = by_name.get(full_name(image).as_str()) else { continue };
            used.insert(&one.name);
            if image.digest().is_some_and(|fixed| *fixed != one.digest) {
                log.report(fixed_digest(image, one, name));
            }
        }
        let before = old.and_then(|old| old.targets.get(name));
        target.add_digests(|image| {
            let found = by_name.get(full_name(image).as_str()).map(|one| one.digest.clone());
            found.or_else(|| Some(before?.with_locked_digest(image.clone()).digest()?.clone()))
        });
    }
    let none_used = used.is_empty();
    for one in given.iter().filter(|one| !used.contains(one.name.as_str())) {
        let message = format!("no target uses {}", wording::code(&one.name));
        let bases: Vec<String> =
            bases.iter().map(|base| format!("`docker buildx imagetools inspect {base}`")).collect();
        let diagnostic = if none_used { Diagnostic::error } else { Diagnostic::warning };
        log.report(
            diagnostic(codes::UNUSED_DIGEST, message)
                .at(one.span, "its digest is not recorded")
                .help(format!("{} prints what is needed", wording::any_of(&bases))),
        );
    }
    debug_assert!(given.iter().all(|one| one.span.source == source), "all are from that file");
    (!none_used).then_some(lock)
}

/// Returns the warning about an image whose digest the manifest or the catalogue sets to another one.
fn fixed_digest(image: &ImageRef, one: &Inspected, target: &Name) -> Diagnostic {
    let digest = image.digest().map_or("", Digest::as_str);
    let image = wording::code(image.without_digest().to_string());
    Diagnostic::warning(codes::FIXED_DIGEST, format!("the digest of {image} is already set"))
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
    let writes = stale && !args.options.dry_run;
    if writes && let Err(why) = fs.write_all(&BTreeMap::from([(LOCK.to_owned(), text.into_bytes())])) {
        return session.write_error(fs, &why);
    }
    if args.options.format == Format::Json {
        return session.print_json(&json!({
            "written": writes,
            "targets": lock_diff::value(lock, old),
            "held": [],
        }));
    }
    let changes = lock_diff::text(lock, old);
    let printed = session.print(if changes.is_empty() { "no changes\n" } else { &changes });
    match (printed, stale, args.options.dry_run) {
        (Exit::Done, true, true) => session.status("dry run: no files were written\n"),
        (Exit::Done, true, false) => {
            let lock = session.sources.shown_path(LOCK);
            session.status(&format!("wrote {lock}; run `jcc compile` to update the other files\n"))
        }
        _ => printed,
    }
}
