//! Quotes values for the places in a Dockerfile where they are written.
//!
//! Values that a place cannot represent were rejected before, in `plan`, at their place in the manifest.

/// Quotes a word for bash. A word without special characters is not quoted. Words with control characters,
/// quotes and the like become `$'…'`, so that they never span lines and cannot contain the delimiter of a
/// heredoc.
pub(super) fn shell(word: &str) -> String {
    // Bash expands `~` at the start of a word, and after `=` and `:`.
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
            // The result of `\u` depends on the locale; bytes do not.
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

/// Whether a text needs no quotes in a shell, an `ENV` or a path.
fn is_bare(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(|c| {
            c.is_ascii_alphanumeric()
                || matches!(c, '_' | '@' | '%' | '+' | '=' | ':' | ',' | '.' | '/' | '-' | '~')
        })
}

/// Returns words in exec form, as for `CMD`: `["python3", "main.py"]`. Builders expand nothing in it.
pub(super) fn exec(words: &[impl AsRef<str>]) -> String {
    let words: Vec<String> = words.iter().map(|word| json(word.as_ref())).collect();
    format!("[{}]", words.join(", "))
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Quotes the value of an `ENV`, a `LABEL` or an `ARG`. In double quotes, builders interpret `\`, `"` and
/// `$`.
pub(super) fn pair(value: &str) -> String {
    if is_bare(value) {
        return value.to_owned();
    }
    // Trailing backslashes are written outside of the quotes, before an empty pair: linters parse `\\"` as an
    // escaped quote.
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

/// Quotes the default of an `ARG`. An empty one becomes `""`, so that readers see it.
pub(super) fn argument(value: &str) -> String {
    if value.is_empty() { "\"\"".to_owned() } else { pair(value) }
}

/// Returns the value of a path variable: folders, followed by the inherited value if there is one.
pub(super) fn path_list(paths: &[&str], variable: &str, inherits: bool) -> String {
    let quoted = pair(&paths.join(":"));
    match quoted.strip_suffix('"') {
        _ if !inherits => quoted,
        Some(open) => format!("{open}:${{{variable}}}\""),
        None => format!("{quoted}:${{{variable}}}"),
    }
}

/// Quotes the path of a `WORKDIR`.
pub(super) fn path(path: &str) -> String {
    pair(path)
}

/// Quotes the paths of a `COPY` or `ADD`, in which builders expand variables. They are JSON if one needs
/// quotes.
pub(super) fn paths(paths: &[String]) -> String {
    if paths.iter().all(|path| is_bare(path)) {
        return paths.join(" ");
    }
    let escaped: Vec<String> = paths.iter().map(|path| escaped(path)).collect();
    exec(&escaped)
}

/// Quotes the paths of a `VOLUME`, always as JSON.
pub(super) fn json_paths(paths: &[String]) -> String {
    let escaped: Vec<String> = paths.iter().map(|path| escaped(path)).collect();
    exec(&escaped)
}

/// Escapes a word so that the expansion of builders returns it unchanged.
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

/// Escapes the source of a `COPY`, which is a pattern. Wildcards become character classes, since builders do
/// not support a backslash as an escape. So do spaces at either end, which builders remove. A name that looks
/// like a flag gets the prefix `./`.
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

/// Returns a heredoc delimiter that does not occur as a line of the text. Callers quote it, so that builders
/// expand nothing in the text.
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

/// Returns a text for a comment: one line, with white space and control characters collapsed.
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

    /// Generates texts with characters that need quoting.
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
            words.push(awkward().new_tree(&mut runner).expect("a generated text").current());
        }
        let script: String =
            words.iter().map(|word| format!("printf '%s\\0' {}\n", shell(word))).collect::<Vec<_>>().concat();
        let out = Command::new("bash").args(["-euo", "pipefail", "-c", &script]).env("LC_ALL", "C").output();
        let out = String::from_utf8(out.expect("bash runs").stdout).expect("the output is UTF-8");
        let read: Vec<&str> = out.split('\0').collect();
        assert_eq!(read[..words.len()], words, "{script}");
    }

    /// Parses a word as `BuildKit` does (`shell/lex.go`): removes quotes and backslashes. The word must not
    /// contain a variable.
    fn buildkit_parses(word: &str) -> String {
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
        fn buildkit_reads_back_every_value(text in awkward()) {
            prop_assert_eq!(buildkit_parses(&pair(&text)), text.clone());
            prop_assert_eq!(buildkit_parses(&escaped(&text)), text);
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
        fn the_delimiter_does_not_occur_in_the_text(text in awkward(), more in awkward()) {
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
