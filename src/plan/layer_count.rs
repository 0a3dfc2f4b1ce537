//! The number of layers of the image.

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};

use super::package_context::Inputs;
use super::{From, Instruction, Stage};

/// The maximum number of layers that Docker can mount.
const MOST: u32 = 125;
/// The number of layers above which a warning is reported: a newer base image may have more.
const MANY: u32 = 100;

/// Counts the layers of the final image, including those of the base image, and reports large numbers.
pub(super) fn count(inputs: Inputs<'_>, stages: &[Stage], log: &mut Log) -> u32 {
    let find = |name: &str| stages.iter().find(|stage| stage.name.as_str() == name);
    let mut sum = inputs.resolution.base.layers;
    let mut next = find("final");
    while let Some(stage) = next {
        sum += own(stage);
        next = if let From::Stage(name) = &stage.from { find(name.as_str()) } else { None };
    }
    if sum > MANY {
        let message = format!(
            "the image has {}, including those of the base image",
            wording::count(sum as usize, "layer")
        );
        let place = inputs.project.header.name.span;
        let help = "combine packages into one of your own, or use a base image that contains some of them";
        log.report(if sum > MOST {
            Diagnostic::error(codes::LAYERS, message)
                .at(place, format!("engines support at most {MOST}"))
                .help(help)
        } else {
            Diagnostic::warning(codes::LAYERS, message)
                .at(place, format!("engines support at most {MOST}"))
                .help(help)
        });
    }
    sum
}

fn own(stage: &Stage) -> u32 {
    let instructions = stage.blocks.iter().flat_map(|block| &block.instructions);
    let layers = instructions.map(|each| match each {
        Instruction::Run(_)
        | Instruction::CopyText(_)
        | Instruction::AptSource(_)
        | Instruction::Copy { .. }
        | Instruction::CopyFrom(_)
        | Instruction::Fetch(_)
        | Instruction::Workdir(_) => 1,
        Instruction::Verbatim(text) => u32::try_from(text.lines().count()).unwrap_or(u32::MAX),
        _ => 0,
    });
    layers.sum()
}
