//! A secret in the open. Its value is never shown.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::Env;

pub(super) const RULE: Rule = Rule { code: codes::PLAIN_SECRET, severity: Severity::Warning, check };

/// Last words of names that secrets bear.
const NAMES: &[&str] = &["TOKEN", "KEY", "APIKEY", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE"];
/// How tokens of well-known services begin.
const STARTS: &[&str] = &[
    "hf_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "sk-",
    "nvapi-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "pypi-",
    "dckr_pat_",
    "-----BEGIN",
];
/// A token is not shorter than this.
const LEAST: usize = 12;

fn check(context: &Context<'_>, log: &mut Log) {
    if let Some(app) = &context.project.app {
        tell(&app.env, "it ends up in the image, and whoever has that has it", log);
    }
    for run in context.runs() {
        tell(&run.env, "it ends up in the Compose file and in the container's settings", log);
    }
}

fn tell(env: &Env, where_to: &str, log: &mut Log) {
    for (key, value) in env.iter().filter(|(key, value)| is_secret(key.as_str(), &value.value)) {
        let name = wording::code(key.as_str());
        let secret = key.as_str().to_lowercase().replace('_', "-");
        log.tell(
            Diagnostic::warning(codes::PLAIN_SECRET, format!("the value of {name} looks like a secret"))
                .at(key.span, where_to)
                .mask(value.span)
                .help(format!(
                    "write `secret \"{secret}\" env=\"{}\"` into `run`: the container reads `/run/secrets/{secret}`",
                    key.as_str()
                ))
                .help("take it back where it was issued if this file was ever shared"),
        );
    }
}

fn is_secret(key: &str, value: &str) -> bool {
    if value.contains('$') {
        return false;
    }
    if STARTS.iter().any(|start| value.starts_with(start)) && value.len() >= LEAST {
        return true;
    }
    let key = key.to_ascii_uppercase();
    let named = NAMES
        .iter()
        .any(|word| key.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with('_')));
    named && !key.ends_with("PUBLIC_KEY") && is_opaque(&key, value)
}

/// Whether a value may be a secret at all: a path, a switch or a limit is none.
fn is_opaque(key: &str, value: &str) -> bool {
    let number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !key.contains("PASS");
    let switch = ["true", "false", "yes", "no", "on", "off"].contains(&value.to_ascii_lowercase().as_str());
    !(value.is_empty() || number || switch || value.starts_with(['/', '~']))
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_and_values_give_secrets_away() {
        for (key, value) in [
            ("HF_TOKEN", "abc"),
            ("TOKEN", "x"),
            ("DB_PASSWORD", "1234"),
            ("api_key", "abc"),
            ("ANYTHING", "hf_abcdefghijkl"),
            ("OTHER", "ghp_abcdefghijkl"),
            ("MORE", "sk-abcdefghijkl"),
        ] {
            assert!(is_secret(key, value), "{key}");
        }
        for (key, value) in [
            ("HF_TOKEN", "${HF_TOKEN}"),
            ("HF_TOKEN", "$HF_TOKEN"),
            ("MONKEY", "banana"),
            ("MAX_TOKEN", "512"),
            ("SSH_KEY", "/run/secrets/ssh"),
            ("SIGNING_PUBLIC_KEY", "abc"),
            ("NAME", "sk-learn"),
            ("TOKENIZERS_PARALLELISM", "abc"),
            ("API_KEY", ""),
        ] {
            assert!(!is_secret(key, value), "{key} {value}");
        }
    }
}
