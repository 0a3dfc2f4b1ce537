//! `project` and `allow`.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes};
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec};
use crate::value::{LabelKey, ProjectName, Repository, SemverReq, Version};

pub(super) static PROJECT: NodeSpec = NodeSpec::new("project", "The name and properties of the project.")
    .args(&[ArgSpec::text("NAME", "The name, a valid component of an image path.")])
    .properties(&[PropertySpec::text("version", "The version of the project, which is also the image tag.")])
    .children(&[&JCC, &DESCRIPTION, &IMAGE, &LABEL])
    .also(&[("프로젝트", "")])
    .optional();
static JCC: NodeSpec = NodeSpec::new("jcc", "The jcc versions that the manifest is written for.")
    .args(&[ArgSpec::text("REQUIREMENT", "Versions of jcc, such as `>=0.2`.")])
    .optional();
static DESCRIPTION: NodeSpec = NodeSpec::new("description", "A one-line description of the project.")
    .args(&[ArgSpec::text("TEXT", "The description; it becomes a label of the image.")])
    .optional();
static IMAGE: NodeSpec = NodeSpec::new("image", "The repository of the built image.")
    .args(&[ArgSpec::text(
        "REPOSITORY",
        "Registry and path without a tag; the name of the project if absent.",
    )])
    .optional();
static LABEL: NodeSpec = NodeSpec::new("label", "A label of the image.").args(&[
    ArgSpec::text("KEY", "The key, such as `org.opencontainers.image.source`."),
    ArgSpec::text("VALUE", "The value."),
]);

pub(super) static ALLOW: NodeSpec = NodeSpec::new("allow", "Accepts a warning, or an unproven combination.")
    .args(&[ArgSpec::text("CODE", "The code of the diagnostic, in full or its last part.")])
    .properties(&[PropertySpec::text(
        "reason",
        "Why you accept it; the reason appears at the top of the Dockerfile.",
    )
    .required()]);

/// The `project` node: `project "perception" version="0.3.0" { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The name, a valid component of an image path.
    pub name: Spanned<ProjectName>,
    /// The version of the project, which is also the image tag.
    pub version: Option<Spanned<Version>>,
    pub description: Option<Spanned<String>>,
    /// The repository of the built image; the name of the project if absent.
    pub image: Option<Spanned<Repository>>,
    /// `label "KEY" "VALUE"`.
    pub labels: Vec<(Spanned<LabelKey>, Spanned<String>)>,
}

/// `allow "CODE" reason="…"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Allow {
    /// The code as written: in full, or only its last part.
    pub code: Spanned<String>,
    /// The reason, which is repeated at the top of the Dockerfile.
    pub reason: Spanned<String>,
    pub span: Span,
}

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Option<Header> {
    if let Some(wanted) = node.text_of_child("jcc", log) {
        check_compiler(&wanted, log);
    }
    let mut labels = Vec::new();
    for label in node.children_named("label") {
        let (key, value) = (label.arg(0, log), label.arg(1, log));
        labels.extend(key.zip(value));
    }
    let version = node.prop("version", log);
    let description = node.text_of_child("description", log);
    let image = node.text_of_child("image", log);
    Some(Header { name: node.arg(0, log)?, version, description, image, labels })
}

/// Reports an error if this version of jcc does not match the requirement of the manifest.
fn check_compiler(wanted: &Spanned<SemverReq>, log: &mut Log) {
    let ours =
        semver::Version::parse(crate::VERSION).expect("the version of the crate is a semantic version");
    // A pre-release is accepted if the release that it precedes is.
    let release = semver::Version::new(ours.major, ours.minor, ours.patch);
    if !wanted.value.matches(&release) {
        log.error(
            Diagnostic::error(codes::COMPILER_VERSION, format!("the project does not support jcc {ours}"))
                .at(wanted.span, "the supported versions")
                .help("install a version that fits, or change the requirement"),
        );
    }
}

pub(super) fn decode_allow(node: Reader<'_>, log: &mut Log) -> Option<Allow> {
    let code: Option<Spanned<String>> = node.arg(0, log);
    let reason: Option<Spanned<String>> = node.prop("reason", log);
    if let Some(reason) = reason.as_ref().filter(|reason| reason.trim().is_empty()) {
        log.error(
            Diagnostic::error(codes::EMPTY_REASON, "empty reason")
                .at(reason.span, "missing reason")
                .help("write one line for reviewers, such as `reason=\"the robot has no network\"`"),
        );
    }
    Some(Allow { code: code?, reason: reason?, span: node.span() })
}
