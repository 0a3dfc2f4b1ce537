//! Finds secrets in arguments of programs, in shell lines and in argument lists.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::named::{is_name_of_secret, is_opaque};
use super::secret::{FoundSecret, LEAST, SecretKind};

/// Options that contain secrets, one per line: the program, a word that must be among the arguments, the
/// option, and the form of the value; `*` matches anything.
const OPTIONS: &str = include_str!("arguments.txt");
/// The lines of `OPTIONS` by program.
static TABLE: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut table: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in OPTIONS.lines() {
        table.entry(line.split(' ').next().unwrap_or_default()).or_default().push(line);
    }
    table
});
/// Programs and options that read a password from standard input.
const READERS: [&str; 4] = ["--password-stdin", "chpasswd", "--stdin", "-S"];
/// The maximum number of words after a program that are searched.
const WORDS: usize = 60;

/// A word of a line, its position, and whether it is the first one of a command.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    at: usize,
    first: bool,
}

impl Word<'_> {
    fn part(self, from: usize, to: usize) -> Range<usize> {
        self.at + from..self.at + to
    }

    fn whole(self) -> Range<usize> {
        self.part(0, self.text.len())
    }
}

/// Splits a line into words, without quotes and separators of commands.
fn words(line: &str) -> Vec<Word<'_>> {
    let between =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | '|' | ';' | '&' | '`' | '(' | ')');
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(found) = line[at..].find(|c| !between(c)) {
        let from = at + found;
        let to = from + line[from..].find(between).unwrap_or(line.len() - from);
        let first = all.is_empty() || line[at..from].contains(['|', ';', '&', '`', '(']);
        all.push(Word { text: &line[from..to], at: from, first });
        at = to;
    }
    all
}

/// Returns the secrets in arguments of programs on a line.
pub(super) fn arguments(line: &str) -> Vec<FoundSecret> {
    let words = words(line);
    let of_any = TABLE.get("*").into_iter().flatten().filter_map(|line| line.split(' ').nth(2));
    let of_any: Vec<&str> = of_any.collect();
    let mut all = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let program = word.text.rsplit('/').next().unwrap_or_default();
        let rest = &words[at + 1..words.len().min(at + 1 + WORDS)];
        let end = rest.iter().position(|word| word.first).unwrap_or(rest.len());
        for line in TABLE.get(program).into_iter().flatten() {
            all.extend(of_program(line, &rest[..end]));
        }
        for option in &of_any {
            if let Some(value) = value_of(option, &words[at..]) {
                all.push(((*option).to_owned(), value));
            }
        }
    }
    all.extend(settings(&words));
    all.extend(netrc(&words));
    all.extend(inputs(&words));
    let opaque = all.into_iter().filter(|(_, range)| is_opaque("PASSWORD", &line[range.clone()]));
    opaque.map(|(option, range)| FoundSecret { range, kind: SecretKind::Argument(option) }).collect()
}

type OpaqueArgument = (String, Range<usize>);

/// Returns the secrets among the arguments of a program that match a line of the table.
fn of_program(line: &str, words: &[Word<'_>]) -> Vec<OpaqueArgument> {
    let [program, needed, option, shape] = line.split(' ').collect::<Vec<_>>()[..] else { return Vec::new() };
    if needed != "*" && !words.iter().any(|word| word.text == needed) {
        return Vec::new();
    }
    let found = |at: usize| {
        let word = words[at];
        if shape == "attached" {
            let long = word.text.strip_prefix(option).is_some_and(|value| !value.starts_with(['-', '=']));
            return (long && word.text.len() > option.len())
                .then(|| word.part(option.len(), word.text.len()));
        }
        let cluster = shape == "pair" && is_cluster(word.text, option);
        let value = if cluster { words.get(at + 1)?.whole() } else { value_of(option, &words[at..])? };
        let start = words.first()?.at;
        debug_assert!(value.start >= start, "values follow their program");
        inside(shape, value, words)
    };
    (0..words.len()).filter_map(found).map(|range| (format!("{program} {option}"), range)).collect()
}

/// Whether a word combines several short options of which this one is the last: `-sSu`.
fn is_cluster(word: &str, option: &str) -> bool {
    let letters = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')).unwrap_or_default();
    option.len() == 2 && letters.len() > 1 && letters.ends_with(&option[1..]) && {
        letters.chars().all(|letter| letter.is_ascii_alphabetic())
    }
}

/// Returns the value of an option if it is the first word: `-x VALUE`, `-xVALUE`, `--long VALUE`,
/// `--long=VALUE`.
fn value_of(option: &str, words: &[Word<'_>]) -> Option<Range<usize>> {
    let word = words.first()?;
    let rest = word.text.strip_prefix(option)?;
    if rest.is_empty() {
        let next = words.get(1).filter(|next| !next.first && !next.text.starts_with('-'))?;
        return Some(next.whole());
    }
    let short = option.len() == 2 && option.starts_with('-');
    let skipped = if let Some(value) = rest.strip_prefix('=') {
        word.text.len() - value.len()
    } else if short {
        option.len()
    } else {
        return None;
    };
    Some(word.part(skipped, word.text.len()))
}

/// Returns the part of a value that is the secret, according to the form in the table.
fn inside(shape: &str, value: Range<usize>, words: &[Word<'_>]) -> Option<Range<usize>> {
    let word = words.iter().find(|word| word.whole().end == value.end)?;
    let text = &word.text[value.start - word.at..];
    let behind = |mark: char| {
        let (name, secret) = text.split_once(mark)?;
        let token = secret.is_empty() && name.len() >= LEAST;
        let found =
            if token { value.start..value.start + name.len() } else { value.end - secret.len()..value.end };
        (!name.contains('$') && !found.is_empty()).then_some(found)
    };
    match shape {
        "pair" => behind(':'),
        "percent" => behind('%'),
        "pass" => text.strip_prefix("pass:").map(|secret| value.end - secret.len()..value.end),
        _ => Some(value),
    }
}

/// Finds secrets in settings: `aws configure set NAME VALUE`, `npm config set NAME VALUE`, `poetry config
/// http-basic.NAME USER PASSWORD`.
fn settings(words: &[Word<'_>]) -> Vec<OpaqueArgument> {
    let set = words.windows(4).filter_map(|four| {
        let [config, set, name, value] = four else { return None };
        let sets = ["config", "configure"].contains(&config.text) && set.text == "set";
        (sets && is_name_of_secret(last_part(name.text)) && !value.first)
            .then(|| (name.text.to_owned(), value.whole()))
    });
    let basic = words.windows(3).filter_map(|three| {
        let [name, _, value] = three else { return None };
        name.text.starts_with("http-basic.").then(|| (name.text.to_owned(), value.whole()))
    });
    set.chain(basic).collect()
}

/// Returns the last part of a name: `_authToken` for `//registry.example.com/:_authToken`.
fn last_part(name: &str) -> &str {
    name.rsplit([':', '/']).next().unwrap_or_default()
}

/// Finds passwords in entries of netrc files: `machine HOST login NAME password SECRET`.
fn netrc(words: &[Word<'_>]) -> Vec<OpaqueArgument> {
    // After a line break that is written as `\n`, the word starts with the `n`.
    let is = |word: &Word<'_>, name| word.text == name || word.text.strip_prefix('n') == Some(name);
    let found = words.windows(6).filter_map(|six| {
        let [first, second, login, _, password, value] = six else { return None };
        let starts = is(first, "machine") || is(second, "default");
        (starts && is(login, "login") && is(password, "password")).then(|| value.whole())
    });
    found.map(|range| ("password".to_owned(), range)).collect()
}

/// Finds secrets that are piped into a program: `echo SECRET | docker login --password-stdin`, `echo
/// NAME:SECRET | chpasswd`.
fn inputs(words: &[Word<'_>]) -> Vec<OpaqueArgument> {
    let mut all = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if !READERS.contains(&word.text) {
            continue;
        }
        let start = (0..=at).rev().take(WORDS).find(|at| words[*at].first).unwrap_or_default();
        let given = start.checked_sub(1).map(|last| words[last]);
        let echo = words[..start].iter().rev().take(WORDS).find(|word| word.first);
        let reads = word.text != "-S" || words[start].text == "sudo";
        if let Some(given) = given.filter(|_| reads)
            && echo.is_some_and(|word| ["echo", "printf"].contains(&word.text))
        {
            let from = given.text.find(':').filter(|_| word.text == "chpasswd").map_or(0, |colon| colon + 1);
            all.push((word.text.to_owned(), given.part(from, given.text.len())));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<&str> {
        arguments(line).into_iter().map(|one| &line[one.range]).collect()
    }

    #[test]
    fn secrets_in_arguments_are_found() {
        for (line, secret) in [
            ("run \"curl -u joe:hunter2 https://a.example.com\"", "hunter2"),
            ("run \"curl -sSLu 'joe:hunter2' https://a\"", "hunter2"),
            ("run \"curl -ujoe:hunter2 https://a\"", "hunter2"),
            ("run \"curl --user=joe:hunter2 https://a\"", "hunter2"),
            ("run \"curl --proxy-user \\\"joe:hunter2\\\" https://a\"", "hunter2"),
            ("run \"curl -u abcdefghijklmnop: https://a\"", "abcdefghijklmnop"),
            ("command \"redis-server\" \"--requirepass\" \"hunter2\"", "hunter2"),
            ("command \"redis-server --requirepass hunter2\"", "hunter2"),
            ("requirepass hunter2", "hunter2"),
            ("redis-cli -a hunter2 ping", "hunter2"),
            ("docker login -u joe -p hunter2 registry.example.com", "hunter2"),
            ("podman login -phunter2 registry.example.com", "hunter2"),
            ("/usr/bin/mysql -u root -phunter2 db", "hunter2"),
            ("sshpass -p hunter2 ssh a", "hunter2"),
            ("sshpass -phunter2 ssh a", "hunter2"),
            ("smbclient //a/b -U joe%hunter2", "hunter2"),
            ("openssl rsa -passin pass:hunter2", "hunter2"),
            ("aws configure set aws_secret_access_key hunter2", "hunter2"),
            ("npm config set //registry.example.com/:_authToken hunter2", "hunter2"),
            ("poetry config http-basic.own joe hunter2", "hunter2"),
            ("machine a.example.com login joe password hunter2", "hunter2"),
            ("echo \"machine a login joe password hunter2\" > ~/.netrc", "hunter2"),
            ("x \"\\nmachine a\\nlogin joe\\npassword hunter2\"", "hunter2"),
            ("echo hunter2 | docker login -u joe --password-stdin", "hunter2"),
            ("echo 'root:hunter2' | chpasswd", "hunter2"),
            ("echo hunter2 | sudo -S apt-get update", "hunter2"),
        ] {
            assert_eq!(found(line), [secret], "{line}");
        }
    }

    #[test]
    fn long_lines_take_linear_time() {
        for word in ["-S ", "curl -u a ", "machine a login b password ", "mysql "] {
            let line = word.repeat(200_000 / word.len());
            assert!(found(&line).len() < line.len(), "{word}");
        }
    }

    #[test]
    fn lines_without_secrets_are_ignored() {
        for line in [
            "curl -u \"$NAME:$PASSWORD\" https://a",
            "curl -u joe https://a",
            "curl -u <user>:<password> https://a",
            "curl -fsSL -o /tmp/x https://a.example.com:80/x",
            "docker run -u 1000:1000 -p 8080:80 x",
            "docker login -u joe --password-stdin",
            "docker login -p $TOKEN",
            "mkdir -p /opt/x",
            "mysql -p db",
            "mysql --port 3306 -P 3306 db",
            "mysql -p$MYSQL_PASSWORD db",
            "redis-server --requirepass \"${REDIS}\"",
            "requirepass",
            "echo done | tee x",
            "cat /run/secrets/x | docker login --password-stdin",
            "echo \"$PASSWORD\" | docker login --password-stdin",
            "default login page: no password needed",
            "apt-get install mysql-client && cp -pr a b",
            "git config set user.name joe",
        ] {
            assert!(found(line).is_empty(), "{line}: {:?}", found(line));
        }
    }
}
