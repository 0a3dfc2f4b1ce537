//! Unique names of services, images and secrets.

use std::collections::BTreeSet;

use crate::manifest::BuildSecret;

use super::ServiceInputs;

/// The names of a target's services, image and secrets.
#[derive(Debug, Clone)]
pub(super) struct ServiceNames {
    pub(super) project: String,
    pub(super) image: String,
    pub(super) main: String,
    pub(super) test: String,
    pub(super) dev: String,
    pub(super) apt_cache: String,
    pub(super) pip_cache: String,
    build_secrets: Vec<BuildSecret>,
}

impl ServiceNames {
    pub(super) fn new(inputs: ServiceInputs<'_>) -> Self {
        let header = &inputs.project.header;
        let several = inputs.project.targets > 1;
        let target = &inputs.target.name;
        let name = header.name.value.as_str();
        let mut taken: BTreeSet<String> =
            inputs.project.run.services.iter().map(|service| service.name.value.to_string()).collect();
        let mut free = |wanted: &str| {
            let mut name = wanted.to_owned();
            while !taken.insert(name.clone()) {
                name = format!("jcc-{name}");
            }
            name
        };
        let main = free(name);
        // Compose does not allow `.` in project names.
        let plain = name.replace('.', "-");
        let version = header.version.as_ref().map(|version| tag(&version.value.to_string()));
        let tag = match (version, several) {
            (Some(version), false) => version,
            (Some(version), true) => format!("{version}-{}", tag(target.as_str())),
            (None, false) => "latest".to_owned(),
            (None, true) => tag(target.as_str()),
        };
        let repository = header.image.as_ref().map_or(name.to_owned(), |image| image.value.to_string());
        Self {
            project: if several { format!("{plain}-{target}").replace('.', "-") } else { plain },
            image: format!("{repository}:{tag}"),
            main,
            test: free("test"),
            dev: free("dev"),
            apt_cache: free("apt-cache"),
            pip_cache: free("pip-cache"),
            build_secrets: inputs.project.build.secrets.iter().collect(),
        }
    }

    /// Returns the key of a service's secret, which must differ from those of build secrets.
    pub(super) fn secret(&self, name: &str) -> String {
        let taken = self.build_secrets.iter().any(|secret| secret.as_str() == name);
        if taken { format!("run-{name}") } else { name.to_owned() }
    }
}

/// Replaces characters that are invalid in tags.
fn tag(text: &str) -> String {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let text: String = text.chars().map(|c| if fine(c) { c } else { '-' }).take(100).collect();
    text.trim_start_matches(['.', '-']).to_owned()
}
