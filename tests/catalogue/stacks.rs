//! Every ready-made manifest, alone and beside each other: it compiles, or is refused with a reason.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Mutex;

use jcc::Compiled;
use jcc::catalog::BuiltinStacks;
use jcc::manifest::Stacks as _;

use super::super::docs::holds;
use super::machines::{MACHINES, Machine};
use super::{compile, in_parallel};

fn on(machine: &Machine, stacks: &[&String]) -> Result<Compiled, BTreeSet<String>> {
    let mut text = String::new();
    for stack in stacks {
        let _ = writeln!(text, "extends \"stack:{stack}\"");
    }
    let _ = writeln!(text, "target \"here\" {{ {} }}", machine.target);
    compile(&text).map(|(compiled, _)| compiled)
}

/// What is refused must be for want of versions that fit, not for a mistake in a stack.
fn fault(stacks: &[&String], machine: &Machine, refused: &BTreeSet<String>) -> Option<String> {
    let other: Vec<&String> = refused.iter().filter(|code| *code != "jcc::resolve::conflict").collect();
    (!other.is_empty()).then(|| format!("{stacks:?} on {}: {other:?}", machine.name))
}

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn every_stack_compiles_somewhere_and_the_list_of_them_is_current() {
    let names = BuiltinStacks::new().names();
    let mut faults = Vec::new();
    let mut rows = String::new();
    for name in &names {
        let mut columns = Vec::new();
        let (mut description, mut largest) = (String::new(), None);
        for machine in MACHINES {
            let built = on(machine, &[name]);
            if let Err(refused) = &built {
                faults.extend(fault(&[name], machine, refused));
            }
            if let Ok(compiled) = &built {
                let header = &compiled.resolved.targets[0].0.header;
                description = header.description.as_ref().map(|text| text.value.clone()).unwrap_or_default();
                let size = &compiled.planned[0].plan.size;
                largest = largest.max(Some((size.image + size.models, size.words())));
            }
            columns.extend(machine.column.map(|_| if built.is_ok() { "yes" } else { "-" }));
        }
        if description.is_empty() {
            faults.push(format!("{name}: no description, or it compiles nowhere"));
        }
        let size = largest.and_then(|(_, words)| words).unwrap_or_default();
        let _ = writeln!(rows, "| `stack:{name}` | {description} | {} | {size} |", columns.join(" | "));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let columns: Vec<&str> = MACHINES.iter().filter_map(|machine| machine.column).collect();
    let head = format!("| stack | what it is for | {} | how large |\n", columns.join(" | "));
    let line = format!("|{}\n", " --- |".repeat(columns.len() + 3));
    holds("../manifests/README.md", &format!("{HEAD}{head}{line}{rows}"));
}

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn every_pair_of_stacks_compiles_or_is_refused_with_a_reason() {
    let names = BuiltinStacks::new().names();
    let pairs: Vec<(&String, &String)> = names
        .iter()
        .enumerate()
        .flat_map(|(at, one)| names[at + 1..].iter().map(move |other| (one, other)))
        .collect();
    let faults = Mutex::new(Vec::new());
    in_parallel(&pairs, |(one, other)| {
        for machine in MACHINES.iter().filter(|machine| machine.column.is_some()) {
            let refused = on(machine, &[one, other]).err();
            let fault = refused.and_then(|refused| fault(&[one, other], machine, &refused));
            faults.lock().expect("no one panics with it").extend(fault);
        }
    });
    let faults = faults.into_inner().expect("no one panics with it");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

const HEAD: &str = "# Ready-made manifests

Each is a whole stack to start from: `extends \"stack:NAME\"` takes it first, and the manifest's own nodes win over it.
Name the target yourself:

```kdl
extends \"stack:l4t-pytorch\"
project \"demo\"
target { device \"jetson-agx-orin\"; jetpack \"6.2\" }
```

`yes` where it resolves on that kind of machine. The size is the largest of them, as far as sizes are published; registries
often publish the compressed one. This page is made by the tests.

";
