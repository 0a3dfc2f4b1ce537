//! Platform and packages as one version problem: a [`Project`](crate::manifest::Project) and the catalogue to a
//! [`Resolution`] in which no version is open.

mod chosen;
mod problem;
mod provider;

pub use chosen::{Because, ChosenBase, Chosen, Kind, Moved, Needed, Resolution, TargetFacts};
