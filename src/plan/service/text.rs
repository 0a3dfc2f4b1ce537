//! Texts that can contain variables of the caller's environment.

use crate::value::closing;

/// A text of literal pieces and variables, which Compose, shells and systemd write differently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interpolated(Vec<Piece>);

/// A piece of an [`Interpolated`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    Literal(String),
    /// `${NAME}`, `${NAME:-default}`, `${NAME:?message}`.
    Variable {
        name: String,
        /// The operator after the name: `:-`, `-`, `:?`, `?`, `:+`, `+`, or empty.
        operator: String,
        /// The text after the operator.
        rest: Interpolated,
    },
}

impl Interpolated {
    /// Creates a text without variables.
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![Piece::Literal(text.into())])
    }

    /// Creates `${NAME:-default}`.
    pub fn or(name: &str, default: &str) -> Self {
        Self::variable(name, ":-", default)
    }

    fn variable(name: &str, operator: &str, rest: &str) -> Self {
        let rest = Self::literal(rest);
        Self(vec![Piece::Variable { name: name.to_owned(), operator: operator.to_owned(), rest }])
    }

    /// Parses `$NAME`, `${NAME…}`, and `$$` for `$`. Any other `$` is literal.
    pub fn with_variables(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            literal.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            if let Some((piece, length)) = variable(after) {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(piece);
                rest = &after[length..];
            } else {
                literal.push('$');
                rest = after.strip_prefix('$').unwrap_or(after);
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Self(pieces)
    }

    #[must_use]
    pub fn then(mut self, text: &str) -> Self {
        self.0.push(Piece::Literal(text.to_owned()));
        self
    }

    /// Appends the pieces of another text.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Returns the text; `None` if it contains a variable.
    pub fn as_literal(&self) -> Option<String> {
        let literal = |piece: &Piece| match piece {
            Piece::Literal(text) => Some(text.clone()),
            Piece::Variable { .. } => None,
        };
        self.0.iter().map(literal).collect()
    }

    /// Makes a relative path start with `./`.
    fn relative(mut self) -> Self {
        if let Some(Piece::Literal(text)) = self.0.first_mut()
            && !text.starts_with(['/', '.', '~'])
        {
            *text = format!("./{text}");
        }
        self
    }

    /// Converts a path relative to the project to one relative to a subfolder. `up` is the path from there to
    /// the project, such as `../`.
    #[must_use]
    pub fn seen_from(mut self, up: &str) -> Self {
        match self.0.first_mut() {
            Some(Piece::Literal(text)) if text.starts_with('.') && !up.is_empty() => {
                let below = if text == "." { "" } else { text.trim_start_matches("./") };
                *text = format!("{up}{below}");
            }
            Some(Piece::Variable { rest, operator, .. }) if operator.ends_with('-') => {
                *rest = std::mem::replace(rest, Self(Vec::new())).relative().seen_from(up);
            }
            _ => {}
        }
        self
    }
}

impl From<Piece> for Interpolated {
    fn from(piece: Piece) -> Self {
        Self(vec![piece])
    }
}

/// Returns the variable at the start of the text after a `$`, and its length in bytes.
fn variable(after: &str) -> Option<(Piece, usize)> {
    let name_of = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        let fine = end > 0 && !text.starts_with(|c: char| c.is_ascii_digit());
        fine.then(|| text[..end].to_owned())
    };
    let Some(inner) = after.strip_prefix('{') else {
        let name = name_of(after)?;
        let length = name.len();
        return Some((
            Piece::Variable { name, operator: String::new(), rest: Interpolated(Vec::new()) },
            length,
        ));
    };
    let inner = &inner[..closing(inner)?];
    let name = name_of(inner)?;
    let rest = &inner[name.len()..];
    let operator = [":-", "-", ":?", "?", ":+", "+"].into_iter().find(|operator| rest.starts_with(operator));
    if operator.is_none() && !rest.is_empty() {
        return None;
    }
    let operator = operator.unwrap_or_default();
    let rest = match &rest[operator.len()..] {
        "" => Interpolated(Vec::new()),
        rest => Interpolated::with_variables(rest),
    };
    Some((Piece::Variable { name, operator: operator.to_owned(), rest }, inner.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_escapes_are_parsed() {
        let text = Interpolated::with_variables("${A:-${B}/x}/a$$b/$C");
        let Piece::Variable { name, operator, rest } = &text.pieces()[0] else { panic!("{text:?}") };
        assert_eq!((name.as_str(), operator.as_str(), rest.pieces().len()), ("A", ":-", 2));
        assert_eq!(text.pieces()[1], Piece::Literal("/a$b/".into()));
        assert_eq!(Interpolated::with_variables("${A!}$").as_literal().as_deref(), Some("${A!}$"));
    }

    #[test]
    fn paths_are_relative_to_a_subfolder() {
        let seen = |text: &str, up: &str| Interpolated::with_variables(text).seen_from(up);
        assert_eq!(seen("./data", "../"), Interpolated::literal("../data"));
        assert_eq!(seen("../data", "../"), Interpolated::literal("../../data"));
        assert_eq!(seen(".", "../"), Interpolated::literal("../"));
        assert_eq!(seen("/data", "../"), Interpolated::literal("/data"));
        assert_eq!(seen("${A:-./b}", "../"), Interpolated::or("A", "../b"));
    }
}
