//! [`HostPath`]: a path on the machine that runs the container.

use super::parse::word;
use super::project_path::unprintable;
use super::{EnvName, Invalid, Parse, text};

word! {
    /// A path on the host: `/dev/video0`, `./data` (relative to the project), `~/models`, `${DATA:-./data}/in`.
    ///
    /// What is relative starts with `./` or `../`, so that no engine takes it for the name of a volume.
    HostPath, "a path on the host" => read
}

const HELP: &str = "valid paths on the host are `/dev/video0`, `./data`, `~/models` and `${DATA:-./data}`";

impl HostPath {
    /// Whether it is relative to the project.
    pub fn is_relative(&self) -> bool {
        self.0.starts_with('.')
    }
}

fn read(word: &str) -> Result<String, Invalid> {
    if word.is_empty() {
        return Err(Invalid::new("empty path").help(HELP));
    }
    unprintable(word)?;
    if word.contains('\\')
        || (word.as_bytes().get(1) == Some(&b':') && word.as_bytes()[0].is_ascii_alphabetic())
    {
        return Err(Invalid::new("Windows paths are not supported").help(HELP));
    }
    if word.starts_with('~') && word != "~" && !word.starts_with("~/") {
        return Err(Invalid::new("Compose does not support `~NAME`").help("write the full path, or `~/…`"));
    }
    variables(word)?;
    // Inside `${…}` a `//` may be meant.
    if word.contains('$') {
        let plain = word.starts_with(['/', '.', '~', '$']);
        return Ok(if plain { word.to_owned() } else { format!("./{word}") });
    }
    Ok(normal(word))
}

/// `.` and doubled slashes taken out; `..` stays, since a link could stand before it.
fn normal(word: &str) -> String {
    let parts: Vec<&str> = word.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let joined = parts.join("/");
    if word.starts_with('/') {
        return format!("/{joined}");
    }
    match parts.first() {
        None => ".".to_owned(),
        Some(&".." | &"~") if !word.starts_with("./~") => joined,
        Some(_) => format!("./{joined}"),
    }
}

/// Every `$` begins `$$`, `$NAME` or `${NAME…}`, as Compose reads it.
fn variables(word: &str) -> Result<(), Invalid> {
    let mut at = 0;
    while let Some(found) = word[at..].find('$') {
        let start = at + found;
        let rest = &word[start + 1..];
        if rest.starts_with('$') {
            at = start + 2;
        } else if let Some(inner) = rest.strip_prefix('{') {
            let Some(close) = closing(inner) else {
                let message = "missing `}` after `${`";
                return Err(Invalid::new(message)
                    .help("write `${NAME}` or `${NAME:-default}`")
                    .at(start..word.len()));
            };
            let inner = &inner[..close];
            let end = start + 2 + close + 1;
            let name = inner
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .map_or(inner, |end| &inner[..end]);
            let operator = &inner[name.len()..];
            let known = operator.is_empty() || operator.trim_start_matches(':').starts_with(['-', '?', '+']);
            if EnvName::parse(name).is_err() || !known || operator.starts_with("::") {
                let message = format!("{} is not a valid variable", text::quoted(&word[start..end]));
                return Err(Invalid::new(message)
                    .help("write `${NAME}`, `${NAME:-default}` or `${NAME:?message}`")
                    .at(start..end));
            }
            at = end;
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            at = start + 1;
        } else {
            let message = "`$` starts a variable";
            return Err(Invalid::new(message).help("write `$$` for a literal `$`").at(start..start + 1));
        }
    }
    Ok(())
}

/// Where the brace of a `${…}` closes that was opened just before.
pub fn closing(inner: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(HostPath: "./data", "/dev/video0", "~/models", "~", "..", "../x", "${DATA:-./data}/in", "$HOME/x", "data", "a$$b",
        "${A:?set A}", "${A:-${B}}", "./~/x", "./..");

    #[test]
    fn has_one_spelling() {
        for (written, spelt) in [
            ("data", "./data"),
            ("./data/", "./data"),
            ("../a//b", "../a/b"),
            ("/", "/"),
            (".", "."),
            ("~/", "~"),
            ("/dev//x", "/dev/x"),
            ("data/$X", "./data/$X"),
        ] {
            assert_eq!(HostPath::parse(written).unwrap().as_str(), spelt);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let said = |text| HostPath::parse(text).unwrap_err().message;
        assert_eq!(said("C:\\data"), "Windows paths are not supported");
        assert_eq!(said("~bob/x"), "Compose does not support `~NAME`");
        assert_eq!(said("${A"), "missing `}` after `${`");
        assert_eq!(said("${A!b}"), "`${A!b}` is not a valid variable");
        assert_eq!(said("/a$"), "`$` starts a variable");
    }
}
