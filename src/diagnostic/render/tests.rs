use super::human::{Colour, Letters, Look};
use super::*;
use crate::diagnostic::codes::{manifest, syntax};
use crate::source::{Sources, Span};

/// Returns three diagnostics in two files: with labels in both, with an invisible character, and without a
/// label.
fn reported() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let project = sources.add("project.kdl", "project \"a\"\n\tpin 漢 { cuda 12 }\nend\u{202e}\n");
    let base = sources.add("stacks/my base.kdl", "pin { cuda \"11\" }\n");
    let at = |source, start, end| Span::new(source, start..end);
    let report = vec![
        Diagnostic::error(manifest::WRONG_TYPE, "`cuda` takes text, not the number `12`")
            .at(at(project, 28, 30), "this is the number `12`")
            .at(at(project, 13, 16), "in this node")
            .at(at(base, 11, 15), "as written here")
            .help("put it in quotes: `\"12\"`")
            .help("or remove it")
            .fix(at(project, 28, 30), "\"12\""),
        Diagnostic::warning(syntax::FORBIDDEN_CHARACTER, "the character U+202E is not allowed")
            .at(at(project, 36, 39), "this character is invisible"),
        Diagnostic::note(manifest::MISSING_NODE, "there is no `project.kdl`"),
    ];
    (sources, report)
}

#[test]
fn text_shows_the_source_lines() {
    let (sources, reports) = reported();
    let reports: Vec<&Diagnostic> = reports.iter().collect();
    let mut out = human::report(&reports, &sources, Look::default());
    out += "-----\n";
    out += &human::report(
        &reports[..1],
        &sources,
        Look { width: 40, letters: Letters::Ascii, ..Look::default() },
    );
    insta::assert_snapshot!(out);
    let colours = human::report(&reports, &sources, Look { colour: Colour::On, ..Look::default() });
    assert!(colours.contains("\u{1b}["));
    assert!(!colours.contains('\u{202e}'));
}

#[test]
fn json_has_one_line_per_diagnostic() {
    let (sources, reports) = reported();
    insta::assert_snapshot!(json::report(&reports.iter().collect::<Vec<_>>(), &sources));
}

#[test]
fn sarif_has_rules_and_results() {
    let (sources, reports) = reported();
    let out = sarif::report(&reports.iter().collect::<Vec<_>>(), 0, &sources);
    let value: serde_json::Value = serde_json::from_str(&out).expect("valid JSON");
    assert_eq!(value["runs"][0]["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(3));
    insta::assert_snapshot!(serde_json::to_string_pretty(&value["runs"][0]["results"]).expect("valid JSON"));
}

/// The parts of SARIF 2.1.0 that are written, as types. Unknown and missing keys are errors.
mod sarif_2_1_0 {
    use serde::Deserialize;

    macro_rules! parts {
        ($($name:ident { $($field:ident: $type:ty),* $(,)? })*) => {$(
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields, rename_all = "camelCase")]
            #[allow(dead_code, reason = "the fields are only deserialized")]
            pub(super) struct $name { $(pub(super) $field: $type),* }
        )*};
    }
    parts! {
        Run { tool: Tool, column_kind: Columns, results: Vec<Finding> }
        Tool { driver: Driver }
        Driver { name: String, version: String, rules: Vec<Rule> }
        Rule { id: String, short_description: Message, help: Option<Help> }
        Help { text: String, markdown: String }
        Message { text: String }
        Finding {
            rule_id: String, rule_index: usize, level: Level, message: Message, locations: Option<Vec<Location>>,
            related_locations: Option<Vec<Location>>, fixes: Option<Vec<Fix>>,
        }
        Location { physical_location: Physical, message: Option<Message> }
        Physical { artifact_location: Artifact, region: Region }
        Artifact { uri: String }
        Region { start_line: u32, start_column: u32, end_line: u32, end_column: u32 }
        Fix { description: Message, artifact_changes: Vec<Change> }
        Change { artifact_location: Artifact, replacements: Vec<Replacement> }
        Replacement { deleted_region: Region, inserted_content: Message }
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "the fields are only deserialized")]
    pub(super) struct Document {
        #[serde(rename = "$schema")]
        pub(super) schema: String,
        pub(super) version: String,
        pub(super) runs: Vec<Run>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub(super) enum Columns {
        UnicodeCodePoints,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum Level {
        Error,
        Warning,
        Note,
    }
}

#[test]
fn sarif_follows_the_standard() {
    let (sources, reports) = reported();
    let out = sarif::report(&reports.iter().collect::<Vec<_>>(), 0, &sources);
    let document: sarif_2_1_0::Document =
        serde_json::from_str(&out).expect("the document has the keys of the standard");
    assert_eq!(document.version, "2.1.0");
    let run = &document.runs[0];
    assert_eq!(run.results.len(), reports.len());
    for result in &run.results {
        assert_eq!(result.rule_id, run.tool.driver.rules[result.rule_index].id);
        for location in result.locations.iter().flatten() {
            let region = &location.physical_location.region;
            assert!(
                region.start_line >= 1 && region.start_column >= 1 && region.end_line >= region.start_line
            );
        }
    }
}

#[test]
fn the_summary_counts_errors_and_warnings() {
    let (_, reports) = reported();
    let reports: Vec<&Diagnostic> = reports.iter().collect();
    assert_eq!(summary(&reports).as_deref(), Some("error: 1 error, 1 warning"));
    assert_eq!(summary(&[reports[0], reports[0]]).as_deref(), Some("error: 2 errors"));
    assert_eq!(summary(&reports[1..]).as_deref(), Some("warning: 1 warning"));
    assert_eq!(summary(&reports[2..]), None);
}

#[test]
fn a_label_may_be_in_an_empty_file() {
    let mut sources = Sources::new();
    let empty = sources.add("e.kdl", "");
    let one = Diagnostic::error(manifest::MISSING_NODE, "empty").at(Span::new(empty, 0..0), "here");
    insta::assert_snapshot!(human::report(&[&one], &sources, Look::default()));
}

#[test]
fn errors_are_shown_first_and_omitted_diagnostics_are_counted() {
    let mut all: Vec<Diagnostic> =
        (0..150).map(|at| Diagnostic::warning(manifest::WRONG_TYPE, at.to_string())).collect();
    let secret = Span::new(Sources::new().add("a", "secret"), 0..6);
    all[149] = all[149].clone().mask(secret);
    all.push(Diagnostic::error(manifest::WRONG_TYPE, "150"));
    let (few, omitted) = shown(&all.iter().collect::<Vec<_>>());
    let messages: Vec<&str> = few.iter().map(|one| one.message.as_str()).collect();
    assert_eq!((messages.len(), omitted), (100, 51));
    assert_eq!((messages[0], messages[98], messages[99]), ("0", "98", "150"), "errors first, then by place");
    assert_eq!(few[0].masked, [secret], "secrets of omitted diagnostics are masked too");
    let (few, omitted) = shown(&all.iter().take(100).collect::<Vec<_>>());
    assert_eq!((few.len(), omitted), (100, 0));
    assert_eq!((json::omitted(0), json::omitted(51)), (String::new(), "{\"omitted\":51}\n".to_owned()));
    let document = sarif::report(&[], 51, &Sources::new());
    assert!(
        document.contains("\"omitted\": 51") && !sarif::report(&[], 0, &Sources::new()).contains("omitted")
    );
}
