//! Decodes files as UTF-8.

use crate::diagnostic::{Diagnostic, Log, codes::syntax as codes};
use crate::source::{SourceId, Sources, Span};

/// Adds a file to the sources. Reports invalid UTF-8 at the first invalid byte; the text that is shown then
/// has replacement characters.
pub fn decode(
    name: impl Into<String>,
    bytes: Vec<u8>,
    sources: &mut Sources,
    log: &mut Log,
) -> Option<SourceId> {
    let failed = match String::from_utf8(bytes) {
        Ok(text) => return Some(sources.add(name, text)),
        Err(failed) => failed,
    };
    let at = failed.utf8_error().valid_up_to();
    let bytes = failed.as_bytes();
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let byte = bytes[at];
    // The text up to the invalid byte does not change, so the offset is right.
    let source = sources.add(name, String::from_utf8_lossy(bytes).into_owned());
    let diagnostic = Diagnostic::error(
        codes::WRONG_ENCODING,
        format!("the file is not valid UTF-8: byte {at} is `0x{byte:02x}`"),
    )
    .at(Span::new(source, at..at + '\u{fffd}'.len_utf8()), "invalid byte")
    .help(if wide { "the file is UTF-16: save it as UTF-8" } else { "save it as UTF-8" });
    log.error(diagnostic);
    None
}
