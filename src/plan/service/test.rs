//! The service that runs the tests which need the started container.

use super::names::ServiceNames;
use super::{Annotated, Interpolated, MountFrom, MountUse, Service, ServiceInputs};

/// The service, in the main one's circumstances but for what only a running service has.
pub(super) fn service(inputs: ServiceInputs<'_>, names: &ServiceNames, main: &Service) -> Option<Service> {
    if inputs.tests.is_empty() {
        return None;
    }
    let folder = MountUse {
        from: MountFrom::Host(inputs.files.seen(&format!("./{}", inputs.files.support_file("test")))),
        to: Interpolated::literal(FOLDER),
        read_only: true,
    };
    let mut mounts = main.mounts.clone();
    mounts.push(Annotated::plain(folder));
    Some(Service {
        name: names.test.clone(),
        about: vec![format!(
            "Tests that need the GPU or the devices: `docker compose run --rm {}`",
            names.test
        )],
        profiles: vec!["test".to_owned()],
        container: None,
        ports: Vec::new(),
        mounts,
        entrypoint: Some(["bash".to_owned(), format!("{FOLDER}/run")].to_vec()),
        command: None,
        healthcheck: None,
        restart: None,
        ..main.clone()
    })
}

/// Where the container sees the folder of tests.
const FOLDER: &str = "/run/test";
