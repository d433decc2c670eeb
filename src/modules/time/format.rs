//! `strftime`: texts of moments, in the words of the C locale.

use super::moment::{Moment, days_of};

/// The names of the days, from Sunday.
pub const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// The names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How a directive is written: `%`, flags, a width, a modifier, a letter.
struct Directive {
    padding: Option<char>,
    is_upper: bool,
    swaps_case: bool,
    width: Option<usize>,
    letter: char,
}

/// The most characters to which a directive is padded.
const WIDEST: usize = 1 << 20;

/// Reads a directive behind its `%`; `None` if it has no letter. `text` is left behind it.
fn read(text: &mut std::str::Chars<'_>) -> Option<Directive> {
    let mut directive =
        Directive { padding: None, is_upper: false, swaps_case: false, width: None, letter: '%' };
    loop {
        let letter = text.next()?;
        match letter {
            '_' | '-' | '0' if directive.width.is_none() => directive.padding = Some(letter),
            '^' if directive.width.is_none() => directive.is_upper = true,
            '#' if directive.width.is_none() => directive.swaps_case = true,
            '0'..='9' => {
                let digit = letter as usize - '0' as usize;
                directive.width = Some((directive.width.unwrap_or(0) * 10 + digit).min(WIDEST));
            }
            'E' | 'O' => {}
            _ => {
                directive.letter = letter;
                return Some(directive);
            }
        }
    }
}

impl Directive {
    /// Writes a number in at least so many digits.
    fn number(&self, out: &mut String, number: i64, digits: usize, usual: char) {
        let padding = self.padding.unwrap_or(usual);
        let width = if padding == '-' { 0 } else { self.width.unwrap_or(0).max(digits) };
        let shown = number.unsigned_abs().to_string();
        let sign = if number < 0 { "-" } else { "" };
        let missing = width.saturating_sub(shown.len() + sign.len());
        if padding == '_' {
            out.extend(std::iter::repeat_n(' ', missing));
            out.push_str(sign);
        } else {
            out.push_str(sign);
            out.extend(std::iter::repeat_n('0', missing));
        }
        out.push_str(&shown);
    }

    /// Writes a text, padded on the left.
    fn text(&self, out: &mut String, text: &str) {
        let padding = if self.padding == Some('0') { '0' } else { ' ' };
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        out.extend(std::iter::repeat_n(padding, missing));
        match (self.is_upper, self.swaps_case) {
            (true, _) => out.push_str(&text.to_uppercase()),
            // The only texts that are upper case become lower case.
            (_, true) if text.chars().all(|letter| !letter.is_lowercase()) => {
                out.push_str(&text.to_lowercase())
            }
            (_, true) => out.push_str(&text.to_uppercase()),
            _ => out.push_str(text),
        }
    }
}

/// Returns the year and the week by ISO 8601: weeks begin on Monday, and the first one has the first Thursday.
fn iso_week(moment: &Moment) -> (i64, i64) {
    let week = (moment.yearday - 1 - moment.weekday + 10) / 7;
    let weeks_of = |year: i64| {
        let first = (days_of(year, 1, 1) + 3).rem_euclid(7);
        let is_leap = days_of(year + 1, 1, 1) - days_of(year, 1, 1) == 366;
        if first == 3 || first == 2 && is_leap { 53 } else { 52 }
    };
    if week < 1 {
        (moment.year - 1, weeks_of(moment.year - 1))
    } else if week > weeks_of(moment.year) {
        (moment.year + 1, 1)
    } else {
        (moment.year, week)
    }
}

/// Formats a moment. A directive that there is not stays as it is.
pub fn format(format: &str, moment: &Moment) -> String {
    let mut out = String::new();
    let mut text = format.chars();
    while let Some(char) = text.next() {
        if char != '%' {
            out.push(char);
            continue;
        }
        let behind = text.clone();
        let Some(directive) = read(&mut text) else {
            out.push('%');
            out.push_str(behind.as_str());
            break;
        };
        if !write(&mut out, &directive, moment) {
            let length = behind.as_str().len() - text.as_str().len();
            out.push('%');
            out.push_str(&behind.as_str()[..length]);
        }
    }
    out
}

/// Writes a directive; false if there is none of its letter.
fn write(out: &mut String, directive: &Directive, moment: &Moment) -> bool {
    let number = |out: &mut String, number, digits| directive.number(out, number, digits, '0');
    let blank = |out: &mut String, number, digits| directive.number(out, number, digits, '_');
    let inner = |text: &str| format(text, moment);
    let sunday_first = (moment.weekday + 1) % 7;
    let day = DAYS.get(sunday_first as usize).copied().unwrap_or("?");
    let month =
        usize::try_from(moment.month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("?");
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    let hour = match moment.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let half = if moment.hour < 12 { "AM" } else { "PM" };
    match directive.letter {
        'a' => directive.text(out, short(day)),
        'A' => directive.text(out, day),
        'b' | 'h' => directive.text(out, short(month)),
        'B' => directive.text(out, month),
        'c' => directive.text(out, &inner("%a %b %e %H:%M:%S %Y")),
        'C' => number(out, moment.year.div_euclid(100), 1),
        'd' => number(out, moment.day, 2),
        'D' | 'x' => directive.text(out, &inner("%m/%d/%y")),
        'e' => blank(out, moment.day, 2),
        'F' => directive.text(out, &inner("%Y-%m-%d")),
        'g' => number(out, iso_week(moment).0.rem_euclid(100), 2),
        'G' => number(out, iso_week(moment).0, 1),
        'H' => number(out, moment.hour, 2),
        'I' => number(out, hour, 2),
        'j' => number(out, moment.yearday, 3),
        'k' => blank(out, moment.hour, 2),
        'l' => blank(out, hour, 2),
        'm' => number(out, moment.month, 2),
        'M' => number(out, moment.minute, 2),
        'n' => directive.text(out, "\n"),
        'p' => directive.text(out, half),
        'P' => directive.text(out, &half.to_lowercase()),
        'r' => directive.text(out, &inner("%I:%M:%S %p")),
        'R' => directive.text(out, &inner("%H:%M")),
        's' => number(out, moment.seconds(), 1),
        'S' => number(out, moment.second, 2),
        't' => directive.text(out, "\t"),
        'T' | 'X' => directive.text(out, &inner("%H:%M:%S")),
        'u' => number(out, moment.weekday + 1, 1),
        'U' => number(out, (moment.yearday - 1 + 7 - sunday_first) / 7, 2),
        'V' => number(out, iso_week(moment).1, 2),
        'w' => number(out, sunday_first, 1),
        'W' => number(out, (moment.yearday - 1 + 7 - moment.weekday) / 7, 2),
        'y' => number(out, moment.year.rem_euclid(100), 2),
        'Y' => number(out, moment.year, 1),
        'z' => {
            let sign = if moment.offset < 0 { '-' } else { '+' };
            let minutes = moment.offset.abs() / 60;
            directive.text(out, &format!("{sign}{:02}{:02}", minutes / 60, minutes % 60));
        }
        'Z' => directive.text(out, &moment.zone),
        '%' => directive.text(out, "%"),
        _ => return false,
    }
    true
}
