//! Quoting: the one place where a value becomes text of a Dockerfile, for where it stands.
//!
//! What cannot be carried somewhere was refused before, at its place (`plan::refuses`); the tests of this file hold the
//! two together.

/// A word of bash. Bare where nothing in it means anything; `$'…'` where a plain quote would not do, so that a value
/// never spans lines and no delimiter of a heredoc can occur in one.
pub(super) fn shell(word: &str) -> String {
    // `~` is expanded at the start of a word, and after `=` and `:` in it.
    if is_bare(word) && !word.contains('~') {
        return word.to_owned();
    }
    if word.chars().all(|c| !c.is_control() && !matches!(c, '\'' | '\\' | '$' | '`')) {
        return format!("'{word}'");
    }
    let mut out = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Bash reads \u as a character of the locale; bytes are the same in each.
            _ if c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("\\x{byte:02x}"));
                }
            }
            _ => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// What needs no quotes in a shell, an `ENV` or a path.
fn is_bare(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(|c| {
            c.is_ascii_alphanumeric()
                || matches!(c, '_' | '@' | '%' | '+' | '=' | ':' | ',' | '.' | '/' | '-' | '~')
        })
}

/// `["python3", "main.py"]`, for `CMD` and its like, in which a builder expands nothing.
pub(super) fn exec(words: &[impl AsRef<str>]) -> String {
    let words: Vec<String> = words.iter().map(|word| json(word.as_ref())).collect();
    format!("[{}]", words.join(", "))
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The value of an `ENV`, a `LABEL` or an `ARG`: in double quotes, where a builder takes `\`, `"` and `$` for its own.
pub(super) fn pair(value: &str) -> String {
    if is_bare(value) {
        return value.to_owned();
    }
    // Backslashes at the end stand outside, before empty quotes: checkers read `\\"` as a quote that goes on.
    let kept = value.trim_end_matches('\\');
    let mut out = String::from("\"");
    for c in kept.chars() {
        if matches!(c, '"' | '\\' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    if kept.len() < value.len() {
        out.push_str(&"\\\\".repeat(value.len() - kept.len()));
        out.push_str("\"\"");
    }
    out
}

/// The default of an `ARG`, where an empty one is written out so that it is seen.
pub(super) fn argument(value: &str) -> String {
    if value.is_empty() { "\"\"".to_owned() } else { pair(value) }
}

/// Folders before what a path variable holds already.
pub(super) fn path_list(paths: &[&str], variable: &str, inherits: bool) -> String {
    let quoted = pair(&paths.join(":"));
    match quoted.strip_suffix('"') {
        _ if !inherits => quoted,
        Some(open) => format!("{open}:${{{variable}}}\""),
        None => format!("{quoted}:${{{variable}}}"),
    }
}

/// One path, as `WORKDIR` takes it.
pub(super) fn path(path: &str) -> String {
    pair(path)
}

/// Paths where a builder expands each: `COPY`, `ADD`, `VOLUME`. JSON where a plain word would fall apart.
pub(super) fn paths(paths: &[String]) -> String {
    if paths.iter().all(|path| is_bare(path)) {
        return paths.join(" ");
    }
    let escaped: Vec<String> = paths.iter().map(|path| escaped(path)).collect();
    exec(&escaped)
}

/// Paths in JSON whatever is in them.
pub(super) fn json_paths(paths: &[String]) -> String {
    let escaped: Vec<String> = paths.iter().map(|path| escaped(path)).collect();
    exec(&escaped)
}

/// A word that the builder's own expansion gives back unchanged.
fn escaped(word: &str) -> String {
    let mut out = String::new();
    for c in word.chars() {
        if matches!(c, '"' | '\'' | '\\' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The source of a `COPY`, which is a pattern: what it would match more than itself by is written as a character class, and
/// so does a blank at either end, which builders cut off. (A backslash would not do: they look for a name with it.) A name
/// that begins like a flag comes after `./`.
pub(super) fn pattern(path: &str) -> String {
    let mut out = if path.starts_with('-') { "./".to_owned() } else { String::new() };
    let last = path.char_indices().next_back().map_or(0, |(at, _)| at);
    for (at, c) in path.char_indices() {
        match c {
            '*' | '?' | '[' => out.extend(['[', c, ']']),
            _ if c.is_whitespace() && (at == 0 || at == last) => out.extend(['[', c, ']']),
            _ => out.push(c),
        }
    }
    out
}

/// A delimiter that is no line of the text. It is written in quotes, so that a builder expands nothing in the text.
pub(super) fn delimiter(body: &str) -> String {
    let taken = |delimiter: &str| body.lines().any(|line| line.trim() == delimiter);
    let mut delimiter = "EOF".to_owned();
    let mut number = 1;
    while taken(&delimiter) {
        delimiter = format!("EOF{number}");
        number += 1;
    }
    delimiter
}

/// A text for the rest of a comment's line: on one line, whatever was in it.
pub(super) fn comment(text: &str) -> String {
    let one_line: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    one_line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;

    use super::*;

    /// Texts of what quoting is about, mixed with anything.
    fn awkward() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof![
                Just("'".to_owned()),
                Just("\"".to_owned()),
                Just("\\".to_owned()),
                Just("$x".to_owned()),
                Just("${HOME}".to_owned()),
                Just("`id`".to_owned()),
                Just("\n".to_owned()),
                Just("\r".to_owned()),
                Just("EOF".to_owned()),
                Just("<<EOF".to_owned()),
                Just(" ".to_owned()),
                Just("é漢".to_owned()),
                Just("!".to_owned()),
                Just("~".to_owned()),
                Just("*".to_owned()),
                Just("#".to_owned()),
                "[ -~]{1,4}",
                "[^\0]{1,3}",
            ],
            0..8,
        )
        .prop_map(|parts| parts.concat())
    }

    #[test]
    fn bash_reads_back_every_word() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut words = vec![String::new(), "~".into(), "-n".into(), "a b".into(), "it's".into()];
        for _ in 0..200 {
            words.push(awkward().new_tree(&mut runner).expect("a text").current());
        }
        let script: String =
            words.iter().map(|word| format!("printf '%s\\0' {}\n", shell(word))).collect::<Vec<_>>().concat();
        let out = Command::new("bash").args(["-euo", "pipefail", "-c", &script]).env("LC_ALL", "C").output();
        let out = String::from_utf8(out.expect("bash runs").stdout).expect("UTF-8 stays UTF-8");
        let read: Vec<&str> = out.split('\0').collect();
        assert_eq!(read[..words.len()], words, "{script}");
    }

    /// What `BuildKit`'s own reader of words does to one (`shell/lex.go`): quotes, backslashes, no variable left.
    fn builder_reads(word: &str) -> String {
        let mut out = String::new();
        let mut chars = word.chars().peekable();
        let mut quoted = false;
        while let Some(c) = chars.next() {
            match c {
                '"' => quoted = !quoted,
                '\\' if !quoted => out.extend(chars.next()),
                '\\' => match chars.peek() {
                    Some('"' | '$' | '\\') => out.extend(chars.next()),
                    _ => out.push('\\'),
                },
                '$' => panic!("a variable in {word}"),
                '\'' if !quoted => panic!("a quote in {word}"),
                _ => out.push(c),
            }
        }
        assert!(!quoted, "{word} ends in quotes");
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_builder_reads_back_every_value(text in awkward()) {
            prop_assert_eq!(builder_reads(&pair(&text)), text.clone());
            prop_assert_eq!(builder_reads(&escaped(&text)), text);
        }

        #[test]
        fn exec_form_is_json_on_one_line(words in proptest::collection::vec(awkward(), 0..4)) {
            let text = exec(&words);
            prop_assert!(!text.contains(['\n', '\r']));
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), words);
        }

        #[test]
        fn shell_words_and_comments_stay_on_their_line(text in awkward()) {
            prop_assert!(!shell(&text).contains(['\n', '\r']));
            prop_assert!(!comment(&text).contains(['\n', '\r']));
        }

        #[test]
        fn a_delimiter_is_no_line_of_the_text(text in awkward(), more in awkward()) {
            let body = format!("{text}\nEOF\n{more}\nEOF1");
            let delimiter = delimiter(&body);
            prop_assert!(body.lines().all(|line| line.trim() != delimiter));
        }
    }

    #[test]
    fn plain_values_stay_plain() {
        assert_eq!(shell("/usr/local/bin"), "/usr/local/bin");
        assert_eq!(shell("numpy>=1.24, <2"), "'numpy>=1.24, <2'");
        assert_eq!(shell("a'b\n"), "$'a\\'b\\n'");
        assert_eq!(pair("7"), "7");
        assert_eq!(pair("say \"$HOME\""), r#""say \"\$HOME\"""#);
        assert_eq!(pattern("a[1]*"), "a[[]1][*]");
        assert_eq!(pattern(" a b "), "[ ]a b[ ]");
        assert_eq!(pattern("--x"), "./--x");
        assert_eq!(pattern("-a/*"), "./-a/[*]");
        assert_eq!(pattern("a/--x"), "a/--x");
        assert_eq!(paths(&["a b".into(), "/x/".into()]), r#"["a b", "/x/"]"#);
        assert_eq!(exec(&["it's", "a\"b"]), r#"["it's", "a\"b"]"#);
    }
}
