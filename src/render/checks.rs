//! `.jcc/test/build` and `.jcc/test/run`, which run tests: those of the project, and those of each package from a separate
//! file beside them, so that one more package leaves the files of the others as they are.

use std::collections::BTreeMap;

use minijinja::context;

use crate::plan::{Check, Plan, Services};
use crate::value::Name;

use super::quote;
use super::script::{self, Calls};
use super::templates::Templates;

/// What the stage `test` runs, by path in the project.
pub(super) fn of_build(plan: &Plan) -> Vec<(String, String)> {
    let about = "Tests of the image that need no GPU: run them with `docker build --target test .`";
    files(plan.support.as_str(), ("build", about), &plan.checks)
}

/// What the service `test` runs.
pub(super) fn of_service(services: &Services) -> Vec<(String, String)> {
    let about = "Tests that need the GPU or other devices, for the service `test`.";
    files(&services.support, ("run", about), &services.tests)
}

/// The script that runs all tests, says how each went, and fails where one did; nothing where there is none.
fn files(folder: &str, (name, about): (&str, &str), checks: &[Check]) -> Vec<(String, String)> {
    if checks.is_empty() {
        return Vec::new();
    }
    let templates = Templates::all();
    let mut of_packages: BTreeMap<&Name, String> = BTreeMap::new();
    let mut of_project = String::new();
    for check in checks {
        let tests = check.package.as_ref().map(|package| of_packages.entry(package).or_default());
        tests.unwrap_or(&mut of_project).push_str(&text(check, templates));
    }
    let whole = templates.fill("support/tests.j2", context! { name, about, checks => of_project });
    let of_packages = of_packages.into_iter().map(|(package, checks)| {
        let values = context! { name, package => package.as_str(), checks };
        (format!("{folder}/test/{name}.d/{package}"), templates.fill("support/tests-of-package.j2", values))
    });
    std::iter::once((format!("{folder}/test/{name}"), whole)).chain(of_packages).collect()
}

fn text(check: &Check, templates: &Templates) -> String {
    let mut body = script::options(&check.script).to_owned();
    for each in &check.script {
        let (template, values) = script::script(each, Calls::default());
        body.push_str(&templates.fill(&format!("script/{template}.j2"), values));
    }
    let body = body.trim_end_matches('\n');
    let name: String = check.name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (name, end) = (quote::shell(&name), quote::delimiter(body));
    format!("\ncheck {name} <<'{end}'\n{body}\n{end}\n")
}
