//! Recovery from syntax errors. If an error has a fix, the text is parsed with the fix applied; otherwise the
//! statement with the error is left out. Spans of the result refer to the original text.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, codes::syntax as codes};
use crate::source::{SourceId, Span};

use super::{Argument, Node, Property, Text, grammar, lexer, merge_markers, parse};

/// The maximum number of passes. A fix can reveal the next error.
const ROUNDS: usize = 4;

/// A text with the fixes applied, and the origin of its pieces.
struct Repaired {
    text: String,
    pieces: Vec<RepairedSlice>,
}

/// A range of the repaired text, and the range of the original that it replaces.
struct RepairedSlice {
    new: Range<usize>,
    old: Range<usize>,
}

/// Returns the nodes that could be parsed, and whether nothing was left out.
pub(super) fn nodes(source: SourceId, text: &str, first: &grammar::Shape) -> Option<(Vec<Node>, bool)> {
    let mut whole = true;
    let text = &merge_markers::without(text, &merge_markers::conflicts(text));
    let mut steps: Vec<Repaired> = Vec::new();
    let mut edits = edits(text, first, &mut whole)?;
    for _ in 0..ROUNDS {
        let text = steps.last().map_or(text, |last| &last.text);
        let repaired = apply_edits(text, edits);
        let shape = grammar::shape(source, &repaired.text, &lexer::lex(&repaired.text));
        let current = repaired.text.clone();
        steps.push(repaired);
        if shape.problems.is_empty() {
            let mut nodes = parse::sound(source, &current, &shape.blanks)?;
            for step in steps.iter().rev() {
                for node in &mut nodes {
                    step.place(node);
                }
            }
            return Some((nodes, whole));
        }
        edits = self::edits(&current, &shape, &mut whole)?;
    }
    None
}

/// Returns the edits for all errors, sorted and without overlaps; `None` if nothing can be parsed after one
/// of them.
fn edits(text: &str, shape: &grammar::Shape, whole: &mut bool) -> Option<Vec<(Range<usize>, String)>> {
    let mut all: Vec<(Range<usize>, String)> = Vec::new();
    for problem in shape.problems.iter().filter(|problem| problem.code != codes::MERGE_CONFLICT) {
        if let Some(fix) = &problem.fix {
            all.push((fix.span.range(), fix.replacement.clone()));
        } else {
            *whole = false;
            all.push(without(text, shape, problem)?);
        }
    }
    all.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    all.retain(|(range, _)| {
        let apart = range.start >= end;
        if apart {
            end = range.end;
        }
        apart
    });
    Some(all)
}

/// Returns the edit that removes the statement with an error, or closes an unclosed block.
fn without(text: &str, shape: &grammar::Shape, problem: &Diagnostic) -> Option<(Range<usize>, String)> {
    let place = problem.primary()?.range();
    if let Some(open) = shape.unclosed.filter(|open| *open == place.start) {
        let end = end_of_block(text, open);
        return Some((end..end, "\n}".to_owned()));
    }
    let inside =
        |range: &&Range<usize>| range.start <= place.start && place.start < range.end.max(range.start + 1);
    match shape.statements.iter().filter(inside).min_by_key(|range| range.len()) {
        Some(range) => Some((range.clone(), String::new())),
        None if shape.endless => None,
        None => Some((place, String::new())),
    }
}

/// Returns the likely end of an unclosed block: before the first line that is not indented more than the one
/// that opens it.
fn end_of_block(text: &str, open: usize) -> usize {
    let start = text[..open].rfind('\n').map_or(0, |at| at + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let own = indent(&text[start..]);
    let mut end = open + text[open..].find('\n').unwrap_or(text.len() - open);
    let mut at = end;
    while let Some(line) = text.get(at + 1..) {
        let length = line.find('\n').unwrap_or(line.len());
        let line = &line[..length];
        if !line.trim().is_empty() {
            if indent(line) <= own {
                break;
            }
            end = at + 1 + length;
        }
        at += 1 + length;
        if at >= text.len() {
            break;
        }
    }
    end.min(text.len())
}

fn apply_edits(text: &str, edits: Vec<(Range<usize>, String)>) -> Repaired {
    let mut repaired = Repaired { text: String::with_capacity(text.len()), pieces: Vec::new() };
    let mut at = 0;
    for (range, replacement) in edits {
        repaired.add(&text[at..range.start], at..range.start);
        repaired.add(&replacement, range.clone());
        at = range.end;
    }
    repaired.add(&text[at..], at..text.len());
    repaired
}

impl Repaired {
    fn add(&mut self, text: &str, old: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(RepairedSlice { new: start..self.text.len(), old });
    }

    /// Converts a position in the repaired text to one in the original. `end` is whether it is the end of a
    /// range.
    fn place_of(&self, at: usize, end: bool) -> usize {
        let holds = |piece: &&RepairedSlice| {
            if end {
                piece.new.start < at && at <= piece.new.end
            } else {
                piece.new.start <= at && at < piece.new.end
            }
        };
        let last = self.pieces.last().map_or(0, |piece| piece.old.end);
        let Some(piece) = self.pieces.iter().find(holds) else { return if at == 0 { 0 } else { last } };
        match (piece.new.len() == piece.old.len(), end) {
            (true, _) => piece.old.start + (at - piece.new.start),
            (false, true) => piece.old.end,
            (false, false) => piece.old.start,
        }
    }

    fn span(&self, span: &mut Span) {
        let start = self.place_of(span.start as usize, false);
        let end = self.place_of(span.end as usize, true).max(start);
        *span = Span::new(span.source, start..end);
    }

    fn place(&self, node: &mut Node) {
        self.span(&mut node.span);
        self.name(&mut node.name);
        for Argument { span, .. } in &mut node.arguments {
            self.span(span);
        }
        for Property { key, span, .. } in &mut node.properties {
            self.name(key);
            self.span(span);
        }
        node.children.iter_mut().flatten().for_each(|child| self.place(child));
    }

    fn name(&self, name: &mut Text) {
        self.span(&mut name.span);
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Log;
    use crate::source::Sources;
    use crate::syntax::parse_with_recovery;

    /// Returns the nodes of a text with errors, one per line with its position, and the reported codes.
    fn read(text: &str) -> (String, Vec<String>) {
        let (mut sources, mut log) = (Sources::new(), Log::new());
        let source = sources.add("t", text.to_owned());
        let found = parse_with_recovery(source, text, &mut log);
        let mut out = String::new();
        for node in found.iter().flat_map(|(document, _)| &document.nodes) {
            let at = sources.start(node.name.span);
            out += &format!("{}:{} {}", at.line, at.column, sources.slice(node.name.span));
            for one in &node.arguments {
                out += &format!(" {}", sources.slice(one.span));
            }
            let children = node.children.as_ref().map(|all| {
                all.iter().map(|one| sources.slice(one.span).to_owned()).collect::<Vec<_>>().join("; ")
            });
            out += &children.map(|all| format!(" {{ {all} }}")).unwrap_or_default();
            out.push('\n');
        }
        (
            out,
            log.sorted()
                .iter()
                .map(|one| one.code.as_str().rsplit("::").next().unwrap_or("").to_owned())
                .collect(),
        )
    }

    #[test]
    fn fixes_are_applied_when_reading_on() {
        let (nodes, report) = read("a true\nb { c 2.5.1; d \"x\", \"y\" }\ne 'f'\n");
        assert_eq!(nodes, "1:1 a true\n2:1 b { c 2.5.1; d \"x\", \"y\" }\n3:1 e 'f'\n");
        assert_eq!(report, ["bare-keyword", "unquoted-text", "misplaced-token", "single-quotes"]);
    }

    #[test]
    fn a_statement_without_a_fix_is_left_out() {
        let (nodes, report) = read("a \"x\ny { b \"\\q\"; c }\n");
        assert_eq!(nodes, "2:1 y { c }\n");
        assert_eq!(report, ["unclosed-string", "bad-escape"]);
    }

    #[test]
    fn an_unclosed_block_ends_by_indentation() {
        let (nodes, report) = read("a {\n  b\n  c\nd { e }\n");
        assert_eq!(nodes, "1:1 a { b; c }\n4:1 d { e }\n");
        assert_eq!(report, ["unclosed-block"]);
        assert_eq!(read("a { b\nc\n").0, "1:1 a { b }\n2:1 c\n");
        assert_eq!(read("a\n}\nb\n").0, "1:1 a\n3:1 b\n");
    }

    #[test]
    fn one_side_of_a_merge_is_read() {
        let (nodes, report) = read("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\nd true\n");
        assert_eq!(nodes, "1:1 a\n3:1 b\n7:1 d true\n");
        assert_eq!(report, ["merge-conflict", "bare-keyword"]);
        assert_eq!(read("<<<<<<< a\nb\n||||||| c\nd\n=======\ne\n>>>>>>> f\n").0, "2:1 b\n");
    }

    #[test]
    fn full_width_punctuation_and_lists() {
        let (nodes, report) = read("a “x y”，\"z\"；b ｛ c ｝\nd [\"e\", \"f\"]\n");
        assert_eq!(nodes, "1:1 a “x y” \"z\"\n1:13 b { c }\n2:1 d [\"e\", \"f\"] [\"e\", \"f\"]\n");
        assert_eq!(
            report,
            [
                "single-quotes",
                "misplaced-token",
                "misplaced-token",
                "misplaced-token",
                "misplaced-token",
                "misplaced-token"
            ]
        );
    }

    #[test]
    fn names_joined_to_values_are_read() {
        let (nodes, report) = read("a=b\nc==2.5\nd>=2\ne = \"f\"\n");
        assert_eq!(nodes, "1:1 a=b a=b\n2:1 c==2.5 c==2.5\n3:1 d>=2 d>=2\n4:1 e \"f\"\n");
        assert_eq!(report, ["misplaced-token"; 4]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
        #[test]
        fn any_text_is_read_without_panic(pieces in proptest::collection::vec(proptest::sample::select(&[
            "a", "b", " ", "\n", "{", "}", ";", "\"", "\"x\"", "true", "2.5.1", "=", ",", "，", "｛", "“q”", "'", "[", "]",
            "\\", "#", "/*", "//", "/-", "<<<<<<< a\n", "=======\n", ">>>>>>> b\n", "é", "\r\n", "(t)",
        ][..]), 0..24)) {
            let text = pieces.concat();
            let (mut sources, mut log) = (Sources::new(), Log::new());
            let source = sources.add("t", text.clone());
            if let Some((document, _)) = parse_with_recovery(source, &text, &mut log) {
                for node in &document.nodes {
                    proptest::prop_assert!(text.get(node.span.range()).is_some());
                    proptest::prop_assert!(text.get(node.name.span.range()).is_some());
                }
            }
        }
    }
}
