//! [`UlimitName`]: the name of a resource limit.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// The name of a resource limit in Docker: `memlock`, `nofile`, `rtprio`.
    UlimitName, "a resource limit" => read
}

const KNOWN: [&str; 15] = [
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

fn read(word: &str) -> Result<String, Invalid> {
    if KNOWN.contains(&word) {
        return Ok(word.to_owned());
    }
    let message = format!("{} is not a resource limit", text::quoted(word));
    Err(Invalid::new(message)
        .help(format!("use one of {}", KNOWN.map(|name| format!("`{name}`")).join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(UlimitName: "memlock", "nofile");

    #[test]
    fn errors_are_precise() {
        assert_eq!(UlimitName::parse("memory").unwrap_err().message, "`memory` is not a resource limit");
    }
}
