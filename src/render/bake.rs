//! `docker-bake.hcl`, which builds all targets of a project at once.

use std::collections::BTreeSet;

use crate::manifest::BuildSecret;
use crate::plan::Services;

use super::head::head;

/// Renders the bake file of all targets.
pub fn bake(targets: &[Services]) -> String {
    let network = targets.iter().any(Services::builds_on_host_network);
    let allow = if network { " --allow network.host" } else { "" };
    let mut more = vec![format!("`docker buildx bake{allow}` builds every target")];
    if !all_secrets(targets).is_empty() {
        more.push("`--allow fs.read=FILE` lets it read a secret's file outside of this folder".to_owned());
    }
    let start = targets.first().map(|first| head(&first.head, &more)).unwrap_or_default();
    format!("{start}{}", body(targets))
}

fn body(targets: &[Services]) -> String {
    let mut out = String::new();
    let epochs: BTreeSet<u64> = targets.iter().map(|target| target.build.epoch).collect();
    let one_epoch = epochs.first().filter(|_| epochs.len() == 1);
    if let Some(epoch) = one_epoch {
        out.push_str("\n# Timestamp of files in the images, from jcc.lock.\n");
        variable(&mut out, "SOURCE_DATE_EPOCH", &epoch.to_string());
    }
    let secrets = all_secrets(targets);
    if !secrets.is_empty() {
        out.push_str("\n# Build secrets: set each to a file; nothing is passed if unset.\n");
    }
    for secret in &secrets {
        variable(&mut out, secret.variable(), "");
    }
    out.push_str("\n# A repository for the build cache, such as `ghcr.io/acme/cache`; none if unset.\n");
    variable(&mut out, "JCC_CACHE", "");
    out.push_str(
        "\n# If set, Buildx adds provenance and a bill of materials to the images, if the builder can.\n",
    );
    variable(&mut out, "JCC_ATTEST", "");
    let names = names(targets);
    let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    out.push_str(&format!("\ngroup \"default\" {{\n  targets = [{}]\n}}\n", quoted.join(", ")));
    out.push_str(&common(targets, one_epoch.is_some()));
    let own_secrets = targets.iter().any(|target| target.build.secrets != secrets);
    for (target, name) in targets.iter().zip(&names) {
        out.push_str(&bake_target(target, name, (one_epoch.is_none(), own_secrets)));
    }
    out
}

fn variable(out: &mut String, name: &str, default: &str) {
    out.push_str(&format!("variable \"{name}\" {{\n  default = {}\n}}\n", quoted(default)));
}

/// Returns unique names for the bake targets, which may contain only letters, digits, `_` and `-`.
fn names(targets: &[Services]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for target in targets {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let mut name: String = target.target.chars().map(|c| if is_allowed(c) { c } else { '-' }).collect();
        while all.contains(&name) {
            name.push('_');
        }
        all.push(name);
    }
    all
}

/// Renders the target that all others inherit.
fn common(targets: &[Services], epoch: bool) -> String {
    let mut out = String::from("\ntarget \"_common\" {\n");
    if epoch {
        out.push_str("  args = {\n    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH\n  }\n");
    }
    out.push_str("  attest = JCC_ATTEST == \"\" ? [] : [\"type=provenance,mode=max\", \"type=sbom\"]\n");
    let secrets = all_secrets(targets);
    if targets.iter().all(|target| target.build.secrets == secrets) {
        out.push_str(&secret_list(&secrets));
    }
    out.push_str("}\n");
    out
}

/// Returns the secrets that any target uses.
fn all_secrets(targets: &[Services]) -> Vec<BuildSecret> {
    let of = |secret: &BuildSecret| targets.iter().any(|target| target.build.secrets.contains(secret));
    BuildSecret::ALL.into_iter().filter(of).collect()
}

fn secret_list(secrets: &[BuildSecret]) -> String {
    let one = |secret: &BuildSecret| {
        let (name, id) = (secret.variable(), secret.as_str());
        format!("    {name} == \"\" ? [] : [{{ type = \"file\", id = \"{id}\", src = {name} }}],\n")
    };
    let all: String = secrets.iter().map(one).collect();
    if all.is_empty() { all } else { format!("  secret = concat(\n{all}  )\n") }
}

/// Renders one target. `own` says whether it sets the epoch and the secrets, rather than inheriting them.
fn bake_target(target: &Services, name: &str, own: (bool, bool)) -> String {
    let (epoch, secrets) = own;
    let build = &target.build;
    let cache = format!("type=registry,ref=${{JCC_CACHE}}:{name}");
    let mut lines = vec![
        ("inherits", "[\"_common\"]".to_owned()),
        ("context", quoted(".")),
        ("dockerfile", quoted(&build.dockerfile)),
        ("platforms", format!("[{}]", quoted(&build.platform))),
        ("tags", format!("[{}]", quoted(&build.image))),
        ("cache-from", format!("JCC_CACHE == \"\" ? [] : [\"{cache}\"]")),
        ("cache-to", format!("JCC_CACHE == \"\" ? [] : [\"{cache},mode=max\"]")),
    ];
    lines.extend(build.stage.map(|stage| ("target", quoted(stage))));
    if target.builds_on_host_network() {
        lines.push(("network", "\"host\"".to_owned()));
    }
    if epoch {
        lines.push(("args", format!("{{ SOURCE_DATE_EPOCH = \"{}\" }}", build.epoch)));
    }
    let mut out = format!("\ntarget \"{name}\" {{\n");
    for (key, value) in lines {
        out.push_str(&format!("  {key:<10} = {value}\n"));
    }
    if secrets {
        out.push_str(&secret_list(&build.secrets));
    }
    out.push_str("}\n");
    out
}

/// Quotes a text for HCL and escapes templates.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // `$${` would escape a template too, but not after another `$`. A numeric escape always works.
            '$' | '%' if letters.peek() == Some(&'{') => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
