//! `axis`, `option`, `variant`, `dist`, `size`.

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Spanned;
use crate::syntax::Reader;
use crate::value::{Name, PackedText};

use super::require::plain;
use super::{DecodeContext, unique};
use crate::{Axis, Choose, Dist, PackageOption, SizeFact, Variant};

/// `axis … order=10 choose="newest" title="L4T"`.
pub(super) fn axis(node: Reader<'_>, log: &mut Log) -> Option<Axis> {
    let order = node.prop::<u32>("order", log);
    let title = node.prop::<PackedText>("title", log);
    let choose = node.prop::<PackedText>("choose", log);
    let tag = node.prop::<PackedText>("tag", log);
    let lowest = choose.is_some_and(|word| word.value == "lowest");
    Some(Axis {
        order: order?.value,
        choose: if lowest { Choose::Lowest } else { Choose::Newest },
        title: title?.value,
        tag: tag.map(|tag| tag.value),
    })
}

/// `option`, in order.
pub(super) fn options(package: Reader<'_>, log: &mut Log) -> Vec<PackageOption> {
    let found: Vec<_> = package.children_named("option").filter_map(|node| option(node, log)).collect();
    unique("option", found.iter().map(|one| (one.key.as_str(), one.key.span)), log);
    found
}

fn option(node: Reader<'_>, log: &mut Log) -> Option<PackageOption> {
    let key: Option<Spanned<Name>> = node.arg(0, log);
    let default: Option<Spanned<PackedText>> = node.prop("default", log);
    let values: Vec<(Spanned<PackedText>, _)> = node
        .children_named("value")
        .filter_map(|value| {
            let requires = plain(value, log);
            Some((value.arg(0, log)?, requires))
        })
        .collect();
    unique("value", values.iter().map(|(value, _)| (value.value.as_str(), value.span)), log);
    let summary = summary(node, log);
    let found = PackageOption { key: key?, default: default?, values, summary };
    one_of(&found.default, &found, log);
    Some(found)
}

/// Tells where a value is none of those that the option has.
fn one_of(given: &Spanned<PackedText>, option: &PackageOption, log: &mut Log) {
    let values: Vec<&str> = option.values.iter().map(|(value, _)| value.value.as_str()).collect();
    if values.is_empty() || values.contains(&given.value.as_str()) {
        return;
    }
    let (key, value) = (wording::code(option.key.as_str()), wording::code(&given.value));
    let diagnostic =
        Diagnostic::error(codes::UNKNOWN_OPTION_VALUE, format!("the option {key} has no value {value}"))
            .at(given.span, "not one of its values")
            .maybe_help(wording::did_you_mean(&given.value, values.iter().copied()))
            .help(format!("possible: {}", wording::all_of(&wording::codes(values))));
    log.error(diagnostic);
}

/// `variant`, in order.
pub(super) fn variants(package: Reader<'_>, log: &mut Log) -> Vec<Variant> {
    let found: Vec<_> = package.children_named("variant").filter_map(|node| variant(node, log)).collect();
    unique("variant", found.iter().map(|one| (one.name.as_str(), one.name.span)), log);
    let mut defaults = found.iter().filter(|one| one.default);
    if let (Some(first), Some(second)) = (defaults.next(), defaults.next()) {
        let diagnostic = Diagnostic::error(codes::SEVERAL_DEFAULTS, "two variants are marked as default")
            .at(second.name.span, "second default")
            .at(first.name.span, "first default")
            .help("keep `default=#true` on one of them");
        log.error(diagnostic);
    }
    found
}

fn variant(node: Reader<'_>, log: &mut Log) -> Option<Variant> {
    let name: Option<Spanned<Name>> = node.arg(0, log);
    let options: Vec<(Spanned<Name>, Spanned<PackedText>)> = node
        .children_named("option")
        .filter_map(|option| option.arg(0, log).zip(option.arg(1, log)))
        .collect();
    unique("option", options.iter().map(|(key, _)| (key.as_str(), key.span)), log);
    Some(Variant {
        default: node.prop("default", log).is_some_and(|flag| flag.value),
        toolkit: node.prop("toolkit", log).is_some_and(|flag| flag.value),
        summary: summary(node, log),
        options,
        requires: plain(node, log),
        name: name?,
    })
}

fn summary(node: Reader<'_>, log: &mut Log) -> Option<PackedText> {
    node.prop("summary", log).map(|text| text.value)
}

/// `dist "torch" version="…"`.
pub(super) fn dist(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<Dist> {
    let name = context.template(node, 0);
    let version = context.property(node, "version");
    Some(Dist { name: name?, version })
}

/// `size image=1200 models=4000 source="…"`.
pub(super) fn size(node: Reader<'_>, log: &mut Log) -> Option<SizeFact> {
    let image = node.prop("image", log).map(|size| size.value);
    let models = node.prop("models", log).map(|size| size.value);
    let source: Spanned<PackedText> = node.prop("source", log)?;
    Some(SizeFact { image, models, source: source.value })
}
