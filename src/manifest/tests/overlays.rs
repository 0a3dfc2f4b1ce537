//! Tests that merging handles every field. The full manifest has all of them.

use super::{full, read};
use crate::manifest::Output;
use crate::manifest::scope::Scope;

#[test]
fn merging_into_an_empty_scope_keeps_every_field() {
    let manifest = read(&full()).expect("valid manifest");
    let mut scope = Scope::default();
    scope.overlay(manifest.common.clone());
    assert_eq!(scope, manifest.common);
    let mut output = Output::default();
    output.overlay(manifest.output.clone());
    assert_eq!(output, manifest.output);
}

#[test]
fn merging_an_empty_scope_changes_nothing() {
    let manifest = read(&full()).expect("valid manifest");
    let mut scope = manifest.common.clone();
    scope.overlay(Scope::default());
    assert_eq!(scope, manifest.common);
    let mut output = manifest.output.clone();
    output.overlay(Output::default());
    assert_eq!(output, manifest.output);
}

#[test]
fn merging_a_scope_with_itself_duplicates_no_name() {
    let manifest = read(&full()).expect("valid manifest");
    let mut scope = manifest.common.clone();
    scope.overlay(manifest.common.clone());
    assert_eq!(scope.pins, manifest.common.pins);
    assert_eq!(scope.base, manifest.common.base);
    assert_eq!(scope.tests, manifest.common.tests);
    assert_eq!(scope.apt.sources, manifest.common.apt.sources);
    assert_eq!(scope.run.env, manifest.common.run.env);
    assert_eq!(scope.run.volumes, manifest.common.run.volumes);
    assert_eq!(scope.run.services.len(), manifest.common.run.services.len());
}
