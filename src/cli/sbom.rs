//! `jcc sbom`: prints the bill of materials of a target's image.

use clap::ValueEnum;

use crate::sbom::{BomInputs, bom, cyclonedx, spdx};

use super::args::ManifestArgs;
use super::{Exit, Session};

/// Standard of a bill of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum BomFormat {
    /// `CycloneDX` 1.6
    Cyclonedx,
    /// SPDX 2.3
    Spdx,
}

/// Prints the document. A document describes one image, so of several targets one must be named.
pub(super) fn run(session: &mut Session<'_, '_>, input: &ManifestArgs, format: BomFormat) -> Exit {
    let (resolved, planned) = match session.plan(input) {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    let ([(project, resolution)], [planned]) = (&resolved.targets[..], &planned[..]) else {
        let names: Vec<String> =
            resolved.targets.iter().map(|(_, one)| format!("`{}`", one.target.name)).collect();
        let help = format!("name one with `--target`: {}", names.join(", "));
        return session.input_error("a bill of materials describes one target", Some(help));
    };
    let bom = bom(BomInputs { project, resolution, plan: &planned.plan, catalog: &resolved.catalog });
    session.print_json(&match format {
        BomFormat::Cyclonedx => cyclonedx(&bom),
        BomFormat::Spdx => spdx(&bom),
    })
}
