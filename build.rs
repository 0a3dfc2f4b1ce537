//! Packs the catalogue.

fn main() {}
