use super::testing::{Memory, built_in, read};
use super::*;
use crate::diagnostic::{Log, plain};
use crate::source::Sources;

fn load(fs: &Memory) -> (Catalog, Sources, Log) {
    let (mut catalog, mut sources, mut log) = (Catalog::new(), Sources::new(), Log::new());
    catalog.add_named_folder(fs, "defs", &mut sources, &mut log);
    (catalog, sources, log)
}

const VTK: &str = r#"
package "vtk" {
    summary "Visualization Toolkit: 3D rendering, with Qt widgets and OpenGL"
    group "vision"
    homepage "https://vtk.org"
    license "BSD-3-Clause"
    alias "libvtk"

    version "9.3.1" { commit "0123456789abcdef0123456789abcdef01234567" }
    version "9.2.6" name="old" { commit "0123456789abcdef0123456789abcdef01234568"; requires { ubuntu "<24.04" } }

    option "qt" default="5" { value "5" { requires { ubuntu "<24.04" } }; value "6"; value "none" }

    requires {
        cmake ">=3.12" stage="build"
        ubuntu ">=20.04"
    }
    when l4t=">=36" option="qt=5" { requires { numpy "<2" }; when variant="full" { note "big" } }

    build memory=2048 {
        apt "build-essential" "ninja-build" "libgl1-mesa-dev" "libxt-dev"
        when option="qt=5" { apt "qtbase5-dev" "libqt5opengl5-dev" }
        git "https://gitlab.kitware.com/vtk/vtk.git" tag="v{{ version }}" commit="{{ commit }}" to="/src/vtk"
        cmake "/src/vtk" generator="Ninja" {
            define "CMAKE_BUILD_TYPE" "Release"
            define "VTK_QT_VERSION" "{{ option.qt }}" when-option="qt"
        }
        export "/usr/local"
    }

    install {
        apt "libgl1" "libxt6"
        when option="qt=5" { apt "libqt5widgets5" "libqt5opengl5" }
        ldconfig
    }

    test "links" { build; run "ldconfig -p | grep -q libvtkCommonCore" }
    source "https://vtk.org/download"
}
"#;

#[test]
fn the_contract_s_example_is_read() {
    let (catalog, sources, log) = load(&Memory::with([("defs/vision/vtk/package.kdl", VTK)]));
    assert_eq!(plain(&log, &sources), "");
    let vtk = catalog.package("libvtk").unwrap();
    assert_eq!(vtk.name.as_str(), "vtk");
    assert_eq!(vtk.group, "vision");
    assert_eq!(vtk.versions[1].requires[0].name.as_str(), "ubuntu");
    assert_eq!(vtk.versions[0].values["commit"].text.len(), 40);
    assert_eq!(vtk.options[0].values[0].1[0].requirement.as_str(), "<24.04");
    assert_eq!(vtk.requires.len(), 3);
    assert_eq!(vtk.requires[0].stage, RequireStage::Build);
    assert_eq!(vtk.requires[2].guard.all.len(), 2);
    assert_eq!(vtk.notes[0].guard.all.len(), 3);
    let build = vtk.build.as_ref().unwrap();
    assert_eq!(build.memory, Some(2048));
    assert_eq!(build.steps.len(), 5);
    assert!(
        matches!(&build.steps[1].guard.all[..], [Condition::Option { value: Some(five), .. }] if five == "5")
    );
    assert!(vtk.tests[0].build);
    assert!(catalog.definition_hash("vtk", &sources).is_some());
}

#[test]
fn the_catalogue_is_sound() {
    let ((catalog, sources), mut log) = (read(), Log::new());
    catalog.check(&mut log);
    assert!(log.is_empty(), "\n{}", plain(&log, &sources));
}

#[test]
fn a_user_s_definition_lies_over_the_built_in_one() {
    let fs = Memory::with([
        ("mine/numpy/package.kdl", "package \"numpy\" { summary \"mine\"; alias \"np\" }"),
        (
            "mine/tools/tool/package.kdl",
            "package \"tool\" { summary \"a tool\"; install { copy \"notes.txt\" to=\"/notes\" } }",
        ),
        ("mine/tools/tool/other.txt", "not named, so not read"),
        ("mine/tools/tool/notes.txt", "words"),
    ]);
    let mut log = Log::new();
    let (mut catalog, mut sources) = built_in();
    catalog.add_named_folder(&fs, "mine", &mut sources, &mut log);
    assert_eq!(plain(&log, &sources), "");
    assert_eq!(catalog.package("np").unwrap().summary, "mine");
    assert_eq!(catalog.package("tool").unwrap().group, "tools");
    assert_eq!(catalog.file("tool", "notes.txt"), Some(&b"words"[..]));
    assert_eq!(catalog.file("tool", "other.txt"), None);
    let shadows: Vec<_> =
        catalog.shadows().iter().map(|one| (sources.cite(one.by), one.path.as_str())).collect();
    assert_eq!(shadows, [("mine/numpy/package.kdl:1".to_owned(), "packages/ml/numpy/package.kdl")]);
    assert!(
        !catalog.is_builtin(DefinitionKind::Package, "numpy")
            && catalog.is_builtin(DefinitionKind::Package, "pytorch")
    );
}

#[test]
fn names_are_found_and_suggested() {
    let (catalog, _) = built_in();
    assert_eq!(catalog.nearest(DefinitionKind::Package, "pytroch").first(), Some(&"pytorch"));
    assert!(catalog.package("pytroch").is_none());
}

/// A definition with one part cut out, doubled or replaced.
fn mutate(text: &str, at: usize, length: usize, kind: u8) -> String {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (boundary(at), boundary(at + length));
    let middle = match kind {
        0 => "",
        1 => &text[start..end].repeat(2),
        2 => "#null",
        3 => " { when { ",
        4 => "\"{{ a\"",
        _ => "12 ",
    };
    format!("{}{middle}{}", &text[..start], &text[end..])
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]
    #[test]
    fn mutated_definitions_are_reported_not_panicked_over(
        seed in 0..3_usize, at in 0..20_000_usize, length in 0..40_usize, kind in 0..6_u8,
    ) {
        let platform = include_str!("../../../packages/platform/platforms.kdl");
        let devices = include_str!("../../../packages/platform/devices.kdl");
        let text = [VTK, platform, devices][seed];
        let text = mutate(text, at % text.len().min(4000), length, kind);
        let path = if seed == 0 { "defs/vision/vtk/package.kdl" } else { "defs/platform/x.kdl" };
        let (catalog, sources, mut log) = load(&Memory::with([(path, text.as_str())]));
        catalog.check(&mut log);
        // A report slices every span: none lies across a letter.
        plain(&log, &sources);
        for entry in catalog.entries(DefinitionKind::Package) {
            let _ = catalog.package(&entry.name);
            let _ = catalog.definition_hash(&entry.name, &sources);
        }
    }
}
