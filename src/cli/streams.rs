//! The environment of a run: its streams, the properties of the terminal, and the current folder.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::Exit;

/// The streams and folders of a run.
pub struct Io<'a> {
    /// Standard output, for results.
    pub out: Terminal<'a>,
    /// Standard error, for diagnostics and status lines.
    pub err: Terminal<'a>,
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// The current folder. Relative paths of the command line start here.
    pub folder: PathBuf,
    /// The user's folder for undo journals. Without one, the writes of an interrupted run are not rolled
    /// back.
    pub state: Option<PathBuf>,
    /// The folder for temporary files.
    pub temporary: PathBuf,
    /// The names of the environment variables.
    pub variables: Vec<OsString>,
}

/// An output stream and the properties of its terminal.
pub struct Terminal<'a> {
    /// The stream to write to.
    pub to: &'a mut dyn Write,
    /// Whether to use colour.
    pub colour: bool,
    /// The width in columns.
    pub width: usize,
}

impl Terminal<'_> {
    /// Writes a text. Escapes control characters and invisible characters.
    pub fn write(&mut self, text: &str) -> Exit {
        self.write_styled(&crate::source::shown(text))
    }

    /// Writes JSON. Escapes control characters and invisible characters as `\u` sequences.
    pub fn write_json(&mut self, text: &str) -> Exit {
        self.write_styled(&crate::source::shown_json(text))
    }

    /// Writes a text that may contain our own escape sequences; the caller has escaped everything else in it.
    /// A closed pipe is not an error: a reader such as `head` has read all that it wanted.
    pub fn write_styled(&mut self, text: &str) -> Exit {
        match self.to.write_all(text.as_bytes()).and_then(|()| self.to.flush()) {
            Ok(()) => Exit::Done,
            Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(_) => Exit::SystemError,
        }
    }
}
