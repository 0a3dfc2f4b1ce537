//! Files beside a definition that nothing names.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Span;
use crate::syntax::Reader;

use crate::Catalog;
use crate::store::{DefinitionFile, words};

/// What people may leave beside a definition for each other.
const FOR_READERS: &str = "README.md";

pub(super) fn orphans(catalog: &Catalog, log: &mut Log) {
    for file in catalog.added_files().filter(|file| !file.beside.is_empty()) {
        of_file(file, log);
    }
}

fn of_file(file: &DefinitionFile, log: &mut Log) {
    let nodes = &file.document().nodes;
    let mut used = BTreeSet::from([FOR_READERS]);
    for node in nodes {
        words(node, &mut used);
    }
    let name = nodes.first().and_then(|node| Reader::new(node).raw_arg(0));
    let place = name.map_or(Span::new(file.source, 0..0), |name| name.span);
    for name in file.beside.iter().filter(|name| !used.contains(name.as_str())) {
        let message = format!("unused file {}", wording::code(name));
        let diagnostic = Diagnostic::warning(codes::ORPHAN_FILE, message)
            .at(place, "not used by any step or test")
            .help("delete the file, or use it in a step");
        log.report(diagnostic);
    }
}
