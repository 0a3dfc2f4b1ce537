//! One step of `build` or `install`.

use crate::diagnostic::{Diagnostic, codes::catalog as codes, codes::check as check_codes, wording};
use crate::key;

use crate::source::Spanned;
use crate::syntax::{Reader, invalid};
use crate::value::{Fingerprint, KeyLocation, PackedText, Parse, ProjectPath, Url};

use super::install::{variables, variables_of};
use super::{DecodeContext, to_template};
use crate::{CmakeDefine, StepKind, Template};

/// The step; `None` where it is wrong, which was reported, or unknown, which the tables reported.
pub(super) fn step(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<StepKind> {
    match node.name() {
        "apt" => Some(StepKind::Apt(context.templates(node, 0))),
        "apt-source" => apt_source(node, context),
        "pip" => Some(pip(node, context)),
        "wheel" | "deb" | "archive" | "git" => fetch(node, context),
        "wheel-build" | "cmake" | "make" | "ninja" | "colcon" => builder(node, context),
        "run" | "script" | "copy" | "dockerfile" => file_or_shell(node, context),
        "symlink" => {
            let at = context.property(node, "at");
            Some(StepKind::Symlink { target: context.template(node, 0)?, at: at? })
        }
        "ldconfig" => Some(StepKind::Ldconfig),
        "mkdir" => {
            let mode = context.property(node, "mode");
            Some(StepKind::Mkdir { path: context.template(node, 0)?, mode })
        }
        "env" => Some(StepKind::Env(variables(node, context))),
        "export" => {
            let to = context.property(node, "to");
            Some(StepKind::Export { path: context.template(node, 0)?, to })
        }
        _ => None,
    }
}

fn pip(node: Reader<'_>, context: &mut DecodeContext<'_>) -> StepKind {
    StepKind::Pip {
        specs: context.templates(node, 0),
        index: context.property(node, "index"),
        deps: node.prop::<bool>("deps", context.log).is_none_or(|flag| flag.value),
    }
}

fn fetch(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<StepKind> {
    let url = context.template(node, 0);
    let sha256 = context.property(node, "sha256");
    let to = context.property(node, "to");
    match node.name() {
        "wheel" => Some(StepKind::Wheel { url: url?, sha256, name: context.property(node, "name") }),
        "deb" => Some(StepKind::Deb { url: url?, sha256 }),
        "archive" => {
            let strip = node.prop("strip", context.log).map_or(0, |strip| strip.value);
            Some(StepKind::Archive { url: url?, sha256, to: to?, strip })
        }
        _ => Some(StepKind::Git {
            tag: context.property(node, "tag"),
            commit: context.property(node, "commit"),
            submodules: node.prop::<bool>("submodules", context.log).is_some_and(|flag| flag.value),
            url: url?,
            to: to?,
        }),
    }
}

fn builder(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<StepKind> {
    let first = context.template(node, 0);
    let arguments = context.templates(node, 1);
    match node.name() {
        "wheel-build" => {
            let env = variables_of(node, context);
            Some(StepKind::WheelBuild { from: first?, env })
        }
        "make" => Some(StepKind::Make { directory: first?, arguments }),
        "ninja" => Some(StepKind::Ninja { directory: first?, arguments }),
        "colcon" => Some(StepKind::Colcon { workspace: first?, arguments }),
        _ => {
            let defines = node.children_named("define").filter_map(|one| define(one, context)).collect();
            let generator = context.property(node, "generator");
            let prefix = context.property(node, "prefix");
            Some(StepKind::Cmake { source: first?, generator, prefix, defines })
        }
    }
}

fn define(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<CmakeDefine> {
    let key = node.arg(0, context.log);
    let when_option = node.prop("when-option", context.log);
    Some(CmakeDefine { value: context.template(node, 1)?, key: key?, when_option })
}

fn file_or_shell(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<StepKind> {
    let env = variables_of(node, context);
    if node.name() == "run" {
        return Some(StepKind::Run { script: context.template(node, 0)?, env });
    }
    let to = context.property(node, "to");
    let mode = context.property(node, "mode");
    let (file, text) = context.file(node)?;
    match node.name() {
        "script" => Some(StepKind::Script { file, text, env }),
        "copy" => Some(StepKind::Copy { file, text, to: to?, mode }),
        _ => Some(StepKind::Dockerfile { file, text }),
    }
}

fn apt_source(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<StepKind> {
    let log = &mut *context.log;
    let name = node.arg(0, log);
    let uri: Option<Template> = node.text_of_child("uri", log).map(to_template);
    let suites = node.args_of_children("suite", log).into_iter().map(to_template).collect();
    let components = node.args_of_children("component", log).into_iter().map(to_template).collect();
    let offers: Vec<Spanned<PackedText>> = node.args_of_children("offers", log);
    let key = node.child("key")?;
    let fingerprint = key.prop("fingerprint", log);
    let location = key_location(key, context);
    if let Some(Spanned { value: KeyLocation::File(path), span }) = &location {
        check_key(Spanned::new(path.as_str(), *span), fingerprint.as_ref(), context);
    }
    Some(StepKind::AptSource {
        name: name?,
        uri: uri?,
        suites,
        components,
        key: location?,
        fingerprint: fingerprint?,
        offers: offers.into_iter().map(|pattern| pattern.value).collect(),
    })
}

/// Reports what is wrong with the key in a file of the folder.
fn check_key(file: Spanned<&str>, wanted: Option<&Spanned<Fingerprint>>, context: &mut DecodeContext<'_>) {
    let Some(bytes) = context.files.get(file.value) else { return };
    let Some(key) = key::read((file.value, file.span), bytes, wanted, context.log) else { return };
    if !key.armored {
        let name = file.value;
        let diagnostic = Diagnostic::error(
            check_codes::KEY_FILE_NAME,
            format!("{} is a binary key", wording::code(name)),
        )
        .at(file.span, "keys in a definition must be text, because they are embedded in `.jcc`")
        .help(
            "run `gpg --no-default-keyring --keyring ./FILE --armor --export > NAME.asc` to convert it \
            to text",
        );
        context.log.error(diagnostic);
    }
}

/// A file of the folder, or an https URL.
fn key_location(key: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<Spanned<KeyLocation>> {
    let text: Spanned<PackedText> = key.arg(0, context.log)?;
    let location = if text.value.contains("://") {
        Url::parse(&text.value).map(KeyLocation::Url)
    } else {
        if !context.files.contains_key(text.value.as_str()) {
            context.file_text(&text);
            return None;
        }
        ProjectPath::parse(&text.value).map(KeyLocation::File)
    };
    match location {
        Ok(KeyLocation::Url(_)) if !text.value.starts_with("https://") => {
            let diagnostic = Diagnostic::error(codes::INSECURE_KEY, "keys must be fetched over `https`")
                .at(text.span, "this could be replaced in transit")
                .help("use `https://`, or store the key in the definition's folder");
            context.log.error(diagnostic);
            None
        }
        Ok(location) => Some(Spanned::new(location, text.span)),
        Err(why) => {
            context.log.error(invalid(&why, &text.value, text.span, "`key`"));
            None
        }
    }
}
