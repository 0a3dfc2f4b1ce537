//! Options and variants. An option has the value of the manifest, or else that of the variant, or else its
//! default.

use std::collections::BTreeMap;

use crate::catalog::Package;
use crate::diagnostic::{Diagnostic, codes, wording, wording::did_you_mean};
use crate::manifest::Request;
use crate::source::Spanned;
use crate::value::{Name, PackedText};

use super::build::Builder;

/// Returns the value of each option of a definition, and the variant. Reports unknown ones.
pub(super) fn of(
    builder: &mut Builder<'_, '_>,
    package: &Package,
) -> (BTreeMap<Name, PackedText>, Option<Name>) {
    let names = std::iter::once(&package.name).chain(&package.aliases);
    let mut requests: Vec<usize> =
        names.filter_map(|name| builder.requests.get(&name.value)).flatten().copied().collect();
    // Later requests in the manifest take precedence.
    requests.sort_unstable();
    let requests: Vec<&Request> = requests.into_iter().map(|at| &builder.project.packages[at]).collect();
    let asked = requests.iter().rev().find_map(|one| one.variant.as_ref());
    let variant = variant(builder, package, asked);
    let mut options: BTreeMap<Name, PackedText> =
        package.options.iter().map(|one| (one.key.value.clone(), one.default.value.clone())).collect();
    let of_variant = package.variants.iter().filter(|one| Some(&one.name.value) == variant.as_ref());
    for (key, value) in of_variant.flat_map(|one| &one.options) {
        options.insert(key.value.clone(), value.value.clone());
    }
    for (key, value) in requests.iter().flat_map(|one| &one.options) {
        if accepts(builder, package, key, value) {
            options.insert(key.value.clone(), value.value.clone());
        }
    }
    (options, variant)
}

fn variant(builder: &mut Builder<'_, '_>, package: &Package, asked: Option<&Spanned<Name>>) -> Option<Name> {
    let default = || package.variants.iter().find(|one| one.default).or(package.variants.first());
    let Some(asked) = asked else { return default().map(|one| one.name.value.clone()) };
    let known: Vec<&str> = package.variants.iter().map(|one| one.name.as_str()).collect();
    if known.contains(&asked.as_str()) {
        return Some(asked.value.clone());
    }
    let name = &package.name.value;
    let diagnostic = Diagnostic::error(
        codes::resolve::NO_SUCH_VARIANT,
        format!("`{name}` has no variant `{}`", asked.value),
    );
    builder.log.error(if known.is_empty() {
        diagnostic.at(asked.span, "this package has no variants").help("remove `variant`")
    } else {
        diagnostic
            .at(asked.span, format!("unknown variant of `{name}`"))
            .maybe_help(did_you_mean(asked.as_str(), known.iter().copied()))
            .help(format!("the variant of `{name}` must be {}", wording::either(&wording::codes(&known))))
    });
    default().map(|one| one.name.value.clone())
}

fn accepts(
    builder: &mut Builder<'_, '_>,
    package: &Package,
    key: &Spanned<Name>,
    value: &Spanned<PackedText>,
) -> bool {
    let name = &package.name.value;
    let Some(option) = package.options.iter().find(|one| one.key.value == key.value) else {
        let known: Vec<&str> = package.options.iter().map(|one| one.key.as_str()).collect();
        let help = if known.is_empty() {
            format!("`{name}` has no options; remove this")
        } else {
            format!("available options: {}", wording::all_of(&wording::codes(&known)))
        };
        builder.log.error(
            Diagnostic::error(
                codes::resolve::NO_SUCH_OPTION,
                format!("`{name}` has no option `{}`", key.value),
            )
            .at(key.span, "unknown option")
            .maybe_help(did_you_mean(key.as_str(), known.iter().copied()))
            .help(help),
        );
        return false;
    };
    let values: Vec<&str> = option.values.iter().map(|(value, _)| value.as_str()).collect();
    if values.is_empty() || values.contains(&value.as_str()) {
        return true;
    }
    builder.log.error(
        Diagnostic::error(
            codes::resolve::NO_SUCH_OPTION,
            format!("option `{}` of `{name}` cannot be `{}`", key.value, value.value),
        )
        .at(value.span, "not one of its values")
        .maybe_help(did_you_mean(value, values.iter().copied()))
        .help(format!("use {}", wording::either(&wording::codes(&values)))),
    );
    false
}
