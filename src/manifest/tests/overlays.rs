//! No field is forgotten where one block is put over another: the full manifest has all of them.

use super::{full, read};
use crate::manifest::Output;
use crate::manifest::scope::Scope;

#[test]
fn a_block_over_nothing_is_itself() {
    let manifest = read(&full()).expect("it is right");
    let mut layer = Scope::default();
    layer.overlay(manifest.common.clone());
    assert_eq!(layer, manifest.common);
    let mut output = Output::default();
    output.overlay(manifest.output.clone());
    assert_eq!(output, manifest.output);
}

#[test]
fn nothing_over_a_block_changes_nothing() {
    let manifest = read(&full()).expect("it is right");
    let mut layer = manifest.common.clone();
    layer.overlay(Scope::default());
    assert_eq!(layer, manifest.common);
    let mut output = manifest.output.clone();
    output.overlay(Output::default());
    assert_eq!(output, manifest.output);
}

#[test]
fn a_block_over_itself_doubles_no_name() {
    let manifest = read(&full()).expect("it is right");
    let mut layer = manifest.common.clone();
    layer.overlay(manifest.common.clone());
    assert_eq!(layer.pins, manifest.common.pins);
    assert_eq!(layer.base, manifest.common.base);
    assert_eq!(layer.tests, manifest.common.tests);
    assert_eq!(layer.apt.sources, manifest.common.apt.sources);
    assert_eq!(layer.run.env, manifest.common.run.env);
    assert_eq!(layer.run.volumes, manifest.common.run.volumes);
    assert_eq!(layer.run.services.len(), manifest.common.run.services.len());
}
