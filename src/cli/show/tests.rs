use crate::catalog::Catalog;
use crate::diagnostic::Log;
use crate::fs::Memory;
use crate::source::Sources;

use super::{DependentsTable, text, value};

/// A definition with every property that `jcc show` prints.
const LENS: &str = r#"package "lens" {
    summary "Grinds pictures"
    license "MIT"
    homepage "https://lens.example"
    alias "liblens"
    choice "optics"
    source "https://lens.example/releases"
    size image=120 models=400 source="https://lens.example/size"
    version "2.1" { requires { platform "x86_64" } }
    version "2.0" name="clear" default=#true {
        unproven "no one has tried it"
        note "The last one with wide angles"
    }
    option "coat" default="none" {
        value "none"
        value "gold" { requires { ubuntu ">=22.04" } }
    }
    option "title" default="Lens" summary="What windows are called"
    variant "small" default=#true
    variant "large" summary="With a stand" {
        option "coat" "gold"
        requires { frame ">=3" }
    }
    requires {
        sand
        sand stage="build"
        oven ">=1200" stage="build"
    }
    requires { cloth stage="test" }
    when cuda=">=12" option="coat=gold" {
        requires { gloves }
        note "Do not touch"
    }
    conflicts { mirror "<2" }
}
"#;

/// Packages that require `lens`, each in a different way, and one that does not.
const OTHERS: &[(&str, &str)] = &[
    ("camera", "requires { lens }"),
    ("glasses", "version \"2\" { requires { liblens } }; version \"1\" { requires { lens \"<2.1\" } }"),
    ("phone", "version \"2\" { requires { lens } }; version \"1\""),
    ("scope", "option \"big\" default=\"no\" { value \"yes\" { requires { lens } }; value \"no\" }"),
    ("tube", "variant \"long\" { requires { lens } }; when cuda=\">=12\" { requires { lens } }"),
    ("workshop", "requires { lens stage=\"build\" }"),
    ("museum", "requires { lens stage=\"test\" }"),
    ("mirror", "requires { sand }"),
];

fn catalog() -> Catalog {
    let fs = Memory::with([("mine/optics/lens/package.kdl", LENS)]);
    for (name, body) in OTHERS {
        let text = format!("package \"{name}\" {{ summary \"A {name}\"; {body} }}");
        fs.put(&format!("mine/optics/{name}/package.kdl"), text);
    }
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let mut catalog = Catalog::new();
    catalog.add_named_folder(&fs, "mine", &mut sources, &mut log);
    assert!(log.is_empty(), "{log:?}");
    catalog
}

#[test]
fn text_has_all_properties_and_dependents() {
    let catalog = catalog();
    let lens = catalog.package("liblens").unwrap();
    let needed = DependentsTable::new(&catalog, lens, vec!["stack:optics".to_owned()]);
    insta::assert_snapshot!(text(lens, &None) + &needed.text());
}

#[test]
fn json_has_all_properties_and_dependents() {
    let catalog = catalog();
    let lens = catalog.package("lens").unwrap();
    let needed = DependentsTable::new(&catalog, lens, vec!["stack:optics".to_owned()]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&value(lens, &None, &needed)).unwrap());
}
