//! The formatter of `jcc fmt`. It keeps comments and the order of nodes and values.

use crate::diagnostic::Log;
use crate::source::{SourceId, Sources};

use super::bare_word::{Bare, classify};
use super::lexer::{Token, TokenKind, lex};
use super::value::quote;
use super::{Node, parse};

/// The maximum width of a line with a block on one line.
const WIDEST: usize = 100;

/// Formats a text: one node per line, four spaces per level, at most one empty line, quoted arguments.
/// Reports errors and returns `None` if it is not valid KDL.
pub fn format(source: SourceId, text: &str, log: &mut Log) -> Option<String> {
    let before = parse(source, text, log)?;
    let tokens = lex(text);
    let mut printer = Printer::new(text, &tokens);
    printer.print(0..tokens.len());
    let out = printer.finish();
    // A text whose contents would change is left as it is.
    let mut again = Log::new();
    let after = parse(Sources::new().add("", String::new()), &out, &mut again);
    let same =
        after.is_some_and(|after| alike(&before.nodes, &after.nodes)) && comments(text) == comments(&out);
    Some(if same { out } else { text.to_owned() })
}

/// Whether two trees are equal except for spans.
pub(super) fn alike(left: &[Node], right: &[Node]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|(left, right)| {
            let arguments =
                |node: &Node| node.arguments.iter().map(|one| one.value.clone()).collect::<Vec<_>>();
            let properties = |node: &Node| {
                node.properties
                    .iter()
                    .map(|one| (one.key.value.clone(), one.value.clone()))
                    .collect::<Vec<_>>()
            };
            left.name.value == right.name.value
                && arguments(left) == arguments(right)
                && properties(left) == properties(right)
                && left.children.is_some() == right.children.is_some()
                && alike(
                    left.children.as_deref().unwrap_or_default(),
                    right.children.as_deref().unwrap_or_default(),
                )
        })
}

fn comments(text: &str) -> Vec<String> {
    lex(text)
        .iter()
        .filter(|token| {
            matches!(
                token.kind,
                TokenKind::LineComment | TokenKind::BlockComment { .. } | TokenKind::SlashDash
            )
        })
        .map(|token| text[token.start..token.end].trim_end().to_owned())
        .collect()
}

#[expect(clippy::struct_excessive_bools, reason = "they are independent states of the next word")]
struct Printer<'a> {
    text: &'a str,
    tokens: &'a [Token],
    out: String,
    line: String,
    depth: usize,
    /// Whether a block on one line is printed, in which nodes are separated by `;`.
    inline: bool,
    /// Whether the next word starts a node on a separate line.
    parted: bool,
    /// Whether the next word follows without a space.
    glued: bool,
    /// Whether the name of the node was printed.
    named: bool,
    /// Whether an empty line precedes the next word.
    spaced: bool,
}

impl<'a> Printer<'a> {
    fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        let (out, line) = (String::new(), String::new());
        let (inline, parted, glued, named, spaced) = (false, false, false, false, false);
        Self { text, tokens, out, line, depth: 0, inline, parted, glued, named, spaced }
    }

    fn finish(mut self) -> String {
        self.flush();
        self.out
    }

    fn flush(&mut self) {
        if !self.line.is_empty() {
            self.out += self.line.trim_end();
            self.out.push('\n');
            self.line.clear();
        }
        self.named = false;
    }

    fn push(&mut self, word: &str) {
        if std::mem::take(&mut self.parted) {
            if self.inline {
                self.line += if self.line.ends_with('{') { "" } else { ";" };
                self.named = false;
            } else {
                self.flush();
            }
        }
        if self.line.is_empty() {
            if std::mem::take(&mut self.spaced) && !self.out.is_empty() && !self.out.ends_with("{\n") {
                self.out.push('\n');
            }
            if !self.inline {
                self.line = "    ".repeat(self.depth);
            }
        } else if !self.glued {
            self.line.push(' ');
        }
        self.glued = false;
        self.line += word;
    }

    fn print(&mut self, range: std::ops::Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let token = self.tokens[at];
            let word = &self.text[token.start..token.end];
            at += 1;
            match token.kind {
                TokenKind::Mark | TokenKind::Space => {}
                TokenKind::Newline if self.glued => {}
                TokenKind::Newline => {
                    self.spaced |= self.line.is_empty();
                    self.parted = false;
                    self.flush();
                }
                TokenKind::Semicolon => self.parted = true,
                TokenKind::LineComment | TokenKind::HashComment => {
                    self.parted = false;
                    self.push(word.trim_end());
                }
                TokenKind::Continuation => {
                    let comment = word[1..].trim();
                    self.push(&format!("\\ {comment}"));
                    let named = self.named;
                    self.flush();
                    self.line = "    ".repeat(self.depth + 1);
                    (self.glued, self.named) = (true, named);
                }
                TokenKind::SlashDash => {
                    self.push("/-");
                    self.glued = true;
                }
                TokenKind::Equals => {
                    self.line.push('=');
                    self.glued = true;
                }
                TokenKind::Open => at = self.open(at - 1),
                TokenKind::Close => self.close(),
                TokenKind::Word => self.word(word, at),
                _ => {
                    self.push(word);
                    self.named |= !matches!(token.kind, TokenKind::BlockComment { .. });
                }
            }
        }
    }

    /// Prints a word. Names and keys are kept, values are quoted.
    fn word(&mut self, word: &str, next: usize) {
        let after = self.tokens[next..].iter().find(|token| token.kind != TokenKind::Space);
        let key = after.is_some_and(|token| token.kind == TokenKind::Equals);
        // After a separator, the word is the name of a new node.
        let named = self.named && !self.parted;
        let value = named && !key && classify(word) == Bare::Text;
        if value {
            self.push(&quote(word));
        } else {
            self.push(word);
        }
        self.named = true;
    }

    /// Prints a block. A block on one line is kept on it if it fits. Returns the index of the next token.
    fn open(&mut self, at: usize) -> usize {
        if self.inline {
            self.push("{");
            self.parted = true;
            return at + 1;
        }
        if let Some(close) = self.one_line(at) {
            let mut inner = Printer::new(self.text, self.tokens);
            inner.inline = true;
            inner.print(at..close + 1);
            let width = self.line.chars().count() + 1 + inner.line.chars().count();
            if width <= WIDEST {
                self.push(&inner.line);
                return close + 1;
            }
        }
        self.push("{");
        self.depth += 1;
        self.parted = true;
        self.spaced = false;
        at + 1
    }

    fn close(&mut self) {
        self.parted = false;
        if self.inline {
            self.glued = self.line.ends_with('{');
            self.push("}");
            return;
        }
        self.flush();
        self.spaced = false;
        self.depth = self.depth.saturating_sub(1);
        self.push("}");
        self.named = true;
    }

    /// Returns the index of the `}` of a block on one line.
    fn one_line(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close if depth == 1 => return Some(at),
                TokenKind::Close => depth -= 1,
                TokenKind::Newline | TokenKind::LineComment | TokenKind::Continuation => return None,
                _ if self.text[token.start..token.end].contains('\n') => return None,
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(text: &str) -> String {
        let mut log = Log::new();
        let source = Sources::new().add("t", text.to_owned());
        format(source, text, &mut log).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn layout_is_normalised() {
        let text = "\n\n// head\nproject   demo version = 1.0{description 'x\n\n\n  label \"a\"   b // why\n}\n\n\n\ntarget { device orin; jetpack \"6\"; }; pin{a \"1\"}\n/-  gone { x; y }\napp {\n\n  run \"\"\"\n    a\n     b\n    \"\"\"; env { A 1; B 2 } // end\n  command a \\ // more\n b\n  /* c */ x\n\n}\ncache #false /- 1\nempty { }";
        let text = text.replace("'x", "x");
        insta::assert_snapshot!(formatted(&text));
    }

    #[test]
    fn a_block_that_does_not_fit_is_broken() {
        let text = format!("a {{ b \"{}\"; c {{ d }} }}", "x".repeat(90));
        assert_eq!(formatted(&text), format!("a {{\n    b \"{}\"\n    c {{ d }}\n}}\n", "x".repeat(90)));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]

        #[test]
        fn formatting_is_idempotent(parts in proptest::collection::vec(proptest::sample::select(vec![
            "a", "b=1", "\"x\"", "\n", "\n", " ", " ", " ", " { ", " } ", ";", "/-", " // c\n", " /* c */ ", " \\\n", "#true", "7", "k = v",
        ]), 0..24)) {
            let once = formatted(&parts.concat());
            proptest::prop_assert_eq!(formatted(&once), once);
        }
    }
}
