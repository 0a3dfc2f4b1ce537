//! What the build must not see: the project's own `.dockerignore`, and files of copied folders that look like secrets.

use crate::diagnostic::{Diagnostic, codes::manifest as codes, wording};
use crate::fs::{FileKind, FileSystem, is_version_control};
use crate::source::Span;
use crate::syntax::invalid;
use crate::value::{IgnorePattern, Parse};

use super::files::Files;

/// Docker's own name for an ignore file.
const FILE: &str = ".dockerignore";

/// So many patterns are taken over at most.
const MOST_PATTERNS: usize = 1000;

/// So many files of one copied folder are looked at, and so many folders deep.
const MOST_FILES: usize = 20_000;
const DEEPEST: usize = 32;

/// So many files of one copied folder are named at most.
const MOST_SECRETS: usize = 500;

/// A private key is looked for in so many bytes of a file.
const HEAD: usize = 4096;

/// Patterns of names that hold secrets: tools give them to files with passwords, OpenSSH gives them to private keys.
pub const SECRETS: &[&str] = &[
    "**/.env",
    "**/.env.*",
    "**/.netrc",
    "**/id_rsa",
    "**/id_dsa",
    "**/id_ecdsa",
    "**/id_ecdsa_sk",
    "**/id_ed25519",
    "**/id_ed25519_sk",
    "**/id_xmss",
];

/// Folders whose content never is in an image.
const NEVER: [&str; 2] = ["__pycache__", ".venv"];

/// A file of a copied folder that looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    pub path: String,
    /// Whether its content shows a private key, rather than its name.
    pub key: bool,
}

/// Whether a file of that name is one of [`SECRETS`].
pub fn is_secret_name(name: &str) -> bool {
    SECRETS.iter().filter_map(|pattern| pattern.strip_prefix("**/")).any(|pattern| {
        match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == pattern,
        }
    })
}

/// Files in a folder that look like secrets, sorted.
pub(super) fn secrets(fs: &dyn FileSystem, folder: &str) -> Vec<SecretFile> {
    let mut found = Vec::new();
    let mut open = vec![(if folder == "." { String::new() } else { folder.to_owned() }, 0)];
    let mut left = MOST_FILES;
    while let Some((folder, depth)) = open.pop() {
        let names = fs.list(if folder.is_empty() { "." } else { &folder }).unwrap_or_default();
        for name in names {
            if left == 0 || found.len() == MOST_SECRETS {
                break;
            }
            left -= 1;
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            match fs.kind(&path) {
                Some(FileKind::Folder)
                    if depth < DEEPEST
                        && !NEVER.contains(&name.as_str())
                        && !is_version_control([name.as_str()]) =>
                {
                    open.push((path, depth + 1));
                }
                Some(FileKind::File) => {
                    let usual = is_secret_name(&name);
                    if usual || fs.head(&path, HEAD).is_ok_and(|bytes| is_private_key(&name, &bytes)) {
                        found.push(SecretFile { path, key: !usual });
                    }
                }
                _ => {}
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Whether a text is a private key: it starts as one, or, where its name says that it holds keys or certificates, one is
/// in it.
fn is_private_key(name: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let starts = |line: &str| {
        let line = line.trim();
        line.starts_with("-----BEGIN ") && line.contains("PRIVATE KEY-----")
            || line.starts_with("PuTTY-User-Key-File-")
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let holds_keys =
        [".pem", ".key", ".crt", ".p8"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    if holds_keys { lines.any(starts) } else { lines.next().is_some_and(starts) }
}

/// The patterns of the project's own ignore file, which the engine does not read beside the one that is written.
pub(super) fn ignore_file(files: &mut Files<'_>) -> Vec<IgnorePattern> {
    if files.fs.kind(FILE).is_none() {
        return Vec::new();
    }
    let Some(source) = files.text(FILE, None) else { return Vec::new() };
    let text = files.sources.get(source).text.clone();
    let mut patterns = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start..start + line.trim_end().len();
        start += line.len();
        let line = line.trim_start_matches('\u{feff}');
        if line.starts_with('#') || line.trim().is_empty() || line.trim() == "/" {
            continue;
        }
        if patterns.len() == MOST_PATTERNS {
            let message = format!("{} has more than {MOST_PATTERNS} patterns", wording::code(FILE));
            let label = "exceeds the limit";
            files
                .log
                .error(Diagnostic::error(codes::INVALID_VALUE, message).at(Span::new(source, at), label));
            break;
        }
        match IgnorePattern::parse(line) {
            Ok(pattern) => patterns.push(pattern),
            Err(why) => {
                files.log.error(invalid(&why, line.trim(), Span::new(source, at), "the pattern"));
            }
        }
    }
    patterns
}
