//! Runs external programs: without a shell, without input, and with limits on time and output.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use crate::source::masked;

/// The maximum number of bytes to keep of each stream.
const LARGEST: u64 = 16 << 20;
/// The longest time between checks whether a program has ended. The first one comes sooner: most calls of Git
/// take a few milliseconds.
const TURN: Duration = Duration::from_millis(10);
const FIRST_TURN: Duration = Duration::from_millis(1);
/// How long to wait for the output after a program has ended; its child processes can keep the streams open.
const LEFT: Duration = Duration::from_secs(2);
/// The maximum number of lines of an error message.
const SHOWN: usize = 12;

/// A program to run.
pub(super) struct ProgramCall<'a> {
    /// Its name; it is searched on `PATH`.
    pub(super) program: &'static str,
    pub(super) arguments: Vec<OsString>,
    /// The working folder.
    pub(super) folder: &'a Path,
    /// Additional environment variables.
    pub(super) env: Vec<(&'static str, String)>,
    /// Environment variables to remove.
    pub(super) hidden: Vec<OsString>,
    pub(super) limit: Duration,
}

/// Why a program failed.
#[derive(Debug)]
pub(super) enum ProgramFailure {
    /// It is not on `PATH`.
    Missing,
    /// It reached its time limit.
    TooSlow(Duration),
    /// It exited with an error.
    Failed(String),
    /// The system reported an error.
    System(io::Error),
}

impl ProgramFailure {
    /// Returns the reason in words, without secrets.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Missing => "it is not installed".to_owned(),
            Self::TooSlow(limit) => format!("it did not finish within {} s and was stopped", limit.as_secs()),
            Self::Failed(text) => text.clone(),
            Self::System(why) => why.to_string(),
        }
    }
}

fn command(call: &ProgramCall<'_>) -> Command {
    let mut command = Command::new(call.program);
    command.args(&call.arguments).current_dir(call.folder).stdout(Stdio::piped());
    for name in &call.hidden {
        command.env_remove(name);
    }
    command.envs(call.env.iter().map(|(name, value)| (name, value)));
    command
}

/// Starts a program that answers requests on its standard input. Its time is not limited.
pub(super) fn start(call: &ProgramCall<'_>) -> io::Result<Child> {
    command(call).stdin(Stdio::piped()).stderr(Stdio::null()).spawn()
}

/// Runs a program and returns its standard output.
pub(super) fn run(call: &ProgramCall<'_>) -> Result<String, ProgramFailure> {
    let spawned = command(call).stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|why| match why.kind() {
        io::ErrorKind::NotFound => ProgramFailure::Missing,
        _ => ProgramFailure::System(why),
    })?;
    let (out, err) = (read(child.stdout.take()), read(child.stderr.take()));
    let (mut waited, mut turn) = (Duration::ZERO, FIRST_TURN);
    let status = loop {
        match child.try_wait().map_err(ProgramFailure::System)? {
            Some(status) => break status,
            None if waited > call.limit => {
                _ = child.kill();
                _ = child.wait();
                return Err(ProgramFailure::TooSlow(call.limit));
            }
            None => {
                std::thread::sleep(turn);
                waited += turn;
                turn = (turn * 2).min(TURN);
            }
        }
    };
    let (out, err) = (text(&out), text(&err));
    if out.len() as u64 >= LARGEST {
        return Err(ProgramFailure::Failed(format!("it printed more than {} MiB", LARGEST >> 20)));
    }
    if status.success() { Ok(out) } else { Err(ProgramFailure::Failed(said(&err, &out))) }
}

/// Reads a stream to its end, so that the program never blocks. Drops what is above the limit.
fn read(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    if let Some(mut stream) = stream {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            _ = (&mut stream).take(LARGEST).read_to_end(&mut bytes);
            _ = send.send(bytes);
            _ = io::copy(&mut stream, &mut io::sink());
        });
    }
    receive
}

fn text(stream: &Receiver<Vec<u8>>) -> String {
    String::from_utf8_lossy(&stream.recv_timeout(LEFT).unwrap_or_default()).into_owned()
}

/// Returns the first lines of an error message.
fn said(err: &str, out: &str) -> String {
    let text = if err.trim().is_empty() { out } else { err };
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    let mut text = masked(&lines.join("\n"));
    if more > 0 {
        text.push_str(&format!("\n({more} more lines)"));
    }
    if text.is_empty() { "it failed without a message".to_owned() } else { text }
}

/// Collects arguments.
pub(super) fn arguments<T: AsRef<OsStr>>(all: impl IntoIterator<Item = T>) -> Vec<OsString> {
    all.into_iter().map(|one| one.as_ref().to_owned()).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, limit: Duration) -> Result<String, ProgramFailure> {
        run(&ProgramCall {
            program: "sh",
            arguments: arguments(["-c", script]),
            folder: Path::new("/"),
            env: vec![("SHOWN", "a value".to_owned())],
            hidden: vec!["CARGO_MANIFEST_DIR".into()],
            limit,
        })
    }

    #[test]
    fn output_is_returned() {
        let long = Duration::from_mins(1);
        assert_eq!(sh("printf '%s' \"$SHOWN\"", long).unwrap(), "a value");
        assert_eq!(sh("printf '%s' \"${CARGO_MANIFEST_DIR-none}\"", long).unwrap(), "none");
        // More than fits into a pipe, on both streams.
        let both = "head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero >&2";
        assert_eq!(sh(both, long).unwrap().len(), 300_000);
    }

    #[test]
    fn errors_are_short_and_without_secrets() {
        let long = Duration::from_mins(1);
        let failed = sh("echo 'no https://me:secret@a.example/x' >&2; seq 99 >&2; exit 3", long).unwrap_err();
        let words = failed.words();
        assert!(!words.contains("secret") && words.contains("a.example"), "{words}");
        assert!(words.ends_with("(88 more lines)"), "{words}");
        let words = sh("sleep 60", Duration::from_millis(50)).unwrap_err().words();
        assert_eq!(words, "it did not finish within 0 s and was stopped");
        assert_eq!(sh("exit 1", long).unwrap_err().words(), "it failed without a message");
    }
}
