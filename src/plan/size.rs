//! The size of the image and its models, as far as sizes are published.

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::Project;

use super::package_context::Inputs;

/// The size of the image and of what it downloads at run time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Size {
    /// The known size of the image including its base, in MiB. The actual size can be larger.
    pub image: u64,
    /// The size of the models that are downloaded at run time, in MiB.
    pub models: u64,
    /// Whether the size of the base image is unknown.
    pub without_base: bool,
    /// The packages whose sizes are unknown.
    pub unknown: Vec<String>,
}

impl Size {
    /// Formats the sizes, and what is not included in them: `7.6 GiB and 4.0 GiB of models`. Returns `None`
    /// if no size is known.
    pub fn describe(&self) -> Option<String> {
        if self.image + self.models == 0 {
            return None;
        }
        let exact = self.unknown.is_empty() && !self.without_base;
        let least = if exact { "" } else { "at least " };
        let image = (self.image > 0).then(|| gib(self.image));
        let models = (self.models > 0).then(|| format!("{} of models", gib(self.models)));
        let sizes: Vec<String> = image.into_iter().chain(models).collect();
        let base = self.without_base.then(|| "the base image".to_owned());
        let packages = match &self.unknown[..] {
            few if few.len() <= 3 => wording::codes(few),
            many => vec![format!("{} of unknown size", wording::count(many.len(), "package"))],
        };
        let missing: Vec<String> = base.into_iter().chain(packages).collect();
        let without = if missing.is_empty() {
            String::new()
        } else {
            format!(", without {}", wording::all_of(&missing))
        };
        Some(format!("{least}{}{without}", wording::all_of(&sizes)))
    }
}

/// Adds up the sizes. Warns if the target usually has less storage.
pub(super) fn sum(inputs: Inputs<'_>, log: &mut Log) -> Size {
    let base = &inputs.resolution.base;
    let mut size =
        Size { image: base.size.unwrap_or(0), without_base: base.size.is_none(), ..Size::default() };
    for name in &inputs.resolution.order {
        let Some(view) = inputs.view(name) else { continue };
        let empty = view.package.install.steps.is_empty() && view.package.build.is_none();
        if view.chosen.provided || !view.chosen.needed.run || empty {
            continue;
        }
        if let Some(fact) = &view.package.size {
            size.image += fact.image.unwrap_or(0);
            size.models += fact.models.unwrap_or(0);
        }
        if view.package.size.as_ref().is_none_or(|fact| fact.image.is_none()) {
            size.unknown.push(name.to_string());
        }
    }
    if let Some(room) = inputs.resolution.target.storage.filter(|room| size.image + size.models > *room) {
        report(inputs.project, &size, room, log);
    }
    size
}

fn report(project: &Project, size: &Size, room: u64, log: &mut Log) {
    let target = &project.target;
    let device = || target.device.as_ref().map(|device| (device.span, wording::code(device.as_str())));
    let storage = target.storage.as_ref().map(|storage| (storage.span, "this target".to_owned()));
    let Some((place, who)) = storage.or_else(device) else { return };
    let message = format!("the image takes {}", size.describe().unwrap_or_default());
    let label = format!("{who} has only {} of storage", gib(room));
    log.report(Diagnostic::warning(codes::STORAGE, message).at(place, label).help(
        "move the engine's data and the models to a larger drive, and set its size: `storage \
                \"500g\"` in the target",
    ));
}

/// Formats a size in MiB.
fn gib(mib: u64) -> String {
    if mib < 1024 {
        return format!("{mib} MiB");
    }
    let tenths = (mib * 10 + 512) / 1024;
    format!("{}.{} GiB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_formatted() {
        assert_eq!([512, 1024, 1075, 14336].map(gib), ["512 MiB", "1.0 GiB", "1.0 GiB", "14.0 GiB"]);
        let size = |unknown: &[&str]| Size {
            image: 7800,
            models: 4096,
            without_base: unknown.contains(&"base"),
            unknown: unknown.iter().filter(|one| **one != "base").map(ToString::to_string).collect(),
        };
        let shown = |unknown: &[&str]| size(unknown).describe().expect("there is something to say");
        assert_eq!(shown(&[]), "7.6 GiB and 4.0 GiB of models");
        assert_eq!(shown(&["a", "b"]), "at least 7.6 GiB and 4.0 GiB of models, without `a` and `b`");
        assert_eq!(
            shown(&["a", "b", "c", "d"]),
            "at least 7.6 GiB and 4.0 GiB of models, without 4 packages of unknown size"
        );
        assert_eq!(shown(&["base"]), "at least 7.6 GiB and 4.0 GiB of models, without the base image");
        assert_eq!(
            shown(&["base", "a", "b", "c", "d"]),
            "at least 7.6 GiB and 4.0 GiB of models, without the base image and 4 packages of unknown size"
        );
        assert_eq!(Size::default().describe(), None);
    }
}
