//! Looks for the first position at which a program matches.

use crate::text::regex::matcher::{Limits, Matcher, NOWHERE, Poll, Stopped};
use crate::text::regex::set::{Bits, has};
use crate::text::regex::step::{Program, Start};
use crate::text::regex::subject::Subject;

/// Where a match has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// From the start on.
    Match,
    /// From the start to the end.
    Full,
    /// Anywhere.
    Search,
}

/// Runs a program on a part of a subject, both ends of which are between characters; returns where the match begins and
/// ends. With `must_advance`, an empty match at the start does not count.
pub fn run<S: Subject>(
    matcher: &mut Matcher,
    program: &Program,
    subject: S,
    (start, end): (usize, usize),
    how: How,
    must_advance: bool,
    poll: Poll<'_>,
) -> Result<Option<(usize, usize)>, Stopped> {
    // So many characters have at least as many bytes.
    if start > end || end - start < program.least as usize {
        return Ok(None);
    }
    let not_at = if must_advance { start } else { NOWHERE };
    let mut limits = Limits { end, is_full: how == How::Full, not_at };
    if how != How::Search || matches!(program.start, Start::Beginning) {
        let found = matcher.run(program, subject, start, limits, poll)?;
        return Ok(found.map(|end| (start, end)));
    }
    let mut at = start;
    while let Some(candidate) = candidate(program, subject, at, end) {
        matcher.works(1 + (candidate - at) / 16, poll)?;
        if candidate > start {
            limits.not_at = NOWHERE;
        }
        if end - candidate < program.least as usize {
            break;
        }
        if let Some(to) = matcher.run(program, subject, candidate, limits, poll)? {
            return Ok(Some((candidate, to)));
        }
        if candidate == end {
            break;
        }
        at = subject.next(candidate).1;
    }
    matcher.reset();
    Ok(None)
}

/// Returns the next position from `at` on where a match may begin.
#[inline]
fn candidate<S: Subject>(program: &Program, subject: S, at: usize, end: usize) -> Option<usize> {
    match &program.start {
        Start::Anywhere | Start::Beginning => Some(at),
        Start::Literal(literal) => literal.find(&subject.bytes()[at..end]).map(|found| at + found),
        Start::First(bits) => first(bits, subject, at, end),
    }
}

/// Returns the next position at which there is one of these bytes, at the beginning of a character.
fn first<S: Subject>(bits: &Bits, subject: S, mut at: usize, end: usize) -> Option<usize> {
    if S::IS_BYTES {
        return subject.bytes()[at..end].iter().position(|&byte| has(bits, byte)).map(|found| at + found);
    }
    while at < end {
        let byte = subject.bytes()[at];
        if has(bits, byte) {
            return Some(at);
        }
        at = if byte < 0x80 { at + 1 } else { subject.next(at).1 };
    }
    None
}
