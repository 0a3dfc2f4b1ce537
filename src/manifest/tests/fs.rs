//! A project in memory with its own stacks.

use std::borrow::Cow;

use crate::fs::{FileSystem, Memory};
use crate::manifest::Stacks;

/// A project in memory. A file named `stack:NAME` is the stack `NAME`.
pub(super) struct Folder(pub(super) Memory);

impl Folder {
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self(Memory::with(files.iter().copied()))
    }
}

impl Stacks for Folder {
    fn stack(&self, name: &str) -> Option<(String, Cow<'static, str>)> {
        let shown = format!("stack:{name}");
        let text = String::from_utf8(self.0.read(&shown).ok()?).ok()?;
        Some((shown, Cow::Owned(text)))
    }

    fn names(&self) -> Vec<String> {
        self.0.files().keys().filter_map(|key| key.strip_prefix("stack:")).map(str::to_owned).collect()
    }
}
