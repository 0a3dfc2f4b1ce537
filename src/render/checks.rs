//! The test scripts `.jcc/test/build` and `.jcc/test/run`. They contain the tests of the project. The tests
//! of each package are in a separate file next to them, so that adding a package does not change the files of
//! other packages.

use std::collections::BTreeMap;

use minijinja::context;

use crate::plan::{Check, Plan, Services};
use crate::value::Name;

use super::quote;
use super::script::{self, Calls};
use super::templates::Templates;

/// Returns the scripts of the `test` stage: paths in the project and texts.
pub(super) fn of_build(plan: &Plan) -> Vec<(String, String)> {
    let about = "Tests of the image that need no GPU: run them with `docker build --target test .`";
    files(plan.support.as_str(), ("build", about), &plan.checks)
}

/// Returns the scripts of the `test` service.
pub(super) fn of_service(services: &Services) -> Vec<(String, String)> {
    let about = "Tests that need the GPU or other devices, for the service `test`.";
    files(&services.support, ("run", about), &services.tests)
}

/// Returns the script that runs all tests, prints the result of each and fails if one fails, and the files of
/// the packages. Returns nothing if there are no tests.
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
