//! The service that runs the tests that need a running container.

use super::names::ServiceNames;
use super::{Annotated, Interpolated, MountFrom, MountUse, Service, ServiceInputs};

/// Returns the service. It has the options of the main one, except those for a long-running service.
pub(super) fn service(inputs: ServiceInputs<'_>, names: &ServiceNames, main: &Service) -> Option<Service> {
    if inputs.tests.is_empty() {
        return None;
    }
    let folder = MountUse {
        from: MountFrom::Host(inputs.files.relative(&format!("./{}", inputs.files.support_file("test")))),
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

/// The folder where the tests are mounted.
const FOLDER: &str = "/run/test";
