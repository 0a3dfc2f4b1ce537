//! The service that runs the tests which need the started container.

use super::names::Names;
use super::{Service, ServiceInputs};

/// One test that needs the started container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestScript {
    /// `torch: cuda`.
    pub name: String,
    /// What it runs.
    pub text: TestText,
}

/// What a test runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestText {
    /// Lines for bash, under `set -eo pipefail`.
    Shell(String),
    /// Python code.
    Python(String),
}

/// The service, in the main one's circumstances but for what only a running service has.
pub(super) fn service(inputs: ServiceInputs<'_>, names: &Names, main: &Service) -> Option<Service> {
    if inputs.tests.is_empty() {
        return None;
    }
    Some(Service {
        name: names.test.clone(),
        about: vec![format!(
            "What needs the GPU or the devices: `docker compose --profile test run --rm {}`.",
            names.test
        )],
        profile: Some("test".to_owned()),
        container: None,
        ports: Vec::new(),
        entrypoint: Some(["bash", "-uo", "pipefail", "-c"].map(str::to_owned).to_vec()),
        command: Some(vec![script(inputs.tests)]),
        healthcheck: None,
        tty: false,
        restart: None,
        ..main.clone()
    })
}

/// Runs every test, says how each went, and fails where one did.
fn script(tests: &[TestScript]) -> String {
    let mut out = String::from(
        "failed=0\nsay() { if [[ $1 == 0 ]]; then echo \"ok   $2\"; else echo \"FAIL $2\"; failed=1; fi; }\n",
    );
    for test in tests {
        let (run, body) = match &test.text {
            TestText::Shell(body) => ("bash -eo pipefail /dev/fd/3 3", body),
            TestText::Python(body) => ("python3 - ", body),
        };
        let end = delimiter(body);
        let body = body.trim_end_matches('\n');
        out.push_str(&format!("{run}<<'{end}'\n{body}\n{end}\nsay $? {}\n", quoted(&test.name)));
    }
    out.push_str("exit \"$failed\"\n");
    out
}

/// A delimiter that is no line of the text.
fn delimiter(body: &str) -> String {
    let mut delimiter = "EOF".to_owned();
    while body.lines().any(|line| line == delimiter) {
        delimiter.push('_');
    }
    delimiter
}

/// A name as a word of a shell, on one line.
fn quoted(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("'{}'", name.replace('\'', "'\\''"))
}
