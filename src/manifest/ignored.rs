//! Files to keep out of the build context: patterns of the project's own `.dockerignore`, and files in copied
//! folders that look like secrets.

use crate::diagnostic::{Diagnostic, codes::manifest as codes, wording};
use crate::fs::{FileKind, FileSystem, is_version_control};
use crate::source::Span;
use crate::syntax::invalid;
use crate::value::{IgnorePattern, Parse};

use super::files::Files;

/// The ignore file of the project.
const FILE: &str = ".dockerignore";

/// The largest number of patterns in an ignore file.
const MAX_PATTERNS: usize = 1000;

/// The largest number of files of a copied folder that are searched for secrets.
const MAX_FILES: usize = 20_000;
/// The largest depth to which a copied folder is searched for secrets.
const MAX_DEPTH: usize = 32;

/// The largest number of secrets that are found in a copied folder.
const MAX_SECRETS: usize = 500;

/// The number of bytes at the start of a file that are searched for a private key.
const HEAD_BYTES: usize = 4096;

/// Patterns of file names that usually contain secrets: passwords of tools, and the private keys of OpenSSH.
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

/// Folders that are not searched: their content does not belong in an image.
const SKIPPED: [&str; 2] = ["__pycache__", ".venv"];

/// A file of a copied folder that looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    pub path: String,
    /// Whether it was recognised by its content, a private key, and not by its name.
    pub key: bool,
}

/// Whether a file name matches one of [`SECRETS`].
pub fn is_secret_name(name: &str) -> bool {
    SECRETS.iter().filter_map(|pattern| pattern.strip_prefix("**/")).any(|pattern| {
        match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == pattern,
        }
    })
}

/// Returns the files in a folder that look like secrets, sorted by path.
pub(super) fn find_secrets(fs: &dyn FileSystem, folder: &str) -> Vec<SecretFile> {
    let mut found = Vec::new();
    let mut open = vec![(if folder == "." { String::new() } else { folder.to_owned() }, 0)];
    let mut left = MAX_FILES;
    while let Some((folder, depth)) = open.pop() {
        let names = fs.list(if folder.is_empty() { "." } else { &folder }).unwrap_or_default();
        for name in names {
            if left == 0 || found.len() == MAX_SECRETS {
                break;
            }
            left -= 1;
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            match fs.kind(&path) {
                Some(FileKind::Folder)
                    if depth < MAX_DEPTH
                        && !SKIPPED.contains(&name.as_str())
                        && !is_version_control([name.as_str()]) =>
                {
                    open.push((path, depth + 1));
                }
                Some(FileKind::File) => {
                    let by_name = is_secret_name(&name);
                    if by_name && fs.head(&path, HEAD_BYTES).is_ok_and(|bytes| is_of_host_setup(&bytes)) {
                        continue;
                    }
                    if by_name || fs.head(&path, HEAD_BYTES).is_ok_and(|bytes| is_private_key(&name, &bytes))
                    {
                        found.push(SecretFile { path, key: !by_name });
                    }
                }
                _ => {}
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Whether a file has only the numbers of groups that `host-setup.sh` writes to `.env`, which are no secrets.
fn is_of_host_setup(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| line.starts_with("JCC_GID_"))
}

/// Whether a file is a private key: it starts with the header of one. In files whose extension is that of
/// keys or certificates, the header may be at any line.
fn is_private_key(name: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let is_header = |line: &str| {
        let line = line.trim();
        line.starts_with("-----BEGIN ") && line.contains("PRIVATE KEY-----")
            || line.starts_with("PuTTY-User-Key-File-")
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_key_file =
        [".pem", ".key", ".crt", ".p8"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    if is_key_file { lines.any(is_header) } else { lines.next().is_some_and(is_header) }
}

/// Reads the patterns of the project's `.dockerignore`. They are copied to the generated ignore file, because
/// the engine reads only that one. Reports invalid patterns.
pub(super) fn ignore_file(files: &mut Files<'_>) -> Vec<IgnorePattern> {
    if files.fs.kind(FILE).is_none() {
        return Vec::new();
    }
    let Some(source) = files.text(FILE, None) else { return Vec::new() };
    let text = files.sources.get(source).text;
    let mut patterns = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start..start + line.trim_end().len();
        start += line.len();
        let line = line.trim_start_matches('\u{feff}');
        if line.starts_with('#') || line.trim().is_empty() || line.trim() == "/" {
            continue;
        }
        if patterns.len() == MAX_PATTERNS {
            let message = format!("{} has more than {MAX_PATTERNS} patterns", wording::code(FILE));
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
