//! Lines that are too long to be shown: what is far from every label gives way to `…`.

use std::ops::Range;

/// Longer lines are clipped, in bytes.
const LONG: usize = 400;
/// So much is shown on either side of a label's ends.
const AROUND: usize = 80;
/// What stands for what is left out.
const SIGN: &str = "…";

/// A text without the parts of long lines that nobody asked for, which knows where the rest has gone.
#[derive(Debug, Default)]
pub(super) struct Clipped {
    pub(super) text: String,
    /// What was left out of the whole text.
    gone: Vec<Range<usize>>,
}

impl Clipped {
    /// Keeps all short lines, and what is near to these places.
    pub(super) fn new(text: String, places: &[usize]) -> Self {
        let mut gone = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let whole = start..start + line.trim_end_matches(['\n', '\r']).len();
            start += line.len();
            if whole.len() > LONG {
                gone.extend(left_out(&text, whole, places));
            }
        }
        if gone.is_empty() {
            return Self { text, gone };
        }
        let mut shown = String::new();
        let mut from = 0;
        for range in &gone {
            shown.push_str(&text[from..range.start]);
            shown.push_str(SIGN);
            from = range.end;
        }
        shown.push_str(&text[from..]);
        Self { text: shown, gone }
    }

    /// Where a place of the whole text is now.
    pub(super) fn place(&self, at: usize) -> usize {
        let mut place = at;
        for range in self.gone.iter().filter(|range| range.start < at) {
            // Of a part that is gone the sign stands for all of it.
            place = place + SIGN.len() - range.len().min(at - range.start);
            if at < range.end {
                place -= SIGN.len();
            }
        }
        place
    }

    /// How many bytes are missing on the line of a place of the clipped text, before it.
    pub(super) fn missing(&self, place: usize) -> usize {
        let line = self.text[..place.min(self.text.len())].rfind('\n').map_or(0, |at| at + 1);
        let before = self.gone.iter().filter(|range| (line..place).contains(&self.place(range.start)));
        before.map(|range| range.len() - SIGN.len()).sum()
    }
}

/// The parts of a long line that are far from all places; from a line without any its beginning is kept.
fn left_out(text: &str, line: Range<usize>, places: &[usize]) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = places
        .iter()
        .filter(|at| (line.start..=line.end).contains(at))
        .map(|at| at.saturating_sub(AROUND).max(line.start)..(at + AROUND).min(line.end))
        .collect();
    if kept.is_empty() {
        kept.push(line.start..line.start + AROUND);
    }
    kept.sort_by_key(|range| range.start);
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let mut gone = Vec::new();
    let mut from = line.start;
    for next in kept.into_iter().chain(std::iter::once(line.end..line.end)) {
        let range = boundary(from)..boundary(next.start.max(from));
        if range.len() > SIGN.len() {
            gone.push(range);
        }
        from = from.max(next.end);
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::Clipped;

    #[test]
    fn what_is_far_from_a_place_gives_way() {
        let whole = format!("short\n{}HERE{}\n{}\nend\n", "é".repeat(500), "b".repeat(1000), "c".repeat(900));
        let at = whole.find("HERE").expect("it is there");
        let clipped = Clipped::new(whole.clone(), &[at, at + 4]);
        let lines: Vec<&str> = clipped.text.lines().collect();
        assert_eq!(lines[0], "short");
        assert_eq!(lines[1], format!("…{}HERE{}…", "é".repeat(40), "b".repeat(80)));
        assert_eq!(lines[2], format!("{}…", "c".repeat(80)));
        assert_eq!(lines[3], "end");
        let now = clipped.place(at);
        assert_eq!(&clipped.text[now..clipped.place(at + 4)], "HERE");
        assert_eq!(now - 6 + clipped.missing(now), 1000, "the column stays what it was");
        assert_eq!(&clipped.text[clipped.place(whole.len() - 4)..], "end\n");
        assert_eq!(clipped.missing(clipped.text.len() - 2), 0);
        for place in 0..whole.len() {
            assert!(clipped.place(place) <= clipped.text.len());
        }
    }

    #[test]
    fn short_lines_stay() {
        let clipped = Clipped::new("a\r\nb".to_owned(), &[]);
        assert_eq!((clipped.text.as_str(), clipped.place(3), clipped.missing(3)), ("a\r\nb", 3, 0));
    }
}
