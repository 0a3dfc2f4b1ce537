//! Parsing of [`Version`].

use std::borrow::Cow;

use super::{Local, MOST, RELEASE, Suffix, Version};
use crate::value::{Invalid, text};

const HELP: &str =
    "a version is one to four numbers separated by dots: `2.5`, `22.04`, `10.3.0.30`, `2.9.0-rc1`";

/// The maximum number of digits of a number, so that incrementing it cannot overflow.
const DIGITS: usize = 18;

/// The text and the current position.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    fn left(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.left().chars().next()
    }

    /// Consumes the characters at the current position that fit.
    fn take(&mut self, fits: fn(char) -> bool) -> &'a str {
        let left = self.left();
        let length = left.find(|c| !fits(c)).unwrap_or(left.len());
        self.at += length;
        &left[..length]
    }

    fn number(&mut self) -> Result<Option<u64>, Invalid> {
        let start = self.at;
        let digits = self.take(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return Ok(None);
        }
        let significant = digits.trim_start_matches('0');
        if significant.len() > DIGITS {
            return Err(Invalid::new("a number in a version has at most 18 digits").at(start..self.at));
        }
        Ok(Some(significant.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))))
    }

    /// Returns an error about the range from `start` to the end.
    fn wrong(&self, start: usize, message: impl Into<String>) -> Invalid {
        Invalid::new(message).help(HELP).at(start..self.text.len())
    }
}

pub(super) fn version(text: &str) -> Result<Version, Invalid> {
    if let Some(invalid) = known_mistake(text) {
        return Err(invalid);
    }
    let (public, local) = text.split_once('+').map_or((text, None), |(public, local)| (public, Some(local)));
    let mut rest = Rest { text: public, at: 0 };
    let (numbers, count) = numbers(&mut rest)?;
    let release = rest.at;
    let suffix = suffixes(&mut rest)?;
    let local = local.map(|local| locals(local, public.len() + 1)).transpose()?.unwrap_or_default();
    Ok(Version { text: text.to_owned().into(), release, numbers, count, suffix, local })
}

/// Returns the error for a common mistake from other version schemes.
fn known_mistake(word: &str) -> Option<Invalid> {
    if word.is_empty() {
        return Some(Invalid::new("empty version").help(HELP));
    }
    if word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let bare = word.trim();
    if bare != word {
        return Some(
            Invalid::new("a version cannot have spaces around it")
                .help(format!("write {}", text::quoted(bare))),
        );
    }
    if let Some(rest) =
        word.strip_prefix(['v', 'V']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        return Some(
            Invalid::new("a version is written without `v`")
                .help(format!("write {}", text::quoted(rest)))
                .at(0..1),
        );
    }
    let last = word.rfind('.').map_or(word, |dot| &word[dot + 1..]);
    if matches!(last, "x" | "X" | "*") && last.len() < word.len() {
        let stem = &word[..word.len() - 2];
        let message = format!("{} is a requirement, not a version", text::quoted(word));
        return Some(
            Invalid::new(message)
                .help(format!("the requirement `{stem}` matches every version that starts with it")),
        );
    }
    if let Some(bang) = word.find('!') {
        return Some(Invalid::new("versions with an epoch are not supported").at(0..bang + 1).help(HELP));
    }
    None
}

/// Parses the numbers, and returns them with their count.
fn numbers(rest: &mut Rest<'_>) -> Result<([u64; MOST], usize), Invalid> {
    let mut numbers = [0; MOST];
    let mut count = 0;
    loop {
        let Some(number) = rest.number()? else {
            let message = match rest.peek() {
                _ if count == 0 => "a version must start with a number".to_owned(),
                None => return Err(rest.wrong(rest.at - 1, "missing number at the end")),
                Some(letter) => format!("expected a number, found {}", text::shown(letter)),
            };
            return Err(rest.wrong(rest.at, message));
        };
        if let Some(place) = numbers.get_mut(count) {
            *place = number;
        }
        count += 1;
        let more = rest
            .left()
            .strip_prefix('.')
            .is_some_and(|left| !left.starts_with(|c: char| c.is_ascii_alphabetic()));
        if !more {
            break;
        }
        rest.at += 1;
    }
    if count > MOST {
        return Err(rest.wrong(0, format!("a version has at most four numbers, this has {count}")));
    }
    Ok((numbers, count))
}

fn suffixes(rest: &mut Rest<'_>) -> Result<Cow<'static, [Suffix]>, Invalid> {
    if rest.left().is_empty() {
        return Ok(Cow::Borrowed(RELEASE));
    }
    let mut suffixes = Vec::new();
    while !rest.left().is_empty() {
        if matches!(suffixes.last(), Some(Suffix::Dev(_))) {
            return Err(rest.wrong(rest.at, "only a local version (`+…`) can follow `dev`"));
        }
        suffixes.push(suffix(rest)?);
    }
    suffixes.push(Suffix::End);
    Ok(Cow::Owned(suffixes))
}

fn suffix(rest: &mut Rest<'_>) -> Result<Suffix, Invalid> {
    let start = rest.at;
    let separator = rest.take(|c| matches!(c, '.' | '-' | '_'));
    if separator.len() > 1 {
        return Err(rest.wrong(start, format!("a version cannot contain `{separator}` here")));
    }
    let word = rest.take(|c| c.is_ascii_alphabetic()).to_ascii_lowercase();
    if word.is_empty() {
        return match rest.number()? {
            Some(number) if separator == "-" => Ok(Suffix::Post(number)),
            _ => Err(match rest.peek() {
                Some(letter) => {
                    rest.wrong(rest.at, format!("a version cannot contain {}", text::shown(letter)))
                }
                None => rest.wrong(start, format!("missing part after `{separator}`")),
            }),
        };
    }
    let known = match word.as_str() {
        "alpha" => "a",
        "beta" => "b",
        "c" | "pre" | "preview" => "rc",
        "rev" | "r" | "p" => "post",
        "a" | "b" | "rc" | "dev" | "dp" | "post" => &word,
        // After a hyphen any word is allowed, as in semantic versions.
        _ if separator == "-" => &word,
        _ => {
            let message = format!("`{word}` is not a known version suffix");
            return Err(rest.wrong(start, message).help("write a pre-release after a hyphen: `2.9.0-rc1`"));
        }
    };
    let mut numbers = word_numbers(rest)?;
    match known {
        "dev" | "post" if numbers.len() > 1 => {
            Err(rest.wrong(start, format!("`{word}` takes one number, this has {}", numbers.len())))
        }
        "dev" => Ok(Suffix::Dev(numbers.pop().unwrap_or(0))),
        "post" => Ok(Suffix::Post(numbers.pop().unwrap_or(0))),
        _ => {
            while numbers.last() == Some(&0) {
                numbers.pop();
            }
            Ok(Suffix::Pre(known.to_owned(), numbers))
        }
    }
}

/// Parses the numbers after a word: `1` of `rc1`, `rc.1` and `rc-1`, two of `beta.1.2`.
fn word_numbers(rest: &mut Rest<'_>) -> Result<Vec<u64>, Invalid> {
    let mut numbers = Vec::new();
    loop {
        let left = rest.left();
        // Only the first number can follow directly or after a hyphen; later, `-1` is a post-release.
        let dot =
            left.strip_prefix('.').or_else(|| left.strip_prefix(['-', '_']).filter(|_| numbers.is_empty()));
        let next = dot.unwrap_or(left);
        if !next.starts_with(|c: char| c.is_ascii_digit()) || (dot.is_none() && !numbers.is_empty()) {
            return Ok(numbers);
        }
        rest.at += left.len() - next.len();
        numbers.extend(rest.number()?);
    }
}

fn locals(local: &str, offset: usize) -> Result<Vec<Local>, Invalid> {
    let mut rest = Rest { text: local, at: 0 };
    let mut parts = Vec::new();
    for part in local.split(['.', '-', '_']) {
        let at = rest.at;
        rest.at += part.len() + 1;
        if let Some((letter, place)) = text::first_other(part, |c| c.is_ascii_alphanumeric()) {
            let message = format!("a local version cannot contain {}", text::shown(letter));
            return Err(Invalid::new(message).help(HELP).at(place).within(offset + at, part.len()));
        }
        if part.is_empty() {
            let message = "a local version consists of letters and digits, separated by single dots";
            return Err(Invalid::new(message)
                .help("`2.9.0+cu128`, `2.4.0+nv24.07`")
                .at(offset - 1..offset + local.len()));
        }
        parts.push(match text::number(part).filter(|_| part.len() <= DIGITS) {
            Some(number) => Local::Number(number),
            None => Local::Word(part.to_ascii_lowercase()),
        });
    }
    Ok(parts)
}
