//! Checks key files of apt archives: a file must contain exactly the key with the stated fingerprint.

use crate::diagnostic::{Diagnostic, Log, codes::check as codes, wording};
use crate::source::{Span, Spanned};
use crate::value::{Fingerprint, KeyFault, KeyFile};

/// The number of fingerprints that the report on a file with several keys lists.
const MAX_LISTED: usize = 4;

/// Parses the file of a `key` node and compares its fingerprint. Reports an unusable or different key.
pub fn read(
    (name, span): (&str, Span),
    bytes: &[u8],
    fingerprint: Option<&Spanned<Fingerprint>>,
    log: &mut Log,
) -> Option<KeyFile> {
    let key = match KeyFile::read(bytes) {
        Ok(key) => key,
        Err(fault) => {
            log.error(unusable(fault, (name, span), fingerprint));
            return None;
        }
    };
    match fingerprint {
        Some(wanted) if wanted.value != key.fingerprint => {
            let found = &key.fingerprint;
            log.error(
                Diagnostic::error(
                    codes::OTHER_KEY,
                    format!("{} contains a different key", wording::code(name)),
                )
                .at(wanted.span, format!("the key in the file has the fingerprint `{found}`"))
                .help(format!(
                    "if the archive's website lists that key, write `fingerprint=\"{found}\"`; \
                            otherwise use the right key file"
                )),
            );
            None
        }
        _ => Some(key),
    }
}

fn unusable(
    fault: KeyFault,
    (name, span): (&str, Span),
    wanted: Option<&Spanned<Fingerprint>>,
) -> Diagnostic {
    let shown = wording::code(name);
    let id = wanted.map_or("FINGERPRINT", |wanted| wanted.value.as_str());
    let export = format!("`gpg --armor --export {id}` prints the public key");
    match fault {
        KeyFault::NotAKey(why) => Diagnostic::error(codes::NOT_A_KEY, format!("{shown} is not a public key"))
            .at(span, why)
            .help(format!(
                "download it again from the archive's website; {export} if it is in your GnuPG keyring"
            )),
        KeyFault::Secret => Diagnostic::error(codes::SECRET_KEY, format!("{shown} contains a secret key"))
            .at(span, "anyone with this file can sign packages")
            .help(format!("replace it with the public key: {export}"))
            .help("if others have had access to this folder, the key is compromised"),
        KeyFault::Several(all) => {
            let listed = wording::codes(all.iter().take(MAX_LISTED).map(Fingerprint::as_str));
            let more = all.len().checked_sub(MAX_LISTED).filter(|more| *more > 0);
            let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
            Diagnostic::error(codes::SEVERAL_KEYS, format!("{shown} contains {} keys", all.len()))
                .at(span, "apt would trust every key in the file")
                .help(format!("keep only the key that signs the archive: {export}"))
                .help(format!("it contains {}{more}", listed.join(", ")))
        }
    }
}
