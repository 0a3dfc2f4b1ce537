//! Text to tokens: cheap, never recursive, and never in doubt what is a string and what a comment. kdl only sees texts
//! that the tokens prove to be sound.

use super::merge_markers::WIDE;

/// What people and word processors put around a text, and KDL takes for letters.
pub(super) const OTHER_QUOTES: [char; 9] = ['\'', '‘', '’', '‚', '“', '”', '„', '«', '»'];

/// The kinds of tokens, after the KDL 2 specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A byte-order mark at the very start.
    Mark,
    /// One end of a line, in any spelling.
    Newline,
    Space,
    /// `// …`, without the end of the line.
    LineComment,
    /// `/* … */`, nested as deep as one likes.
    BlockComment {
        closed: bool,
    },
    /// `# …` where only a comment of another language makes sense.
    HashComment,
    /// `/-`
    SlashDash,
    /// `\` with the rest of its line.
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
    /// A run of letters that may stand without quotes, numbers too.
    Word,
    /// `#true` and what looks like it.
    Keyword,
    /// A text in quotes that are none here: `'a b'`, `“a b”`.
    Quoted,
    /// Punctuation of full width that only separates: `，`.
    Wide,
    /// A bracket or a comma of a list in brackets.
    Listed,
    Text {
        closed: bool,
        raw: bool,
        multi: bool,
    },
    /// A letter that has no meaning outside of quotes: `/`, `\`, `[`, `]`.
    Stray,
    /// A control character, or one that turns the direction of writing: allowed nowhere.
    Forbidden,
}

/// A token and the bytes that it covers. Together the tokens cover the text.
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

/// Whether a letter ends a line (CR LF is seen as CR first).
pub(super) fn is_newline(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{85}' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}')
}

/// Whether a letter is a blank within a line.
pub(super) fn is_space(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Whether KDL allows a letter nowhere.
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
    /// Whether nothing but blanks stands before this on its line.
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

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        let length = self.rest().find(|letter| !wanted(letter)).unwrap_or(self.rest().len());
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
                    // A URL that lost its quotes, not a comment behind a word.
                    self.skip_while(|letter| is_word(letter) || matches!(letter, '/' | '=' | '#'));
                }
                TokenKind::Word
            }
        }
    }

    /// A text in quotes of another language, which ends on its line behind a closing one; else a word like any other.
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

    /// `\` at the end of a line, a `//` comment allowed in between; anywhere else a stray letter.
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

    /// The rest of a text up to its closing quotes. One that may not hold an end of line stops before it, so that the
    /// lines after it are read as they were meant.
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

    /// `\n`, or `\` before blanks and ends of lines, which swallows them.
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
