//! `Dockerfile.dockerignore`: the files to keep out of the build context.

use std::collections::BTreeSet;

use crate::manifest::{SECRETS, is_secret_name};
use crate::plan::{SecretFrom, Services};
use crate::value::{IgnorePattern, leaves_out};

use super::head::head;

/// Version history and generated files, which are never needed.
const NEVER: [&str; 4] = ["**/.git", "**/__pycache__", "**/.venv", "**/*.pyc"];

/// Renders the ignore file of a target. `written` are the files that jcc writes for other uses than the
/// build; `mounted` are those that the build mounts or copies. Paths are relative to the project's root.
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
    let project = &build.ignored;
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            body.push_str(&format!("\n# {title}\n{}\n", lines.join("\n")));
        }
    };
    section("The project's .dockerignore", project.file.iter().map(ToString::to_string).collect());
    section("Version history and generated files", NEVER.map(str::to_owned).to_vec());
    let mut secrets: Vec<String> = SECRETS.iter().map(|one| (*one).to_owned()).collect();
    let keys: BTreeSet<&String> = project.keys.iter().filter(|path| !project.named.contains(path)).collect();
    secrets.extend(keys.into_iter().map(|path| pattern(path)));
    section("Secrets", secrets);
    section(
        "Files written by jcc, and files needed only at run time",
        ignored.iter().map(|path| pattern(path)).collect(),
    );
    // Files that the manifest uses by name are needed even if a pattern above matches them.
    let named: BTreeSet<&String> = project.named.iter().filter(|path| !ignored.contains(path)).collect();
    let named = named.into_iter().filter(|path| is_excluded(path, &project.file));
    section("Files used by the manifest", named.map(|path| format!("!{}", pattern(path))).collect());
    section("Patterns of the manifest", project.written.iter().map(ToString::to_string).collect());
    let excluded = |path: &&String| {
        leaves_out(&project.written, path).unwrap_or_else(|| is_excluded(path, &project.file))
    };
    let mounted: BTreeSet<&String> = mounted.iter().filter(excluded).collect();
    section(
        "Files written by jcc that the build mounts",
        mounted.into_iter().map(|path| format!("!{}", pattern(path))).collect(),
    );
    head(&services.head, &[]) + &body
}

/// Whether a pattern excludes a file: one of `.dockerignore`, or one of jcc.
fn is_excluded(path: &str, file: &[IgnorePattern]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_generated = name.rsplit_once('.').is_some_and(|(_, end)| end == "pyc")
        || path.split('/').any(|part| ["__pycache__", ".venv"].contains(&part));
    is_generated || is_secret_name(name) || leaves_out(file, path) == Some(true)
}

/// Converts a path relative to the Compose file's folder to one relative to the project's root. Returns
/// `None` if it is outside of the project.
fn inside(path: &str, context: &str) -> Option<String> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let path = if context == "." { path } else { path.strip_prefix(context)?.strip_prefix('/')? };
    let is_inside =
        !path.starts_with(['/', '~']) && !path.split('/').any(|part| part == "..") && !path.is_empty();
    is_inside.then(|| path.to_owned())
}

/// Escapes a path to a pattern that matches only this path.
fn pattern(path: &str) -> String {
    let mut out = String::new();
    for c in path.chars() {
        // A line break would start another pattern. `?` matches any character.
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
