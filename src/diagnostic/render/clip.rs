//! Clips long lines of source texts: parts that are far from every label are replaced by `…`.

use std::ops::Range;

/// The length, in bytes, above which a line is clipped.
const MAX_LENGTH: usize = 400;
/// The number of bytes that are kept on either side of the ends of a label.
const CONTEXT: usize = 80;
/// The text that replaces a clipped part.
const ELLIPSIS: &str = "…";

/// A text in which long lines are clipped. It converts offsets of the original text.
#[derive(Debug, Default)]
pub(super) struct Clipped {
    pub(super) text: String,
    /// The ranges of the original text that were removed.
    removed: Vec<Range<usize>>,
}

impl Clipped {
    /// Clips a text. Short lines and the surroundings of these offsets are kept.
    pub(super) fn new(text: String, offsets: &[usize]) -> Self {
        let mut removed = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let whole = start..start + line.trim_end_matches(['\n', '\r']).len();
            start += line.len();
            if whole.len() > MAX_LENGTH {
                removed.extend(removed_ranges(&text, whole, offsets));
            }
        }
        if removed.is_empty() {
            return Self { text, removed };
        }
        let mut clipped = String::new();
        let mut from = 0;
        for range in &removed {
            clipped.push_str(&text[from..range.start]);
            clipped.push_str(ELLIPSIS);
            from = range.end;
        }
        clipped.push_str(&text[from..]);
        Self { text: clipped, removed }
    }

    /// Converts an offset of the original text. An offset in a removed part becomes that of its ellipsis.
    pub(super) fn offset(&self, original: usize) -> usize {
        let mut offset = original;
        for range in self.removed.iter().filter(|range| range.start < original) {
            offset = offset + ELLIPSIS.len() - range.len().min(original - range.start);
            if original < range.end {
                offset -= ELLIPSIS.len();
            }
        }
        offset
    }

    /// Returns how many bytes were removed on the line of an offset of the clipped text, before this offset.
    pub(super) fn removed_before(&self, offset: usize) -> usize {
        let line = self.text[..offset.min(self.text.len())].rfind('\n').map_or(0, |at| at + 1);
        let before = self.removed.iter().filter(|range| (line..offset).contains(&self.offset(range.start)));
        before.map(|range| range.len() - ELLIPSIS.len()).sum()
    }
}

/// Returns the parts of a long line that are far from all offsets. If there is none in the line, its start is
/// kept.
fn removed_ranges(text: &str, line: Range<usize>, offsets: &[usize]) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = offsets
        .iter()
        .filter(|at| (line.start..=line.end).contains(at))
        .map(|at| at.saturating_sub(CONTEXT).max(line.start)..(at + CONTEXT).min(line.end))
        .collect();
    if kept.is_empty() {
        kept.push(line.start..line.start + CONTEXT);
    }
    kept.sort_by_key(|range| range.start);
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let mut removed = Vec::new();
    let mut from = line.start;
    for next in kept.into_iter().chain(std::iter::once(line.end..line.end)) {
        let range = boundary(from)..boundary(next.start.max(from));
        if range.len() > ELLIPSIS.len() {
            removed.push(range);
        }
        from = from.max(next.end);
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::Clipped;

    #[test]
    fn parts_far_from_an_offset_are_clipped() {
        let whole = format!("short\n{}HERE{}\n{}\nend\n", "é".repeat(500), "b".repeat(1000), "c".repeat(900));
        let at = whole.find("HERE").expect("the text contains it");
        let clipped = Clipped::new(whole.clone(), &[at, at + 4]);
        let lines: Vec<&str> = clipped.text.lines().collect();
        assert_eq!(lines[0], "short");
        assert_eq!(lines[1], format!("…{}HERE{}…", "é".repeat(40), "b".repeat(80)));
        assert_eq!(lines[2], format!("{}…", "c".repeat(80)));
        assert_eq!(lines[3], "end");
        let offset = clipped.offset(at);
        assert_eq!(&clipped.text[offset..clipped.offset(at + 4)], "HERE");
        assert_eq!(offset - 6 + clipped.removed_before(offset), 1000, "the column is that of the original");
        assert_eq!(&clipped.text[clipped.offset(whole.len() - 4)..], "end\n");
        assert_eq!(clipped.removed_before(clipped.text.len() - 2), 0);
        for original in 0..whole.len() {
            assert!(clipped.offset(original) <= clipped.text.len());
        }
    }

    #[test]
    fn short_lines_are_not_clipped() {
        let clipped = Clipped::new("a\r\nb".to_owned(), &[]);
        assert_eq!((clipped.text.as_str(), clipped.offset(3), clipped.removed_before(3)), ("a\r\nb", 3, 0));
    }
}
