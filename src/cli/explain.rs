//! `jcc explain`.

use serde_json::json;

use crate::diagnostic::{codes, wording};

use super::args::Format;
use super::{Exit, Session};

/// Prints the page of a diagnostic code, or lists all codes with their titles.
pub(super) fn run(session: &mut Session<'_, '_>, code: Option<&str>, format: Format) -> Exit {
    let Some(code) = code else { return list(session, format) };
    let Some(entry) = codes::find(code) else {
        let known: Vec<&str> = codes::all().map(|entry| entry.code.as_str()).collect();
        let short = known.iter().map(|code| code.rsplit("::").next().unwrap_or(code));
        let help = wording::did_you_mean(code, known.iter().copied().chain(short));
        let help = help.unwrap_or_else(|| "`jcc explain` lists all codes".to_owned());
        return session.input_error(&format!("unknown code {}", wording::code(code)), Some(help));
    };
    match format {
        Format::Text => session.print(&format!("{}\n\n{}", entry.code, entry.page)),
        Format::Json => session.print_json(&json!({ "code": entry.code.as_str(), "page": entry.page })),
    }
}

fn list(session: &mut Session<'_, '_>, format: Format) -> Exit {
    let title = |page: &'static str| page.lines().next().unwrap_or_default().trim_start_matches("# ");
    match format {
        Format::Text => {
            let rows: Vec<Vec<String>> = codes::all()
                .map(|entry| vec![entry.code.to_string(), title(entry.page).to_owned()])
                .collect();
            session.print(&super::table::columns(&rows))
        }
        Format::Json => {
            let all: Vec<_> = codes::all()
                .map(|entry| json!({ "code": entry.code.as_str(), "title": title(entry.page) }))
                .collect();
            session.print_json(&json!(all))
        }
    }
}
