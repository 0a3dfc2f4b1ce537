//! Looks up the commits of branches and tags, with Git.

use std::path::Path;
use std::time::Duration;

use crate::value::{Commit, Parse as _};

use super::super::programs::{ProgramCall, ProgramFailure, arguments, run};

pub(super) const GET_GIT: &str = "see https://git-scm.com/downloads";

const LIMIT: Duration = Duration::from_mins(2);

/// Returns the commit of a branch or tag.
pub(super) fn look_up(url: &str, reference: &str, folder: &Path) -> Result<Commit, ProgramFailure> {
    let url = url.trim_start_matches("git+");
    let output = run(&ProgramCall {
        program: "git",
        arguments: arguments([
            "ls-remote",
            "--exit-code",
            "--",
            url,
            reference,
            &format!("{reference}^{{}}"),
        ]),
        folder,
        // A repository with a login is an error, not a question.
        env: vec![("GIT_TERMINAL_PROMPT", "0".to_owned())],
        hidden: Vec::new(),
        limit: LIMIT,
    })?;
    commit_of(&output, reference)
        .ok_or_else(|| ProgramFailure::Failed(format!("the repository has no branch or tag `{reference}`")))
}

/// Returns the commit in the output of `git ls-remote`: that of the tag, else of the branch.
fn commit_of(output: &str, reference: &str) -> Option<Commit> {
    let hash_of = |name: &str| {
        let mut lines = output.lines().filter_map(|line| line.split_once('\t'));
        lines.find(|(_, found)| *found == name).and_then(|(hash, _)| Commit::parse(hash).ok())
    };
    // An annotated tag is a separate object; `^{}` is the commit that it names.
    let names = [
        format!("refs/tags/{reference}^{{}}"),
        format!("refs/tags/{reference}"),
        format!("refs/heads/{reference}"),
        reference.to_owned(),
    ];
    names.iter().find_map(|name| hash_of(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_of_an_annotated_tag_is_found() {
        let (tag, commit, branch) = ("1".repeat(40), "2".repeat(40), "3".repeat(40));
        let output = format!(
            "{branch}\trefs/heads/v1\n{tag}\trefs/tags/v1\n{commit}\trefs/tags/v1^{{}}\n{branch}\trefs/tags/other/v1\n"
        );
        assert_eq!(commit_of(&output, "v1").unwrap().as_str(), commit);
        assert_eq!(commit_of(&format!("{branch}\trefs/heads/main\n"), "main").unwrap().as_str(), branch);
        assert_eq!(commit_of(&format!("{branch}\tHEAD\n"), "HEAD").unwrap().as_str(), branch);
        assert_eq!(commit_of(&format!("{branch}\trefs/heads/main\n"), "v1"), None);
    }
}
