//! Finds secrets by the name of the variable, option, header or field.

use std::ops::Range;

use super::secret::{FoundSecret, SecretKind};

/// Words with which names of secrets end.
const NAMES: [&str; 15] = [
    "TOKEN",
    "KEY",
    "APIKEY",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PASS",
    "PWD",
    "PAT",
    "CREDENTIAL",
    "CREDENTIALS",
    "AUTH",
    "SIGNATURE",
    "SIG",
];
/// Words of `NAMES` that can follow any other word without a separator.
const JOINED: [&str; 3] = ["PASSWORD", "PASSWD", "PASSPHRASE"];
/// Words that words of `NAMES` can follow without a separator, as in `authToken`.
const BEFORE: [&str; 13] = [
    "AUTH", "ACCESS", "API", "CLIENT", "SECRET", "PRIVATE", "ACCOUNT", "REFRESH", "BEARER", "SESSION",
    "SHARED", "SIGNING", "SSH",
];
/// Words before `KEY` that denote keys that are not secret.
const OPEN_KEYS: [&str; 9] =
    ["PUBLIC", "CACHE", "SORT", "PRIMARY", "FOREIGN", "PARTITION", "RECV", "HOST", "ROUTING"];
/// The minimum length of a signature.
const SIGNATURE: usize = 20;

/// Returns the values of variables, options, headers and fields whose names are those of secrets.
pub(super) fn named(line: &str) -> Vec<FoundSecret> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(found) = line[at..].find(part) {
        let from = at + found;
        let name = &line[from..from + line[from..].find(|c| !part(c)).unwrap_or(line.len() - from)];
        at = from + name.len();
        if !is_name_of_secret(name) {
            continue;
        }
        if let Some(range) = value_after(line, name, at)
            && is_opaque(name, &line[range.clone()])
        {
            all.push(FoundSecret { range, kind: SecretKind::Named(name.trim_start_matches('-').to_owned()) });
        }
    }
    all
}

pub(super) fn is_name_of_secret(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let Some((word, rest)) = NAMES.iter().find_map(|word| {
        let rest = upper.strip_suffix(word)?;
        let apart = rest.is_empty() || rest.ends_with(['_', '-', '.']);
        let joined = JOINED.contains(word) || BEFORE.iter().any(|before| rest.ends_with(before));
        (apart || joined).then_some((*word, rest))
    }) else {
        return false;
    };
    let before = rest.trim_end_matches(['_', '-', '.']);
    match word {
        "KEY" => !before.is_empty() && !OPEN_KEYS.iter().any(|open| before.ends_with(open)),
        // `PWD` alone is the working directory.
        "PWD" | "PAT" => !before.is_empty() && before != "OLD",
        "AUTH" | "SIG" => before.is_empty(),
        _ => true,
    }
}

/// Returns the value after a name: `NAME=…`, `NAME: …`, `NAME "…"`, `--name …`.
fn value_after(line: &str, name: &str, end: usize) -> Option<Range<usize>> {
    let rest = &line[end..];
    let bare = unescaped(rest);
    let bare = bare.strip_prefix(['"', '\'']).unwrap_or(rest);
    let quoted_name = bare.len() < rest.len();
    let after = bare.trim_start_matches([' ', '\t']);
    // The default value of a host variable.
    let after = if quoted_name { after.strip_prefix("default").unwrap_or(after) } else { after };
    let separator = after.chars().next().filter(|c| matches!(c, '=' | ':'));
    let value = match separator {
        Some(_) if after[1..].starts_with([':', '=', '/']) => return None,
        Some(_) => after[1..].trim_start_matches([' ', '\t']),
        None => after,
    };
    let value = unescaped(value);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let from = line.len() - value.len() + usize::from(quote.is_some());
    let length = match quote {
        Some(quote) => line[from..].find(quote),
        None => line[from..].find(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&' | '|' | ')' | '\\' | ',')
        }),
    };
    let length = length.unwrap_or_else(|| line[from..].trim_end().len());
    let found = line[from..from + length].trim_end_matches('\\');
    let variable = name.contains('_') || !name.contains(|c: char| c.is_ascii_lowercase());
    let spelt_out = ["password", "passwd", "passphrase"].contains(&name);
    let option = name.starts_with("--") && after.len() < bare.len();
    let counts = match (separator, quote) {
        (None, Some(_)) if option => true,
        (None, Some(_)) => {
            let before = line[..end - name.len()].trim_end_matches(['"', '\'', '\\']);
            (variable || spelt_out || quoted_name && name.contains(['-', '.'])) && takes_value(before)
        }
        (None, None) => option,
        (Some(':'), None) => is_field(name, found, &line[from + length..]),
        (Some(_), _) => true,
    };
    counts.then(|| from..from + found.len())
}

/// Nodes and instructions whose arguments are a name and its value. Those of others are lists.
const NAMED: [&str; 9] =
    ["arg", "build-arg", "env", "host-env", "label", "option", "property", "sysctl", "variable"];

/// Whether the word after this text is a name that a value follows: the name of a node, also in a comment, or
/// the first argument of a node that takes a name and a value.
fn takes_value(before: &str) -> bool {
    let before = before.trim_end();
    let is_start = |text: &str| text.is_empty() || text.ends_with(['{', '}', ';', ':', '/', '#', '-']);
    let (rest, node) = before.rsplit_once([' ', '\t']).unwrap_or(("", before));
    is_start(before) || NAMED.contains(&node.to_ascii_lowercase().as_str()) && is_start(rest.trim_end())
}

/// Removes the `\` before a quote.
fn unescaped(text: &str) -> &str {
    text.strip_prefix('\\').filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(text)
}

/// Whether `NAME: VALUE` is a header or a field rather than a sentence: the value is the last word and looks
/// random.
fn is_field(name: &str, value: &str, behind: &str) -> bool {
    const SHORTEST: usize = 6;
    let last = behind.trim_end().is_empty() || behind.starts_with(['"', '\'', '\\']);
    let digit = value.contains(|c: char| c.is_ascii_digit());
    let header = name.contains('-') && (digit || value.contains(|c: char| c.is_ascii_uppercase()));
    let random = digit && value.contains(|c: char| c.is_ascii_alphabetic());
    last && value.len() >= SHORTEST && (header || random)
}

/// Whether a value can be a secret. Paths, booleans, numbers, variables and placeholders cannot.
pub(super) fn is_opaque(name: &str, value: &str) -> bool {
    let words = name.to_ascii_uppercase();
    let digit = value.contains(|c: char| c.is_ascii_digit());
    if words.ends_with("SIG") || words.ends_with("SIGNATURE") || words.ends_with("AUTH") {
        let long = value.len() >= if words.ends_with("AUTH") { 8 } else { SIGNATURE };
        let plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '%' | '+' | '/' | '=' | '_' | '-' | '~' | '.');
        return long && (digit || value.ends_with('=')) && value.chars().all(plain);
    }
    let number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let password = words.contains("PASS") || words.contains("PWD");
    let switch = ["true", "false", "yes", "no", "on", "off", "none", "null"];
    let lower = value.to_ascii_lowercase();
    let placeholder = lower.starts_with("your")
        || lower.contains("...")
        || value.contains('…')
        // A variable's name instead of its value.
        || value.len() > 3 && value.trim_matches('`').bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') && is_name_of_secret(value.trim_matches('`'))
        || lower.trim_matches('x').is_empty() && lower.len() > 2;
    !(value.is_empty()
        || number && !password
        || placeholder
        || switch.contains(&lower.as_str())
        || value.contains(['$', '\n'])
        || value.starts_with(['/', '~', '#', '<', '{', '*', '%'])
        || value.starts_with("./")
        // The contents of a file, or the result of a call.
        || value == "@"
        || value.starts_with("@/")
        || value.ends_with('(')
        || value.contains("://"))
}
