//! The command line: parses the arguments, runs a command and returns an exit code. One file per command.

mod args;
mod audit;
mod availability;
mod catalog;
mod compile;
mod completions;
mod diff;
mod digests;
mod edit;
mod exit;
mod explain;
mod fmt;
mod git;
mod graph;
mod inspected;
mod lock;
mod lock_diff;
mod new;
mod outputs;
mod package;
mod place;
mod programs;
mod resolve;
mod run_command;
mod sbom;
mod session;
mod show;
mod streams;
mod table;
mod unified;
mod update;
mod why;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
pub use exit::Exit;
use session::Session;
pub use streams::{Io, Terminal};

/// Parses the arguments, runs the command and returns its exit code.
pub fn run(arguments: &[std::ffi::OsString], io: &mut Io<'_>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return print_clap_error(&error, io),
    };
    let mut session = Session::new(cli.common, io);
    match cli.command {
        Command::Compile { input, out, stdout, check, locked, force, deny_warnings, format } => {
            let mode = if check { compile::OutputMode::Check } else { compile::OutputMode::Write };
            let args =
                compile::CompileOptions { input, out, stdout, mode, locked, force, deny_warnings, format };
            compile::run(&mut session, args)
        }
        Command::Check { input, deny_warnings, format } => {
            compile::run(&mut session, compile::CompileOptions::check(input, deny_warnings, format))
        }
        Command::Diff(args) => diff::run(&mut session, &args),
        Command::Sbom { input, format } => sbom::run(&mut session, &input, format),
        Command::Audit { input, format } => audit::run(&mut session, &input, format),
        Command::Run { input } => run_command::run(&mut session, &input),
        Command::Resolve { input, format } => resolve::run(&mut session, &input, format),
        Command::Why { name, input, format } => why::run(&mut session, &name, &input, format),
        Command::Graph { input, packages, format } => graph::run(&mut session, &input, packages, format),
        Command::Search { words, format } => catalog::search(&mut session, &words.join(" "), format),
        Command::List { what, machine, format } => catalog::list(&mut session, what, &machine, format),
        Command::Show { name, machine, format } => show::run(&mut session, &name, &machine, format),
        Command::Explain { code, format } => explain::run(&mut session, code.as_deref(), format),
        Command::Init(args) => new::init(&mut session, &args),
        Command::Add(args) => edit::add(&mut session, &args),
        Command::Remove(args) => edit::remove(&mut session, &args),
        Command::Pin(args) => edit::pin(&mut session, &args),
        Command::Update(args) => match &args.digests {
            Some(file) => digests::run(&mut session, &args, file),
            None if !args.only.is_empty() => lock::release::kinds(&mut session, &args),
            None => lock::release::distributions(&mut session, &args)
                .unwrap_or_else(|| update::run(&mut session, &args)),
        },
        Command::Lock(args) => lock::run(&mut session, &args),
        Command::Fmt { files, named, check } => fmt::run(&mut session, &[files, named].concat(), check),
        Command::Package { command } => package::run(&mut session, &command),
        Command::Completions { shell } => completions::run(&mut session, shell),
        Command::Man => {
            let mut out = Vec::new();
            match clap_mangen::Man::new(Cli::command()).render(&mut out) {
                Ok(()) => session.print(&String::from_utf8_lossy(&out)),
                Err(why) => session.system_error(&why.to_string()),
            }
        }
    }
}

/// Prints what clap returns instead of parsed arguments: help and the version on stdout, errors on stderr.
fn print_clap_error(error: &clap::Error, io: &mut Io<'_>) -> Exit {
    let plain = error.render().to_string();
    // The message quotes arguments, which may contain escape sequences: then it is escaped and has no colour.
    let styled = io.out.colour && crate::source::first_hidden(&plain).is_none();
    let text =
        if styled { error.render().ansi().to_string() } else { crate::source::shown(&plain).into_owned() };
    if error.use_stderr() {
        _ = io.err.write_styled(&text);
        Exit::Misuse
    } else {
        io.out.write_styled(&text)
    }
}
