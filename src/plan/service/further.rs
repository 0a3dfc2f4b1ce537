//! The services of `service` nodes.

use crate::manifest::ServiceOptions as Asked;

use super::names::ServiceNames;
use super::{Service, ServiceImage, ServiceInputs, profile};

/// Returns the services of all `service` nodes, in the order of the manifest.
pub(super) fn services(inputs: ServiceInputs<'_>, names: &ServiceNames) -> Vec<Service> {
    inputs.project.run.services.iter().map(|asked| service(asked, inputs, names)).collect()
}

fn service(asked: &Asked, inputs: ServiceInputs<'_>, names: &ServiceNames) -> Service {
    let image =
        asked.image.as_ref().map_or(ServiceImage::Own, |image| ServiceImage::Other(image.value.clone()));
    let own = image == ServiceImage::Own;
    let mut service = profile::of(&asked.run, inputs, names, own);
    service.name = asked.name.value.to_string();
    service.about = vec![inputs.cite(asked.name.span)];
    service.image = image;
    // Another image may have its own init.
    service.init = asked.run.init.as_ref().map_or(own, |init| init.value);
    service
}
