//! `build` and `install`.

use crate::source::Spanned;
use crate::syntax::Reader;
use crate::value::{EnvName, PackedText};

use super::require::flatten;
use super::{DecodeContext, steps, to_template};
use crate::{Install, Step, Template};

/// One block of steps, its `when`s opened.
pub(super) fn install(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Install {
    let memory = node.prop("memory", context.log).map(|memory| memory.value);
    let steps = flatten(node, context.log)
        .into_iter()
        .filter_map(|(guard, child)| {
            let kind = steps::step(child, context)?;
            Some(Step { guard, kind, span: child.span() })
        })
        .collect();
    Install { memory, steps }
}

/// The pairs of an `env` node.
pub(super) fn variables(
    node: Reader<'_>,
    context: &mut DecodeContext<'_>,
) -> Vec<(Spanned<EnvName>, Template)> {
    let pairs = node.pairs::<EnvName, PackedText>(context.log);
    pairs.into_iter().map(|(key, value)| (key, to_template(value))).collect()
}

/// The pairs of all `env` children of a step.
pub(super) fn variables_of(
    step: Reader<'_>,
    context: &mut DecodeContext<'_>,
) -> Vec<(Spanned<EnvName>, Template)> {
    step.children_named("env").flat_map(|block| variables(block, context)).collect()
}
