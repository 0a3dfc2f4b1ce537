//! What the fuzz targets run, and the tests with mutated inputs: each takes any text and must come back.

use crate::catalog::{Template, TemplateView};
use crate::diagnostic::Log;
use crate::fs::Memory;
use crate::source::{Sources, Span};
use crate::value::{Parse, PepRequirement, Requirement, Version};
use crate::{Input, syntax};

/// A text as KDL; what is read is formatted and read again.
pub fn parse(text: &str) {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let source = sources.add("fuzz.kdl", text.to_owned());
    if syntax::parse(source, text, &mut log).is_some() {
        _ = syntax::format(source, text, &mut log);
    }
}

/// A text as versions and requirements of every kind.
pub fn requirement(text: &str) {
    let version = Version::parse(text);
    if let Ok(requirement) = Requirement::parse(text) {
        _ = requirement.intervals();
        _ = version.as_ref().is_ok_and(|version| requirement.matches(version));
    }
    if let Ok(requirement) = PepRequirement::parse(text) {
        _ = version.as_ref().is_ok_and(|version| requirement.allows(version).unwrap_or(false));
    }
}

pub fn template(text: &str) {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let source = sources.add("fuzz.kdl", text.to_owned());
    let template = Template { text: text.to_owned(), span: Span::new(source, 0..text.len()) };
    _ = template.expand(&TemplateView::new(), &mut log);
}

/// A text as a manifest, all the way to the files.
pub fn compile(text: &str) {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let fs = Memory::with([("project.kdl", text), ("main.py", ""), ("requirements.txt", "numpy\n")]);
    let input = Input { fs: &fs, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    _ = crate::compile(input, &mut sources, &mut log);
    _ = crate::diagnostic::render::json::report(&log.sorted(), &sources);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MANIFEST: &str = include_str!("manifest/tests/full.kdl");

    /// A manifest with some of its words exchanged, left out or doubled.
    fn mutated() -> impl Strategy<Value = String> {
        let words: Vec<String> = MANIFEST.split_inclusive([' ', '\n']).map(str::to_owned).collect();
        let changes = proptest::collection::vec((0..words.len(), 0..words.len(), 0u8..3), 1..8);
        changes.prop_map(move |changes| {
            let mut words = words.clone();
            for (at, other, kind) in changes {
                match kind {
                    0 => words[at] = words[other].clone(),
                    1 => words[at].clear(),
                    _ => words[at] = words[at].repeat(2),
                }
            }
            words.concat()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        #[test]
        fn mutated_manifests_compile_or_are_refused(text in mutated()) {
            parse(&text);
            compile(&text);
        }

        #[test]
        fn any_text_is_taken_or_refused(text in "\\PC{0,40}") {
            requirement(&text);
            template(&format!("{{{{ {text} }}}}"));
            template(&text);
        }
    }
}
