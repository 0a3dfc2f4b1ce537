//! What an image starts where the manifest names nothing: the server of the one package that has one.

use crate::manifest::RunOptions;
use crate::resolve::Reason;
use crate::source::Span;

use super::package_context::{Inputs, PackageContext};

/// The package whose server is started, and its command; nothing where the manifest or the user's own base image says
/// what is, or where several packages have one.
pub(super) fn default(inputs: Inputs<'_>) -> Option<(PackageContext<'_>, &Vec<String>)> {
    if is_named(inputs) || inputs.resolution.base.name.is_none() {
        return None;
    }
    let all = servers(inputs);
    let asked = |(view, _): &&(PackageContext<'_>, &Vec<String>)| {
        view.chosen.reasons.iter().any(|reason| matches!(reason, Reason::Requested(_)))
    };
    let mut asked = all.iter().filter(asked);
    match (&all[..], asked.next(), asked.next()) {
        ([one], _, _) | (_, Some(one), None) => Some(*one),
        _ => None,
    }
}

/// Every package in the image that has a server, in the order of installing.
pub(super) fn servers(inputs: Inputs<'_>) -> Vec<(PackageContext<'_>, &Vec<String>)> {
    let views = inputs.resolution.order.iter().filter_map(|name| inputs.view(name));
    let shipped = views.filter(|view| view.chosen.needed.run);
    shipped.filter_map(|view| Some((view, view.held(&view.package.commands).next()?))).collect()
}

/// Whether the application says what the image starts.
fn is_named(inputs: Inputs<'_>) -> bool {
    inputs.project.app.as_ref().is_some_and(|app| app.command.is_some() || app.entrypoint.is_some())
}

/// Where a service in the project's own image is started again although nothing in it runs on.
pub(super) fn restarts_nothing(inputs: Inputs<'_>) -> Vec<Span> {
    // Of the user's own base image nobody knows what it starts.
    if is_named(inputs) || inputs.resolution.base.name.is_none() || default(inputs).is_some() {
        return Vec::new();
    }
    let runs = own(inputs);
    let idle = runs.filter(|run| run.command.is_none() && run.tty.as_ref().is_none_or(|tty| !tty.value));
    idle.filter_map(|run| run.restart.as_ref())
        .filter(|restart| restart.value != "no")
        .map(|restart| restart.span)
        .collect()
}

/// The services that run the project's own image.
pub(super) fn own(inputs: Inputs<'_>) -> impl Iterator<Item = &RunOptions> {
    let run = &inputs.project.run;
    let more = run.services.iter().filter(|service| service.image.is_none()).map(|service| &service.run);
    std::iter::once(run).chain(more)
}
