//! [`IgnorePattern`]: a pattern of a `.dockerignore` file.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// A pattern of a `.dockerignore` file, which excludes files, or includes them again if it starts with
    /// `!`: `data/**`, `!data/maps`.
    ///
    /// A `/` at either end has no effect and is removed.
    IgnorePattern, "a pattern of an ignore file" => read
}

impl IgnorePattern {
    /// Whether it includes files that an earlier pattern excludes.
    fn is_exception(&self) -> bool {
        self.0.starts_with('!')
    }

    /// Whether it matches a path of the project or one of the folders that contain it.
    pub fn matches(&self, path: &str) -> bool {
        let tokens = tokens(self.0.strip_prefix('!').unwrap_or(&self.0));
        let mut open = vec![false; tokens.len() + 1];
        mark_reachable(&tokens, 0, &mut open);
        for letter in path.chars() {
            if letter == '/' && open[tokens.len()] {
                return true;
            }
            let mut next = vec![false; tokens.len() + 1];
            for (at, token) in tokens.iter().enumerate().filter(|(at, _)| open[*at]) {
                match token {
                    PatternToken::Stars => next[at] = true,
                    PatternToken::Folders => {
                        next[at] = true;
                        if letter == '/' {
                            mark_reachable(&tokens, at + 1, &mut next);
                        }
                    }
                    PatternToken::Star if letter != '/' => mark_reachable(&tokens, at, &mut next),
                    one if one.is(letter) => mark_reachable(&tokens, at + 1, &mut next),
                    _ => {}
                }
            }
            // `**` at the end of a pattern matches anything that follows.
            if tokens.last() == Some(&PatternToken::Stars) && next[tokens.len() - 1] {
                next[tokens.len()] = true;
            }
            open = next;
        }
        open[tokens.len()]
    }
}

/// Whether the last pattern that matches a path excludes it; `None` if none matches.
pub fn leaves_out<'a>(patterns: impl IntoIterator<Item = &'a IgnorePattern>, path: &str) -> Option<bool> {
    patterns.into_iter().filter(|one| one.matches(path)).last().map(|one| !one.is_exception())
}

#[derive(Debug, PartialEq)]
enum PatternToken {
    Letter(char),
    /// `?`
    One,
    /// `*`
    Star,
    /// `**/`, which matches any number of folders.
    Folders,
    /// `**` at the end.
    Stars,
    /// `[a-z]`, `[^a-z]`
    Set(bool, Vec<(char, char)>),
}

impl PatternToken {
    fn is(&self, letter: char) -> bool {
        match self {
            Self::Letter(one) => *one == letter,
            Self::One => letter != '/',
            Self::Set(not, ranges) => {
                letter != '/' && *not != ranges.iter().any(|(from, to)| (*from..=*to).contains(&letter))
            }
            Self::Star | Self::Folders | Self::Stars => false,
        }
    }
}

/// Marks a position of the pattern, and those that are reachable from it without consuming a character.
fn mark_reachable(tokens: &[PatternToken], at: usize, open: &mut [bool]) {
    open[at] = true;
    if matches!(tokens.get(at), Some(PatternToken::Star | PatternToken::Folders | PatternToken::Stars)) {
        mark_reachable(tokens, at + 1, open);
    }
}

fn tokens(pattern: &str) -> Vec<PatternToken> {
    let mut out = Vec::new();
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        out.push(match letter {
            '*' if rest.starts_with('*') => {
                rest = rest.trim_start_matches('*');
                let after = rest.strip_prefix('/').unwrap_or(rest);
                rest = after;
                if after.is_empty() { PatternToken::Stars } else { PatternToken::Folders }
            }
            '*' => PatternToken::Star,
            '?' => PatternToken::One,
            '[' => match set(&mut rest) {
                Some(set) => set,
                None => PatternToken::Letter('['),
            },
            '\\' => match rest.chars().next() {
                Some(next) => {
                    rest = &rest[next.len_utf8()..];
                    PatternToken::Letter(next)
                }
                None => PatternToken::Letter('\\'),
            },
            other => PatternToken::Letter(other),
        });
    }
    out
}

fn set(rest: &mut &str) -> Option<PatternToken> {
    let (inside, after) = rest.split_once(']')?;
    let not = inside.starts_with('^');
    let letters: Vec<char> = inside.strip_prefix('^').unwrap_or(inside).chars().collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(from) = letters.get(at) {
        let range = letters.get(at + 1) == Some(&'-') && at + 2 < letters.len();
        let to = if range { letters[at + 2] } else { *from };
        ranges.push((*from, to));
        at += if range { 3 } else { 1 };
    }
    *rest = after;
    Some(PatternToken::Set(not, ranges))
}

fn read(word: &str) -> Result<String, Invalid> {
    let word = word.trim();
    let (mark, pattern) = match word.strip_prefix('!') {
        Some(rest) => ("!", rest.trim_start()),
        None => ("", word),
    };
    text::at_most(word, "a pattern", 1024)?;
    let unseen = |c: &char| c.is_control() || crate::source::is_hidden(*c);
    if let Some((at, one)) = word.char_indices().find(|(_, c)| unseen(c)) {
        let why = Invalid::new("a pattern cannot contain invisible characters");
        return Err(why.at(at..at + one.len_utf8()));
    }
    if pattern.starts_with('#') {
        return Err(Invalid::new("a pattern cannot start with `#`, which starts a comment in ignore files")
            .help("write `\\#` for a name that starts with `#`"));
    }
    let pattern = pattern.trim_start_matches("./").trim_matches('/');
    if pattern.is_empty() || pattern.ends_with('\\') || pattern.split('/').any(|part| part == "..") {
        return Err(Invalid::new("a pattern must name files of the project").help(
            "use a pattern such as `data/**`, `**/*.bag`, or `!data/maps` to include what an \
                earlier one excludes",
        ));
    }
    if tokens(pattern).len() > 256 {
        return Err(Invalid::new("a pattern has at most 256 characters"));
    }
    Ok(format!("{mark}{pattern}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Parse;

    fn pattern(text: &str) -> IgnorePattern {
        IgnorePattern::parse(text).expect("it is a pattern")
    }

    #[test]
    fn patterns_match_like_those_of_docker() {
        let cases = [
            ("data", "data", true),
            ("data", "data/a/b", true),
            ("data", "app/data", false),
            ("data/", "data/a", true),
            ("/data", "data/a", true),
            ("*.bag", "a.bag", true),
            ("*.bag", "logs/a.bag", false),
            ("**/*.bag", "a.bag", true),
            ("**/*.bag", "logs/2024/a.bag", true),
            ("**/*.bag", "logs/a.bagx", false),
            ("data/**", "data/a/b", true),
            ("data/**", "data", false),
            ("a/**/z", "a/z", true),
            ("a/**/z", "a/b/c/z", true),
            ("a/**/z", "a/bz", false),
            ("id_?sa", "id_rsa", true),
            ("id_?sa", "id_/sa", false),
            ("log[0-9]", "log7", true),
            ("log[^0-9]", "log7", false),
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
            ("*", "a/b", true),
            ("!data", "data/a", true),
        ];
        for (text, path, expected) in cases {
            assert_eq!(pattern(text).matches(path), expected, "{text} {path}");
        }
    }

    #[test]
    fn the_last_matching_pattern_decides() {
        let all = [pattern("data"), pattern("!data/maps"), pattern("data/maps/*.tmp")];
        assert_eq!(leaves_out(&all, "data/x"), Some(true));
        assert_eq!(leaves_out(&all, "data/maps/a"), Some(false));
        assert_eq!(leaves_out(&all, "data/maps/a.tmp"), Some(true));
        assert_eq!(leaves_out(&all, "app"), None);
    }

    #[test]
    fn invalid_patterns_are_rejected() {
        for text in ["", "!", "/", "a\nb", "../x", "a/../b", "# note", "a\\"] {
            assert!(IgnorePattern::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(pattern("! ./data/ ").to_string(), "!data");
    }
}
