//! Texts in which `{{ … }}` stands for resolved values: the one place of the catalogue that names the template engine.

mod limits;
mod names;
mod names_only;
#[cfg(test)]
mod tests;
mod view;

pub use names::Names;
pub use view::TemplateView;

use std::ops::Range;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::tests as tests_of_engine;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, filters, functions};
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Span;
use crate::value::{PackedText, Parse, Requirement, Version};

/// A text in which `{{ … }}` stands for resolved values. Strict: an unknown name is an error at its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Template {
    pub text: PackedText,
    pub span: Span,
}

/// More steps than any template of a definition takes; a loop in a loop ends here.
const FUEL: u64 = 20_000;

/// What templates can do is listed here: nothing of it makes a long text of a short one.
static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_syntax(
        SyntaxConfig::builder().keep_trailing_newline(true).build().expect("only a switch is set"),
    );
    engine.set_debug(true);
    engine.set_fuel(Some(FUEL));
    engine.add_filter("join", limits::join);
    engine.add_filter("replace", limits::replace);
    engine.add_filter("default", filters::default);
    engine.add_filter("first", filters::first);
    engine.add_filter("last", filters::last);
    engine.add_filter("length", filters::length);
    engine.add_filter("lower", filters::lower);
    engine.add_filter("upper", filters::upper);
    engine.add_filter("trim", filters::trim);
    engine.add_function("range", functions::range);
    engine.add_test("defined", tests_of_engine::is_defined);
    engine.add_test("undefined", tests_of_engine::is_undefined);
    // A version is no number: `12.10` is newer than `12.9`.
    engine.add_test("matching", |value: &Value, requirement: &str| -> Result<bool, Error> {
        let failed = |why: crate::value::Invalid| Error::new(ErrorKind::InvalidOperation, why.message);
        let version = Version::parse(&value.to_string()).map_err(failed)?;
        Ok(Requirement::parse(requirement).map_err(failed)?.matches(&version))
    });
    engine
});

impl Template {
    /// Whether there is anything to put in.
    pub fn is_plain(&self) -> bool {
        !["{{", "{%", "{#"].iter().any(|brace| self.text.contains(brace))
    }

    /// The text with its values; what is wrong is reported at its place inside the template.
    pub fn expand(&self, view: &TemplateView, log: &mut Log) -> Option<String> {
        if self.is_plain() {
            return Some(self.text.to_string());
        }
        if let Some(text) = names_only::filled(&self.text, view) {
            return Some(text);
        }
        if let Some(fault) = limits::fault(&self.text) {
            log.error(self.refused(fault));
            return None;
        }
        match self.filled(view) {
            Ok(text) => Some(text),
            Err(error) => {
                log.error(self.reported(&error, view.names()));
                None
            }
        }
    }

    fn filled(&self, view: &TemplateView) -> Result<String, Error> {
        let mut out = limits::Out::default();
        ENGINE.template_from_str(&self.text)?.render_captured_to(view.root(), &mut out)?;
        Ok(String::from_utf8_lossy(&out.0).into_owned())
    }

    /// That something is not part of the language.
    fn refused(&self, fault: limits::TemplateFault) -> Diagnostic {
        Diagnostic::error(codes::TEMPLATE_SYNTAX, fault.message)
            .at(self.place(fault.range), "not supported here")
            .help(fault.help)
    }

    fn reported<'a>(&self, error: &Error, names: impl Iterator<Item = &'a str>) -> Diagnostic {
        let range = error.range();
        let word =
            range.clone().and_then(|range| self.text.get(range)).unwrap_or_default().trim_matches([' ', '.']);
        let span = range.map_or(self.span, |range| self.place(range));
        match error.kind() {
            ErrorKind::SyntaxError => {
                let why = error.detail().unwrap_or("syntax error");
                Diagnostic::error(codes::TEMPLATE_SYNTAX, format!("invalid template: {}", plain(why)))
                    .at(span, "syntax error")
            }
            ErrorKind::UndefinedError if !word.is_empty() => unknown(word, span, names),
            ErrorKind::OutOfFuel => {
                Diagnostic::error(codes::TEMPLATE_FAILED, "the template takes too many steps")
                    .at(span, "stopped here")
                    .help("avoid loops over long ranges")
            }
            ErrorKind::WriteFailure => Diagnostic::error(
                codes::TEMPLATE_FAILED,
                format!("the result of the template is longer than {} bytes", limits::LONGEST_TEXT),
            )
            .at(self.span, "stopped here")
            .help("move long text to a file in the definition's folder"),
            _ => {
                let why = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
                Diagnostic::error(
                    codes::TEMPLATE_FAILED,
                    format!("cannot evaluate the template: {}", plain(&why)),
                )
                .at(span, "while evaluating this")
            }
        }
    }

    /// The place of a part of the text, where it stands in the source as it is: bare, or in quotes without an escape.
    fn place(&self, range: Range<usize>) -> Span {
        let written = (self.span.end - self.span.start) as usize;
        let Some(quotes @ (0 | 2)) = written.checked_sub(self.text.len()) else { return self.span };
        if range.is_empty() || range.end > self.text.len() {
            return self.span;
        }
        let shift = self.span.start as usize + quotes / 2;
        Span::new(self.span.source, shift + range.start..shift + range.end)
    }
}

/// Of the engine's message what is for people: one line without a full stop.
fn plain(why: &str) -> String {
    why.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// A name that has no value where it stands.
fn unknown<'a>(word: &str, span: Span, names: impl Iterator<Item = &'a str>) -> Diagnostic {
    let names: Vec<&str> = names.collect();
    Diagnostic::error(codes::TEMPLATE_NAME, format!("{} is undefined here", wording::code(word)))
        .at(span, "undefined")
        .maybe_help(wording::did_you_mean(word, names.iter().copied()))
}
