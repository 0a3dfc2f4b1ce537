//! What a template may be: small, and without anything that makes a long text out of a short one.
//!
//! The engine counts steps, but not what a step makes: `'a' * 1000000000` is one. So what multiplies or joins texts is not
//! part of the language, and what remains is bounded by the length of the template.

use std::ops::Range;

use minijinja::{Error, ErrorKind, Value};

/// So many bytes of a template are read.
pub(super) const LONGEST: usize = 4096;
/// So many bytes has one `{{ … }}` or `{% … %}`: its parser goes as deep as it is long.
const LONGEST_TAG: usize = 1000;
/// So many bytes come out of a template, or of a filter.
pub(super) const LONGEST_TEXT: usize = 16 << 10;

/// What may begin a `{% … %}`.
const STATEMENTS: [&str; 6] = ["for", "endfor", "if", "elif", "else", "endif"];

/// What is wrong with a template, and where in it.
pub(super) struct TemplateFault {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// The first thing in a template that is not part of the language.
pub(super) fn fault(text: &str) -> Option<TemplateFault> {
    if text.len() > LONGEST {
        let message = format!("the template is too long: {} bytes, and the limit is {LONGEST}", text.len());
        return Some(TemplateFault {
            range: 0..0,
            message,
            help: "move long text to a file in the definition's folder",
        });
    }
    let mut at = 0;
    while let Some(start) = next_tag(text, at) {
        let inner = start + 2;
        if text[start..].starts_with("{#") {
            at = text[inner..].find("#}").map_or(text.len(), |end| inner + end + 2);
            continue;
        }
        match tag(text, start) {
            Ok(end) => at = end,
            Err(fault) => return Some(fault),
        }
    }
    None
}

fn next_tag(text: &str, from: usize) -> Option<usize> {
    ["{{", "{%", "{#"].iter().filter_map(|brace| text[from..].find(brace)).min().map(|found| from + found)
}

/// Goes through one tag; where it ends.
fn tag(text: &str, start: usize) -> Result<usize, TemplateFault> {
    let is_statement = text[start..].starts_with("{%");
    let closing = if is_statement { "%}" } else { "}}" };
    let fault = |range: Range<usize>, message: String, help| Err(TemplateFault { range, message, help });
    let mut code = String::new();
    let mut quote = None;
    let mut letters =
        text[start + 2..].char_indices().map(|(at, letter)| (start + 2 + at, letter)).peekable();
    let mut end = text.len();
    while let Some((at, letter)) = letters.next() {
        if at - start > LONGEST_TAG {
            let message = format!("an expression in the template is longer than {LONGEST_TAG} bytes");
            return fault(start..at, message, "split it into several templates, each with its own `value`");
        }
        if let Some(opening) = quote {
            match letter {
                '\\' => _ = letters.next(),
                letter if letter == opening => quote = None,
                _ => {}
            }
            continue;
        }
        match letter {
            '"' | '\'' => {
                quote = Some(letter);
                code.push(' ');
                continue;
            }
            _ if text[at..].starts_with(closing) => {
                end = at + 2;
                break;
            }
            '+' if at == start + 2 || text[at + 1..].starts_with(closing) => {}
            '+' | '*' | '~' => {
                let message = format!("`{letter}` is not supported in templates");
                return fault(
                    at..at + 1,
                    message,
                    "to join text, write the expressions next to each other: `{{ a }}{{ b }}`",
                );
            }
            '{' | '}' => {
                return fault(
                    at..at + 1,
                    "maps are not supported in templates".to_owned(),
                    "write a `value` for each key",
                );
            }
            _ => {}
        }
        code.push(letter);
    }
    let mut words =
        code.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    if is_statement && !STATEMENTS.contains(&first) || words.any(|word| word == "recursive") {
        let message =
            format!("`{}` is not supported in templates", if is_statement { first } else { "recursive" });
        return fault(start..end, message, "use `{{ … }}`, `{% if … %}` or `{% for … %}`");
    }
    Ok(end)
}

/// `join(';')`.
pub(super) fn join(list: &Value, between: Option<&str>) -> Result<String, Error> {
    let mut out = String::new();
    for (number, one) in list.try_iter()?.enumerate() {
        if number > 0 {
            out.push_str(between.unwrap_or_default());
        }
        out.push_str(&one.to_string());
        bounded(out.len())?;
    }
    Ok(out)
}

/// `replace('.', '_')`.
pub(super) fn replace(value: &Value, from: &str, to: &str) -> Result<String, Error> {
    let text = value.to_string();
    let times = if from.is_empty() { text.chars().count() + 1 } else { text.matches(from).count() };
    bounded(text.len().saturating_add(times.saturating_mul(to.len())))?;
    Ok(text.replace(from, to))
}

/// Refuses a text that is too long.
pub(super) fn bounded(length: usize) -> Result<(), Error> {
    if length <= LONGEST_TEXT {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidOperation, format!("the result is longer than {LONGEST_TEXT} bytes")))
}

/// What a template writes to.
#[derive(Default)]
pub(super) struct Out(pub(super) Vec<u8>);

impl std::io::Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST_TEXT {
            return Err(std::io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
