//! Grammar of messages: counts, lists, did-you-mean.

/// A text on one line, with one blank for each line break and what is around it.
pub fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `1 error`, `2 errors`: the noun takes an `s`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `a`, `a and b`, `a, b and c`.
pub fn all_of<T: AsRef<str>>(words: &[T]) -> String {
    joined(words, "and")
}

/// `a`, `either a or b`, `either a, b or c`.
pub fn either<T: AsRef<str>>(words: &[T]) -> String {
    if words.len() < 2 { joined(words, "or") } else { format!("either {}", joined(words, "or")) }
}

/// `a, b or c`.
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

/// Of a longer word the beginning is reported, in letters.
const LONG: usize = 200;

/// The word in backticks; a backtick within is shown as an apostrophe, a control character as its escape, of what is too
/// long to be read the beginning.
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

/// What the system says of a path, without the path in front, which the message names already.
pub fn cause(error: &std::io::Error, path: &str) -> String {
    let text = error.to_string();
    text.strip_prefix(&format!("`{path}`: ")).map_or_else(|| text.clone(), str::to_owned)
}

pub fn codes<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> Vec<String> {
    words.into_iter().map(code).collect()
}

/// The candidates that a person may have meant by `word`, nearest first, three at the most. Case and the kind of
/// hyphen count for nothing, nor does the order of a word's parts: `jetson-agx-orin` for `jetson-orin-agx`; otherwise one
/// typing error is forgiven for every three letters. Where nothing is near, those that have every part of the word among
/// theirs: `jetson-agx-orin` for `orin-agx`.
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
    // Any letter is one error away from any other.
    let forgiven = if letters < 2 { 0 } else { (letters / 3).clamp(1, 4) };
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let mut found: Vec<(usize, &str)> = candidates
        .iter()
        .filter_map(|&candidate| {
            let other = plain(candidate);
            let same = sorted(&other) == in_order;
            let distance = if same { 0 } else { strsim::osa_distance(&wanted, &other) };
            // `lib` for `b`: as many errors as letters is no typing error.
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
    // A much nearer word makes the others noise.
    let best = found.first().map_or(0, |first| first.0);
    found.into_iter().filter(|one| one.0 <= best + 1).take(3).map(|one| one.1).collect()
}

/// The candidates that one or two typing errors lead to; of short words one.
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

/// ``did you mean `a` or `b`?``, where something is near; never the word itself.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = nearest(word, candidates.into_iter().filter(|one| *one != word));
    (!near.is_empty()).then(|| format!("did you mean {}?", any_of(&codes(near))))
}
