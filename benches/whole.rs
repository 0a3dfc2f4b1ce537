//! Benchmarks of whole runs of `jcc`, from the start of the process to its end.
//!
//! `cargo bench` prints a table with the median and the fastest of many runs, next to a process that does
//! nothing, then for growing numbers of packages, versions and targets, then for the resolver alone.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints, and writes its projects to disk"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jcc::internals::diagnostic::Log;
use jcc::internals::fs::Disk;
use jcc::internals::resolve;
use jcc::internals::source::Sources;

/// The `jcc` binary.
const JCC: &str = env!("CARGO_BIN_EXE_jcc");

fn main() {
    // `cargo test --benches` runs this too. One run each is enough then.
    let runs = if std::env::args().any(|argument| argument == "--bench") { 60 } else { 1 };
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    println!("{:<44} {:>10} {:>10} {:>10}", "", "median", "fastest", "peak");
    let nothing = row("a process that does nothing", runs, &mut Command::new("/bin/true"));
    for name in ["tiny", "perception-agx-orin", "fleet"] {
        let manifest = examples.join(name).join("project.kdl");
        if manifest.is_file() {
            let median =
                row(&format!("jcc check {name}"), runs, Command::new(JCC).arg("check").arg(&manifest));
            let over = median.saturating_sub(nothing).as_secs_f64() * 1000.0;
            println!("{:<44} {over:>8.2}ms", "  over a process that does nothing");
        }
    }
    let scratch = tempfile::tempdir().expect("a temporary folder");
    for packages in [10, 100, 1000] {
        let project = catalogue(scratch.path(), packages, 8);
        row(
            &format!("jcc resolve, {packages} packages of 8 versions"),
            runs,
            Command::new(JCC).arg("resolve").arg(&project),
        );
    }
    let project = catalogue(scratch.path(), 100, 100);
    row("jcc resolve, 100 packages of 100 versions", runs, Command::new(JCC).arg("resolve").arg(&project));
    for targets in [1, 10, 100] {
        let project = several(scratch.path(), targets);
        row(&format!("jcc resolve, {targets} targets"), runs, Command::new(JCC).arg("resolve").arg(&project));
    }
    in_process(&examples, runs);
}

/// Runs a command many times, prints a row of the table, and returns the median.
fn row(name: &str, runs: usize, command: &mut Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            command.status().expect("the command starts");
            start.elapsed()
        })
        .collect();
    times.sort();
    let median = times[times.len() / 2];
    let peak =
        peak(command).map_or_else(|| "-".to_owned(), |kib| format!("{:.1}MiB", f64::from(kib) / 1024.0));
    let milliseconds = |time: Duration| format!("{:.2}ms", time.as_secs_f64() * 1000.0);
    println!("{name:<44} {:>10} {:>10} {peak:>10}", milliseconds(median), milliseconds(times[0]));
    median
}

/// Returns the peak memory of a command in KiB, or `None` if Python is not installed.
fn peak(command: &Command) -> Option<u32> {
    let script = "import os,sys\npid=os.fork()\nif pid==0:\n n=os.open('/dev/null',os.O_WRONLY)\n os.dup2(n,1);os.dup2(n,2)\n os.execvp(sys.argv[1],sys.argv[1:])\nprint(os.wait4(pid,0)[2].ru_maxrss)";
    let output = Command::new("python3")
        .arg("-c")
        .arg(script)
        .arg(command.get_program())
        .args(command.get_args())
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Writes a project with its own catalogue, in which each package requires the next one in at least its own
/// version.
fn catalogue(root: &Path, packages: usize, versions: usize) -> PathBuf {
    let folder = root.join(format!("packages-{packages}-{versions}"));
    let mut manifest =
        String::from("project \"bench\"\ncatalog \"packages\"\ntarget { platform \"x86_64\" }\npackages {\n");
    for package in 0..packages {
        let mut text = format!(
            "package \"p{package}\" {{\n    summary \"One of many\"\n    group \"bench\"\n    license \"MIT\"\n"
        );
        for version in (1..=versions).rev() {
            write!(text, "    version \"{version}.0\"").expect("writing to a string cannot fail");
            if package + 1 < packages {
                write!(text, " {{ requires {{ p{} \">={version}.0\" }} }}", package + 1)
                    .expect("writing to a string cannot fail");
            }
            text.push('\n');
        }
        text.push_str("    source \"https://example.com\"\n}\n");
        let place = folder.join("packages/bench").join(format!("p{package}"));
        std::fs::create_dir_all(&place).expect("the folder is writable");
        std::fs::write(place.join("package.kdl"), text).expect("the folder is writable");
        writeln!(manifest, "    p{package}").expect("writing to a string cannot fail");
    }
    manifest.push_str("}\n");
    let file = folder.join("project.kdl");
    std::fs::write(&file, manifest).expect("the folder is writable");
    file
}

/// Writes a project with many targets.
fn several(root: &Path, targets: usize) -> PathBuf {
    let folder = root.join(format!("targets-{targets}"));
    std::fs::create_dir_all(&folder).expect("the folder is writable");
    let mut manifest = String::from("project \"bench\"\npackages { pytorch; torchvision }\n");
    for target in 0..targets {
        writeln!(manifest, "target \"t{target}\" {{ device \"jetson-agx-orin\"; jetpack \"6.2\" }}")
            .expect("writing to a string cannot fail");
    }
    let file = folder.join("project.kdl");
    std::fs::write(&file, manifest).expect("the folder is writable");
    file
}

/// Measures the resolver in this process, for each example.
fn in_process(examples: &Path, runs: usize) {
    println!("\n{:<44} {:>10} {:>10}", "in process, without starting one", "median", "fastest");
    let mut names: Vec<_> = std::fs::read_dir(examples)
        .expect("the examples exist")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| examples.join(name).join("project.kdl").is_file())
        .collect();
    names.sort();
    for name in names {
        let fs = Disk::new(examples.join(&name));
        let input = jcc::Input { fs: &fs, manifest: "project.kdl", target: None, lock: "jcc.lock" };
        // From the file to the versions: reads and parses the manifest, decodes the definitions that are
        // needed, solves.
        let (mut all, mut alone) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            let (mut sources, mut log) = (Sources::new(), Log::new());
            let start = Instant::now();
            let resolved = jcc::resolve(input, &mut sources, &mut log).expect("an example resolves");
            all.push(start.elapsed());
            // Again with everything read and decoded: builds the constraints and solves them.
            let projects: Vec<_> = resolved.targets.iter().map(|(project, _)| project.clone()).collect();
            let start = Instant::now();
            _ = resolve::all(projects, &resolved.catalog, resolved.old_lock.as_ref(), &sources, &mut log);
            alone.push(start.elapsed());
        }
        show(&format!("resolve {name}, from the file on"), &mut all);
        show(&format!("resolve {name}, alone"), &mut alone);
    }
}

fn show(name: &str, times: &mut [Duration]) {
    times.sort();
    let milliseconds = |time: Duration| format!("{:.2}ms", time.as_secs_f64() * 1000.0);
    println!("{name:<44} {:>10} {:>10}", milliseconds(times[times.len() / 2]), milliseconds(times[0]));
}
