//! `Dockerfile.dockerignore`: what the build must not see.

use std::collections::BTreeSet;

use crate::manifest::{SECRETS, is_secret_name};
use crate::plan::{SecretFrom, Services};
use crate::value::{IgnorePattern, leaves_out};

use super::head::head;

/// What is made anew, and history.
const NEVER: [&str; 4] = ["**/.git", "**/__pycache__", "**/.venv", "**/*.pyc"];

/// The ignore file of a target; `written`: every file that jcc writes for other uses than the build, `mounted`: those that
/// the build mounts or copies, seen from the project's root.
pub fn dockerignore(services: &Services, written: &[String], mounted: &[String]) -> String {
    let mut ignored: Vec<String> = written.to_vec();
    let build = &services.build;
    ignored.extend([
        build.dockerfile.clone(),
        format!("{}.dockerignore", build.dockerfile),
        build.compose.clone(),
    ]);
    ignored.extend(services.secrets.values().filter_map(|secret| match secret {
        SecretFrom::File(path) => inside(&path.as_literal()?, &build.context),
        SecretFrom::Variable(_) => None,
    }));
    let all = std::iter::once(&services.main).chain(&services.more);
    let files = all.flat_map(|service| &service.env_files);
    ignored.extend(files.filter_map(|(path, _)| inside(&format!("./{path}"), &build.context)));
    ignored.sort();
    ignored.dedup();
    let mut body = String::new();
    let asked = &build.ignored;
    let mut part = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            body.push_str(&format!("\n# {title}\n{}\n", lines.join("\n")));
        }
    };
    part("The project's .dockerignore", asked.file.iter().map(ToString::to_string).collect());
    part("Version history and generated files", NEVER.map(str::to_owned).to_vec());
    let mut secrets: Vec<String> = SECRETS.iter().map(|one| (*one).to_owned()).collect();
    let keys: BTreeSet<&String> = asked.keys.iter().filter(|path| !asked.named.contains(path)).collect();
    secrets.extend(keys.into_iter().map(|path| pattern(path)));
    part("Secrets", secrets);
    part(
        "Files written by jcc, and files needed only at run time",
        ignored.iter().map(|path| pattern(path)).collect(),
    );
    // A file that the manifest names is to be there, whatever its name and whatever the patterns above.
    let named: BTreeSet<&String> = asked.named.iter().filter(|path| !ignored.contains(path)).collect();
    let named = named.into_iter().filter(|path| is_left_out(path, &asked.file));
    part("Files used by the manifest", named.map(|path| format!("!{}", pattern(path))).collect());
    part("Patterns of the manifest", asked.written.iter().map(ToString::to_string).collect());
    let out =
        |path: &&String| leaves_out(&asked.written, path).unwrap_or_else(|| is_left_out(path, &asked.file));
    let mounted: BTreeSet<&String> = mounted.iter().filter(out).collect();
    part(
        "Files written by jcc that the build mounts",
        mounted.into_iter().map(|path| format!("!{}", pattern(path))).collect(),
    );
    head(&services.head, &[]) + &body
}

/// Whether one of the patterns leaves a file out.
fn is_left_out(path: &str, file: &[IgnorePattern]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let again = name.rsplit_once('.').is_some_and(|(_, end)| end == "pyc")
        || path.split('/').any(|part| ["__pycache__", ".venv"].contains(&part));
    again || is_secret_name(name) || leaves_out(file, path) == Some(true)
}

/// A path that is seen from the Compose file's folder, seen from the project's root, where it lies in it.
fn inside(path: &str, context: &str) -> Option<String> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let path = if context == "." { path } else { path.strip_prefix(context)?.strip_prefix('/')? };
    let fine = !path.starts_with(['/', '~']) && !path.split('/').any(|part| part == "..") && !path.is_empty();
    fine.then(|| path.to_owned())
}

/// A path as a pattern that it alone matches.
fn pattern(path: &str) -> String {
    let mut out = String::new();
    for c in path.chars() {
        // A line break would begin another pattern; `?` matches the character that it stands for.
        if c.is_control() {
            out.push('?');
            continue;
        }
        if matches!(c, '*' | '?' | '[' | '\\') || (out.is_empty() && matches!(c, '#' | '!')) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
