//! [`Timestamp`]: the time of an archive snapshot.

use super::parse::word;
use super::{Invalid, text};

word! {
    /// A time in UTC, in the format of archive snapshots: `20260901T000000Z`.
    Timestamp, "a snapshot time" => read
}

const HELP: &str = "use year, month, day, `T`, hour, minute, second, `Z`: `20260901T000000Z`";

fn read(word: &str) -> Result<String, Invalid> {
    let Some([year, month, day, hour, minute, second]) = fields(word) else {
        return Err(Invalid::new(format!("{} is not a valid snapshot time", text::quoted(word))).help(HELP));
    };
    if year < 1970 || !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return Err(Invalid::new(format!("`{}` is not a valid date", &word[..8])).help(HELP).at(0..8));
    }
    if hour > 23 || minute > 59 || second > 59 {
        return Err(Invalid::new(format!("`{}` is not a valid time", &word[9..15])).help(HELP).at(9..15));
    }
    Ok(word.to_owned())
}

/// Parses year, month, day, hour, minute and second.
fn fields(word: &str) -> Option<[u64; 6]> {
    let (day, time) = word.strip_suffix('Z')?.split_once('T')?;
    if day.len() != 8 || time.len() != 6 {
        return None;
    }
    let part = |text: &str, from: usize, to: usize| text.get(from..to).and_then(text::number);
    Some([
        part(day, 0, 4)?,
        part(day, 4, 6)?,
        part(day, 6, 8)?,
        part(time, 0, 2)?,
        part(time, 2, 4)?,
        part(time, 4, 6)?,
    ])
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn month_length(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(Timestamp: "20260901T000000Z", "20240229T235959Z", "19700101T000000Z");

    #[test]
    fn errors_are_precise() {
        let message = |text| Timestamp::parse(text).unwrap_err().message;
        assert_eq!(message("2026-09-01"), "`2026-09-01` is not a valid snapshot time");
        assert_eq!(message("20250229T000000Z"), "`20250229` is not a valid date");
        assert_eq!(message("20260901T240000Z"), "`240000` is not a valid time");
    }
}
