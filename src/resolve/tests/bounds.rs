//! Catalogues that are hard to solve: each run ends with versions, a conflict or the work limit.

use std::fmt::Write as _;

use super::NoStacks;
use crate::diagnostic::{Log, plain};
use crate::fs::Memory;
use crate::manifest;
use crate::resolve::resolve;
use crate::source::Sources;

/// The name of a package, and for each of its versions the requirements.
type Definition = (String, Vec<(String, Vec<(String, String)>)>);

/// Resolves a manifest with these requests. Returns the codes of the diagnostics, and the report.
fn run(definitions: &[Definition], requests: &[&str]) -> (Vec<&'static str>, String) {
    let mut files: Vec<(String, String)> = Vec::new();
    for (name, versions) in definitions {
        let mut text = format!(
            "package \"{name}\" {{\n summary \"A test\"\n license \"MIT\"\n source \"https://example.com\"\n"
        );
        for (version, requires) in versions {
            writeln!(text, " version \"{version}\" {{ requires {{").expect("a text takes it");
            for (on, requirement) in requires {
                writeln!(text, "  {on} \"{requirement}\"").expect("a text takes it");
            }
            text.push_str(" } }\n");
        }
        files.push((format!("definitions/test/{name}/package.kdl"), text + "}\n"));
    }
    let requests = requests.join("\n");
    let project = "project \"demo\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";
    files.push(("project.kdl".to_owned(), format!("{project}packages {{\n{requests}\n}}\n")));
    let fs = Memory::with(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let mut catalog = crate::builtin::catalog(&mut sources);
    catalog.add_named_folder(&fs, "definitions", &mut sources, &mut log);
    assert!(!log.has_errors(), "{}", plain(&log, &sources));
    let _ = manifest::load(&fs, "project.kdl", &NoStacks, &mut sources, &mut log)
        .and_then(|manifest| manifest.projects(&mut log))
        .and_then(|projects| resolve(&projects[0], &catalog, None, &sources, &mut log));
    let codes = log.sorted().into_iter().map(|one| one.code.as_str()).collect();
    (codes, plain(&log, &sources))
}

fn requires(on: String, requirement: String) -> Vec<(String, String)> {
    vec![(on, requirement)]
}

/// Returns `pigeons` packages that each need one of `holes` packages, which take one each.
fn pigeonholes(pigeons: usize, holes: usize) -> Vec<Definition> {
    let pigeon = |at: usize| {
        let versions =
            (1..=holes).map(|hole| (format!("{hole}"), requires(format!("hole{hole}"), format!("{at}"))));
        (format!("pigeon{at}"), versions.collect())
    };
    let hole =
        |at: usize| (format!("hole{at}"), (1..=pigeons).map(|one| (format!("{one}"), Vec::new())).collect());
    (1..=pigeons).map(pigeon).chain((1..=holes).map(hole)).collect()
}

#[test]
fn an_exponential_search_reaches_the_work_limit() {
    for holes in [11, 12, 40] {
        let definitions = pigeonholes(holes + 1, holes);
        let requests: Vec<String> = (1..=holes + 1).map(|at| format!("pigeon{at}")).collect();
        let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
        let (codes, report) = run(&definitions, &requests);
        assert_eq!(codes, ["jcc::resolve::work-limit"], "{report}");
        assert!(report.contains("its version was changed most often"), "{report}");
        assert!(report.contains("help: pin `pigeon"), "{report}");
        assert_eq!(
            run(&definitions, &requests).1,
            report,
            "the limit is reached at the same point each time"
        );
    }
}

#[test]
fn enough_pigeonholes_are_resolved() {
    let definitions = pigeonholes(40, 40);
    let requests: Vec<String> = (1..=40).map(|at| format!("pigeon{at}")).collect();
    let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
    let (codes, report) = run(&definitions, &requests);
    assert_eq!(codes, Vec::<&str>::new(), "{report}");
}

#[test]
fn a_conflict_at_the_end_of_a_long_chain_is_explained() {
    let mut definitions: Vec<Definition> = (0..999)
        .map(|at| {
            (format!("link{at}"), vec![("1".to_owned(), requires(format!("link{}", at + 1), "1".to_owned()))])
        })
        .collect();
    definitions
        .push(("link999".to_owned(), vec![("1".to_owned(), Vec::new()), ("2".to_owned(), Vec::new())]));
    let (codes, report) = run(&definitions, &["link0", "link999 \"2\""]);
    assert_eq!(codes, ["jcc::resolve::conflict"], "{report}");
    assert!(report.contains("`link0` and `link999 \"2\"` are incompatible"), "{report}");
    assert!(report.contains("more steps like these"), "{report}");
}

#[test]
fn a_thousand_conflicting_packages_are_reported_in_pairs() {
    let mut definitions: Vec<Definition> = (0..1000)
        .map(|at| {
            (format!("member{at}"), vec![("1".to_owned(), requires("shared".to_owned(), format!("{at}")))])
        })
        .collect();
    definitions.push(("shared".to_owned(), (0..1000).map(|at| (format!("{at}"), Vec::new())).collect()));
    let requests: Vec<String> = (0..1000).map(|at| format!("member{at}")).collect();
    let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
    let (codes, report) = run(&definitions, &requests);
    assert!(codes.iter().all(|code| *code == "jcc::resolve::conflict") && codes.len() <= 4, "{report}");
    assert!(report.contains("`member0` and `member1` are incompatible"), "{report}");
}
