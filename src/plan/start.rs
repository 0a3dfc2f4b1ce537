//! The default command of an image if the manifest sets none: the server of a package.

use crate::catalog::ServerCommand;
use crate::manifest::RunOptions;
use crate::resolve::Reason;
use crate::source::Span;

use super::package_context::{Inputs, PackageContext};

/// Returns the package whose server is started, and its command. `None` if the manifest sets a command, the
/// base image is the user's own, the server needs root and the image has another user, or the server is
/// ambiguous.
pub(super) fn default(inputs: Inputs<'_>) -> Option<(PackageContext<'_>, &ServerCommand)> {
    if is_named(inputs) || inputs.resolution.base.name.is_none() {
        return None;
    }
    let mut all = servers(inputs);
    all.retain(|(_, command)| works(inputs, command));
    let asked = |(view, _): &&(PackageContext<'_>, &ServerCommand)| {
        view.chosen.reasons.iter().any(|reason| matches!(reason, Reason::Requested(_)))
    };
    let mut asked = all.iter().filter(asked);
    match (&all[..], asked.next(), asked.next()) {
        ([one], _, _) | (_, Some(one), None) => Some(*one),
        _ => None,
    }
}

/// Returns the packages of the image that have a server, in the order of installation.
pub(super) fn servers(inputs: Inputs<'_>) -> Vec<(PackageContext<'_>, &ServerCommand)> {
    let views = inputs.resolution.order.iter().filter_map(|name| inputs.view(name));
    let shipped = views.filter(|view| view.chosen.needed.run);
    shipped.filter_map(|view| Some((view, view.applicable(&view.package.commands).next()?))).collect()
}

/// Whether a server works as the user of the main service.
pub(super) fn works(inputs: Inputs<'_>, command: &ServerCommand) -> bool {
    let user = super::user_numbers(&inputs.project.run, inputs.project.app.as_ref(), true);
    !command.root || user.is_some_and(|(uid, _)| uid == 0)
}

/// Whether `app` sets the command or the entrypoint.
fn is_named(inputs: Inputs<'_>) -> bool {
    inputs.project.app.as_ref().is_some_and(|app| app.command.is_some() || app.entrypoint.is_some())
}

/// Returns the places of `restart` in services of the project's own image that exit at once.
pub(super) fn idle_restarts(inputs: Inputs<'_>) -> Vec<Span> {
    // The command of the user's own base image is unknown.
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

/// Returns the options of the services that run the project's own image.
pub(super) fn own(inputs: Inputs<'_>) -> impl Iterator<Item = &RunOptions> {
    let run = &inputs.project.run;
    let more = run.services.iter().filter(|service| service.image.is_none()).map(|service| &service.run);
    std::iter::once(run).chain(more)
}
