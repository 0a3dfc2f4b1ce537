//! `jcc completions`: shell completions, which include the names of the built-in catalogue.

use clap::CommandFactory as _;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use crate::catalog::DefinitionKind;

use super::args::Cli;
use super::{Exit, Session};

/// The arguments that take names of the catalogue: subcommand, argument, and kind of definition.
const CATALOGUE_ARGUMENTS: [(&str, &str, DefinitionKind); 12] = [
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

/// Prints the completion script of a shell.
pub(super) fn run(session: &mut Session<'_, '_>, shell: Shell) -> Exit {
    let catalog = crate::builtin::catalog(&mut session.sources);
    let mut command = Cli::command();
    let mut positional = String::new();
    for (subcommand, argument, kind) in CATALOGUE_ARGUMENTS {
        // clap needs `'static` values.
        let names = catalog.entries(kind).map(|entry| &*entry.name.to_string().leak());
        let names: Vec<&'static str> = names.collect();
        let one = command
            .find_subcommand(subcommand)
            .and_then(|one| one.get_arguments().find(|one| one.get_id() == argument && one.is_positional()));
        if one.is_some() {
            let names = names.join(" ");
            positional.push_str(&format!(
                "complete -c jcc -n \"__fish_jcc_using_subcommand {subcommand}\" -f -a \"{names}\"\n"
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
        // For fish, clap_complete writes the values of options but not those of positional arguments.
        out.extend_from_slice(positional.as_bytes());
    }
    session.print(&String::from_utf8_lossy(&out))
}
