//! Warnings about how the image runs that need the resolved packages.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::{Engine, HealthCheck};

use crate::value::{ByteSize, PackedText, Parse};

use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::{Instruction, Script, Stage, stage_packages, start, user};

/// Programs that health checks use and slim images lack, with the system packages that contain them.
const PROGRAMS: [(&str, &str); 9] = [
    ("curl", "curl"),
    ("jq", "jq"),
    ("nc", "netcat-openbsd"),
    ("pg_isready", "postgresql-client"),
    ("pgrep", "procps"),
    ("ps", "procps"),
    ("redis-cli", "redis-tools"),
    ("ss", "iproute2"),
    ("wget", "wget"),
];

/// Runs all lints. `python` is whether the image certainly has an interpreter.
pub(super) fn check(inputs: Inputs<'_>, stages: &[Stage], python: bool, log: &mut Log) {
    nothing_to_start(inputs, log);
    missing_program(inputs, stages, python, log);
    shared_memory(inputs, log);
    unused_capabilities(inputs, log);
}

/// Warns about added capabilities of services whose user is not root: Docker gives them to root only.
fn unused_capabilities(inputs: Inputs<'_>, log: &mut Log) {
    let app = inputs.project.app.as_ref();
    let runs = || app.iter().flat_map(|app| &app.runs);
    // A program with file capabilities, or one that starts others as root, can use them.
    let grants = runs().any(|line| line.value.contains("setcap"));
    if inputs.project.engine() != Engine::Docker || grants {
        return;
    }
    for run in start::own(inputs) {
        let Some(first) = run.cap_add.first() else { continue };
        let is_root = super::user_numbers(run, app, true).is_none_or(|(uid, _)| uid == 0);
        if is_root || super::needs_more_rights(run, inputs.project) {
            continue;
        }
        let real_time = run.cap_add.iter().any(|one| one.value.to_string() == "SYS_NICE").then_some(
            "for real-time priorities, use `ulimit \"rtprio\" 99` instead, which works for any user",
        );
        log.report(
            Diagnostic::warning(
                codes::UNUSED_CAPABILITY,
                "Docker gives added capabilities to processes of root only",
            )
            .at(first.span, "this container runs as another user")
            .help("run the service as root: `user \"root\"` in `run`")
            .maybe_help(real_time),
        );
    }
}

/// Warns about variables of services that replace path variables of the image.
pub(super) fn replaced_paths(plans: &PackagePlans<'_>, log: &mut Log) {
    let defined = user::defined(plans);
    for (name, value) in start::own(plans.inputs).flat_map(|run| &run.env) {
        let Some(owner) = defined.get(name.as_str()) else { continue };
        if stage_packages::path_list(&name.value, &value.value).is_none() {
            continue;
        }
        let variable = wording::code(name.as_str());
        log.report(
            Diagnostic::warning(
                codes::REPLACED_PATH,
                format!("{variable} of the service replaces the one of the image"),
            )
            .at(name.span, format!("without the folders of {owner}"))
            .help(format!("move it to `app {{ env {{ … }} }}`, where its folders are added to {variable}")),
        );
    }
}

fn nothing_to_start(inputs: Inputs<'_>, log: &mut Log) {
    let servers = start::servers(inputs);
    let names: Vec<String> = servers.iter().map(|(view, _)| view.title()).collect();
    for span in start::idle_restarts(inputs) {
        let help = match &servers[..] {
            [] => {
                format!("set a command, such as `command {}` in `app`, or remove `restart`", example(inputs))
            }
            [(_, command)] => {
                format!(
                    "the server of {} needs root: start it with `command {}` and `user \"root\"` in a separate \
                        `service` node, and set a command for this one",
                    names[0],
                    words(command.words.iter().map(PackedText::as_str))
                )
            }
            _ => format!(
                "{} each have a server: set the one to start with `command` in `app`, and start the \
                    others in separate `service` nodes",
                wording::all_of(&names)
            ),
        };
        log.report(
            Diagnostic::warning(
                codes::NOTHING_TO_START,
                "the container exits at once and is restarted forever",
            )
            .at(span, "no long-running command is set")
            .help(help),
        );
    }
}

/// Returns the words of a command that the image could run: the one that a note of a package gives, if any.
fn example(inputs: Inputs<'_>) -> String {
    let shipped = inputs.resolution.order.iter().filter_map(|name| inputs.view(name));
    let shipped = shipped.filter(|view| view.chosen.needed.run);
    let started = shipped.into_iter().find_map(|view| {
        let mut notes = view.applicable(&view.package.notes);
        notes.find_map(|note| {
            let (command, _) = note.value.strip_prefix("Start it with `")?.split_once('`')?;
            Some(words(command.split_whitespace()))
        })
    });
    started.unwrap_or_else(|| words(["python3", "main.py"]))
}

/// Formats the words of a command as in a manifest.
fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ")
}

fn missing_program(inputs: Inputs<'_>, stages: &[Stage], python: bool, log: &mut Log) {
    if inputs.resolution.base.name.is_none() {
        return;
    }
    let installed = installed(stages);
    let app = inputs.project.app.as_ref();
    // A `run` line of the application may install the package.
    let by_hand = |package: &str| {
        app.is_some_and(|app| {
            app.runs.iter().any(|line| line.value.split_whitespace().any(|word| word == package))
        })
    };
    let checks = start::own(inputs).filter_map(|run| run.healthcheck.as_ref());
    for check in checks.chain(app.and_then(|app| app.healthcheck.as_ref())) {
        let missing = programs(check).into_iter().find_map(|program| {
            let (_, package) = PROGRAMS.iter().find(|(name, _)| *name == program)?;
            (!installed.contains(*package) && !by_hand(package)).then_some((program, *package))
        });
        let Some((program, package)) = missing else { continue };
        let other = (python && matches!(package, "curl" | "wget")).then_some(
            "or use Python instead: `healthcheck \"python3\" \"-c\" \"import urllib.request as r; \
                r.urlopen('http://127.0.0.1:PORT', timeout=5)\"`",
        );
        log.report(
            Diagnostic::warning(
                codes::MISSING_PROGRAM,
                format!("the image does not contain {}", wording::code(program)),
            )
            .at(check.test.span, "so this check always fails")
            .help(format!("install it: `apt {{ install \"{package}\" }}`"))
            .maybe_help(other),
        );
    }
}

/// Returns the names of the system packages that the final image installs.
fn installed(stages: &[Stage]) -> BTreeSet<String> {
    let shipped = stages.iter().filter(|stage| matches!(stage.name.as_str(), "base" | "final"));
    let instructions = shipped.flat_map(|stage| &stage.blocks).flat_map(|block| &block.instructions);
    let runs = instructions.filter_map(|instruction| match instruction {
        Instruction::Run(run) => Some(&run.script),
        _ => None,
    });
    let packages = runs.flatten().filter_map(|script| match script {
        Script::Apt(apt) => Some(&apt.packages),
        _ => None,
    });
    packages.flatten().map(|package| package.name().to_owned()).collect()
}

/// Returns the programs that a health check calls: the first word, or the first word of each command of a
/// shell line.
fn programs(check: &HealthCheck) -> Vec<&str> {
    let words = &check.test.value;
    let shell = |word: &String| matches!(name(word), "sh" | "bash" | "dash");
    let line = match &words[..] {
        [line] if line.contains(char::is_whitespace) => Some(line),
        [first, .., line] if shell(first) => Some(line),
        _ => None,
    };
    let Some(line) = line else { return words.first().map(|word| name(word)).into_iter().collect() };
    let commands = line.split(['|', '&', ';', '(', ')', '`', '\n']);
    let skipped =
        |word: &&str| !matches!(*word, "!" | "exec" | "if" | "then" | "timeout" | "while" | "until");
    commands.filter_map(|command| command.split_whitespace().find(skipped).map(name)).collect()
}

fn name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn shared_memory(inputs: Inputs<'_>, log: &mut Log) {
    let run = &inputs.project.run;
    if run.shm_size.is_some()
        || run.ipc.as_ref().is_some_and(|mode| !matches!(mode.value.as_str(), "private" | "shareable"))
    {
        return;
    }
    let views = inputs.resolution.order.iter().filter_map(|name| inputs.view(name));
    let mut needing = views.filter(|view| view.chosen.needed.run && view.package.shm_size.is_some());
    let first = needing.next();
    let Some(view) = needing.fold(first, |most, view| {
        most.filter(|most| most.package.shm_size >= view.package.shm_size).or(Some(view))
    }) else {
        return;
    };
    // More than half of the memory would be more than engines and systems give without being asked.
    let half =
        inputs.resolution.target.memory.and_then(|memory| ByteSize::parse(&format!("{}m", memory / 2)).ok());
    let size = view.package.shm_size.min(half.or(view.package.shm_size));
    let size = size.map(|size| size.to_string()).unwrap_or_default();
    let place = view.chosen.place.unwrap_or(inputs.project.header.name.span);
    log.report(
        Diagnostic::note(codes::SHARED_MEMORY, "the container has 64 MiB of shared memory")
            .at(place, format!("processes of {} share data through `/dev/shm`", view.title()))
            .help(format!("add `shm-size \"{size}\"` to `run`, or `ipc \"host\"` to use the host's"))
            .help("not needed with a single process, as with `num_workers=0`"),
    );
}
