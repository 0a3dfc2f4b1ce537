//! Parses the output of `docker buildx imagetools inspect`, text or JSON, to image names and digests.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Deserializer, Value};

use crate::diagnostic::{Diagnostic, Log, codes::resolve as codes, wording};
use crate::source::{SourceId, Span};
use crate::value::{Digest, ImageRef, Parse};

/// An image reference with the digest that `--digests` read for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Inspected {
    /// The name with registry and tag.
    pub(super) name: String,
    /// The digest; that of the index if the image has several platforms.
    pub(super) digest: Digest,
    /// The line that names the image.
    pub(super) span: Span,
}

/// An image in the file, before its name and digest are parsed.
struct Raw<'a> {
    name: Option<&'a str>,
    digest: Option<&'a str>,
    at: Range<usize>,
}

const HELP: &str = "pass the output of `docker buildx imagetools inspect IMAGE`, as text or with `--format '{{json \
        .}}'`";

/// Returns the full name of an image: `docker.io/library/ubuntu:22.04` for `ubuntu:22.04`.
pub(super) fn full_name(image: &ImageRef) -> String {
    let repository = image.repository();
    let registry =
        repository.registry().filter(|registry| *registry != "index.docker.io").unwrap_or("docker.io");
    let path = repository.path();
    let library = if registry == "docker.io" && !path.contains('/') { "library/" } else { "" };
    format!("{registry}/{library}{path}:{}", image.tag().unwrap_or("latest"))
}

/// Parses the text of a file and reports its errors. Returns the images that are valid, each name once.
pub(super) fn read(source: SourceId, text: &str, log: &mut Log) -> Vec<Inspected> {
    let wrong = |at: Range<usize>, label: String| {
        Diagnostic::error(codes::NOT_INSPECTED, "cannot read the digests")
            .at(Span::new(source, at), label)
            .help(HELP)
    };
    if text.trim_start().starts_with(['{', '[']) {
        let (values, failed) = values(text);
        let all = values.iter().map(|(value, at)| from_json(value, at.clone())).collect();
        if let Some((at, why)) = failed {
            log.error(wrong(at, why));
        }
        return checked(all, source, log);
    }
    let all = from_text(text);
    if all.is_empty() {
        let end = text.find('\n').unwrap_or(text.len());
        log.error(wrong(0..end, "no line starts with `Name:`".to_owned()));
    }
    checked(all, source, log)
}

type Values = (Vec<(Value, Range<usize>)>, Option<(Range<usize>, String)>);

/// Parses JSON values, one after the other or in arrays. Returns them with the range of their first line, and
/// the first syntax error.
fn values(text: &str) -> Values {
    let mut all = Vec::new();
    let mut stream = Deserializer::from_str(text).into_iter::<Value>();
    loop {
        let start = stream.byte_offset();
        let start = start + (text[start..].len() - text[start..].trim_start().len());
        match stream.next() {
            None => return (all, None),
            Some(Ok(Value::Array(list))) => {
                let at = first_line(text, start);
                all.extend(list.into_iter().map(|value| (value, at.clone())));
            }
            Some(Ok(value)) => all.push((value, first_line(text, start))),
            Some(Err(why)) => return (all, Some((first_line(text, start), format!("not JSON: {why}")))),
        }
    }
}

/// Returns the range from `start` to the end of its line.
fn first_line(text: &str, start: usize) -> Range<usize> {
    start..text[start..].find('\n').map_or(text.len(), |end| start + end)
}

fn from_json(value: &Value, at: Range<usize>) -> Raw<'_> {
    let name = value.get("name").and_then(Value::as_str);
    let digest = value.get("manifest").and_then(|manifest| manifest.get("digest")).and_then(Value::as_str);
    Raw { name, digest, at }
}

/// Reads the unindented lines `Name:` and `Digest:`. Indented lines describe the manifests of single
/// platforms.
fn from_text(text: &str) -> Vec<Raw<'_>> {
    let mut all: Vec<Raw<'_>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start..start + line.trim_end().len();
        start += line.len();
        if let Some(name) = line.strip_prefix("Name:") {
            all.push(Raw { name: Some(name.trim()), digest: None, at });
        } else if let Some(digest) = line.strip_prefix("Digest:")
            && let Some(last) = all.last_mut().filter(|last| last.digest.is_none())
        {
            last.digest = Some(digest.trim());
        }
    }
    all
}

/// Parses names and digests, and reports those that are invalid and names with two digests.
fn checked(all: Vec<Raw<'_>>, source: SourceId, log: &mut Log) -> Vec<Inspected> {
    let mut known: BTreeMap<String, Inspected> = BTreeMap::new();
    for Raw { name, digest, at } in all {
        let span = Span::new(source, at);
        let wrong = |label: String| {
            Diagnostic::error(codes::NOT_INSPECTED, "cannot read the digests").at(span, label).help(HELP)
        };
        let image = name.ok_or("the image has no name".to_owned()).and_then(|name| {
            ImageRef::parse(name)
                .map_err(|why| format!("{} is not an image reference: {}", wording::code(name), why.message))
        });
        let digest = digest.ok_or("the image has no digest".to_owned());
        let digest = digest.and_then(|digest| Digest::parse(digest).map_err(|why| why.message));
        let (image, digest) = match (image, digest) {
            (Ok(image), Ok(digest)) => (image, digest),
            (Err(why), _) | (_, Err(why)) => {
                log.error(wrong(why));
                continue;
            }
        };
        let name = full_name(&image);
        match known.get(&name) {
            Some(other) if other.digest != digest => {
                log.error(
                    wrong(format!("{} has a different digest here", wording::code(&name)))
                        .at(other.span, "from the one here"),
                );
            }
            Some(_) => {}
            None => {
                known.insert(name.clone(), Inspected { name, digest, span });
            }
        }
    }
    known.into_values().collect()
}

#[cfg(test)]
#[path = "inspected_tests.rs"]
mod tests;
