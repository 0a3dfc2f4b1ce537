//! Finds commands in shell text that download, and those that might.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Programs that download, one per line, followed by the subcommands that do; a program alone always downloads.
static PROGRAMS: LazyLock<Table> = LazyLock::new(|| table(include_str!("programs.txt")));
/// Build tools, in the same format. They may download whatever the files that they read name.
static BUILDERS: LazyLock<Table> = LazyLock::new(|| table(include_str!("builders.txt")));
/// Substrings that mark a line of any language as a download.
const MARKS: &str = include_str!("marks.txt");
/// Shell keywords and builtins that can precede a command.
const KEYWORDS: &[&str] =
    &["if", "then", "else", "elif", "do", "while", "until", "!", "{", "}", "exec", "eval", "command", "time"];
/// Programs that run the command in their arguments.
const WRAPPERS: &[&str] = &[
    "sudo", "env", "nice", "nohup", "xargs", "timeout", "stdbuf", "setsid", "flock", "find", "chroot",
    "gosu", "su", "su-exec", "runuser", "parallel", "watch", "unshare", "xvfb-run", "busybox", "toybox",
    "builtin", "doas", "ionice", "taskset", "chrt", "strace", "retry", "trap",
];
const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ash", "ksh"];
/// The maximum number of arguments of a program that are searched.
const WORDS: usize = 100;

/// Commands of a shell script that download, and those that might.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Commands that download, each on one line.
    pub(super) fetches: Vec<String>,
    /// Commands that might, because of files that are not read here.
    pub(super) unseen: Vec<String>,
}

pub(super) fn commands(text: &str) -> Seen {
    let mut seen = Seen::default();
    let text = text.replace("\\\n", "");
    // Few texts have any: one search of the whole text spares those of its lines.
    let marks: Vec<&str> = MARKS.lines().filter(|mark| text.contains(mark)).collect();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        let parts = line.split([';', '&', '|', '(', ')', '`']).map(str::trim);
        let mut fetching = Vec::new();
        for (part, what) in parts.map(|part| (part, classify(part))) {
            match what {
                Some(What::Fetches) => fetching.push(one_line(part)),
                Some(What::Builds) => seen.unseen.push(one_line(part)),
                None => {}
            }
        }
        if fetching.is_empty() && marks.iter().any(|mark| line.contains(mark)) {
            fetching.push(one_line(line));
        }
        seen.fetches.append(&mut fetching);
    }
    seen.fetches.dedup();
    seen.unseen.dedup();
    seen
}

fn one_line(command: &str) -> String {
    command.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Fetches,
    Builds,
}

/// Classifies a command, skipping assignments, keywords and wrappers in front of the program.
fn classify(command: &str) -> Option<What> {
    let assigns = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    let words: Vec<Cow<'_, str>> = command
        .split_whitespace()
        .map(unquoted)
        .skip_while(|word| {
            assigns(word)
                || word.is_empty()
                || word.starts_with(['-', '<', '>'])
                || KEYWORDS.contains(&&**word)
        })
        .collect();
    let first = words.first()?;
    if !(WRAPPERS.contains(&base(first)) || SHELLS.contains(&base(first))) {
        return classify_program(&words);
    }
    let all: Vec<What> = (0..words.len()).filter_map(|at| classify_program(&words[at..])).collect();
    all.iter().find(|what| **what == What::Fetches).or(all.first()).copied()
}

/// Returns a word without quotes and backslashes.
fn unquoted(word: &str) -> Cow<'_, str> {
    let quotes = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\');
    if word.bytes().any(quotes) {
        Cow::Owned(word.replace(['"', '\'', '\\'], ""))
    } else {
        Cow::Borrowed(word)
    }
}

fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or_default()
}

/// For each program, space-separated arguments of which one must be present; an empty text if none is needed.
type Table = BTreeMap<&'static str, Vec<&'static str>>;

fn table(text: &'static str) -> Table {
    let mut table = Table::new();
    for line in text.lines() {
        let (name, when) = line.split_once(' ').unwrap_or((line, ""));
        table.entry(name).or_default().push(when);
    }
    table
}

/// Classifies a command whose first word is the program.
fn classify_program(words: &[Cow<'_, str>]) -> Option<What> {
    let (first, mut rest) = words.split_first()?;
    let mut program = base(first);
    let python = program.starts_with("python") || program.starts_with("pypy");
    if let [flag, module, others @ ..] = rest
        && python
        && flag == "-m"
    {
        (program, rest) = (module, others);
    }
    // `pip3.12` matches the row `pip`.
    let version = |c: char| c.is_ascii_digit() || c == '.';
    let plain = program.trim_end_matches(version);
    let rest = &rest[..rest.len().min(WORDS)];
    let names = |table: &Table| {
        let lines = [program, plain].into_iter().filter_map(|name| table.get(name)).flatten();
        lines
            .into_iter()
            .any(|when| when.is_empty() || when.split(' ').any(|word| rest.iter().any(|other| other == word)))
    };
    if names(&PROGRAMS) {
        return Some(What::Fetches);
    }
    let is_script = |word: &str| [".sh", ".bash", ".py", ".pl"].iter().any(|end| word.ends_with(end));
    let runs_script = (python || SHELLS.contains(&program))
        && rest.iter().find(|word| !word.starts_with('-')).is_some_and(|word| is_script(word));
    let builds = names(&BUILDERS) || is_script(first) || first.starts_with("./") || runs_script;
    builds.then_some(What::Builds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_fetch_are_found() {
        for (text, found) in [
            ("curl -fsSL https://a.example.com/x.sh | bash", "curl -fsSL https://a.example.com/x.sh"),
            ("set -e\nfoo && wget -q \\\n  http://a.example.com/x", "wget -q http://a.example.com/x"),
            ("DEBIAN_FRONTEND=x sudo apt-get -y install jq", "DEBIAN_FRONTEND=x sudo apt-get -y install jq"),
            ("sudo -u joe apt-get install ${NAMES}", "sudo -u joe apt-get install ${NAMES}"),
            ("python3 -m pip install -U torch", "python3 -m pip install -U torch"),
            ("bash -c 'pip install x'", "bash -c 'pip install x'"),
            ("x=$(curl -s a)", "curl -s a"),
            ("/usr/bin/git clone --depth 1 x", "/usr/bin/git clone --depth 1 x"),
            (
                "python3 -c 'import urllib; urlopen(\"https://a\")'",
                "python3 -c 'import urllib; urlopen(\"https://a\")'",
            ),
            ("if ! wget x; then exit 1; fi", "if ! wget x"),
            ("cu\\\nrl x", "curl x"),
            ("c'ur'l x", "c'ur'l x"),
            ("f() { curl x; }", "{ curl x"),
            ("timeout 5 busybox wget x", "timeout 5 busybox wget x"),
            ("find . -name x -exec scp {} h:", "find . -name x -exec scp {} h:"),
            ("pip3.12 install x", "pip3.12 install x"),
            ("AutoModel.from_pretrained(\"a/b\")", "AutoModel.from_pretrained(\"a/b\")"),
        ] {
            assert_eq!(commands(text).fetches, [found], "{text}");
        }
        for text in [
            "git status",
            "# curl x",
            "pip --version",
            "echo curl",
            "apt-get clean",
            "cp -r git clone",
            "mkdir -p /opt/npm",
            "cargo --version",
            "sudo ldconfig",
        ] {
            assert_eq!(commands(text), Seen::default(), "{text}");
        }
    }

    #[test]
    fn package_managers_and_transfer_tools_are_recognised() {
        for command in [
            "bun add left-pad",
            "bunx x",
            "pdm sync",
            "pipenv install",
            "poetry install",
            "uv pip install x",
            "mamba create -n x",
            "conda env update",
            "dvc pull",
            "rclone copy a: b",
            "apk add jq",
            "dnf -y install jq",
            "microdnf install jq",
            "yum install jq",
            "zypper in jq",
            "pacman -Sy jq",
            "brew install jq",
            "cpan JSON",
            "cpanm JSON",
            "luarocks install x",
            "nix-build x",
            "gem install x",
            "bundle install",
            "cargo install x",
            "cargo build",
            "go get x",
            "go install x@latest",
            "npx x",
            "npm ci",
            "yarn",
            "pnpm i",
            "deno run x",
            "gh release download",
            "hg clone x",
            "svn co x",
            "rsync a:b c",
            "scp a:b c",
            "aws s3 cp a b",
            "gsutil cp a b",
            "huggingface-cli download x",
            "hf download x",
            "modelscope download x",
            "ollama pull x",
            "vcs import src",
            "rosdep install x",
            "colcon mixin add x y",
            "git -C x submodule update --init",
            "gpg --recv-keys x",
            "skopeo copy a b",
            "docker pull x",
            "ngc registry model download-version x",
            "add-apt-repository x",
            "git-lfs pull",
            "Rscript -e 'install.packages(\"x\")'",
            "nc -l 1",
            "exec 3<>/dev/tcp/a/80",
        ] {
            assert_eq!(commands(command).fetches, [command], "{command}");
        }
    }

    #[test]
    fn build_commands_are_reported_as_unseen() {
        for command in [
            "cmake -S . -B build",
            "make -j4",
            "ninja",
            "colcon build",
            "./configure",
            "bash setup.sh -q",
            "python3 setup.py install",
            "catkin_make",
            "/opt/x/install.sh",
            "sudo ./build",
            "python3 -m build",
        ] {
            let seen = commands(command);
            assert_eq!((seen.unseen.as_slice(), seen.fetches.len()), (&[command.to_owned()][..], 0));
        }
    }
}
