//! Helpers for the text of messages: counts, lists, similar names.

/// Joins the lines of a text with single spaces.
pub fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Formats a count with a noun whose plural ends with `s`: `1 error`, `2 errors`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Formats a list: `a`, `a and b`, `a, b and c`.
pub fn all_of<T: AsRef<str>>(words: &[T]) -> String {
    joined(words, "and")
}

/// Formats alternatives: `a`, `either a or b`, `either a, b or c`.
pub fn either<T: AsRef<str>>(words: &[T]) -> String {
    if words.len() < 2 { joined(words, "or") } else { format!("either {}", joined(words, "or")) }
}

/// Formats alternatives: `a`, `a or b`, `a, b or c`.
pub fn any_of<T: AsRef<str>>(words: &[T]) -> String {
    joined(words, "or")
}

fn joined<T: AsRef<str>>(words: &[T], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [init @ .., end] => {
            let init: Vec<&str> = init.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", init.join(", "), end.as_ref())
        }
    }
}

/// The maximum number of characters of a word that are shown.
const LONG: usize = 200;

/// Puts a word in backticks. Backticks in it are replaced by apostrophes and control characters by escapes;
/// long words are truncated.
pub fn code(word: impl AsRef<str>) -> String {
    let mut out = String::from("`");
    let word = word.as_ref();
    let shown = word.char_indices().nth(LONG).map_or(word, |(end, _)| &word[..end]);
    for letter in shown.chars() {
        match letter {
            '`' => out.push('\''),
            letter if letter.is_control() => out.extend(letter.escape_default()),
            letter => out.push(letter),
        }
    }
    if shown.len() < word.len() {
        out.push('…');
    }
    out.push('`');
    out
}

/// Returns the text of an I/O error without the path, which the message already names.
pub fn cause(error: &std::io::Error, path: &str) -> String {
    let text = error.to_string();
    text.strip_prefix(&format!("`{path}`: ")).map_or_else(|| text.clone(), str::to_owned)
}

pub fn codes<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> Vec<String> {
    words.into_iter().map(code).collect()
}

/// Returns up to three candidates that are similar to `word`, most similar first. Case, the kind of separator
/// and the order of parts are ignored (`jetson-agx-orin` for `jetson-orin-agx`); otherwise one typing error
/// per three characters is allowed, up to four. If none is similar, returns candidates that contain all parts
/// of the word (`jetson-agx-orin` for `orin-agx`).
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if word.len() > LONG {
        return Vec::new();
    }
    let plain = |text: &str| text.to_lowercase().replace(['_', ' ', '.'], "-");
    let sorted = |text: &str| {
        let mut parts: Vec<&str> = text.split('-').collect();
        parts.sort_unstable();
        parts.join("-")
    };
    let wanted = plain(word);
    let in_order = sorted(&wanted);
    let letters = wanted.chars().count();
    // Any single character is one error away from any other.
    let forgiven = if letters < 2 { 0 } else { (letters / 3).clamp(1, 4) };
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let mut found: Vec<(usize, &str)> = candidates
        .iter()
        .filter_map(|&candidate| {
            let other = plain(candidate);
            let same = sorted(&other) == in_order;
            let distance = if same { 0 } else { strsim::osa_distance(&wanted, &other) };
            // A candidate with as many errors as characters is not similar: `lib` for `b`.
            (distance <= forgiven && distance < other.chars().count().max(2)).then_some((distance, candidate))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    if found.is_empty() && letters > 2 {
        let among = |candidate: &&&str| {
            let other = plain(candidate);
            wanted.split('-').all(|part| other.split('-').any(|own| own == part))
        };
        found = candidates.iter().filter(among).map(|&candidate| (candidate.len(), candidate)).collect();
        found.sort_unstable();
        found.dedup();
        return found.into_iter().take(3).map(|one| one.1).collect();
    }
    // Candidates with two or more errors than the best one are dropped.
    let best = found.first().map_or(0, |first| first.0);
    found.into_iter().filter(|one| one.0 <= best + 1).take(3).map(|one| one.1).collect()
}

/// Returns up to three candidates that differ by at most two typing errors, or one for short words.
pub fn slips<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', ' ', '.'], "-");
    let wanted = plain(word);
    let forgiven = if wanted.chars().count() < 8 { 1 } else { 2 };
    let slip = |candidate: &&'a str| strsim::osa_distance(&wanted, &plain(candidate)) <= forgiven;
    if wanted.chars().count() < 4 || word.len() > LONG {
        Vec::new()
    } else {
        candidates.into_iter().filter(|one| *one != word).filter(slip).take(3).collect()
    }
}

/// Formats ``did you mean `a` or `b`?`` if other candidates are similar.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = nearest(word, candidates.into_iter().filter(|one| *one != word));
    (!near.is_empty()).then(|| format!("did you mean {}?", any_of(&codes(near))))
}
