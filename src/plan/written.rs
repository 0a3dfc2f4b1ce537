//! Parses instructions of a Dockerfile like `BuildKit`: comments, continuation lines and heredocs.

use std::iter::Enumerate;
use std::str::Lines;

/// The instructions of a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Fragment {
    pub instructions: Vec<RawInstruction>,
    /// Why the text cannot be inserted between other instructions: the line number, from 1, and the reason.
    pub problem: Option<(usize, &'static str)>,
}

/// An instruction with its continuation lines joined.
#[derive(Debug, PartialEq, Eq)]
pub struct RawInstruction {
    /// Its text, without the heredocs.
    pub text: String,
    /// The texts of its heredocs.
    pub heredocs: Vec<String>,
}

/// The start of a heredoc, such as `<<-EOF`.
#[derive(Debug, PartialEq, Eq)]
struct Heredoc<'a> {
    name: &'a str,
    strips_tabs: bool,
}

const STAGE: &str = "a `FROM` starts another stage";
const OPEN: &str = "its last line ends with `\\`, so it would swallow what follows";
const UNCLOSED: &str = "a heredoc is not closed";
const UNCLEAR: &str = "builders parse its heredoc differently: use a name of letters, such as `<<EOF`, and avoid `<<` \
        in quotes";
const DIRECTIVE: &str = "builders accept a parser directive only at the top of a Dockerfile";

pub fn read(text: &str) -> Fragment {
    let mut reader = FragmentReader { lines: text.lines().enumerate(), problem: None };
    let mut instructions = Vec::new();
    while let Some(one) = reader.instruction() {
        instructions.push(one);
    }
    Fragment { instructions, problem: reader.problem }
}

struct FragmentReader<'a> {
    lines: Enumerate<Lines<'a>>,
    problem: Option<(usize, &'static str)>,
}

impl<'a> FragmentReader<'a> {
    fn instruction(&mut self) -> Option<RawInstruction> {
        let (number, mut last) = self.line()?;
        let mut text = String::new();
        while let Some(part) = continued(last) {
            text.push_str(part);
            last = "";
            match self.line() {
                Some((_, next)) => last = next,
                None => self.refuse(number, OPEN),
            }
        }
        text.push_str(last);
        let text = text.trim_start().to_owned();
        if deferred(&text).split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("FROM")) {
            self.refuse(number, STAGE);
        }
        let mut bodies = Vec::new();
        match heredocs(&text) {
            Some(all) => bodies.extend(all.iter().map(|heredoc| self.body(heredoc, number))),
            None => self.refuse(number, UNCLEAR),
        }
        Some(RawInstruction { text, heredocs: bodies })
    }

    /// Returns the next line that is neither empty nor a comment, with its number.
    fn line(&mut self) -> Option<(usize, &'a str)> {
        loop {
            let (index, line) = self.lines.next()?;
            let trimmed = line.trim_start();
            if let Some(comment) = trimmed.strip_prefix('#') {
                if is_directive(comment) {
                    self.refuse(index + 1, DIRECTIVE);
                }
            } else if !trimmed.is_empty() {
                return Some((index + 1, line));
            }
        }
    }

    /// Reads the lines of a heredoc up to its end.
    fn body(&mut self, heredoc: &Heredoc<'_>, number: usize) -> String {
        let mut body = String::new();
        for (_, line) in self.lines.by_ref() {
            let end = if heredoc.strips_tabs { line.trim_start_matches('\t') } else { line };
            if end == heredoc.name {
                return body;
            }
            body.push_str(line);
            body.push('\n');
        }
        self.refuse(number, UNCLOSED);
        body
    }

    fn refuse(&mut self, line: usize, why: &'static str) {
        self.problem.get_or_insert((line, why));
    }
}

/// Returns a line without the `\` at its end; `None` if it has none, or ends with `\\`.
fn continued(line: &str) -> Option<&str> {
    line.trim_end_matches([' ', '\t']).strip_suffix('\\').filter(|before| !before.ends_with('\\'))
}

/// Whether the text after a `#` is a parser directive: `escape=…`, `syntax=…` or `check=…`.
fn is_directive(comment: &str) -> bool {
    comment.split_once('=').is_some_and(|(name, _)| {
        ["escape", "syntax", "check"].iter().any(|known| name.trim().eq_ignore_ascii_case(known))
    })
}

/// Returns the instruction after `ONBUILD`, or the text itself.
pub(super) fn deferred(text: &str) -> &str {
    let word = text.split_whitespace().next().unwrap_or_default();
    if word.eq_ignore_ascii_case("ONBUILD") { text[word.len()..].trim_start() } else { text }
}

/// Returns the heredocs that an instruction starts; `None` if builders could parse it differently.
fn heredocs(text: &str) -> Option<Vec<Heredoc<'_>>> {
    let text = deferred(text);
    let keyword = text.split_whitespace().next().unwrap_or_default();
    if !["ADD", "COPY", "RUN"].iter().any(|known| known.eq_ignore_ascii_case(keyword)) {
        return Some(Vec::new());
    }
    let simple: Vec<&str> = text.split_whitespace().filter_map(announced).collect();
    let quoted: Vec<&str> = words(text).into_iter().flatten().filter_map(announced).collect();
    let has_json = text.split_whitespace().any(|word| word.starts_with('['));
    // An expansion may contain spaces.
    let expands = text.match_indices("${").any(|(at, _)| {
        let name = text[at + 2..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        !name.starts_with('}')
    });
    if simple != quoted || !simple.is_empty() && (has_json || expands) {
        return None;
    }
    simple.into_iter().map(heredoc).collect()
}

/// Returns what follows the `<<` of a word, if it may start a heredoc.
fn announced(word: &str) -> Option<&str> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    (!rest.is_empty() && rest != "-" && !rest.contains('<')).then_some(rest)
}

fn heredoc(rest: &str) -> Option<Heredoc<'_>> {
    let (strips_tabs, quoted) = rest.strip_prefix('-').map_or((false, rest), |name| (true, name));
    let unquoted = |quote| quoted.strip_prefix(quote).and_then(|name| name.strip_suffix(quote));
    let name = unquoted('"').or_else(|| unquoted('\'')).unwrap_or(quoted);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(plain)).then_some(Heredoc { name, strips_tabs })
}

/// Returns the words of an instruction with their quotes; `None` if a quote is not closed.
fn words(text: &str) -> Option<Vec<&str>> {
    let mut all = Vec::new();
    let (mut start, mut quote) = (None, None);
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (None, letter) if letter.is_whitespace() => {
                all.extend(start.take().map(|start: usize| &text[start..at]));
                continue;
            }
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None | Some('"'), '\\') => {
                letters.next();
            }
            _ => {}
        }
        start.get_or_insert(at);
    }
    all.extend(start.map(|start| &text[start..]));
    quote.is_none().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        read(text).instructions.into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn continuation_lines_are_joined() {
        assert_eq!(texts("RUN a \\\n# note\n\n  b\nUSER x"), ["RUN a   b", "USER x"]);
        assert_eq!(texts("RUN a \\\r\n  b\r\nUSER x\r\n"), ["RUN a   b", "USER x"]);
        assert_eq!(texts("FR\\ \t\nOM evil"), ["FROM evil"]);
        assert_eq!(texts("# a \\\nRUN b\\\\\nRUN c"), ["RUN b\\\\", "RUN c"]);
        assert_eq!(texts("\\\n  RUN a"), ["RUN a"]);
    }

    #[test]
    fn heredocs_belong_to_their_instruction() {
        let text = "RUN <<-A cat <<\"B\" 3<<'C'\n1\n\tA\n2\n B\nB\nFROM x import y\nC\nUSER x\nENV A=<<EOF\n";
        let read = read(text);
        assert_eq!(read.problem, None);
        assert_eq!(read.instructions[0].heredocs, ["1\n", "2\n B\n", "FROM x import y\n"]);
        assert_eq!(read.instructions.len(), 3);
        assert_eq!(texts("ONBUILD COPY <<E /x\nFROM a\nE\nUSER x"), ["ONBUILD COPY <<E /x", "USER x"]);
    }

    #[test]
    fn text_that_affects_later_instructions_is_rejected() {
        for (text, line, why) in [
            ("FROM evil", 1, STAGE),
            ("USER x\nFR\\\nOM evil", 2, STAGE),
            ("f\\\n# note\n\\  \nrom\\\n evil", 1, STAGE),
            ("\u{a0}FROM\tevil", 1, STAGE),
            ("ONBUILD from evil", 1, STAGE),
            ("RUN cat <<EOF\nx\\\nEOF\nFR\\\nOM evil", 4, STAGE),
            ("RUN a # <<EOF\nEOF\nFROM x", 3, STAGE),
            ("RUN <<EOF\nx", 1, UNCLOSED),
            ("USER x\nCOPY <<-'A' <<B /x/\nb\nB\n", 2, UNCLOSED),
            ("RUN cat 3<<EOF\n EOF\n", 1, UNCLOSED),
            ("RUN a \\", 1, OPEN),
            ("USER x\nRUN a \\  \n# note\n\n", 2, OPEN),
            ("RUN a\\\n", 1, OPEN),
            ("\\", 1, OPEN),
            ("USER x\n# escape=`\nRUN a `\n", 2, DIRECTIVE),
            ("#SYNTAX = evil/frontend\n", 1, DIRECTIVE),
            ("RUN a \\\n# check=skip=all\n b", 2, DIRECTIVE),
            ("RUN <<\"A B\"\nA B\n", 1, UNCLEAR),
            ("RUN echo ' <<EOF '\nEOF", 1, UNCLEAR),
            ("RUN echo don't <<EOF\nEOF", 1, UNCLEAR),
            ("RUN a\\ <<EOF\nEOF", 1, UNCLEAR),
            ("RUN echo ${x:-a <<EOF b}\nEOF", 1, UNCLEAR),
            ("RUN <<${x}\n${x}", 1, UNCLEAR),
            ("RUN [\"a\"] <<EOF\nEOF", 1, UNCLEAR),
        ] {
            assert_eq!(read(text).problem, Some((line, why)), "{text}");
        }
        for text in [
            "RUN a \\\n  b\n",
            "RUN <<-EOF\nx \\\n\tEOF\nUSER x",
            "RUN cat <<<x",
            "RUN echo $((1<<3)) && a << EOF",
            "ENV A=1 # \\ x",
            "RUN python3 <<EOF > ${HOME}/x\nfrom os import path\nEOF",
            "RUN echo \"it's\" <<EOF\nEOF",
            "# the escape of a mount=x\nRUN a",
            "",
        ] {
            assert_eq!(read(text).problem, None, "{text}");
        }
    }
}
