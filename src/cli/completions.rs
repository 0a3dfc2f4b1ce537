//! `jcc completions`: what a shell offers, names of the built-in catalogue included.

use clap::CommandFactory as _;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use crate::catalog::{Catalog, DefinitionKind};

use super::args::Cli;
use super::{Exit, Session};

/// Arguments that name something of the catalogue: the command, the argument, what it names.
const NAMED: [(&str, &str, DefinitionKind); 12] = [
    ("init", "device", DefinitionKind::Device),
    ("init", "platform", DefinitionKind::Platform),
    ("add", "packages", DefinitionKind::Package),
    ("remove", "packages", DefinitionKind::Package),
    ("pin", "name", DefinitionKind::Package),
    ("update", "names", DefinitionKind::Package),
    ("why", "name", DefinitionKind::Package),
    ("show", "name", DefinitionKind::Package),
    ("show", "device", DefinitionKind::Device),
    ("show", "platform", DefinitionKind::Platform),
    ("list", "device", DefinitionKind::Device),
    ("list", "platform", DefinitionKind::Platform),
];

/// Prints the script for a shell.
pub(super) fn run(session: &mut Session<'_, '_>, shell: Shell) -> Exit {
    let catalog = Catalog::builtin(&mut session.sources);
    let mut command = Cli::command();
    let mut positional = String::new();
    for (subcommand, argument, kind) in NAMED {
        // clap keeps names for as long as the process runs.
        let names = catalog.entries(kind).map(|entry| &*entry.name.to_string().leak());
        let names: Vec<&'static str> = names.collect();
        let one = command
            .find_subcommand(subcommand)
            .and_then(|one| one.get_arguments().find(|one| one.get_id() == argument && one.is_positional()));
        if one.is_some() {
            let words = names.join(" ");
            positional.push_str(&format!(
                "complete -c jcc -n \"__fish_jcc_using_subcommand {subcommand}\" -f -a \"{words}\"\n"
            ));
        }
        command = command.mut_subcommand(subcommand, |one| {
            one.mut_args(|one| {
                if one.get_id() == argument {
                    one.value_parser(PossibleValuesParser::new(names.iter().copied()))
                } else {
                    one
                }
            })
        });
    }
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut command, "jcc", &mut out);
    if shell == Shell::Fish {
        // What clap_complete writes for fish has values of options alone.
        out.extend_from_slice(positional.as_bytes());
    }
    session.print(&String::from_utf8_lossy(&out))
}
