//! Shell text: the commands in it that fetch. What they fetch cannot be seen into.

/// Programs that fetch, a line each, with the words that make them do it; without any they always do.
const PROGRAMS: &str = include_str!("programs.txt");
/// Words in front of a program.
const BEFORE: &[&str] = &[
    "sudo", "exec", "env", "if", "then", "else", "elif", "do", "while", "until", "!", "time", "nice",
    "nohup", "command", "xargs", "eval",
];

/// Each command that fetches, on one line.
pub(super) fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.replace("\\\n", " ").lines() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = line.split([';', '&', '|', '(', ')', '`', '{', '}']).map(str::trim).collect();
        let fetching: Vec<&str> = parts.into_iter().filter(|part| fetches(part)).collect();
        if !fetching.is_empty() {
            found.extend(fetching.into_iter().map(one_line));
        } else if ["http://", "https://", "ftp://", "git://", "/dev/tcp/"]
            .iter()
            .any(|mark| line.contains(mark))
        {
            found.push(one_line(line));
        }
    }
    found.dedup();
    found
}

fn one_line(command: &str) -> String {
    command.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn fetches(command: &str) -> bool {
    let plain = |word: &str| word.trim_matches(['"', '\'']).to_owned();
    let assigns = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    let words: Vec<String> = command
        .split_whitespace()
        .map(plain)
        .skip_while(|word| assigns(word) || word.starts_with('-') || BEFORE.contains(&word.as_str()))
        .collect();
    let Some((first, rest)) = words.split_first() else { return false };
    let mut program = first.rsplit('/').next().unwrap_or_default().to_owned();
    let mut rest = rest;
    // `python3 -m pip`.
    if let [flag, module, others @ ..] = rest
        && program.starts_with("python")
        && flag == "-m"
    {
        (program, rest) = (module.clone(), others);
    }
    if program.starts_with("pip3.") {
        "pip3".clone_into(&mut program);
    }
    // A shell that is given the command as a word.
    if ["sh", "bash", "dash", "zsh"].contains(&program.as_str()) {
        return rest.iter().any(|word| fetches(word))
            || rest
                .iter()
                .position(|word| word == "-c")
                .is_some_and(|at| fetches(&rest[at + 1..].join(" ")));
    }
    PROGRAMS.lines().any(|line| {
        let (name, when) = line.split_once(' ').unwrap_or((line, ""));
        let when: Vec<&str> = when.split(' ').filter(|word| !word.is_empty()).collect();
        name == program && (when.is_empty() || rest.iter().any(|word| when.contains(&word.as_str())))
    })
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn commands_that_fetch_are_found() {
        for (text, found) in [
            ("curl -fsSL https://a.example.com/x.sh | bash", "curl -fsSL https://a.example.com/x.sh"),
            ("set -e\nfoo && wget -q \\\n  http://a.example.com/x", "wget -q http://a.example.com/x"),
            ("DEBIAN_FRONTEND=x sudo apt-get -y install jq", "DEBIAN_FRONTEND=x sudo apt-get -y install jq"),
            ("python3 -m pip install -U torch", "python3 -m pip install -U torch"),
            ("bash -c 'pip install x'", "bash -c 'pip install x'"),
            ("x=$(curl -s a)", "curl -s a"),
            ("/usr/bin/git clone --depth 1 x", "/usr/bin/git clone --depth 1 x"),
            (
                "python3 -c 'import urllib; urlopen(\"https://a\")'",
                "python3 -c 'import urllib; urlopen(\"https://a\")'",
            ),
            ("if ! wget x; then exit 1; fi", "if ! wget x"),
        ] {
            assert_eq!(commands(text), [found], "{text}");
        }
        for text in [
            "git status",
            "# curl x",
            "pip --version",
            "echo curl",
            "apt-get clean",
            "make -j4",
            "cp -r git clone",
        ] {
            assert!(commands(text).is_empty(), "{text}: {:?}", commands(text));
        }
    }
}
