//! `devcontainer.json`: an editor's way into the service.

use serde_json::json;

use crate::plan::{MountFrom, Services, ServicesHead};

use super::{compose, signature};

/// The dev container of a target; `path`: where it is written, seen from the project's root.
pub fn devcontainer(services: &Services, path: &str) -> String {
    let up = "../".repeat(path.matches('/').count());
    let service = services.dev.as_ref().unwrap_or(&services.main);
    let folder = service.mounts.iter().find_map(|mount| match &mount.value.from {
        MountFrom::Host(from) if from.as_literal().as_deref() == Some(&services.build.context) => {
            mount.value.to.as_literal()
        }
        _ => None,
    });
    let value = json!({
        "name": services.project,
        "dockerComposeFile": format!("{up}{}", services.build.compose),
        "service": service.name,
        "runServices": [service.name],
        "workspaceFolder": folder.unwrap_or_else(|| "/".to_owned()),
        "overrideCommand": true,
        "shutdownAction": "stopCompose",
    });
    let text = serde_json::to_string_pretty(&value).expect("texts make JSON");
    let head = &services.head;
    let text = |own: Option<&str>| {
        // In a comment of JSON's own, line by line as in every other file.
        let head = compose::head(&ServicesHead { notes: Vec::new(), ..head.clone() }, &[], own);
        format!("/*\n{}*/\n{text}\n", head.replace("*/", "* /"))
    };
    text(Some(&signature::hash(&text(None))))
}
