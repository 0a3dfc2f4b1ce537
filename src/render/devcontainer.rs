//! `devcontainer.json`, with which editors open the service as a dev container.

use serde_json::{Value, json};

use crate::manifest::DevcontainerOptions;
use crate::plan::{EditorUse, MountFrom, Services};

use super::head::head;

/// Renders the dev container definition of a target. `path` is its path relative to the project's root.
pub fn devcontainer(services: &Services, path: &str) -> String {
    let up = "../".repeat(path.matches('/').count());
    let service = services.dev.as_ref().unwrap_or(&services.main);
    let folder = service.mounts.iter().find_map(|mount| match &mount.value.from {
        MountFrom::Host(from) if from.as_literal().as_deref() == Some(&services.build.context) => {
            mount.value.to.as_literal()
        }
        _ => None,
    });
    let mut value = json!({
        "name": services.project,
        "dockerComposeFile": format!("{up}{}", services.build.compose),
        "service": service.name,
        "runServices": [service.name],
        "workspaceFolder": folder.unwrap_or_else(|| "/".to_owned()),
        "overrideCommand": true,
        "shutdownAction": "stopCompose",
    });
    let object = value.as_object_mut().expect("the value is an object");
    for (key, value) in editor_settings(&services.editor) {
        object.insert(key.to_owned(), value);
    }
    let text = serde_json::to_string_pretty(&value).expect("strings can be serialized");
    let head = head(&services.head, &[]);
    // Dev container files may contain comments.
    let lines: Vec<String> = head.lines().map(|line| line.replacen('#', "//", 1)).collect();
    let head = lines.join("\n");
    format!("{head}\n{text}\n")
}

/// Returns the settings that the manifest requests, and the user.
fn editor_settings(editor: &EditorUse) -> Vec<(&'static str, Value)> {
    let DevcontainerOptions { extensions, features, post_create, forward_ports } = &editor.asked;
    let mut all = Vec::new();
    all.extend(editor.user.as_ref().map(|user| ("remoteUser", json!(user))));
    if !extensions.is_empty() {
        let extensions: Vec<&String> = extensions.iter().map(|one| &one.value).collect();
        all.push(("customizations", json!({ "vscode": { "extensions": extensions } })));
    }
    if !features.is_empty() {
        let features = features.iter().map(|feature| {
            let options = feature.options.iter().map(|(key, value)| (key.value.clone(), json!(value.value)));
            (feature.image.value.clone(), Value::Object(options.collect()))
        });
        all.push(("features", Value::Object(features.collect())));
    }
    if let Some(words) = post_create {
        let line = match &words.value[..] {
            [line] => json!(line),
            words => json!(words),
        };
        all.push(("postCreateCommand", line));
    }
    if !forward_ports.is_empty() {
        let ports: Vec<u16> = forward_ports.iter().map(|port| port.value.get()).collect();
        all.push(("forwardPorts", json!(ports)));
    }
    all
}
