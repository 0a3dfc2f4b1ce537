//! From the syntax tree to definitions. Structural mistakes were reported by the tables; what is reported here is what a
//! table can't know. Decoding always goes on to the end, so that all mistakes are found in one run.

mod install;
mod package;
mod parts;
mod platform;
mod require;
mod steps;
mod test;
mod version;

pub(super) use package::package;
pub(super) use platform::{base, device, epoch, forbidden, gpu, index, platform};

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::{Span, Spanned};
use crate::syntax::{FromValue, Reader};
use crate::value::PackedText;

use super::Template;

/// The files that lie beside a definition, by their name.
pub(super) type FilesBeside = BTreeMap<PackedText, Cow<'static, [u8]>>;

/// What decoding writes to and looks files up in.
pub(super) struct DecodeContext<'a> {
    /// The files beside the definition that it names.
    pub(super) files: &'a FilesBeside,
    /// The names of all files beside it.
    pub(super) beside: &'a [String],
    /// Where mistakes are reported.
    pub(super) log: &'a mut Log,
}

impl DecodeContext<'_> {
    /// One argument as a template.
    fn template(&mut self, node: Reader<'_>, at: usize) -> Option<Template> {
        node.arg(at, self.log).map(to_template)
    }

    /// The arguments from this one on as templates.
    fn templates(&mut self, node: Reader<'_>, from: usize) -> Vec<Template> {
        node.args_from(from, self.log).into_iter().map(to_template).collect()
    }

    fn property(&mut self, node: Reader<'_>, key: &str) -> Option<Template> {
        node.prop(key, self.log).map(to_template)
    }

    /// The argument of a child that stands once.
    fn child<T: FromValue>(&mut self, node: Reader<'_>, name: &str) -> Option<T> {
        node.text_of_child(name, self.log).map(|found| found.value)
    }

    /// The arguments of all children of this name.
    fn children<T: FromValue>(&mut self, node: Reader<'_>, name: &str) -> Vec<T> {
        node.args_of_children(name, self.log).into_iter().map(|found| found.value).collect()
    }

    /// The file that the first argument names, with its text.
    fn file(&mut self, node: Reader<'_>) -> Option<(Spanned<PackedText>, PackedText)> {
        let name: Spanned<PackedText> = node.arg(0, self.log)?;
        let text = self.file_text(&name)?;
        Some((name, text))
    }

    /// The text of a file of the folder.
    fn file_text(&mut self, name: &Spanned<PackedText>) -> Option<PackedText> {
        let shown = wording::code(&name.value);
        let Some(bytes) = self.files.get(name.value.as_str()) else {
            if self.beside.iter().any(|beside| *beside == *name.value) {
                // Why it cannot be read was reported.
                return None;
            }
            let diagnostic =
                Diagnostic::error(codes::MISSING_FILE, format!("the file {shown} does not exist"))
                    .at(name.span, "no such file in this definition's folder")
                    .maybe_help(wording::did_you_mean(&name.value, self.beside.iter().map(String::as_str)));
            self.log.error(diagnostic);
            return None;
        };
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Some(text.to_owned().into());
        }
        let diagnostic = Diagnostic::error(codes::BINARY_FILE, format!("{shown} is a binary file"))
            .at(name.span, "not valid UTF-8")
            .help("fetch it with `archive` or `deb`: only text can be embedded in a Dockerfile");
        self.log.error(diagnostic);
        None
    }
}

fn to_template(text: Spanned<PackedText>) -> Template {
    Template { text: text.value, span: text.span }
}

/// Tells where the same name is a duplicate among `what` (`option`, `variant`).
fn unique<'a>(what: &str, names: impl IntoIterator<Item = (&'a str, Span)>, log: &mut Log) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (name, span) in names {
        if let Some(first) = seen.get(name) {
            let diagnostic =
                Diagnostic::error(codes::DUPLICATE_NAME, format!("duplicate {what} {}", wording::code(name)))
                    .at(span, "second occurrence")
                    .at(*first, "first occurrence")
                    .help("rename one of them, or remove it");
            log.error(diagnostic);
        } else {
            seen.insert(name, span);
        }
    }
}
