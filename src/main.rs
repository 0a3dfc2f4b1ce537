//! The `jcc` command.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use jcc::{Exit, Io, Terminal, run};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let exit = with_process_io(|io| run(&arguments, io));
    ExitCode::from(exit.code())
}

/// Calls `run` with the streams and the environment of this process.
#[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
fn with_process_io(run: impl FnOnce(&mut Io<'_>) -> Exit) -> Exit {
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
        state: state_folder(),
        temporary: std::env::temp_dir(),
        variables: std::env::vars_os().map(|(name, _)| name).collect(),
    })
}

/// Returns the user's state folder for jcc: `$XDG_STATE_HOME/jcc`, or its equivalent on Windows.
fn state_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else {
        folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))
    };
    base.map(|base| base.join("jcc"))
}
