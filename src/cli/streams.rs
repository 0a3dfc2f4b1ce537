//! What surrounds a run: its streams, the folder it was started in, what the environment says of the terminal.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::Exit;

/// What a run reads from and writes to.
pub struct Io<'a> {
    /// Results.
    pub out: Terminal<'a>,
    /// Reports.
    pub err: Terminal<'a>,
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// The folder that the run was started in.
    pub folder: PathBuf,
    /// This user's folder for what runs note before they write; without one, a run that is stopped is not undone.
    pub state: Option<PathBuf>,
}

/// A stream and what it can show.
pub struct Terminal<'a> {
    /// Where it goes.
    pub to: &'a mut dyn Write,
    /// Whether it shows colour.
    pub colour: bool,
    /// How many columns it has.
    pub width: usize,
}

impl Terminal<'_> {
    /// Writes all of a text, with escapes for what a terminal would obey or what cannot be seen.
    pub fn write(&mut self, text: &str) -> Exit {
        self.write_styled(&crate::source::shown(text))
    }

    /// Writes JSON; what cannot be seen is escaped as JSON does it.
    pub fn write_json(&mut self, text: &str) -> Exit {
        self.write_styled(&crate::source::shown_json(text))
    }

    /// Writes a text with escape sequences of our own; what it holds of others was escaped before. A reader that went away
    /// is no failure: it has seen what it wanted.
    pub fn write_styled(&mut self, text: &str) -> Exit {
        match self.to.write_all(text.as_bytes()).and_then(|()| self.to.flush()) {
            Ok(()) => Exit::Done,
            Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(_) => Exit::Machine,
        }
    }
}
