//! Quotes texts, which may contain variables, as words of a shell and of systemd units.

use crate::manifest::HealthCheck;
use crate::plan::{Interpolated, Piece};

use super::options::is_shell_line;
use super::quote;

/// The variable with the folder of the user's sockets, which systemd calls `%t`.
const RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";

/// Quotes a text as one word of bash, which expands its variables.
pub(super) fn shell(text: &Interpolated) -> String {
    match text.as_literal() {
        Some(literal) => word(&literal),
        None => format!("\"{}\"", inner(text, false)),
    }
}

/// Quotes a literal text as one word of bash. A word with `~` is always quoted: in a word that looks like an
/// assignment, bash expands `=~` to the home folder.
pub(super) fn word(literal: &str) -> String {
    let quoted = quote::shell(literal);
    if quoted.contains('~') && quoted == literal { format!("'{literal}'") } else { quoted }
}

/// Quotes several texts as one word of bash.
pub(super) fn shell_word(parts: &[&Interpolated]) -> String {
    let mut all = Interpolated::literal("");
    for part in parts {
        all = all.join((*part).clone());
    }
    shell(&all)
}

/// Escapes a text for double quotes. `nested` texts are defaults of variables, within braces.
fn inner(text: &Interpolated, nested: bool) -> String {
    let mut out = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => {
                for c in literal.chars() {
                    match c {
                        '"' | '\\' | '$' | '`' => out.extend(['\\', c]),
                        // Within braces, bash interprets these even in double quotes.
                        '\'' | '{' | '}' | '(' | ')' if nested => out.extend(['"', c, '"']),
                        _ => out.push(c),
                    }
                }
            }
            Piece::Variable { name, operator, rest } => {
                out.push_str(&format!("${{{name}{operator}{}}}", inner(rest, true)));
            }
        }
    }
    out
}

/// Makes a host path absolute for a command line, since not every engine accepts relative ones.
pub(super) fn host_path(path: &Interpolated) -> Interpolated {
    let Some((first, rest)) = path.pieces().split_first() else { return path.clone() };
    let first = match first {
        Piece::Literal(first) => absolute(first),
        Piece::Variable { name, operator, rest } if operator.ends_with('-') => {
            let rest = host_path(rest);
            Interpolated::from(Piece::Variable { name: name.clone(), operator: operator.clone(), rest })
        }
        Piece::Variable { .. } => return path.clone(),
    };
    rest.iter().fold(first, |whole, piece| whole.join(Interpolated::from(piece.clone())))
}

fn absolute(path: &str) -> Interpolated {
    let from = |variable: &str, below: &str| Interpolated::with_variables(variable).then(below);
    match path.strip_prefix("./") {
        Some(below) => from("$PWD/", below),
        None if path == "." => from("$PWD", ""),
        None if path == "~" || path.starts_with("~/") => from("$HOME", &path[1..]),
        None if path.starts_with('/') || path.is_empty() => Interpolated::literal(path),
        None => from("$PWD/", path),
    }
}

/// Quotes a literal word of a unit, if needed, and escapes `$` and `%`.
pub(super) fn unit(word: &str) -> String {
    unit_word(&raw(word))
}

/// Quotes a word of a unit, if needed, in which `$` and `%` are escaped already.
pub(super) fn unit_word(word: &str) -> String {
    let bare = |c: char| c.is_alphanumeric() || "_@%+=:,./-$~*?![]{}()<>|&^".contains(c);
    if !word.is_empty() && word.chars().all(bare) {
        return word.to_owned();
    }
    let mut out = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Escapes `$` and `%` in a text that takes up the rest of a unit's line, where systemd does not interpret
/// quotes.
pub(super) fn raw(text: &str) -> String {
    text.replace('%', "%%").replace('$', "$$")
}

/// Escapes a text with variables that takes up the rest of a unit's line. Variables with a default are
/// replaced by it; systemd expands the others.
pub(super) fn unit_text(text: &Interpolated) -> String {
    text.pieces().iter().map(unit_piece).collect()
}

fn unit_piece(piece: &Piece) -> String {
    match piece {
        Piece::Literal(literal) => raw(literal),
        Piece::Variable { operator, rest, .. } if operator.ends_with(['-', '+']) => unit_text(rest),
        Piece::Variable { name, .. } => format!("${{{name}}}"),
    }
}

/// Returns a host path for a unit, in which `%h` is the home folder and `%t` the folder of the user's sockets.
pub(super) fn unit_path(path: &Interpolated) -> String {
    if let [Piece::Variable { name, .. }, below @ ..] = path.pieces()
        && name == RUNTIME_DIR
    {
        return format!("%t{}", below.iter().map(unit_piece).collect::<String>());
    }
    let path = unit_text(path);
    match path.strip_prefix('~') {
        Some(below) => format!("%h{below}"),
        None => path,
    }
}

/// Adds the variables without a default to `required`; systemd must expand them.
pub(super) fn required_variables(text: &Interpolated, required: &mut Vec<String>) {
    for piece in text.pieces() {
        match piece {
            Piece::Variable { operator, rest, .. } if operator.ends_with(['-', '+']) => {
                required_variables(rest, required);
            }
            Piece::Variable { name, .. } if !required.contains(name) => required.push(name.clone()),
            Piece::Variable { .. } | Piece::Literal(_) => {}
        }
    }
}

/// Returns a health check as one line for `sh` in the container, which does not support all quotes of bash.
pub(super) fn check_line(check: &HealthCheck) -> String {
    if is_shell_line(check) {
        return check.test.value[0].clone();
    }
    let words: Vec<String> = check.test.value.iter().map(|word| posix(word)).collect();
    words.join(" ")
}

/// Returns a health check as a JSON array, the exec form of Podman.
pub(super) fn check_json(check: &HealthCheck) -> String {
    if is_shell_line(check) {
        return quote::exec(&["/bin/sh", "-c", &check.test.value[0]]);
    }
    quote::exec(&check.test.value)
}

/// Quotes a word for a POSIX shell.
fn posix(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(bare) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
