//! Parsing of [`PepRequirement`].

use super::{PepOp, PepRequirement};
use crate::value::{Invalid, text};

const HELP: &str = "write `NAME`, `NAME==1.26.4`, `NAME>=2.5,<2.9` or `NAME @ URL`";

pub(super) fn requirement(whole: &str) -> Result<PepRequirement, Invalid> {
    let trimmed = whole.trim();
    let offset = whole.len() - whole.trim_start().len();
    known_mistake(trimmed)?;
    read(trimmed).map_err(|invalid| invalid.within(offset, trimmed.len()))
}

fn known_mistake(word: &str) -> Result<(), Invalid> {
    if word.is_empty() {
        return Err(Invalid::new("empty pip requirement").help(HELP));
    }
    if let Some(file) = ["-r", "--requirement"].iter().find_map(|option| word.strip_prefix(option)) {
        let file = file.trim_start_matches([' ', '=']);
        let help = format!("write `requirements \"{}\"`", text::quoted(file).trim_matches('`'));
        return Err(Invalid::new("this is a pip option, not a package").help(help));
    }
    if word.starts_with('-') {
        return Err(Invalid::new("this is a pip option, not a package").help(HELP));
    }
    let start = word.split(['@', ';', ' ']).next().unwrap_or_default();
    if start.starts_with(['.', '/', '~']) {
        return Err(Invalid::new("this is a file, not a package name").help(HELP));
    }
    if start.contains("://") {
        let help =
            format!("write `NAME @ {}` with the name of the package", text::quoted(word).trim_matches('`'));
        return Err(Invalid::new("missing package name before the location").help(help));
    }
    Ok(())
}

fn read(word: &str) -> Result<PepRequirement, Invalid> {
    let name = leading_name(word);
    check_name(name, word)?;
    let mut at = skip_spaces(word, name.len());
    let mut extras = Vec::new();
    if word[at..].starts_with('[') {
        let close = word[at..]
            .find(']')
            .ok_or_else(|| Invalid::new("missing `]` after `[`").help(HELP).at(at..word.len()))?;
        extras =
            read_extras(&word[at + 1..at + close]).map_err(|invalid| invalid.within(at + 1, close - 1))?;
        at = skip_spaces(word, at + close + 1);
    }
    let mut found =
        PepRequirement { name: name.to_owned(), extras, specifiers: Vec::new(), url: None, marker: None };
    if let Some(rest) = word[at..].strip_prefix('@') {
        // A `;` starts a marker only after a space.
        let end = rest.find(" ;").unwrap_or(rest.len());
        let url = rest[..end].trim();
        check_url(url).map_err(|invalid| invalid.at(at..at + 1 + end))?;
        found.url = Some(url.to_owned());
        at += 1 + end;
        at = skip_spaces(word, at);
    } else {
        let end = word[at..].find(';').map_or(word.len(), |end| at + end);
        found.specifiers =
            read_specifiers(&word[at..end], name).map_err(|invalid| invalid.within(at, end - at))?;
        at = end;
    }
    if let Some(marker) = word[at..].strip_prefix(';') {
        let marker = marker.trim();
        check_marker(marker).map_err(|invalid| invalid.at(at..word.len()))?;
        found.marker = Some(marker.to_owned());
    }
    Ok(found)
}

fn skip_spaces(word: &str, at: usize) -> usize {
    word.len() - word[at..].trim_start_matches([' ', '\t']).len()
}

fn leading_name(word: &str) -> &str {
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'));
    &word[..end.unwrap_or(word.len())]
}

/// Checks the name of a package or an extra. `word` is the text from the name on.
fn check_name(name: &str, word: &str) -> Result<(), Invalid> {
    let edge = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    if edge(name.chars().next()) && edge(name.chars().last()) {
        return Ok(());
    }
    let message = match word.chars().next() {
        Some(letter) if name.is_empty() => format!("a name cannot start with {}", text::shown(letter)),
        None => "missing name".to_owned(),
        Some(_) => format!("`{name}` is not a valid name: it must start and end with a letter or a digit"),
    };
    Err(Invalid::new(message).help(HELP).at(0..name.len().max(word.chars().next().map_or(0, char::len_utf8))))
}

fn read_extras(list: &str) -> Result<Vec<String>, Invalid> {
    if list.trim().is_empty() {
        return Ok(Vec::new());
    }
    list.split(',')
        .map(|extra| {
            let extra = extra.trim();
            if leading_name(extra) != extra || check_name(extra, extra).is_err() {
                return Err(Invalid::new(format!("{} is not a valid name of an extra", text::quoted(extra)))
                    .help("`NAME[one,two]`"));
            }
            Ok(extra.to_owned())
        })
        .collect()
}

fn read_specifiers(list: &str, name: &str) -> Result<Vec<(PepOp, String)>, Invalid> {
    let list = list.trim();
    let bare = list.strip_prefix('(').and_then(|list| list.strip_suffix(')')).unwrap_or(list);
    if bare.trim().is_empty() {
        return Ok(Vec::new());
    }
    bare.split(',').map(|piece| specifier(piece.trim(), name)).collect()
}

fn specifier(piece: &str, name: &str) -> Result<(PepOp, String), Invalid> {
    if piece.is_empty() {
        return Err(Invalid::new("missing comparison next to the comma").help(HELP));
    }
    let Some(op) = PepOp::ALL.into_iter().find(|op| piece.starts_with(op.as_str())) else {
        return Err(no_comparison(piece, name));
    };
    let version = piece[op.as_str().len()..].trim();
    if version.is_empty() {
        return Err(Invalid::new(format!("missing version after `{op}`")).help(HELP));
    }
    if let Some(place) = version.find(|c: char| matches!(c, '<' | '>' | '=' | '~') || c.is_whitespace()) {
        let second = version[place..].trim_start();
        if second.len() < 2 || !second.starts_with(['<', '>', '=', '!', '~']) {
            return Err(Invalid::new(format!("{} is not a valid version", text::quoted(version))).help(HELP));
        }
        let help = format!(
            "write {}",
            text::quoted(&format!("{op}{},{second}", version[..place].trim_end_matches('!')))
        );
        return Err(Invalid::new("missing comma between two comparisons").help(help));
    }
    check_version(op, version)?;
    Ok((op, version.to_owned()))
}

/// Returns the error for a comparison that pip does not have, with a suggestion.
fn no_comparison(piece: &str, name: &str) -> Invalid {
    let sign: String = piece.chars().take_while(|c| matches!(c, '=' | '^' | '~' | '!' | '>' | '<')).collect();
    let rest = piece[sign.len()..].trim();
    let (message, meant) = match sign.as_str() {
        "" => (format!("{} is not a comparison", text::quoted(piece)), "=="),
        "=" => ("pip uses `==` for comparison".to_owned(), "=="),
        "=>" => ("`=>` is not a pip comparison".to_owned(), ">="),
        _ if rest.contains('.') => (format!("`{sign}` is not a pip comparison"), "~="),
        _ => (format!("`{sign}` is not a pip comparison"), ">="),
    };
    let meant = if sign == "=" && rest.starts_with(['>', '<']) { "" } else { meant };
    let looks_right = rest.starts_with(|c: char| c.is_ascii_digit());
    let help = if looks_right {
        format!("write {}", text::quoted(&format!("{name}{meant}{rest}")))
    } else {
        HELP.to_owned()
    };
    Invalid::new(message).help(help)
}

fn check_version(op: PepOp, version: &str) -> Result<(), Invalid> {
    let stem = version.strip_suffix(".*").unwrap_or(version);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_' | '!');
    if let Some((letter, _)) = text::first_other(stem, plain) {
        let message = format!("a version cannot contain {}", text::shown(letter));
        return Err(Invalid::new(message).help(HELP));
    }
    if op == PepOp::Same {
        return Ok(());
    }
    if !stem.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Invalid::new(format!("{} is not a valid version", text::quoted(version))).help(HELP));
    }
    if stem.len() < version.len() && !matches!(op, PepOp::Equal | PepOp::NotEqual) {
        return Err(Invalid::new(format!("`.*` cannot follow `{op}`")).help(format!("write `{op}{stem}`")));
    }
    if op == PepOp::Compatible && !stem.contains('.') {
        let help = format!("write `>={stem}`");
        return Err(Invalid::new("`~=` needs a version with at least two numbers").help(help));
    }
    Ok(())
}

fn check_url(url: &str) -> Result<(), Invalid> {
    let wrong =
        |message: String| Err(Invalid::new(message).help("write `NAME @ https://example.com/NAME.whl`"));
    match text::first_other(url, |c| !c.is_whitespace() && !c.is_control()) {
        _ if url.is_empty() => wrong("missing URL after `@`".to_owned()),
        _ if url.contains(';') => Err(Invalid::new("a URL cannot contain `;`")
            .help("write a space before the `;` of a marker; as a part of the URL, encode it as `%3B`")),
        Some((letter, _)) => wrong(format!("a URL cannot contain {}", text::shown(letter))),
        None if url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) => {
            let message = format!("{} is a file in the image, not in the project", text::quoted(url));
            let help = "copy the file into the image and install it there: `app { run \"pip install --no-deps \
                PATH\" }`";
            Err(Invalid::new(message).help(help))
        }
        None if !url.contains(':') => wrong(format!("{} is not a valid URL", text::quoted(url))),
        None => Ok(()),
    }
}

fn check_marker(marker: &str) -> Result<(), Invalid> {
    let help = "write a marker such as `; python_version < \"3.9\"`";
    if marker.is_empty() {
        return Err(Invalid::new("missing marker after `;`").help(help));
    }
    if let Some((letter, _)) = text::first_other(marker, |c| !c.is_control()) {
        return Err(Invalid::new(format!("a marker cannot contain {}", text::shown(letter))).help(help));
    }
    let mut quote = None;
    let mut depth = 0_usize;
    for letter in marker.chars() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => {
                return Err(Invalid::new("unmatched `)` in the marker").help(help));
            }
            (None, ')') => depth -= 1,
            _ => {}
        }
    }
    if quote.is_some() || depth > 0 {
        return Err(Invalid::new("unclosed quote or bracket in the marker").help(help));
    }
    Ok(())
}
