//! `platform`, `device`, `gpu`, `base`, `index`, `forbid`, `epoch`.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Spanned;
use crate::syntax::Reader;
use crate::value::{Choice as _, Engine, Name, PackedText, Repository, Version};

use super::require::plain;
use super::version::{value_name, versions_of};
use super::{DecodeContext, to_template, unique};
use crate::{BaseImage, BaseTag, Device, Forbidden, GpuAccess, GpuKind, Index, Platform, Role, Shown};

/// `platform "tegra" { … }`.
pub(crate) fn platform(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<Platform> {
    let name: Option<Spanned<Name>> = node.arg(0, context.log);
    let gpu: Option<PackedText> = context.child(node, "gpu");
    let network: Option<PackedText> = context.child(node, "network");
    let (summary, arch) = (context.child(node, "summary"), context.child(node, "arch"));
    Some(Platform {
        gpu: if gpu?.as_str() == "runtime" { GpuAccess::Runtime } else { GpuAccess::Reservation },
        host_network: network.as_deref() == Some("host"),
        capabilities: context.children(node, "capabilities"),
        offers: context.children(node, "offers"),
        axes: context.children(node, "axes"),
        defaults: versions_of(node.child("default"), context.log),
        groups: context.children(node, "groups"),
        image_words: context.children(node, "image-word"),
        driver_libraries: context.children(node, "driver-libraries"),
        notes: node.children_named("note").filter_map(|note| host_note(note, context)).collect(),
        sources: context.children(node, "source"),
        span: node.span(),
        summary: summary?,
        arch: arch?,
        name: name?,
    })
}

/// `note "…" engine="podman"`.
fn host_note(
    node: Reader<'_>,
    context: &mut DecodeContext<'_>,
) -> Option<(Spanned<PackedText>, Option<Engine>)> {
    let engine: Option<Spanned<PackedText>> = node.prop("engine", context.log);
    Some((node.arg(0, context.log)?, engine.and_then(|engine| Engine::of(&engine.value))))
}

/// `device "jetson-agx-orin" { … }`.
pub(crate) fn device(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<Device> {
    let name: Option<Spanned<Name>> = node.arg(0, context.log);
    let platform: Option<Spanned<Name>> = node.text_of_child("platform", context.log);
    let summary = context.child(node, "summary");
    Some(Device {
        aliases: node.args_of_children("alias", context.log),
        sm: node.args_of_children("sm", context.log),
        memory: context.child(node, "memory"),
        storage: context.child(node, "storage"),
        requires: plain(node, context.log),
        values: values(node, context),
        sources: context.children(node, "source"),
        span: node.span(),
        summary: summary?,
        platform: platform?,
        name: name?,
    })
}

fn values(node: Reader<'_>, context: &mut DecodeContext<'_>) -> BTreeMap<PackedText, PackedText> {
    let pairs: Vec<(Spanned<PackedText>, Spanned<PackedText>)> = node
        .children_named("value")
        .filter_map(|value| value.arg(0, context.log).zip(value.arg(1, context.log)))
        .collect();
    unique("value", pairs.iter().map(|(key, _)| (key.value.as_str(), key.span)), context.log);
    for (key, _) in &pairs {
        value_name(&key.value, key.span, context.log);
    }
    pairs.into_iter().map(|(key, value)| (key.value, value.value)).collect()
}

/// `gpu "8.9" { … }`.
pub(crate) fn gpu(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<GpuKind> {
    let capability: Option<Spanned<Version>> = node.arg(0, context.log);
    let platform: Option<Spanned<Name>> = node.text_of_child("platform", context.log);
    let summary = context.child(node, "summary");
    Some(GpuKind {
        sources: context.children(node, "source"),
        span: node.span(),
        summary: summary?,
        platform: platform?,
        capability: capability?,
    })
}

/// `base "l4t-cuda" { … }`.
pub(crate) fn base(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<BaseImage> {
    let name: Option<Spanned<PackedText>> = node.arg(0, context.log);
    let image: Option<Repository> = context.child(node, "image");
    let summary = context.child(node, "summary");
    let tags: Vec<_> = node.children_named("tag").filter_map(|tag| self::tag(tag, context)).collect();
    unique("tag", tags.iter().map(|one| (one.tag.value.as_str(), one.tag.span)), context.log);
    Some(BaseImage {
        auto: node.flag_of_child("auto", context.log).is_some_and(|flag| flag.value),
        apt_sources: context.children(node, "apt-source"),
        sets: sets(node, context),
        tags,
        shown: shown(node, context),
        sources: context.children(node, "source"),
        span: node.span(),
        summary: summary?,
        image: image?,
        name: name?,
    })
}

/// `sets "NVIDIA_VISIBLE_DEVICES" "all"`.
fn sets(node: Reader<'_>, context: &mut DecodeContext<'_>) -> BTreeMap<PackedText, PackedText> {
    let mut all = BTreeMap::new();
    for one in node.children_named("sets") {
        let (name, value) = (one.arg::<PackedText>(0, context.log), one.arg::<PackedText>(1, context.log));
        if let (Some(name), Some(value)) = (name, value) {
            all.insert(name.value, value.value);
        }
    }
    all
}

fn tag(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<BaseTag> {
    let tag: Option<Spanned<PackedText>> = node.arg(0, context.log);
    let role: Option<Spanned<PackedText>> = node.prop("role", context.log);
    let (mut provides, mut host) = (BTreeMap::new(), BTreeSet::new());
    for block in node.children_named("provides") {
        let held = versions_of(Some(block), context.log);
        if block.prop::<PackedText>("by", context.log).is_some_and(|by| by.value == "host") {
            host.extend(held.keys().cloned());
        }
        provides.extend(held);
    }
    Some(BaseTag {
        digest: node.prop("digest", context.log).map(|digest| digest.value),
        role: if role.is_some_and(|role| role.value == "devel") { Role::Devel } else { Role::Runtime },
        requires: plain(node, context.log),
        provides,
        host,
        preferred: node.prop("preferred", context.log).is_some_and(|flag| flag.value),
        shown: shown(node, context),
        env: context.children(node, "env"),
        size: context.child(node, "size"),
        layers: context.child(node, "layers"),
        unproven: node.text_of_child("unproven", context.log),
        span: node.span(),
        tag: tag?,
    })
}

/// `shown "cuda" by="https://…"`.
fn shown(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Vec<Shown> {
    node.children_named("shown")
        .filter_map(|one| {
            let by: Option<Spanned<PackedText>> = one.prop("by", context.log);
            let names: Vec<Spanned<Name>> = one.args(context.log);
            Some(Shown { names: names.into_iter().map(|name| name.value).collect(), by: by?.value })
        })
        .collect()
}

/// `index "jetson-ai-lab" { … }`.
pub(crate) fn index(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<Index> {
    let name: Option<Spanned<Name>> = node.arg(0, context.log);
    let url = node.text_of_child("url", context.log).map(to_template);
    let mirrors = node.args_of_children("mirror", context.log);
    Some(Index {
        mirrors: mirrors.into_iter().map(to_template).collect(),
        sources: context.children(node, "source"),
        span: node.span(),
        url: url?,
        name: name?,
    })
}

/// `forbid "nvidia-l4t-kernel*" reason="…" { … }`.
pub(crate) fn forbidden(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<Forbidden> {
    let pattern: Option<Spanned<PackedText>> = node.arg(0, context.log);
    let reason: Option<Spanned<PackedText>> = node.prop("reason", context.log);
    let instead: Option<Spanned<PackedText>> = node.prop("instead", context.log);
    Some(Forbidden {
        archive_of: node.prop("archive-of", context.log),
        instead: instead.map(|one| one.value),
        platforms: node.args_of_children("platform", context.log),
        sources: context.children(node, "source"),
        span: node.span(),
        pattern: pattern?,
        reason: reason?.value,
    })
}

/// `epoch 1767225600`.
pub(crate) fn epoch(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<u64> {
    node.arg(0, context.log).map(|seconds| seconds.value)
}
