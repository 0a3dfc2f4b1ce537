//! `jcc fmt`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::fs::FileSystem as _;
use crate::source::Sources;
use crate::syntax;

use super::args::ReportFormat;
use super::{Exit, Session, unified};

/// Formats files in place; with `check`, prints a diff of each file that is not formatted instead.
pub(super) fn run(session: &mut Session<'_, '_>, files: &[PathBuf], check: bool) -> Exit {
    if files.iter().any(|file| file.as_os_str() == "-") {
        return standard_input(session);
    }
    let files = if files.is_empty() { vec![PathBuf::from("project.kdl")] } else { files.to_vec() };
    let mut worst = Exit::Done;
    for file in &files {
        let exit = format_file(session, file, check);
        worst = if worst == Exit::Done { exit } else { worst };
    }
    session.report(ReportFormat::Text);
    if session.log.has_errors() { Exit::Problems } else { worst }
}

fn standard_input(session: &mut Session<'_, '_>) -> Exit {
    let mut bytes = Vec::new();
    if let Err(why) = session.io.input.read_to_end(&mut bytes) {
        return session.system_error(&format!("standard input cannot be read: {why}"));
    }
    let Some((_, new)) = formatted(session, "standard input", bytes) else {
        session.report(ReportFormat::Text);
        return Exit::Problems;
    };
    session.print(&new)
}

fn format_file(session: &mut Session<'_, '_>, file: &std::path::Path, check: bool) -> Exit {
    let path = session.io.folder.join(file);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let fs = session.disk(path.parent().unwrap_or(&path));
    let shown = file.display().to_string();
    let bytes = match fs.read(&name) {
        Ok(bytes) => bytes,
        Err(why) => return session.input_error(&format!("`{shown}` cannot be read: {why}"), None),
    };
    let Some((old, new)) = formatted(session, &shown, bytes) else { return Exit::Problems };
    if old == new {
        return Exit::Done;
    }
    if check {
        let text = unified::unified(&shown, &old, &new);
        session.print(&text);
        return Exit::Stale;
    }
    match fs.write_all(&BTreeMap::from([(name, new.into_bytes())])) {
        Ok(()) => Exit::Done,
        Err(why) => session.write_error(&fs, &why),
    }
}

/// Returns the text before and after formatting. Reports the errors of a text that cannot be formatted.
fn formatted(session: &mut Session<'_, '_>, shown: &str, bytes: Vec<u8>) -> Option<(String, String)> {
    let mut sources: Sources = std::mem::take(&mut session.sources);
    let text = syntax::decode(shown, bytes, &mut sources, &mut session.log);
    let new = text.and_then(|source| {
        let old = sources.get(source).text.to_string();
        syntax::format(source, &old, &mut session.log).map(|new| (old, new))
    });
    session.sources = sources;
    new
}
