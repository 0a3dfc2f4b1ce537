//! The functions that fuzz targets and tests with mutated inputs call. They take any text and must not panic.

use crate::catalog::{Template, TemplateView};
use crate::diagnostic::Log;
use crate::fs::Memory;
use crate::source::{Sources, Span};
use crate::value::{Parse, PepRequirement, Requirement, Version};
use crate::{Input, syntax};

/// Parses and formats a text as KDL.
pub fn parse(text: &str) {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let source = sources.add("fuzz.kdl", text.to_owned());
    if syntax::parse(source, text, &mut log).is_some() {
        _ = syntax::format(source, text, &mut log);
    }
}

/// Parses a text as a version and as requirements, and matches them.
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

/// Expands a text as a template.
pub fn template(text: &str) {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let source = sources.add("fuzz.kdl", text.to_owned());
    let template = Template { text: text.to_owned().into(), span: Span::new(source, 0..text.len()) };
    _ = template.expand(&TemplateView::new(), &mut log);
}

/// Compiles a text as a manifest, including the generated files.
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

    /// Generates manifests in which some words are replaced, removed or doubled.
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
        fn mutated_manifests_do_not_panic(text in mutated()) {
            parse(&text);
            compile(&text);
        }

        #[test]
        fn requirements_and_templates_do_not_panic(text in "\\PC{0,40}") {
            requirement(&text);
            template(&format!("{{{{ {text} }}}}"));
            template(&text);
        }
    }
}
