//! Secrets that stand in a text: found by how they look, so that they are reported and no report shows them.

use std::ops::Range;

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where it is.
    pub range: Range<usize>,
    /// What gives it away.
    pub kind: SecretKind,
}

/// What gives a secret away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretKind {
    /// Name and password in a URL of this scheme.
    Login(String),
    /// The token of a well-known service, a header for one, or a private key.
    Token,
    /// The name of the variable or option.
    Named(String),
}

/// Last words of names of secrets.
const NAMES: [&str; 12] = [
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
];
/// Words before `KEY` that make it no secret.
const OPEN_KEYS: [&str; 9] =
    ["PUBLIC", "CACHE", "SORT", "PRIMARY", "FOREIGN", "PARTITION", "RECV", "HOST", "ROUTING"];
/// How tokens of well-known services begin.
const STARTS: [&str; 16] = [
    "hf_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "sk-",
    "nvapi-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "ASIA",
    "pypi-",
    "dckr_pat_",
    "AIza",
];
/// A token is not shorter than this.
const LEAST: usize = 12;
const PRIVATE: &str = "PRIVATE KEY-----";

/// Every secret of a text, in order, none inside of another.
pub fn secrets(text: &str) -> Vec<Secret> {
    let mut all = private_keys(text);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let found = logins(line).into_iter().chain(tokens(line)).chain(headers(line)).chain(named(line));
        all.extend(found.map(|one| Secret { range: start + one.range.start..start + one.range.end, ..one }));
        start += line.len();
    }
    all.sort_by_key(|one| (one.range.start, std::cmp::Reverse(one.range.end)));
    let mut end = 0;
    all.retain(|one| {
        let inside = one.range.end <= end;
        end = end.max(one.range.end);
        !inside
    });
    all
}

/// From the head of a private key to its end.
fn private_keys(text: &str) -> Vec<Secret> {
    let heads = text.match_indices(PRIVATE).filter(|(at, _)| {
        text[..*at].ends_with("BEGIN ") || {
            let line = text[..*at].rfind('\n').map_or(0, |line| line + 1);
            text[line..*at].contains("-----BEGIN ")
        }
    });
    heads
        .map(|(at, _)| {
            let from = at + PRIVATE.len();
            let to = text[from..].find("-----END").map_or(text.len(), |end| from + end);
            Secret { range: from..to, kind: SecretKind::Token }
        })
        .collect()
}

/// `scheme://user:password@`, and a token instead of them.
fn logins(line: &str) -> Vec<Secret> {
    let mut all = Vec::new();
    for (at, _) in line.match_indices("://") {
        let from = at + 3;
        let ends =
            |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '/' | '?' | '#' | '\\' | '<' | '>' | '`');
        let authority = &line[from..from + line[from..].find(ends).unwrap_or(line.len() - from)];
        let Some(end) = authority.rfind('@') else { continue };
        let login = &authority[..end];
        let secret = match login.split_once(':') {
            Some((_, password)) => !password.is_empty(),
            None => login.len() >= LEAST,
        };
        if secret && !login.contains('$') {
            let before = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
            let scheme = &line[line[..at].rfind(before).map_or(0, |end| end + 1)..at];
            let kind = SecretKind::Login(scheme.to_ascii_lowercase());
            all.push(Secret { range: from..from + end, kind });
        }
    }
    all
}

/// Words that begin as tokens of well-known services do.
fn tokens(line: &str) -> Vec<Secret> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(found) = line[at..].find(part) {
        let from = at + found;
        let word = &line[from..from + line[from..].find(|c| !part(c)).unwrap_or(line.len() - from)];
        at = from + word.len();
        if STARTS.iter().any(|start| word.strip_prefix(start).is_some_and(is_random)) && word.len() >= LEAST {
            all.push(Secret { range: from..at, kind: SecretKind::Token });
        }
    }
    all
}

/// Whether a word is not one of a language: it has digits or capitals, or is in one piece.
fn is_random(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase()) || !word.contains(['-', '_'])
}

/// `Bearer …`, `Authorization: Basic …`.
fn headers(line: &str) -> Vec<Secret> {
    let lower = line.to_ascii_lowercase();
    let mut all = Vec::new();
    for word in ["bearer ", "authorization: basic ", "authorization: token "] {
        for (at, _) in lower.match_indices(word) {
            let from = at + word.len();
            let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\');
            let value = &line[from..from + line[from..].find(ends).unwrap_or(line.len() - from)];
            let random = value.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase());
            if value.len() >= 8 && !value.contains('$') && (random || value.len() >= 20) {
                all.push(Secret { range: from..from + value.len(), kind: SecretKind::Token });
            }
        }
    }
    all
}

/// Values of variables, options and fields with the name of a secret.
fn named(line: &str) -> Vec<Secret> {
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
            all.push(Secret { range, kind: SecretKind::Named(name.trim_start_matches('-').to_owned()) });
        }
    }
    all
}

fn is_name_of_secret(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let Some((word, rest)) = NAMES.iter().find_map(|word| {
        let rest = upper.strip_suffix(word)?;
        (rest.is_empty() || rest.ends_with(['_', '-', '.'])).then_some((*word, rest))
    }) else {
        return false;
    };
    let before = rest.trim_end_matches(['_', '-', '.']);
    match word {
        "KEY" => !before.is_empty() && !OPEN_KEYS.iter().any(|open| before.ends_with(open)),
        // `PWD` alone is the working directory.
        "PWD" | "PAT" => !before.is_empty() && before != "OLD",
        _ => true,
    }
}

/// The value behind a name: `NAME=…`, `NAME: …`, `NAME "…"`, `--name …`.
fn value_after(line: &str, name: &str, end: usize) -> Option<Range<usize>> {
    let rest = &line[end..];
    let bare = rest.trim_start_matches(['"', '\'']);
    let quoted_name = bare.len() + 1 == rest.len();
    let bare = if quoted_name { bare } else { rest };
    let after = bare.trim_start_matches([' ', '\t']);
    let separator = after.chars().next().filter(|c| matches!(c, '=' | ':'));
    let value = match separator {
        Some(_) if after[1..].starts_with([':', '=', '/']) => return None,
        Some(_) => after[1..].trim_start_matches([' ', '\t']),
        None => after,
    };
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let variable = name.contains('_') || !name.contains(|c: char| c.is_ascii_lowercase());
    let spelt_out = ["password", "passwd", "passphrase"].contains(&name);
    let option = name.starts_with("--") && after.len() < bare.len();
    let counts = match (separator, quote) {
        (None, Some(_)) => variable || spelt_out || option || quoted_name && name.contains(['-', '.']),
        (None, None) => option,
        (Some(':'), None) => false,
        (Some(_), _) => true,
    };
    if !counts {
        return None;
    }
    let from = line.len() - value.len() + usize::from(quote.is_some());
    let value = &line[from..];
    let length = match quote {
        Some(quote) => value.find(quote),
        None => value.find(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&' | '|' | ')' | '\\' | ',')
        }),
    };
    Some(from..from + length.unwrap_or(value.trim_end().len()))
}

/// Whether a value may be a secret at all: a path, a switch, a limit, a variable or a place for one is none.
fn is_opaque(name: &str, value: &str) -> bool {
    let words = name.to_ascii_uppercase();
    let number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let password = words.contains("PASS") || words.contains("PWD");
    let switch = ["true", "false", "yes", "no", "on", "off", "none", "null"];
    !(value.is_empty()
        || number && !password
        || switch.contains(&value.to_ascii_lowercase().as_str())
        || value.contains(['$', '\n'])
        || value.starts_with(['/', '~', '#', '<', '{', '*', '%'])
        || value.starts_with("./")
        || value.contains("://"))
}

/// The text with `***` for every secret in it.
pub fn masked(text: &str) -> String {
    let mut out = text.to_owned();
    for one in secrets(text).into_iter().rev() {
        out.replace_range(one.range, "***");
    }
    out
}

/// The text with stars for these parts, as many bytes as before.
pub fn starred(text: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        if letter != '\n' && ranges.iter().any(|range| range.contains(&at)) {
            out.extend(std::iter::repeat_n('*', letter.len_utf8()));
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        secrets(text).into_iter().map(|one| &text[one.range]).collect()
    }

    #[test]
    fn logins_of_urls_are_secrets() {
        for (text, secret) in [
            ("index \"https://joe:s3cret@pypi.example.com/simple\"", "joe:s3cret"),
            ("DATABASE \"postgres://u:p@db/x\"", "u:p"),
            ("x @ git+https://ghp0123456789ab@github.com/a/b", "ghp0123456789ab"),
            ("--extra-index-url=https://a:b%40c@d", "a:b%40c"),
        ] {
            assert_eq!(found(text), [secret], "{text}");
        }
        for text in [
            "git@github.com:a/b",
            "ssh://git@github.com/a",
            "webrtc://@:8554/output",
            "https://a.example.com/@x:y",
            "https://${USER}:${PASS}@a",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn names_and_values_give_secrets_away() {
        for (text, secret) in [
            ("HF_TOKEN \"abc\"", "abc"),
            ("TOKEN \"x\"", "x"),
            ("DB_PASSWORD 1 \"1234\"", ""),
            ("DB_PASSWORD \"1234\"", "1234"),
            ("MYSQL_PWD \"hunter2\"", "hunter2"),
            ("AWS_SECRET_ACCESS_KEY \"wJalrX\"", "wJalrX"),
            ("api_key \"abc\"", "abc"),
            ("run \"curl --token abc x\"", "abc"),
            ("run \"mysql --password=abc x\"", "abc"),
            ("run \"export API_KEY='a b'; x\"", "a b"),
            ("label \"com.example.api-key\" \"abc\"", "abc"),
            ("OTHER \"hf_abcdefghijkl\"", "hf_abcdefghijkl"),
            ("sk-abcdefghijkl", "sk-abcdefghijkl"),
            ("run \"curl -H 'Authorization: Bearer eyJhbGciOi' x\"", "eyJhbGciOi"),
            ("AWS AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ] {
            assert_eq!(found(text).first().copied().unwrap_or_default(), secret, "{text}");
        }
        for text in [
            "HF_TOKEN \"${HF_TOKEN}\"",
            "HF_TOKEN \"$HF_TOKEN\"",
            "MONKEY \"banana\"",
            "MAX_TOKEN \"512\"",
            "SSH_KEY \"/run/secrets/ssh\"",
            "SIGNING_PUBLIC_KEY \"abc\"",
            "NAME \"sk-learn\"",
            "pip install sk-learn-contrib",
            "TOKENIZERS_PARALLELISM \"abc\"",
            "API_KEY \"\"",
            "key \"keys/vendor.asc\" fingerprint=\"0123\"",
            "key \"https://a.example.com/key.asc\"",
            "secret \"db-password\" file=\"x\"",
            "secret \"hf-token\" env=\"HF_TOKEN\"",
            "hf_transfer==0.1.8",
            "apt-key adv --keyserver x",
            "the token: it is",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn private_keys_are_secrets_to_their_end() {
        let text = "x\n-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----\n";
        assert_eq!(found(text), ["\nabc\ndef\n"]);
        assert!(found("-----BEGIN CERTIFICATE-----\nabc\n").is_empty());
        assert_eq!(starred("a\néb", std::slice::from_ref(&(0..4))), "*\n**b");
    }
}
