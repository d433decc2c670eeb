//! How often a program is collected under stress: often enough to find what one collection at the wrong moment breaks,
//! seldom enough that a person waits for the tests.

use std::path::Path;
use std::time::Duration;

use super::{MINIVM, Scratch, command, run};

/// About how many collections a file is given under stress, each audited before and after.
const COLLECTIONS: u32 = 200;

/// The interval that a file asks for, else one that keeps to the budget: 1 for all but a few files.
pub fn stress_interval(file: &Path, limit: Duration) -> Result<String, String> {
    let source = std::fs::read_to_string(file).expect("a program can be read");
    if let Some(asked) = source.lines().take(5).find_map(|line| line.strip_prefix("# stress: ")) {
        return Ok(asked.trim().to_owned());
    }
    let (mut interval, mut too_long) = (1, None);
    let mut count = collections(file, interval, limit)?;
    // A program that collects by itself does so whatever the interval, so that trying has an end.
    while count > COLLECTIONS && interval < 64 {
        let tried = match too_long {
            None => interval * count.div_ceil(COLLECTIONS),
            Some(too_long) => interval + (too_long - interval) / 4,
        };
        if tried == interval {
            break;
        }
        let fewer = collections(file, tried, limit)?;
        // Where objects die at once it may be every allocation or none: better too often than not at all.
        if fewer < COLLECTIONS / 10 {
            too_long = Some(tried);
        } else if fewer < count {
            (interval, count) = (tried, fewer);
        } else {
            break;
        }
    }
    Ok(interval.to_string())
}

/// How many collections the program has with this interval, without audits, which take most of the time.
fn collections(file: &Path, interval: u32, limit: Duration) -> Result<u32, String> {
    let scratch = Scratch::new();
    let options = ["--gc-stats", "--gc-stress", &interval.to_string()];
    let outcome = run(command(MINIVM, scratch.path()).args(options).arg(file), b"", limit)?;
    let counts = outcome.err.lines().filter_map(|line| {
        let (count, _) =
            line.strip_prefix("generation ")?.split_once(": ")?.1.split_once(" collections, ")?;
        count.parse::<u32>().ok()
    });
    Ok(counts.sum())
}
