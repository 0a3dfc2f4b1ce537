//! What can hold together on which platform, as far as axes decide it.
//!
//! Only requirements without a condition count. Compute capabilities do not: a target may name any. What is declared to be
//! impossible is so; what two packages require of each other is left to the solver.

use std::collections::BTreeMap;

use crate::value::{Requirement, Version};
use crate::{Catalog, Package, Platform, Require};

use super::words::{ARCH, PLATFORM};

/// The versions that each platform can reach, to report requirements that never hold.
pub(super) struct Reach<'a> {
    catalog: &'a Catalog,
    pub(super) platforms: Vec<KnownPlatform<'a>>,
}

/// One platform with its axes.
pub(super) struct KnownPlatform<'a> {
    pub(super) platform: &'a Platform,
    axes: Vec<ReachableAxis<'a>>,
    /// By name, the place of an axis.
    places: BTreeMap<&'a str, usize>,
    /// What is left where nothing is asked for.
    all: Left,
}

/// By axis and version, whether it may be chosen.
type Left = Vec<Vec<bool>>;

struct ReachableAxis<'a> {
    versions: Vec<&'a Version>,
    /// By version, what it asks of which other axis: the versions there that will do.
    asks: Vec<Vec<(usize, Vec<bool>)>>,
}

impl<'a> Reach<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, platforms: catalog.platforms().map(|one| KnownPlatform::new(catalog, one)).collect() }
    }

    /// The platforms on which all of this can hold, with the versions of axes that are left there.
    pub(super) fn of(&self, asked: &[&Require]) -> Vec<(&KnownPlatform<'a>, Left)> {
        self.platforms.iter().filter_map(|one| Some((one, one.left(self.catalog, asked)?))).collect()
    }

    pub(super) fn holds(&self, asked: &[&Require]) -> bool {
        self.platforms.iter().any(|one| one.left(self.catalog, asked).is_some())
    }

    /// Whether a requirement is wrong by itself: nothing has this name or satisfies it, which is reported elsewhere.
    pub(super) fn is_reported(&self, one: &Require) -> bool {
        let Some(package) = self.catalog.package(one.name.as_str()) else {
            return one.requirement.names().any(|word| !self.has_word(one.name.as_str(), word));
        };
        let fits = |wanted: &Requirement| package.versions.iter().any(|entry| wanted.matches(&entry.version));
        !package.versions.is_empty() && !package.meaning(&one.requirement).is_ok_and(|wanted| fits(&wanted))
    }

    fn has_word(&self, name: &str, word: &str) -> bool {
        self.platforms.iter().any(|known| match name {
            PLATFORM => known.platform.name.as_str() == word,
            ARCH => known.platform.arch.as_str() == word,
            _ => true,
        })
    }
}

/// Those that hold whatever is chosen.
pub(super) fn always<'a>(all: impl IntoIterator<Item = &'a Require>) -> impl Iterator<Item = &'a Require> {
    all.into_iter().filter(|one| one.guard.all.is_empty())
}

impl<'a> KnownPlatform<'a> {
    fn new(catalog: &'a Catalog, platform: &'a Platform) -> Self {
        let packages: Vec<&Package> =
            platform.axes.iter().filter_map(|axis| catalog.package(axis.as_str())).collect();
        let places = packages.iter().enumerate().map(|(place, one)| (one.name.as_str(), place)).collect();
        let all: Vec<Vec<AxisVersion<'a>>> = packages.iter().map(|one| candidates(catalog, one)).collect();
        let versions = all.iter().map(|all| all.iter().map(|(version, _)| *version).collect());
        let axes = versions.map(|versions| ReachableAxis { versions, asks: Vec::new() }).collect();
        let mut known = Self { platform, all: Vec::new(), axes, places };
        let mut left = Left::new();
        for (place, all) in all.iter().enumerate() {
            left.push(Vec::new());
            for (_, requires) in all {
                let asked: Vec<AxisNeed> = requires.iter().map(|one| known.asked(catalog, one)).collect();
                left[place].push(!asked.iter().any(|one| matches!(one, AxisNeed::Never)));
                let asks = asked.into_iter().filter_map(|one| match one {
                    AxisNeed::Axis(other, will_do) => Some((other, will_do)),
                    AxisNeed::Nothing | AxisNeed::Never => None,
                });
                known.axes[place].asks.push(asks.collect());
            }
        }
        known.narrow(&mut left);
        known.all = left;
        known
    }

    /// What a requirement asks of this platform.
    fn asked(&self, catalog: &Catalog, one: &Require) -> AxisNeed {
        let is_word =
            |word: &str| one.requirement.is_any() || one.requirement.names().any(|name| name == word);
        let holds = match one.name.as_str() {
            PLATFORM => is_word(self.platform.name.as_str()),
            ARCH => is_word(self.platform.arch.as_str()),
            name => match catalog.package(name).filter(|package| package.axis.is_some()) {
                Some(package) => return self.asked_of(package, &one.requirement),
                None => true,
            },
        };
        if holds { AxisNeed::Nothing } else { AxisNeed::Never }
    }

    fn asked_of(&self, axis: &Package, requirement: &Requirement) -> AxisNeed {
        let Some(place) = self.places.get(axis.name.as_str()).copied() else { return AxisNeed::Never };
        let Ok(wanted) = axis.meaning(requirement) else { return AxisNeed::Never };
        let matcher = wanted.matcher();
        AxisNeed::Axis(place, self.axes[place].versions.iter().map(|one| matcher.matches(one)).collect())
    }

    /// What is left of the axes where all of this is asked for; nothing where that can't be.
    fn left(&self, catalog: &Catalog, asked: &[&Require]) -> Option<Left> {
        let mut left = self.all.clone();
        let mut places = Vec::new();
        for one in asked {
            match self.asked(catalog, one) {
                AxisNeed::Nothing => {}
                AxisNeed::Never => return None,
                AxisNeed::Axis(place, will_do) => {
                    both(&mut left[place], &will_do);
                    places.push(place);
                }
            }
        }
        if !places.is_empty() {
            self.narrow(&mut left);
        }
        places.iter().all(|place| left[*place].contains(&true)).then_some(left)
    }

    /// Takes out the versions that ask for what is not left, until nothing changes.
    fn narrow(&self, left: &mut Left) {
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for (place, axis) in self.axes.iter().enumerate() {
                for (at, asks) in axis.asks.iter().enumerate() {
                    let has = |(other, will_do): &(usize, Vec<bool>)| {
                        left[*other].iter().zip(will_do).any(|(one, will_do)| *one && *will_do)
                    };
                    if left[place][at] && !asks.iter().all(has) {
                        left[place][at] = false;
                        changed = true;
                    }
                }
            }
        }
    }

    /// The versions of an axis that are left, in its order; nothing where the platform has no such axis.
    pub(super) fn versions(&self, left: &Left, axis: &str) -> Option<Vec<&'a Version>> {
        let place = *self.places.get(axis)?;
        let all = self.axes[place].versions.iter().zip(&left[place]);
        let mut versions: Vec<&Version> =
            all.filter(|(_, left)| **left).map(|(version, _)| *version).collect();
        versions.dedup();
        Some(versions)
    }

    /// The versions of an axis that this platform has at all.
    pub(super) fn known(&self, axis: &str) -> Vec<&'a Version> {
        self.versions(&self.all, axis).unwrap_or_default()
    }
}

/// A version and what it requires whatever is chosen.
type AxisVersion<'a> = (&'a Version, Vec<&'a Require>);

/// The versions of an axis, and those that bases bring.
fn candidates<'a>(catalog: &'a Catalog, axis: &'a Package) -> Vec<AxisVersion<'a>> {
    let own = axis.versions.iter();
    let own =
        own.map(|one| (&one.version.value, always(axis.requires.iter().chain(&one.requires)).collect()));
    let tags = catalog.bases().flat_map(|base| &base.tags);
    let brought = tags.filter_map(|tag| {
        let version = tag.provides.get(&axis.name.value)?;
        Some((&version.value, always(&tag.requires).collect()))
    });
    own.chain(brought).collect()
}

enum AxisNeed {
    Nothing,
    Never,
    Axis(usize, Vec<bool>),
}

fn both(left: &mut [bool], will_do: &[bool]) {
    for (one, will_do) in left.iter_mut().zip(will_do) {
        *one &= will_do;
    }
}
