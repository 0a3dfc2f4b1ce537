//! [`HostPath`]: a path on the host.

use super::parse::word;
use super::project_path::unprintable;
use super::{EnvName, Invalid, Parse, text};

word! {
    /// A path on the host: `/dev/video0`, `./data` (relative to the project), `~/models`, `${DATA:-./data}/in`.
    ///
    /// Relative paths start with `./` or `../`, so that engines do not read them as names of volumes.
    HostPath, "a path on the host" => read
}

const HELP: &str = "valid paths on the host are `/dev/video0`, `./data`, `~/models` and `${DATA:-./data}`";

impl HostPath {
    /// Whether it is relative to the project.
    pub fn is_relative(&self) -> bool {
        self.0.starts_with('.')
    }

    /// Resolves `..` as far as the text allows. Symbolic links are not considered.
    #[must_use]
    pub fn resolved(&self) -> Self {
        if self.has_variable() {
            return self.clone();
        }
        let absolute = self.0.starts_with('/');
        let mut parts: Vec<&str> = Vec::new();
        for part in self.0.split('/').filter(|part| !matches!(*part, "" | ".")) {
            match (part, parts.last()) {
                ("..", None) if absolute => {}
                ("..", Some(last)) if !matches!(*last, ".." | "~") => drop(parts.pop()),
                _ => parts.push(part),
            }
        }
        Self(normal(&format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))).into())
    }

    /// Whether the path is one of these folders or inside one, after resolving `..`.
    pub fn is_below(&self, folders: &[&str]) -> bool {
        let path = self.resolved().0;
        let inside = |folder: &&str| {
            path.strip_prefix(*folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        folders.iter().any(inside)
    }

    /// Whether it contains a variable of the caller's environment.
    fn has_variable(&self) -> bool {
        self.0.replace("$$", "").contains('$')
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
    // A `//` inside `${…}` may be intended.
    if word.contains('$') {
        let plain = word.starts_with(['/', '.', '~', '$']);
        return Ok(if plain { word.to_owned() } else { format!("./{word}") });
    }
    Ok(normal(word))
}

/// Removes `.` and double slashes. `..` is kept, because the component before it can be a symbolic link.
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

/// Checks the variables in a text and replaces each by `value`.
pub fn without_variables(word: &str, value: &str) -> Result<String, Invalid> {
    variables(word)?;
    let mut out = String::new();
    let mut rest = word;
    while let Some(start) = rest.find('$') {
        out.push_str(&rest[..start]);
        rest = &rest[start + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let end = match rest.strip_prefix('{') {
            Some(inner) => closing(inner).map_or(rest.len(), |at| at + 2),
            None => rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len()),
        };
        out.push_str(value);
        rest = &rest[end..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Checks that every `$` starts `$$`, `$NAME` or `${NAME…}`, the syntax of Compose.
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

/// Returns the position of the brace that closes a `${`, given the text after it.
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
    fn values_are_normalised() {
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
    fn errors_are_precise() {
        let message = |text| HostPath::parse(text).unwrap_err().message;
        assert_eq!(message("C:\\data"), "Windows paths are not supported");
        assert_eq!(message("~bob/x"), "Compose does not support `~NAME`");
        assert_eq!(message("${A"), "missing `}` after `${`");
        assert_eq!(message("${A!b}"), "`${A!b}` is not a valid variable");
        assert_eq!(message("/a$"), "`$` starts a variable");
    }

    #[test]
    fn parent_folders_are_resolved() {
        for (written, resolved) in [
            ("/srv/../etc/sudoers.d", "/etc/sudoers.d"),
            ("/../..", "/"),
            ("./a/../b", "./b"),
            ("a/..", "."),
            ("../../x/..", "../.."),
            ("~/..", "~/.."),
            ("~/a/..", "~"),
            ("${A:-x}/..", "${A:-x}/.."),
        ] {
            assert_eq!(HostPath::parse(written).unwrap().resolved().as_str(), resolved, "{written}");
        }
        let below = |path: &str| HostPath::parse(path).unwrap().is_below(&["/etc", "/var/lib"]);
        assert!(below("/etc") && below("/srv/../etc/x") && below("/var/lib/y"));
        assert!(!below("/etcetera") && !below("/var") && !below("./etc"));
    }

    #[test]
    fn variables_are_replaced() {
        for (written, left) in
            [("${UID:-1000}:$GID", "0:0"), ("a$$b", "a$b"), ("${A:-${B}}x", "0x"), ("me", "me")]
        {
            assert_eq!(without_variables(written, "0").unwrap(), left);
        }
        assert!(without_variables("${UID", "0").is_err() && without_variables("${a b}", "0").is_err());
    }

    #[test]
    fn variables_are_recognised() {
        let has = |text| HostPath::parse(text).unwrap().has_variable();
        assert!(has("$HOME") && has("${X}") && !has("a$$b"));
    }
}
