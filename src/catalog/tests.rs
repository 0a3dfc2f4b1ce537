use super::testing::{Here, Memory, report};
use super::*;
use crate::diagnostic::Log;
use crate::source::Sources;
use crate::world::World as _;

fn load(world: &Memory) -> (Catalog, Sources, Log) {
    let (mut catalog, mut sources, mut log) = (Catalog::new(), Sources::new(), Log::new());
    catalog.add_named_folder(world, "defs", &mut sources, &mut log);
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
    let (catalog, sources, log) = load(&Memory::of(&[("defs/vision/vtk/package.kdl", VTK)]));
    assert_eq!(report(&log, &sources), "");
    let vtk = catalog.package("libvtk").unwrap();
    assert_eq!(vtk.name.as_str(), "vtk");
    assert_eq!(vtk.group, "vision");
    assert_eq!(vtk.versions[1].requires[0].name.as_str(), "ubuntu");
    assert_eq!(vtk.versions[0].values["commit"].text.len(), 40);
    assert_eq!(vtk.options[0].values[0].1[0].requirement.as_str(), "<24.04");
    assert_eq!(vtk.requires.len(), 3);
    assert_eq!(vtk.requires[0].stage, Stage::Build);
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
    let (mut catalog, mut sources, mut log) = (Catalog::new(), Sources::new(), Log::new());
    if Here.kind("packages").is_some() {
        catalog.add_named_folder(&Here, "packages", &mut sources, &mut log);
    }
    assert!(!log.has_errors(), "\n{}", report(&log, &sources));
}
