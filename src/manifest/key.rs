//! The names of key files.

use crate::diagnostic::{Diagnostic, Log, codes::check as codes, wording};
use crate::source::Span;
use crate::value::KeyFile;

/// Reports a key file with the wrong extension: apt reads armored keys only from `.asc` files, and binary
/// keys only from `.gpg` files.
pub(super) fn check_extension(path: &str, span: Span, key: &KeyFile, log: &mut Log) {
    let named_binary = path.rsplit_once('.').is_some_and(|(_, end)| end == "gpg");
    if named_binary != key.armored {
        return;
    }
    let (format, extension) = if key.armored { ("text (armored)", "asc") } else { ("binary", "gpg") };
    let (folder, file) =
        path.rsplit_once('/').map_or(("", path), |(folder, file)| (&path[..=folder.len()], file));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let renamed = format!("{folder}{stem}.{extension}");
    log.error(
        Diagnostic::error(codes::KEY_FILE_NAME, format!("{} is {format}", wording::code(path)))
            .at(span, format!("apt reads such a key only from a file with the extension `.{extension}`"))
            .help(format!("rename the file to `{renamed}`, and write `key \"{renamed}\"`")),
    );
}
