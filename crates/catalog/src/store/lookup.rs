//! Finding definitions.

use crate::diagnostic::{Log, wording};
use crate::source::SourceId;
use crate::value::PackedText;
use crate::value::{Parse, Requirement};
use crate::{BaseImage, Device, Forbidden, Index, Package, Platform};

use super::file::{Definition, DefinitionFile, Slot, decode};
use super::{Catalog, DefinitionKind, Entry, Shadow};

impl Catalog {
    /// A package or an axis, by its name or an alias.
    pub fn package(&self, name: &str) -> Option<&Package> {
        if let Definition::Package(found) = self.definition(DefinitionKind::Package, name)? {
            Some(found)
        } else {
            None
        }
    }

    pub fn platform(&self, name: &str) -> Option<&Platform> {
        if let Definition::Platform(found) = self.definition(DefinitionKind::Platform, name)? {
            Some(found)
        } else {
            None
        }
    }

    /// A device, by its name or an alias.
    pub fn device(&self, name: &str) -> Option<&Device> {
        if let Definition::Device(found) = self.definition(DefinitionKind::Device, name)? {
            Some(found)
        } else {
            None
        }
    }

    pub fn base(&self, name: &str) -> Option<&BaseImage> {
        if let Definition::Base(found) = self.definition(DefinitionKind::Base, name)? {
            Some(found)
        } else {
            None
        }
    }

    /// An index of Python packages.
    pub fn index(&self, name: &str) -> Option<&Index> {
        if let Definition::Index(found) = self.definition(DefinitionKind::Index, name)? {
            Some(found)
        } else {
            None
        }
    }

    /// The time that a first compile gives its images; 0 where nothing says one.
    pub fn epoch(&self) -> u64 {
        if let Some(Definition::Epoch(seconds)) = self.definition(DefinitionKind::Epoch, "") {
            *seconds
        } else {
            0
        }
    }

    /// What can be installed and the axes, by name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries(DefinitionKind::Package).map(|entry| entry.name.as_str())
    }

    /// The axes, in the order in which they are decided.
    pub fn axes(&self) -> Vec<&Package> {
        let mut axes: Vec<&Entry> =
            self.entries(DefinitionKind::Package).filter(|entry| entry.order.is_some()).collect();
        axes.sort_by_key(|entry| (entry.order, &entry.name));
        axes.into_iter().filter_map(|entry| self.package(&entry.name)).collect()
    }

    /// Whether an axis is decided for a target where nothing mentions it: what cannot be installed says what the
    /// platform is, and of what a folder of the user's defines or asks nobody knows who mentions it.
    pub fn decides_always(&self, axis: &Entry) -> bool {
        let users =
            |kind, name: &str| self.slot(kind, name).is_some_and(|slot| self.files[slot.file].layer > 0);
        !axis.installable
            || users(DefinitionKind::Package, &axis.name)
            || self
                .entries(DefinitionKind::Index)
                .any(|index| index.mentions.contains(&axis.name) && users(DefinitionKind::Index, &index.name))
    }

    /// Axes that can be installed and that conditions and templates of a package look at.
    pub fn mentions(&self, package: &str) -> &[PackedText] {
        self.entry(DefinitionKind::Package, package).map_or(&[], |entry| &entry.mentions)
    }

    /// The platforms, by name.
    pub fn platforms(&self) -> impl Iterator<Item = &Platform> {
        self.entries(DefinitionKind::Platform).filter_map(|entry| self.platform(&entry.name))
    }

    /// The devices, by name.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.entries(DefinitionKind::Device).filter_map(|entry| self.device(&entry.name))
    }

    /// The bases, by name.
    pub fn bases(&self) -> impl Iterator<Item = &BaseImage> {
        self.entries(DefinitionKind::Base).filter_map(|entry| self.base(&entry.name))
    }

    /// The bases that may be chosen where nobody names one, by name; those of which `fits` says that no tag will do are
    /// not decoded: it is asked of each requirement that the tags have on the platform.
    pub fn auto_bases(&self, fits: impl Fn(&Requirement) -> bool) -> impl Iterator<Item = &BaseImage> {
        let fits = move |text: &PackedText| Requirement::parse(text).map_or(true, |one| fits(&one));
        self.entries(DefinitionKind::Base)
            .filter(move |entry| {
                entry.auto && (entry.platforms.is_empty() || entry.platforms.iter().any(&fits))
            })
            .filter_map(|entry| self.base(&entry.name))
    }

    /// The indexes, by name.
    pub fn indexes(&self) -> impl Iterator<Item = &Index> {
        self.entries(DefinitionKind::Index).filter_map(|entry| self.index(&entry.name))
    }

    /// System packages that must never be in an image, by pattern.
    pub fn forbidden(&self) -> impl Iterator<Item = &Forbidden> {
        self.entries(DefinitionKind::Forbidden).filter_map(|entry| {
            if let Some(Definition::Forbidden(found)) =
                self.definition(DefinitionKind::Forbidden, &entry.name)
            {
                Some(&**found)
            } else {
                None
            }
        })
    }

    /// What lists show of one kind, by name, nothing decoded.
    pub fn entries(&self, kind: DefinitionKind) -> impl Iterator<Item = &Entry> {
        self.names.get(&kind).into_iter().flatten().map(|(_, slot)| &self.slots[*slot].entry)
    }

    /// The entry of a name or an alias.
    pub fn entry(&self, kind: DefinitionKind, name: &str) -> Option<&Entry> {
        self.slot(kind, name).map(|slot| &slot.entry)
    }

    /// The known names and aliases that a person may have meant, nearest first.
    pub fn nearest(&self, kind: DefinitionKind, word: &str) -> Vec<&str> {
        let names = self.names.get(&kind).into_iter().flatten().map(|(name, _)| name.as_str());
        let aliases = self.aliases.get(&kind).into_iter().flatten().map(|(alias, _)| alias.as_str());
        wording::nearest(word, names.chain(aliases))
    }

    /// Whether there is a definition of a package that can't be read, which was reported.
    pub fn is_unreadable(&self, package: &str) -> bool {
        if let Some(slot) = self.slot(DefinitionKind::Package, package) {
            return self.decoded(slot).is_none();
        }
        self.files.iter().any(|file| {
            let is_empty = file.tree.as_ref().is_some_and(|tree| tree.nodes.is_empty());
            is_empty && file.path.rsplit('/').nth(1) == Some(package)
        })
    }

    /// A file beside the definition of a package.
    pub fn file(&self, package: &str, file: &str) -> Option<&[u8]> {
        let slot = self.slot(DefinitionKind::Package, package)?;
        self.files[slot.file].files.get(file).map(AsRef::as_ref)
    }

    /// The text of the definition of a package.
    pub fn source(&self, package: &str) -> Option<SourceId> {
        self.slot(DefinitionKind::Package, package).map(|slot| self.files[slot.file].source)
    }

    /// Whether the definition is one that jcc came with.
    #[cfg(test)]
    pub(crate) fn is_builtin(&self, kind: DefinitionKind, name: &str) -> bool {
        self.slot(kind, name).is_some_and(|slot| self.files[slot.file].is_packed())
    }

    /// Definitions of the user's that lie over others of their names.
    pub fn shadows(&self) -> &[Shadow] {
        &self.shadows
    }

    /// The definitions of folders that were added, with their files, in the order of reading.
    pub(crate) fn added(&self) -> impl Iterator<Item = (&DefinitionFile, &Slot)> {
        let all = self.slots.iter().map(|slot| (&self.files[slot.file], slot));
        all.filter(|(file, _)| !file.is_packed())
    }

    /// The files of folders that were added.
    pub(crate) fn added_files(&self) -> impl Iterator<Item = &DefinitionFile> {
        self.files.iter().filter(|file| !file.is_packed())
    }

    pub(crate) fn decoded<'a>(&'a self, slot: &'a Slot) -> Option<&'a Definition> {
        let file = &self.files[slot.file];
        let decoded = slot.decoded.get_or_init(|| {
            let mut log = Log::new();
            let found = decode(file, slot, &mut log);
            let report = log.sorted().first().map(|first| first.message.clone());
            assert!(report.is_none(), "{} is broken: {}", file.path, report.unwrap_or_default());
            found
        });
        decoded.as_ref()
    }

    pub(super) fn slot(&self, kind: DefinitionKind, name: &str) -> Option<&Slot> {
        let names = self.names.get(&kind)?;
        let slot = names.get(name).or_else(|| names.get(self.aliases.get(&kind)?.get(name)?))?;
        Some(&self.slots[*slot])
    }

    fn definition(&self, kind: DefinitionKind, name: &str) -> Option<&Definition> {
        self.decoded(self.slot(kind, name)?)
    }
}
