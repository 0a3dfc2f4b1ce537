//! Parsing of [`Requirement`](super::Requirement).

use super::comparator::{Comparator, Op, Operand};
use crate::value::{Invalid, Parse, Version, text};

const HELP: &str = "write `2.5` for any 2.5.x, `=2.5.1` for an exact version, `>=2.5, <2.9` for a range, `2.4 || \
        2.6` for alternatives";

/// Parses the alternatives with their comparators. The alternative `*` has none.
pub(super) fn alternatives(text: &str) -> Result<Vec<Vec<Comparator>>, Invalid> {
    if text.trim().is_empty() {
        return Err(Invalid::new("empty version requirement").help("remove it, or write `*` for any version"));
    }
    let mut out = Vec::new();
    for (at, alternative) in split(text, "||") {
        let mut comparators = Vec::new();
        for (offset, piece) in split(alternative, ",") {
            let start = at + offset + piece.len() - piece.trim_start().len();
            let bound = piece.trim();
            if bound.is_empty() {
                let from = (at + offset).saturating_sub(1);
                let invalid = Invalid::new("missing bound").help(HELP);
                return Err(match text.get(from..at + offset + piece.len()) {
                    Some(_) => invalid.at(from..at + offset + piece.len()),
                    None => invalid,
                });
            }
            if bound != "*" {
                comparators.push(comparator(bound).map_err(|invalid| invalid.within(start, bound.len()))?);
            }
        }
        out.push(comparators);
    }
    Ok(out)
}

/// Splits a text, and returns the pieces with their positions.
fn split<'a>(text: &'a str, separator: &'static str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut next = 0;
    text.split(separator).map(move |piece| {
        let at = next;
        next += piece.len() + separator.len();
        (at, piece)
    })
}

fn comparator(bound: &str) -> Result<Comparator, Invalid> {
    let length = bound.find(|c| !matches!(c, '=' | '<' | '>' | '!' | '~' | '^')).unwrap_or(bound.len());
    let (sign, rest) = bound.split_at(length);
    let operand = rest.trim_start();
    let at = bound.len() - operand.len();
    let op = op(sign, operand)?;
    if operand.is_empty() {
        return Err(Invalid::new(format!("missing version after `{sign}`")).help(HELP));
    }
    if sign.is_empty() && is_name(bound) {
        return Ok(Comparator { op, operand: Operand::Name(bound.to_owned()) });
    }
    if let Some(invalid) = two_in_one(bound, sign, operand) {
        return Err(invalid);
    }
    if let Some(stem) = operand.strip_suffix(".*") {
        return prefix(op, sign, stem).map_err(|invalid| invalid.within(at, stem.len()));
    }
    let operand = self::operand(sign, operand).map_err(|invalid| invalid.within(at, operand.len()))?;
    Ok(Comparator { op, operand })
}

/// Whether a bound is the name of a version. The catalogue checks whether the name is known.
fn is_name(bound: &str) -> bool {
    let sign = |c: char| matches!(c, '=' | '<' | '>' | '!' | '~' | '^' | '|' | '&' | '*') || c.is_control();
    let joined = bound.split_whitespace().skip(1).any(|word| matches!(word, "or" | "and" | "-"));
    let number =
        bound.strip_prefix(['v', 'V']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let anything = matches!(bound, "latest" | "newest" | "any" | "default" | "stable");
    let several = bound.contains(' ') && !bound.contains(|c: char| c.is_ascii_digit());
    bound.starts_with(char::is_alphabetic)
        && !several
        && !bound.contains(sign)
        && !joined
        && !number
        && !anything
}

fn op(sign: &str, operand: &str) -> Result<Op, Invalid> {
    let meant = match sign {
        "" => return Ok(Op::Prefix),
        "=" | "==" => return Ok(Op::Exact),
        "!=" => return Ok(Op::Not),
        ">=" => return Ok(Op::AtLeast),
        ">" => return Ok(Op::Above),
        "<=" => return Ok(Op::AtMost),
        "<" => return Ok(Op::Below),
        "~" => return Ok(Op::Tilde),
        "^" => return Ok(Op::Caret),
        "=>" => format!("write `>={operand}`"),
        "=<" => format!("write `<={operand}`"),
        "<>" | "=!" | "!" | "!==" => format!("write `!={operand}`"),
        "===" => format!("write `={operand}`"),
        "~=" | "~>" => pessimistic(operand),
        _ => HELP.to_owned(),
    };
    Err(Invalid::new(format!("`{sign}` is not a comparison")).help(meant).at(0..sign.len()))
}

/// Suggests the equivalent of pip's `~=` and Ruby's `~>`, which differs from `~` for two numbers.
fn pessimistic(operand: &str) -> String {
    match Version::parse(operand) {
        Ok(version) if version.parts().len() > 1 => {
            let parts = version.parts();
            let mut upper = parts[..parts.len() - 1].to_vec();
            *upper.last_mut().expect("two numbers without the last") += 1;
            format!("write `>={operand}, <{}`", Version::of(&upper))
        }
        _ => format!("write `~{operand}`"),
    }
}

/// Returns the error for two bounds without a valid separator: `>2.5 <3`, `2.4 | 2.6`, `2.4 - 2.6`.
fn two_in_one(bound: &str, sign: &str, operand: &str) -> Option<Invalid> {
    let signs = |c: char| matches!(c, '=' | '<' | '>' | '!' | '~' | '^');
    let cut = operand.find(|c: char| c.is_whitespace() || c == '|' || c == '&' || signs(c))?;
    let first = &operand[..cut];
    let joint = &operand[cut..];
    let second = joint.trim_start_matches(|c: char| c.is_whitespace() || c == '|' || c == '&');
    let word = second.split_whitespace().next().unwrap_or_default();
    let after = second[word.len()..].trim();
    let (message, help) = if joint.contains('|') && !second.is_empty() {
        ("alternatives are separated by `||`", format!("write `{sign}{first} || {second}`"))
    } else if word == "or" {
        ("alternatives are separated by `||`", format!("write `{sign}{first} || {after}`"))
    } else if word == "and" {
        ("bounds are separated by a comma", format!("write `{sign}{first}, {after}`"))
    } else if word == "-" {
        ("a range consists of two bounds", format!("write `>={first}, <={after}`"))
    } else if second.starts_with(signs) {
        ("missing comma between two bounds", format!("write `{sign}{first}, {second}`"))
    } else {
        ("expected a single version", HELP.to_owned())
    };
    Some(Invalid::new(message).help(help).at(0..bound.len()))
}

fn prefix(op: Op, sign: &str, stem: &str) -> Result<Comparator, Invalid> {
    let version = Version::parse(stem)?;
    let op = match op {
        Op::Prefix | Op::Exact => Op::Prefix,
        Op::Not => Op::NotPrefix,
        Op::NotPrefix | Op::AtLeast | Op::Above | Op::AtMost | Op::Below | Op::Tilde | Op::Caret => {
            let message = format!("`.*` cannot follow `{sign}`");
            return Err(Invalid::new(message).help(format!("write `{sign}{stem}`")));
        }
    };
    if version.truncated(4).as_str() != version.as_str() {
        return Err(Invalid::new("`.*` can only follow numbers").help(format!("write `{stem}`")));
    }
    Ok(Comparator { op, operand: Operand::Version(version) })
}

fn operand(sign: &str, word: &str) -> Result<Operand, Invalid> {
    if matches!(word, "latest" | "newest" | "any" | "default" | "stable") {
        return Err(Invalid::new(format!("`{word}` is not a valid version"))
            .help("remove the requirement to use the newest version that fits"));
    }
    if let Some(stem) = word.strip_suffix(".x").or_else(|| word.strip_suffix(".X"))
        && Version::parse(stem).is_ok()
    {
        return Err(
            Invalid::new(format!("`{word}` is not a valid version")).help(format!("write `{sign}{stem}`"))
        );
    }
    let v_number =
        word.strip_prefix(['v', 'V']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if !word.starts_with(|c: char| c.is_ascii_alphabetic()) || v_number {
        return Version::parse(word).map(Operand::Version).map_err(|invalid| with_sign(invalid, sign, word));
    }
    text::only(word, "the name of a version", HELP, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
    })?;
    let lower = word.to_ascii_lowercase();
    if lower != word {
        return Err(
            Invalid::new("the name of a version must be lower case").help(format!("write `{sign}{lower}`"))
        );
    }
    Ok(Operand::Name(lower))
}

/// Adapts the help of an invalid version to a requirement.
fn with_sign(invalid: Invalid, sign: &str, word: &str) -> Invalid {
    match word.strip_prefix(['v', 'V']) {
        Some(rest) => invalid.help(format!("write `{sign}{rest}`")),
        None => invalid,
    }
}
