//! A search in progress: the subject, where the next match may begin, and what the last one has found.

use super::compiled::Pattern;
use super::found::Match;
use super::subject::Subject;
use super::word;
use crate::protocol::check_interrupt;
use crate::text::regex::{How, Matcher, Stopped};
use crate::thread::Thread;
use crate::value::{Object, Raised, Run, Value};

/// A search in progress.
pub struct Scan<'a> {
    /// The pattern.
    pub pattern: &'a Object<Pattern>,
    /// What is searched, as it was given.
    pub string: &'a Value,
    /// What is searched.
    pub subject: Subject,
    /// Where the next match begins at the earliest.
    pub start: usize,
    /// Where the subject is taken to end.
    pub end: usize,
    /// Whether an empty match at the start does not count, since a match has ended there.
    pub must_advance: bool,
    /// The positions between which is searched.
    pub bounds: (usize, usize),
    matcher: Matcher,
}

impl<'a> Scan<'a> {
    /// Begins a search. Raises `TypeError` if the object cannot be searched, or not with this pattern.
    pub fn new(
        thread: &mut Thread,
        pattern: &'a Object<Pattern>,
        string: &'a Value,
        [from, to]: [Option<&Value>; 2],
    ) -> Run<Scan<'a>> {
        let from = from.map_or(Ok(0), |from| word(thread, from))?;
        let to = to.map_or(Ok(isize::MAX), |to| word(thread, to))?;
        let subject = Subject::of(thread, string)?;
        match (subject.is_bytes(), pattern.is_bytes) {
            (true, Some(false)) => {
                return Err(Raised::type_error("cannot use a string pattern on a bytes-like object"));
            }
            (false, Some(true)) => {
                return Err(Raised::type_error("cannot use a bytes pattern on a string-like object"));
            }
            _ => {}
        }
        let cut = |at: isize, count: usize| usize::try_from(at).unwrap_or(0).min(count);
        let (from, to) = match from <= 0 && to == isize::MAX {
            // The end of a long text is known, but not how many code points come before it.
            true => (0, None),
            false => {
                let count = subject.count();
                (cut(from, count), Some(cut(to, count)))
            }
        };
        let start = subject.offset(from);
        let (end, to) = match to {
            Some(to) => (subject.offset(to), to),
            None => (subject.with(<[u8]>::len)?, usize::MAX),
        };
        let matcher = Matcher::new(&pattern.program).map_err(|_| Raised::memory_error())?;
        let bounds = (from, to);
        Ok(Scan { pattern, string, subject, start, end, must_advance: false, bounds, matcher })
    }

    /// Looks for a match, and returns where it begins and ends; then goes on behind it. Raises `MemoryError`, and what
    /// interrupts it.
    pub fn next(&mut self, thread: &Thread, how: How) -> Run<Option<(usize, usize)>> {
        let mut raised = None;
        let mut poll = || {
            check_interrupt(thread).map_err(|stopped| {
                raised = Some(stopped);
                Stopped::Interrupted
            })
        };
        let (span, program) = ((self.start, self.end), &self.pattern.program);
        let found = self.subject.run(&mut self.matcher, program, span, how, self.must_advance, &mut poll)?;
        match found {
            Ok(Some((from, to))) => {
                self.must_advance = from == to;
                self.start = to;
                Ok(Some((from, to)))
            }
            Ok(None) => Ok(None),
            Err(_) => Err(raised.unwrap_or_else(Raised::memory_error)),
        }
    }

    /// Returns where a group of the last match is, counted from 1.
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        let marks = &self.matcher.marks[2 * group - 2..2 * group];
        (marks[0] != usize::MAX && marks[1] != usize::MAX).then_some((marks[0], marks[1]))
    }

    /// Returns the text of a group of the last match; if it took no part, `None` or, with `empty`, an empty one.
    pub fn group_value(&self, thread: &Thread, group: usize, empty: bool) -> Run<Value> {
        match self.group(group) {
            Some((from, to)) => self.subject.cut(thread, from, to),
            None if empty => self.subject.cut(thread, 0, 0),
            None => Ok(Value::NONE),
        }
    }

    /// Makes the object of the last match. Raises `MemoryError`.
    pub fn matched(&self, thread: &Thread, (from, to): (usize, usize)) -> Run<Value> {
        let mut marks = Vec::new();
        marks.try_reserve_exact(2 + self.matcher.marks.len())?;
        marks.extend([from, to]);
        marks.extend_from_slice(&self.matcher.marks);
        let made = Match {
            string: self.string.clone(),
            pattern: self.pattern.to_ref(),
            marks: marks.into_boxed_slice(),
            last_group: self.matcher.last_group,
            bounds: self.bounds,
        };
        Ok(thread.alloc(made).into_value())
    }
}
