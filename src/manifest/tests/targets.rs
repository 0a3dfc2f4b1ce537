//! Tests of the projects of targets.

use super::{Folder, full, projects};
use crate::manifest::{BaseChoice, Cache, Gpu, HardwareDevice};

#[test]
fn the_full_manifest_is_decoded() {
    let all = projects(&full()).unwrap_or_else(|report| panic!("{}", report.join("\n")));
    assert_eq!(all.iter().map(|one| one.target.name.value.as_str()).collect::<Vec<_>>(), ["orin", "bench"]);
    let bench = &all[1];
    assert_eq!(bench.targets, 2);
    assert_eq!(bench.apt.install.len(), 2);
    assert!(bench.apt.recommends.is_on() && bench.apt.extra_arg.is_on());
    assert!(matches!(bench.base.as_ref().map(|base| &base.choice), Some(BaseChoice::Image { .. })));
    assert_eq!(bench.run.gpu.as_ref().map(|gpu| &gpu.value), Some(&Gpu::All));
    assert_eq!(bench.run.ulimits.len(), 2);
    assert!(bench.run.jtop.is_on() && !bench.run.privileged.is_on());
    assert_eq!(bench.run.volumes.iter().map(|volume| volume.bind).collect::<Vec<_>>(), [true, false]);
    assert_eq!(bench.pip.requirements[0].specs.len(), 1);
    assert_eq!(bench.pip.requirements[0].constraints.len(), 1);
    assert_eq!(bench.pip.requirements[0].includes.len(), 1);
    assert_eq!(bench.read.sources().len(), 5, "each file once, including the key");
    assert_eq!(bench.cache, Cache { apt: true, pip: true });
}

#[test]
fn a_node_may_have_several_devices() {
    let all = projects(&full()).expect("valid manifest");
    let devices: Vec<&HardwareDevice> = all[0].run.devices.iter().map(|device| &device.value).collect();
    assert!(matches!(
        devices[..],
        [
            HardwareDevice::Path { .. },
            HardwareDevice::I2c(0),
            HardwareDevice::Spi(_),
            HardwareDevice::Gpio(Some(0)),
            HardwareDevice::Gpio(Some(1)),
            HardwareDevice::I2c(1),
            HardwareDevice::I2c(7)
        ]
    ));
}

#[test]
fn a_target_adds_to_lists_and_overrides_values() {
    let all = projects(&full()).expect("valid manifest");
    let orin = &all[0];
    assert_eq!(orin.pins.len(), 3);
    assert!(!orin.apt.recommends.is_on(), "turned off again");
    assert!(!orin.run.jtop.is_on(), "turned off again");
    assert_eq!(orin.apt.install.len(), 3);
    assert_eq!(orin.run.cameras.len(), 2);
    assert_eq!(orin.run.env.len(), 1);
    assert_eq!(orin.run.env[0].1.value, "8");
    assert_eq!(orin.run.services.len(), 1);
    assert_eq!(orin.run.services[0].run.ports.len(), 2);
    assert!(orin.run.services[0].image.is_some());
    assert_eq!(orin.cache, Cache { apt: false, pip: false });
}

#[test]
fn a_requirement_of_a_target_replaces_that_of_the_top_level() {
    let all = projects(&full()).expect("valid manifest");
    let requirements: Vec<String> = all[0]
        .packages
        .iter()
        .filter(|one| one.name.value.as_str() == "pytorch")
        .map(|one| one.requirement.value.to_string())
        .collect();
    assert_eq!(requirements, ["*", "2.6"]);
}

#[test]
fn relative_copies_are_joined_to_the_working_directory_of_the_target() {
    let all = projects(&full()).expect("valid manifest");
    let to = |at: usize| -> Vec<(String, bool)> {
        let app = all[at].app.as_ref().expect("it has an app");
        app.copies.iter().map(|copy| (copy.to.value.to_string(), copy.into)).collect()
    };
    assert_eq!(to(0), [("/app".to_owned(), false), ("/srv/etc".to_owned(), true)]);
    assert_eq!(to(1), [("/app".to_owned(), false), ("/app/etc".to_owned(), true)]);
}

#[test]
fn the_only_target_needs_no_name() {
    let folder = Folder::of(&[("project.kdl", "project \"a\"\ntarget { device \"orin\" }")]);
    let all = projects(&folder).expect("valid manifest");
    assert_eq!(all[0].target.name.value.as_str(), "default");
    assert_eq!(all[0].targets, 1);
}
