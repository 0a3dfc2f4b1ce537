//! Texts in which variables may stand, as words of a shell and of systemd.

use crate::manifest::HealthCheck;
use crate::plan::{Interpolated, Piece};

use super::options::is_shell_line;
use super::quote;

/// One word of bash, its variables filled in by the shell.
pub(super) fn shell(text: &Interpolated) -> String {
    match text.as_literal() {
        Some(literal) => word(&literal),
        None => format!("\"{}\"", inner(text, false)),
    }
}

/// One word of bash that is what it is: where it looks like an assignment, bash would take `=~` for a home.
pub(super) fn word(literal: &str) -> String {
    let quoted = quote::shell(literal);
    if quoted.contains('~') && quoted == literal { format!("'{literal}'") } else { quoted }
}

/// Several texts as one word.
pub(super) fn shell_word(parts: &[&Interpolated]) -> String {
    let mut all = Interpolated::literal("");
    for part in parts {
        all = all.join((*part).clone());
    }
    shell(&all)
}

/// What stands between double quotes.
fn inner(text: &Interpolated, nested: bool) -> String {
    let mut out = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => {
                for c in literal.chars() {
                    match c {
                        '"' | '\\' | '$' | '`' => out.extend(['\\', c]),
                        // Between braces bash takes these for its own even inside of quotes.
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

/// A path of the host for a command line: absolute, since not every engine takes a relative one.
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

/// A word of a unit: quoted where it must be, no variable and no specifier in it.
pub(super) fn unit(word: &str) -> String {
    unit_word(&raw(word))
}

/// The same of a word in which variables and specifiers are seen to.
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

/// A text where a unit takes the whole of a line as it is, but for variables and specifiers.
pub(super) fn raw(text: &str) -> String {
    text.replace('%', "%%").replace('$', "$$")
}

/// A text with variables where a unit takes the whole of a line: defaults stand for their variables, what has none is
/// systemd's to fill in.
pub(super) fn unit_text(text: &Interpolated) -> String {
    let fill = |piece: &Piece| match piece {
        Piece::Literal(literal) => raw(literal),
        Piece::Variable { operator, rest, .. } if operator.ends_with(['-', '+']) => unit_text(rest),
        Piece::Variable { name, .. } => format!("${{{name}}}"),
    };
    text.pieces().iter().map(fill).collect()
}

/// A path of the host in a unit.
pub(super) fn unit_path(path: &Interpolated) -> String {
    let path = unit_text(path);
    match path.strip_prefix('~') {
        Some(below) => format!("%h{below}"),
        None => path,
    }
}

/// The variables that a unit needs from systemd.
pub(super) fn needed(text: &Interpolated, into: &mut Vec<String>) {
    for piece in text.pieces() {
        match piece {
            Piece::Variable { operator, rest, .. } if operator.ends_with(['-', '+']) => needed(rest, into),
            Piece::Variable { name, .. } if !into.contains(name) => into.push(name.clone()),
            Piece::Variable { .. } | Piece::Literal(_) => {}
        }
    }
}

/// A check as one line for the container's `sh`, which knows fewer quotes than bash.
pub(super) fn check_line(check: &HealthCheck) -> String {
    if is_shell_line(check) {
        return check.test.value[0].clone();
    }
    let words: Vec<String> = check.test.value.iter().map(|word| posix(word)).collect();
    words.join(" ")
}

/// A check as Podman takes words: JSON.
pub(super) fn check_json(check: &HealthCheck) -> String {
    if is_shell_line(check) {
        return quote::exec(&["/bin/sh", "-c", &check.test.value[0]]);
    }
    quote::exec(&check.test.value)
}

fn posix(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(bare) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
