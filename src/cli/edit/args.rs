//! The arguments of the commands that edit the manifest or the lock.

use std::path::PathBuf;

use clap::Args;

use crate::cli::lock::LockKind;
use crate::value::{Invalid, Name, Parse, Requirement};

use super::super::args::Format;

/// Options that all of these commands have.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct EditOptions {
    /// Manifest to edit [default: `project.kdl` in this folder or the nearest parent folder]
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// Use only this target
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) target: Option<String>,
    /// Show what would change without writing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
}

/// A package with an optional requirement: `vtk`, `vtk>=9.3`, `ros@humble`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Spec {
    pub(in crate::cli) name: Name,
    pub(in crate::cli) requirement: Option<Requirement>,
}

impl Spec {
    /// Parses an argument of `jcc add`. A clap value parser: the error is the message to print.
    pub(in crate::cli) fn read(text: &str) -> Result<Self, String> {
        let name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        let end = text.find(['<', '>', '=', '~', '^', '@', '*', '!', ',', '|']).unwrap_or(text.len());
        let (before, rest) = text.split_at(end);
        let before = before.trim_end();
        // `vtk 9.3`: the node of a manifest, without its quotes.
        let (before, rest) = match before.split_once(' ') {
            Some((package, version)) if package.chars().all(name) && rest.is_empty() => {
                (package, version.trim_start())
            }
            _ => (before, rest.strip_prefix('@').unwrap_or(rest)),
        };
        let requirement = match rest {
            "" if text.ends_with('@') => return Err("missing version after `@`".to_owned()),
            "" => None,
            rest => Some(read::<Requirement>(rest)?),
        };
        Ok(Self { name: read(before)?, requirement })
    }
}

/// Parses a value. A clap value parser: the error is the message to print.
pub(in crate::cli) fn read<T: Parse>(text: &str) -> Result<T, String> {
    T::parse(text).map_err(|Invalid { message, help, .. }| match help {
        Some(help) => format!("{message}; {help}"),
        None => message,
    })
}

/// `jcc add`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct Add {
    /// Packages, optionally with versions: `vtk`, `vtk@9.3`, `"vtk>=9.3"` (quoted for the shell)
    #[arg(required = true, value_name = "NAME[REQUIREMENT]", value_parser = Spec::read)]
    pub(in crate::cli) packages: Vec<Spec>,
    #[command(flatten)]
    pub(in crate::cli) options: EditOptions,
}

/// `jcc remove`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct Remove {
    /// Packages in the manifest
    #[arg(required = true, value_name = "NAME", value_parser = read::<Name>)]
    pub(in crate::cli) packages: Vec<Name>,
    #[command(flatten)]
    pub(in crate::cli) options: EditOptions,
}

/// `jcc pin`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct PinArgs {
    /// Package, or axis such as `cuda` or `python`
    #[arg(value_parser = read::<Name>)]
    pub(in crate::cli) name: Name,
    /// Versions: `2.5` is any 2.5.x, `=2.5.1` an exact version, `>=2.5, <2.9` a range
    #[arg(value_parser = read::<Requirement>, required_unless_present = "remove")]
    pub(in crate::cli) version: Option<Requirement>,
    /// Remove the pin
    #[arg(long, conflicts_with = "version")]
    pub(in crate::cli) remove: bool,
    #[command(flatten)]
    pub(in crate::cli) options: EditOptions,
}

/// `jcc update`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct Update {
    /// Packages to update, or Python distributions that `jcc lock` recorded [default: all]
    #[arg(value_name = "NAME", value_parser = read::<Name>)]
    pub(in crate::cli) names: Vec<Name>,
    /// Pin base images to the digests in this file, the output of `docker buildx imagetools inspect`; `-` for
    /// standard input. Versions do not change
    #[arg(long, value_name = "FILE", conflicts_with = "names")]
    pub(in crate::cli) digests: Option<PathBuf>,
    /// Release only what `jcc lock` recorded of this kind, so that the next `jcc lock` looks it up again; may be
    /// repeated
    #[arg(long, value_enum, value_name = "KIND", conflicts_with_all = ["names", "digests"])]
    pub(in crate::cli) only: Vec<LockKind>,
    #[command(flatten)]
    pub(in crate::cli) options: EditOptions,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        let spec = Spec::read(text)?;
        Ok(format!("{} {}", spec.name, spec.requirement.map_or("-".to_owned(), |one| one.to_string())))
    }

    #[test]
    fn a_package_may_have_a_requirement() {
        for (text, expected) in [
            ("vtk", "vtk -"),
            ("vtk>=9.3", "vtk >=9.3"),
            ("vtk >=9.3, <10", "vtk >=9.3, <10"),
            ("vtk=9.3.1", "vtk =9.3.1"),
            ("vtk@9.3", "vtk 9.3"),
            ("vtk 9.3", "vtk 9.3"),
            ("vtk*", "vtk *"),
            ("ros@humble", "ros humble"),
            ("a.b-c_3~2.5", "a.b-c_3 ~2.5"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected));
        }
        for wrong in ["", "@1", "vtk@", "vtk>=", "Vtk", "a\"b", "a b c", "vtk>=>1", ">=1", "vtk 9.3 >=1"] {
            assert!(shown(wrong).is_err(), "{wrong}: {:?}", shown(wrong));
        }
    }
}
