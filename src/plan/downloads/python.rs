//! Finds the downloads of pip and uv steps.

use crate::manifest::{Grade, Requirements};
use crate::plan::python::requirements_at;
use crate::plan::{FetchKind, PipCall, PipSource};
use crate::value::{Parse, PepOp, PepRequirement};

use super::{DownloadSite, List};

impl List<'_> {
    pub(super) fn pip(&mut self, at: DownloadSite<'_>, call: &PipCall) {
        for url in call.index.iter().map(|index| &index.url).chain(&call.extra_indexes) {
            self.index(at, url);
        }
        let mut names = Vec::new();
        for what in &call.what {
            match what {
                PipSource::Spec(spec) => {
                    self.requirement(at, spec);
                    names.push(name_of(spec));
                }
                PipSource::Requirements(path) => {
                    let Some(file) = requirements_at(self.plans.inputs, path) else { continue };
                    self.requirements(at, file);
                    if !is_hashed(file) {
                        names.push(file.path.value.to_string());
                    }
                }
                PipSource::File(path) => names.extend(path.file_name().map(str::to_owned)),
                PipSource::Wheels(_) => names.push("the wheels that were built".to_owned()),
                PipSource::Locked(file) | PipSource::Repositories(file) => self.closure(at, file),
            }
        }
        if !call.no_deps {
            self.dependencies(at, FetchKind::Pip, &names.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    /// Lists the distributions of a closure file.
    fn closure(&mut self, at: DownloadSite<'_>, file: &str) {
        let Some(text) = self.locked.used.get(file) else { return };
        for option in &text.options {
            self.add(at, FetchKind::Index, option.clone(), Grade::A);
        }
        for line in &text.lines {
            self.add(at, FetchKind::Pip, line.requirement.clone(), Grade::A);
            if line.source {
                let what = format!("unlocked build requirements of {}", line.name());
                self.add(at, FetchKind::Pip, what, Grade::D);
            }
        }
    }

    fn requirements(&mut self, at: DownloadSite<'_>, file: &Requirements) {
        for spec in &file.specs {
            let text = spec.value.to_string();
            let grade = if file.has_hash(spec.span) { Grade::A } else { pip_grade(&text) };
            self.add(DownloadSite { place: Some(spec.span), ..at }, FetchKind::Pip, text, grade);
        }
        for url in &file.urls {
            let grade = if file.has_hash(url.span) { Grade::A } else { url_grade(&url.value) };
            self.add(DownloadSite { place: Some(url.span), ..at }, FetchKind::Pip, url.value.clone(), grade);
        }
        for option in &file.options {
            // With hashes it does not matter where a file comes from.
            let open = option.value.contains("http://") || option.value.starts_with("--trusted-host");
            let grade = if open && !is_hashed(file) { Grade::D } else { Grade::A };
            self.add(
                DownloadSite { place: Some(option.span), ..at },
                FetchKind::Index,
                option.value.clone(),
                grade,
            );
        }
    }

    pub(super) fn requirement(&mut self, at: DownloadSite<'_>, spec: &str) {
        self.add(at, FetchKind::Pip, spec, pip_grade(spec));
    }

    pub(super) fn wheel_build(&mut self, at: DownloadSite<'_>, from: &str, tools: &[String], shared: bool) {
        if from.starts_with('/') {
            self.add(at, FetchKind::Unseen, format!("build of a wheel in {from}"), Grade::D);
        } else {
            self.requirement(at, from);
        }
        if shared {
            for tool in tools {
                self.requirement(at, tool);
            }
        } else {
            let what = format!("unlocked build requirements of {}", name_of(from));
            self.add(at, FetchKind::Pip, what, Grade::D);
        }
    }
}

/// Whether every line of a file has a hash.
fn is_hashed(file: &Requirements) -> bool {
    file.hashed && file.without_hash().next().is_none()
}

fn name_of(spec: &str) -> String {
    PepRequirement::parse(spec).map_or_else(|_| spec.to_owned(), |requirement| requirement.name().to_owned())
}

/// Grades a Python requirement. An exact version is B, because indexes of Python packages keep old versions.
fn pip_grade(spec: &str) -> Grade {
    let Ok(requirement) = PepRequirement::parse(spec) else { return url_grade(spec) };
    if let Some(url) = requirement.url() {
        return url_grade(url);
    }
    let exact = requirement
        .specifiers()
        .iter()
        .any(|(op, version)| matches!(op, PepOp::Equal | PepOp::Same) && !version.contains('*'));
    if exact { Grade::B } else { Grade::D }
}

/// Returns A for a URL with a SHA-256 hash or a repository at a full commit, else D.
fn url_grade(url: &str) -> Grade {
    let hex =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (place, fragment) = url.split_once('#').unwrap_or((url, ""));
    let hashed =
        fragment.split('&').any(|part| part.strip_prefix("sha256=").is_some_and(|hash| hex(hash, 64)));
    let commit = place.contains("git+") && place.rsplit('@').next().is_some_and(|commit| hex(commit, 40));
    if hashed || commit { Grade::A } else { Grade::D }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_graded() {
        let hash = "0".repeat(64);
        let commit = "0".repeat(40);
        for (spec, grade) in [
            (format!("a @ https://example.com/a.whl#sha256={hash}"), Grade::A),
            (format!("a @ https://example.com/a.whl#egg=a&sha256={hash}"), Grade::A),
            (format!("a @ git+https://example.com/a@{commit}"), Grade::A),
            ("a @ https://example.com/a.whl".to_owned(), Grade::D),
            ("a @ https://example.com/a.whl#sha256=00".to_owned(), Grade::D),
            ("a @ git+https://example.com/a@main".to_owned(), Grade::D),
            ("a==1.0".to_owned(), Grade::B),
            ("a==1.*".to_owned(), Grade::D),
            ("a>=1".to_owned(), Grade::D),
        ] {
            assert_eq!(pip_grade(&spec), grade, "{spec}");
        }
    }
}
