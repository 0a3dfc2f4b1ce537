//! Renders diagnostics as text for people, with miette.

use std::collections::BTreeMap;
use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents};
use miette::{SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles};

use super::super::{Diagnostic, Label, Severity, wording};
use super::clip::Clipped;
use super::mask::Masks;
use crate::source::{SourceId, Sources, is_hidden, shown};

/// Options of the text renderer: colour, characters and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub width: usize,
    pub colour: Colour,
    pub letters: Letters,
}

/// Whether the report is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    On,
    Off,
}

/// The characters that draw lines and arrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    Unicode,
    Ascii,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 100, colour: Colour::Off, letters: Letters::Unicode }
    }
}

/// Renders diagnostics with the source lines of their labels, separated by empty lines.
pub fn report(reports: &[&Diagnostic], sources: &Sources, look: Look) -> String {
    let handler = handler(look);
    let texts = Texts::new(reports, sources);
    reports.iter().map(|one| one_report(one, &texts, &handler)).collect::<Vec<_>>().join("\n")
}

fn handler(look: Look) -> GraphicalReportHandler {
    let characters = match look.letters {
        Letters::Unicode => ThemeCharacters::unicode(),
        Letters::Ascii => ThemeCharacters::ascii(),
    };
    // There is no common symbol for notes.
    let characters = ThemeCharacters { advice: "note:".to_owned(), ..characters };
    let styles = match look.colour {
        Colour::On => ThemeStyles::ansi(),
        Colour::Off => ThemeStyles::none(),
    };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(look.width.max(40))
        .with_links(false)
        .with_context_lines(1)
        .tab_width(4)
        .without_syntax_highlighting()
}

/// The largest number of labels of a diagnostic that are shown.
const MAX_LABELS: usize = 50;

/// The source texts as they are shown: with secrets masked and hidden characters replaced.
struct Texts<'a> {
    sources: &'a Sources,
    masks: Masks,
    shown: BTreeMap<SourceId, String>,
}

impl<'a> Texts<'a> {
    fn new(reports: &[&Diagnostic], sources: &'a Sources) -> Self {
        let masks = Masks::new(reports, sources);
        let mut shown = BTreeMap::new();
        for id in reports.iter().flat_map(|one| &one.labels).map(|label| label.span.source) {
            shown.entry(id).or_insert_with(|| visible(&masks.source(id, sources.get(id).text)));
        }
        Self { sources, masks, shown }
    }
}

fn one_report(one: &Diagnostic, texts: &Texts<'_>, handler: &GraphicalReportHandler) -> String {
    let masks = &texts.masks;
    let mut groups: Vec<(SourceId, Vec<&Label>)> = Vec::new();
    for label in one.labels.iter().take(MAX_LABELS) {
        match groups.iter_mut().find(|(source, _)| *source == label.span.source) {
            Some((_, labels)) => labels.push(label),
            None => groups.push((label.span.source, vec![label])),
        }
    }
    let mut parts = groups.into_iter().map(|(source, labels)| ShownProblem::of(texts, source, &labels));
    let mut main = parts.next().unwrap_or_default();
    main.message = on_one_line(&masks.text(&one.message));
    main.code = Some(one.code.as_str());
    main.severity = Some(one.severity);
    let more = one.labels.len().saturating_sub(MAX_LABELS);
    let more = (more > 0).then(|| format!("{} more of the same kind", wording::count(more, "place")));
    let help: Vec<String> = one.help.iter().cloned().chain(more).collect();
    main.help = shown(&masks.text(&help.join("\n"))).into_owned();
    main.related = parts.collect();
    let mut out = String::new();
    // Writing to a `String` cannot fail, and spans outside of their text are reported by miette itself.
    let _ = handler.render_report(&mut out, &main);
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// A diagnostic for miette: its labels in one file. Labels in other files are related diagnostics.
#[derive(Debug, Default)]
struct ShownProblem {
    message: String,
    code: Option<&'static str>,
    severity: Option<Severity>,
    help: String,
    source: Option<NamedText>,
    labels: Vec<LabeledSpan>,
    related: Vec<ShownProblem>,
}

impl ShownProblem {
    fn of(texts: &Texts<'_>, id: SourceId, labels: &[&Label]) -> Self {
        let Texts { sources, masks, shown } = texts;
        let source = sources.get(id);
        let range = |label: &Label| {
            let range = label.span.range();
            let end = range.end.min(source.text.len());
            range.start.min(end)..end
        };
        let places: Vec<usize> =
            labels.iter().flat_map(|label| [range(label).start, range(label).end]).collect();
        let text = Clipped::new(shown.get(&id).cloned().unwrap_or_default(), &places);
        let labels: Vec<LabeledSpan> = labels
            .iter()
            .enumerate()
            .map(|(at, label)| {
                let (start, end) = (text.offset(range(label).start), text.offset(range(label).end));
                let (text, span) =
                    (Some(on_one_line(&masks.text(&label.text))), (start, end.saturating_sub(start)));
                if at == 0 {
                    LabeledSpan::new_primary_with_span(text, span)
                } else {
                    LabeledSpan::new_with_span(text, span)
                }
            })
            .collect();
        Self {
            message: on_one_line(&format!("this also concerns `{}`", sources.shown(id))),
            source: Some(NamedText { name: on_one_line(&sources.shown(id)), text }),
            labels,
            ..Self::default()
        }
    }
}

impl fmt::Display for ShownProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ShownProblem {}

impl miette::Diagnostic for ShownProblem {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Some(Severity::Error) => miette::Severity::Error,
            Some(Severity::Warning) => miette::Severity::Warning,
            Some(Severity::Note) | None => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        let all = self.related.iter().map(|one| one as &dyn miette::Diagnostic);
        (!self.related.is_empty())
            .then(|| Box::new(all) as Box<dyn Iterator<Item = &'a dyn miette::Diagnostic>>)
    }
}

/// A source text with the name under which miette shows it.
#[derive(Debug)]
struct NamedText {
    name: String,
    text: Clipped,
}

impl SourceCode for NamedText {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let found = self.text.text.read_span(span, before, after)?;
        // miette reads without context lines to print the position, which must be that in the original text.
        let removed = if (before, after) == (0, 0) { self.text.removed_before(span.offset()) } else { 0 };
        let (line, column, count) = (found.line(), found.column() + removed, found.line_count());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            found.data(),
            *found.span(),
            line,
            column,
            count,
        )))
    }
}

/// Escapes hidden characters and line breaks of a message. After a line break, a text could look like another
/// diagnostic.
fn on_one_line(text: &str) -> String {
    shown(text).replace('\n', "\\n")
}

/// Replaces control characters and invisible characters by visible ones with the same number of bytes.
fn visible(text: &str) -> String {
    let replacement = |(at, letter): (usize, char)| match letter.len_utf8() {
        _ if !is_hidden(letter) || letter == '\r' && text[at + 1..].starts_with('\n') => letter,
        1 => '?',
        2 => '¿',
        3 => '\u{fffd}',
        _ => '\u{1f6ab}',
    };
    text.char_indices().map(replacement).collect()
}
