//! The command `jcc`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use jcc::{Exit, Io, Terminal, run};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let exit = surrounded(|io| run(&arguments, io));
    ExitCode::from(exit.code())
}

/// Runs with the process' own streams and environment.
#[expect(clippy::disallowed_methods, reason = "the one place that looks at the environment")]
fn surrounded(run: impl FnOnce(&mut Io<'_>) -> Exit) -> Exit {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100);
    let folder = std::env::current_dir().unwrap_or_default();
    let (out, err) = (std::io::stdout(), std::io::stderr());
    let (out_colour, err_colour) = (out.is_terminal() && !plain, err.is_terminal() && !plain);
    run(&mut Io {
        out: Terminal { to: &mut out.lock(), colour: out_colour, width: columns },
        err: Terminal { to: &mut err.lock(), colour: err_colour, width: columns },
        input: &mut std::io::stdin().lock(),
        folder,
        state: state(),
    })
}

/// This user's folder for what a program keeps between its runs.
fn state() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else {
        folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))
    };
    base.map(|base| base.join("jcc"))
}
