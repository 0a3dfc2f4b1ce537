//! Tests of `extends`.

use super::{Folder, projects, read};

const TOP: &str = "project \"a\"\nextends \"common/base.kdl\"\nextends \"stack:ml\"\n\
    target { device \"orin\" }\npackages { pytorch variant=\"small\"; vtk \"9.3\" }\npin { cuda \"12.6\" }";
const BASE: &str = "extends \"../other.kdl\"\nproject \"base\" version=\"1.0\" { label \"a\" \"b\" }\n\
    target \"named\" { device \"x\" }\npin { cuda \"12.4\"; numpy \"1\" }\nrun { network \"host\"; cap-add \"KILL\" }\n\
    pip { requirements \"requirements.txt\" }";
const OTHER: &str = "run { network \"none\"; restart \"always\" }";
const STACK: &str =
    "packages { pytorch \"2.5\" { option \"a\" \"b\" }; vtk \"9.2\" }\ntarget { device \"y\"; l4t \"36\" }";

fn extending_project() -> Folder {
    Folder::of(&[
        ("project.kdl", TOP),
        ("common/base.kdl", BASE),
        ("other.kdl", OTHER),
        ("stack:ml", STACK),
        ("requirements.txt", "rich"),
    ])
}

#[test]
fn nodes_override_those_of_extended_manifests_one_by_one() {
    let folder = Folder::of(&[
        ("project.kdl", &TOP.replace("target {", "target \"named\" {")),
        ("common/base.kdl", BASE),
        ("other.kdl", OTHER),
        ("stack:ml", STACK),
        ("requirements.txt", "rich"),
    ]);
    let all = projects(&folder).unwrap_or_else(|report| panic!("{}", report.join("\n")));
    let [one] = &all[..] else { panic!("the named target replaces the unnamed one") };
    assert_eq!(one.header.name.value.as_str(), "a");
    assert!(one.header.version.is_some());
    assert_eq!(one.target.device.as_ref().map(|device| device.value.as_str()), Some("orin"));
    assert_eq!(one.run.network.as_ref().map(|network| network.value.as_str()), Some("host"));
    assert_eq!(one.run.restart.as_ref().map(|restart| restart.value.as_str()), Some("always"));
    let pins: Vec<String> =
        one.pins.iter().map(|pin| format!("{} {}", pin.name.value, pin.requirement.value)).collect();
    assert_eq!(pins, ["numpy 1", "cuda 12.6"]);
    let packages: Vec<String> =
        one.packages.iter().map(|one| format!("{} {}", one.name.value, one.requirement.value)).collect();
    assert_eq!(packages, ["pytorch 2.5", "vtk *", "pytorch *", "vtk 9.3"]);
    assert_eq!(one.read.sources().len(), 5);
}

#[test]
fn an_unnamed_target_among_several_is_reported() {
    let report = read(&extending_project()).expect_err("two targets, one of them without a name");
    assert_eq!(
        report,
        ["project.kdl:4 manifest::unnamed-target: every target needs a name if there are several"]
    );
}

#[test]
fn a_cycle_is_reported_with_all_its_manifests() {
    let folder = Folder::of(&[
        ("project.kdl", "extends \"b.kdl\"\nproject \"a\"\ntarget { device \"d\" }"),
        ("b.kdl", "extends \"c.kdl\""),
        ("c.kdl", "extends \"project.kdl\""),
    ]);
    assert_eq!(
        read(&folder).expect_err("a cycle"),
        [
            "c.kdl:1 manifest::extends-cycle: manifests extend each other in a cycle: `project.kdl` → `b.kdl` → `c.kdl` → `project.kdl`"
        ]
    );
}

#[test]
fn a_manifest_that_is_extended_twice_is_merged_once() {
    let folder = Folder::of(&[
        ("project.kdl", "extends \"b.kdl\"\nextends \"c.kdl\"\nproject \"a\"\ntarget { device \"d\" }"),
        ("b.kdl", "extends \"d.kdl\""),
        ("c.kdl", "extends \"d.kdl\""),
        ("d.kdl", "apt { install \"htop\" }"),
    ]);
    assert_eq!(projects(&folder).expect("valid manifest")[0].apt.install.len(), 1);
}

#[test]
fn unknown_files_and_stacks_are_reported() {
    let folder = Folder::of(&[
        (
            "project.kdl",
            "extends \"commno.kdl\"\nextends \"stack:lm\"\nproject \"a\"\ntarget { device \"d\" }",
        ),
        ("common.kdl", ""),
        ("stack:ml", ""),
    ]);
    assert_eq!(
        read(&folder).expect_err("neither exists"),
        [
            "project.kdl:1 manifest::file-not-found: `commno.kdl` does not exist",
            "project.kdl:2 manifest::unknown-stack: unknown stack `lm`"
        ]
    );
}

#[test]
fn a_missing_manifest_is_reported_without_a_span() {
    let folder = Folder::of(&[("projekt.kdl", "")]);
    assert_eq!(
        read(&folder).expect_err("it does not exist"),
        ["- manifest::file-not-found: `project.kdl` does not exist"]
    );
}

#[test]
fn nodes_that_a_missing_manifest_may_contain_are_not_reported_as_missing() {
    let folder = Folder::of(&[("project.kdl", "extends \"stack:none\"")]);
    assert_eq!(
        read(&folder).expect_err("the stack does not exist"),
        ["project.kdl:1 manifest::unknown-stack: unknown stack `none`"]
    );
}

#[test]
fn project_and_target_may_come_from_an_extended_manifest() {
    let folder = Folder::of(&[
        ("project.kdl", "extends \"base.kdl\"\napt { install \"vim\" }"),
        ("base.kdl", "project \"a\"\ntarget { device \"d\" }\napt { install \"htop\" }"),
    ]);
    let all = projects(&folder).expect("valid manifest");
    assert_eq!(all[0].header.name.value.as_str(), "a");
    let install: Vec<String> = all[0].apt.install.iter().map(|one| one.package.value.to_string()).collect();
    assert_eq!(install, ["htop", "vim"]);
}

#[test]
fn an_unreadable_manifest_is_reported() {
    let folder = Folder::of(&[("project.kdl", "project \"a\"")]);
    folder.0.fail_at("project.kdl");
    let report = read(&folder).expect_err("it cannot be read");
    assert!(
        report[0].starts_with("- manifest::unreadable-file: `project.kdl` cannot be read: "),
        "{report:?}"
    );
}

/// Returns a project with a chain of manifests, each of which extends the next one.
fn chain(length: usize) -> Folder {
    let folder = Folder::of(&[]);
    let name = |number: usize| if number == 0 { "project.kdl".to_owned() } else { format!("a{number}.kdl") };
    for number in 0..length {
        let next =
            if number + 1 < length { format!("extends \"{}\"\n", name(number + 1)) } else { String::new() };
        let own = "project \"a\"\ntarget { device \"orin\" }\n";
        folder.0.put(&name(number), format!("{own}{next}"));
    }
    folder
}

#[test]
fn the_depth_of_extended_manifests_is_limited() {
    assert!(projects(&chain(32)).is_ok());
    for length in [33, 700, 10_000] {
        let reports = projects(&chain(length)).expect_err("it is too deep");
        let deep: Vec<_> = reports.iter().filter(|one| one.contains("more than 32 levels deep")).collect();
        assert_eq!(deep.len(), 1, "{reports:?}");
        assert!(
            reports.iter().all(|one| !one.contains("a34.kdl")),
            "deeper manifests are not read: {reports:?}"
        );
    }
}

#[test]
fn the_depth_of_requirements_files_is_limited() {
    let reported = |length: usize| {
        let own = "project \"a\"\ntarget { device \"orin\" }\npip { requirements \"r0.txt\" }\n";
        let folder = Folder::of(&[("project.kdl", own)]);
        for number in 0..length {
            let next =
                if number + 1 < length { format!("-r r{}.txt\n", number + 1) } else { "rich\n".to_owned() };
            folder.0.put(&format!("r{number}.txt"), next);
        }
        projects(&folder).err().unwrap_or_default()
    };
    assert!(reported(32).is_empty());
    for length in [33, 10_000] {
        let reports = reported(length);
        assert!(reports.len() == 1 && reports[0].contains("more than 32 levels deep"), "{reports:?}");
    }
}
