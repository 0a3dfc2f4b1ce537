//! Splits a text into tokens, without recursion. The tokens determine what is a string and what is a comment;
//! kdl only parses texts whose tokens have no mistakes.

use super::merge_markers::WIDE;

/// Quotation marks of other languages and word processors, which are ordinary characters in KDL.
pub(super) const OTHER_QUOTES: [char; 9] = ['\'', '‘', '’', '‚', '“', '”', '„', '«', '»'];

/// The kinds of tokens, after the KDL 2 specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A byte-order mark at the very start.
    Mark,
    /// A line break of any kind.
    Newline,
    Space,
    /// `// …`, without the line break.
    LineComment,
    /// `/* … */`, which can be nested.
    BlockComment {
        closed: bool,
    },
    /// `# …`, where it can only be a comment of another language.
    HashComment,
    /// `/-`
    SlashDash,
    /// `\` with the rest of its line, which continues the line.
    Continuation,
    /// `{`
    Open,
    /// `}`
    Close,
    /// `(`
    ParenOpen,
    /// `)`
    ParenClose,
    /// `;`
    Semicolon,
    /// `=`
    Equals,
    /// An unquoted string or a number.
    Word,
    /// `#true`, and other words that start with `#`.
    Keyword,
    /// A text in quotation marks that are not KDL: `'a b'`, `“a b”`.
    Quoted,
    /// Full-width punctuation that separates values: `，`.
    Wide,
    /// A bracket or comma of a list in brackets.
    Listed,
    Text {
        closed: bool,
        raw: bool,
        multi: bool,
    },
    /// A character that has no meaning outside of quotes: `/`, `\`, `[`, `]`.
    Stray,
    /// A control character or a bidirectional formatting character, which are never allowed.
    Forbidden,
}

/// A token and its range of bytes. The tokens cover the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

pub(super) fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, first: true };
    let mut tokens = Vec::new();
    while lexer.at < text.len() {
        let start = lexer.at;
        let kind = lexer.next();
        debug_assert!(lexer.at > start, "a token covers something");
        lexer.first = match kind {
            TokenKind::Newline => true,
            TokenKind::Space | TokenKind::Mark => lexer.first,
            _ => false,
        };
        tokens.push(Token { kind, start, end: lexer.at });
    }
    tokens
}

/// Whether a character is a line break. CR LF is handled by the caller.
pub(super) fn is_newline(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{85}' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character is whitespace within a line.
pub(super) fn is_space(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Whether KDL never allows a character.
pub(super) fn is_forbidden(letter: char) -> bool {
    matches!(letter, '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_word(letter: char) -> bool {
    !WIDE.iter().any(|(wide, _)| *wide == letter)
        && !matches!(letter, '(' | ')' | '{' | '}' | '[' | ']' | '/' | '\\' | '"' | '#' | ';' | '=')
        && !is_space(letter)
        && !is_newline(letter)
        && !is_forbidden(letter)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Whether only whitespace precedes the current position on its line.
    first: bool,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, bytes: usize, kind: TokenKind) -> TokenKind {
        self.at += bytes;
        kind
    }

    fn skip_while(&mut self, accept: impl Fn(char) -> bool) {
        let length = self.rest().find(|letter| !accept(letter)).unwrap_or(self.rest().len());
        self.at += length;
    }

    fn next(&mut self) -> TokenKind {
        let rest = self.rest();
        if rest.starts_with("//") {
            self.skip_while(|letter| !is_newline(letter) && !is_forbidden(letter));
            return TokenKind::LineComment;
        }
        if rest.starts_with("/*") {
            return self.block_comment();
        }
        if rest.starts_with("/-") {
            return self.take(2, TokenKind::SlashDash);
        }
        if rest.starts_with("\r\n") {
            return self.take(2, TokenKind::Newline);
        }
        let letter = self.peek().unwrap_or_default();
        match letter {
            '{' => self.take(1, TokenKind::Open),
            '}' => self.take(1, TokenKind::Close),
            '(' => self.take(1, TokenKind::ParenOpen),
            ')' => self.take(1, TokenKind::ParenClose),
            ';' => self.take(1, TokenKind::Semicolon),
            '=' => self.take(1, TokenKind::Equals),
            '"' => self.quoted(),
            '#' => self.hash(),
            '\\' => self.backslash(),
            '/' | '[' | ']' => self.take(1, TokenKind::Stray),
            '｛' => self.take(letter.len_utf8(), TokenKind::Open),
            '｝' => self.take(letter.len_utf8(), TokenKind::Close),
            '（' => self.take(letter.len_utf8(), TokenKind::ParenOpen),
            '）' => self.take(letter.len_utf8(), TokenKind::ParenClose),
            '；' => self.take(letter.len_utf8(), TokenKind::Semicolon),
            '＝' => self.take(letter.len_utf8(), TokenKind::Equals),
            '，' | '、' | '：' => self.take(letter.len_utf8(), TokenKind::Wide),
            letter if OTHER_QUOTES.contains(&letter) => self.other_quotes(),
            '\u{feff}' if self.at == 0 => self.take(3, TokenKind::Mark),
            letter if is_newline(letter) => self.take(letter.len_utf8(), TokenKind::Newline),
            letter if is_forbidden(letter) => self.take(letter.len_utf8(), TokenKind::Forbidden),
            letter if is_space(letter) => {
                self.skip_while(is_space);
                TokenKind::Space
            }
            _ => {
                let start = self.at;
                self.skip_while(is_word);
                if self.text[start..self.at].ends_with(':') && self.rest().starts_with("//") {
                    // An unquoted URL, not a word followed by a comment.
                    self.skip_while(|letter| is_word(letter) || matches!(letter, '/' | '=' | '#'));
                }
                TokenKind::Word
            }
        }
    }

    /// Lexes a text in foreign quotation marks, which must be closed on its line; otherwise it is an ordinary
    /// word.
    fn other_quotes(&mut self) -> TokenKind {
        let rest = self.rest();
        let line = rest.find(is_newline).map_or(rest, |end| &rest[..end]);
        let mut letters = line.char_indices().skip(1).peekable();
        while let Some((at, letter)) = letters.next() {
            let closes = letter == '"' || OTHER_QUOTES.contains(&letter);
            let next = letters.peek().map(|(_, next)| *next);
            if closes && next.is_none_or(|next| !is_word(next) && next != '"') {
                return self.take(at + letter.len_utf8(), TokenKind::Quoted);
            }
            if matches!(letter, '{' | '}' | ';') {
                break;
            }
        }
        self.skip_while(is_word);
        TokenKind::Word
    }

    fn block_comment(&mut self) -> TokenKind {
        let mut depth = 0_usize;
        while let Some(letter) = self.peek() {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return TokenKind::BlockComment { closed: true };
                }
            } else {
                self.at += letter.len_utf8();
            }
        }
        TokenKind::BlockComment { closed: false }
    }

    /// Lexes a `\`: a continuation at the end of a line, possibly before a `//` comment, or else a stray
    /// character.
    fn backslash(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        self.skip_while(is_space);
        if self.rest().starts_with("//") {
            self.skip_while(|letter| !is_newline(letter));
        }
        if self.rest().starts_with("\r\n") {
            return self.take(2, TokenKind::Continuation);
        }
        match self.peek() {
            None => TokenKind::Continuation,
            Some(letter) if is_newline(letter) => self.take(letter.len_utf8(), TokenKind::Continuation),
            Some(_) => {
                self.at = start + 1;
                TokenKind::Stray
            }
        }
    }

    fn quoted(&mut self) -> TokenKind {
        if self.rest().starts_with("\"\"\"") {
            self.at += 3;
            return self.until("\"\"\"", false, true);
        }
        self.at += 1;
        self.until("\"", false, false)
    }

    /// Lexes a string up to its closing quotes. An unclosed single-line string ends at the line break, so
    /// that the following lines are read as intended.
    fn until(&mut self, close: &str, raw: bool, multi: bool) -> TokenKind {
        while let Some(letter) = self.peek() {
            if self.rest().starts_with(close) {
                return self.take(close.len(), TokenKind::Text { closed: true, raw, multi });
            }
            if letter == '\\' && !raw {
                self.escape();
            } else if is_newline(letter) && !multi {
                return TokenKind::Text { closed: false, raw, multi };
            } else {
                self.at += letter.len_utf8();
            }
        }
        TokenKind::Text { closed: false, raw, multi }
    }

    /// Skips an escape: `\n`, or `\` before whitespace and line breaks, which it removes.
    fn escape(&mut self) {
        self.at += 1;
        match self.peek() {
            Some(letter) if is_space(letter) || is_newline(letter) => {
                self.skip_while(|letter| is_space(letter) || is_newline(letter));
            }
            Some(letter) => self.at += letter.len_utf8(),
            None => {}
        }
    }

    fn hash(&mut self) -> TokenKind {
        let hashes = self.rest().len() - self.rest().trim_start_matches('#').len();
        let after = &self.rest()[hashes..];
        let fence = "#".repeat(hashes);
        if after.starts_with("\"\"\"") {
            self.at += hashes + 3;
            return self.until(&format!("\"\"\"{fence}"), true, true);
        }
        if after.starts_with('"') {
            self.at += hashes + 1;
            return self.until(&format!("\"{fence}"), true, false);
        }
        let word: String = after.chars().take_while(|letter| is_word(*letter)).collect();
        let known = matches!(word.as_str(), "true" | "false" | "null" | "inf" | "-inf" | "nan");
        if hashes > 1 || word.is_empty() || (self.first && !known) {
            self.skip_while(|letter| !is_newline(letter) && !is_forbidden(letter));
            return TokenKind::HashComment;
        }
        self.take(1 + word.len(), TokenKind::Keyword)
    }
}
