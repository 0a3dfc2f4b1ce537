//! `.jcc/test/run`: the tests that need the started container.

use crate::plan::{Services, TestText};

use super::head::head;

/// The script that runs every test, says how each went, and fails where one did; nothing where there is no test.
pub(super) fn test_script(services: &Services) -> Option<(String, String)> {
    services.test.as_ref()?;
    let about = "Tests that need the GPU or the devices, for the service `test`.".to_owned();
    let mut out = format!("#!/usr/bin/env bash\n{}{START}", head(&services.head, &[about]));
    for test in &services.tests {
        let (program, body) = match &test.text {
            TestText::Shell(body) => ("bash -eo pipefail /dev/fd/3 3", body),
            TestText::Python(body) => ("python3 - ", body),
        };
        let end = delimiter(body);
        let body = body.trim_end_matches('\n');
        out.push_str(&format!("check {} {program}<<'{end}'\n{body}\n{end}\n\n", quoted(&test.name)));
    }
    out.push_str("exit \"$failed\"\n");
    Some((format!("{}/test/run", services.support), out))
}

const START: &str = r#"set -uo pipefail

failed=0
check() { # NAME COMMAND…
  if "${@:2}"; then echo "ok   $1"; else echo "FAIL $1"; failed=1; fi
}

"#;

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
