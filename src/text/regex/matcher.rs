//! Runs the steps of a program from one position on.
//!
//! What may have to be tried otherwise is on a stack, with what has to be undone before:
//!
//! ```text
//! Way │ Mark │ Counter │ Barrier │ Way │ Given │ …
//!  └ the alternative that is left      └ what the steps of an assertion may try; forgotten when it has matched
//! ```
//!
//! A way that fails pops entries, undoing what they say, until one tells where to go on. An entry that only undoes is not
//! pushed while the stack is empty: then nothing could be tried any more.

use std::collections::TryReserveError;

use crate::text::regex::category::{Fold, is_unicode_word, is_word, lower, lower_ascii};
use crate::text::regex::code::{MAXREPEAT, Place};
use crate::text::regex::set::has;
use crate::text::regex::step::{At, Greed, One, Program, Step, Times};
use crate::text::regex::subject::Subject;

/// Why a search ended without an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stopped {
    /// There is no memory for the stack.
    Memory,
    /// The caller asked for it.
    Interrupted,
}

impl From<TryReserveError> for Stopped {
    fn from(_: TryReserveError) -> Stopped {
        Stopped::Memory
    }
}

/// What is asked now and then whether the search is to go on.
pub type Poll<'a> = &'a mut dyn FnMut() -> Result<(), Stopped>;

/// The position of what is nowhere.
pub const NOWHERE: usize = usize::MAX;
/// The step of a barrier behind which nothing can be tried.
const NO_STEP: At = At::MAX;
/// How much work is done before the caller is asked.
const MOST_WORK: u32 = 1 << 14;

/// What is left to be tried, or has to be undone before.
#[derive(Clone, Copy, Debug)]
enum Entry {
    /// Go on at this step.
    Way { step: At, at: usize },
    /// Try the alternatives from this one on, up to `end`.
    Branch { next: u32, end: u32, at: usize },
    /// A repeated character may give back down to `low`.
    Given { step: At, low: usize, at: usize },
    /// A lazily repeated character may take one more.
    Taken { step: At, count: u32, at: usize },
    /// A lazy repetition may go round once more.
    Round { step: At, at: usize },
    /// A mark had this position, and `last` was the last group.
    Mark { mark: u32, last: u32, at: usize },
    /// A repetition had been gone through so often.
    Counter { repeat: u32, counter: u32, last: usize },
    /// The beginning of steps that match in one way only; if they do not, goes on at `step`, unless that is `NO_STEP`.
    Barrier { step: At, at: usize, outer: usize },
}

/// How often a repetition has been gone through.
#[derive(Clone, Copy, Debug)]
struct Counter {
    count: u32,
    /// Where the last round that was not due began.
    last: usize,
}

/// The state of a search; what it found is in it afterwards. It may be used again.
#[derive(Debug)]
pub struct Matcher {
    /// Where each group begins and ends, `NOWHERE` if it does not.
    pub marks: Vec<usize>,
    /// The group that ended last; 0 for none.
    pub last_group: u32,
    counters: Vec<Counter>,
    stack: Vec<Entry>,
    /// Where in the stack the innermost barrier is.
    barrier: usize,
    is_dirty: bool,
    work: u32,
}

/// Where and how a pattern has to match.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Where the subject ends.
    pub end: usize,
    /// Whether the match has to reach the end.
    pub is_full: bool,
    /// A match that ends here does not count.
    pub not_at: usize,
}

impl Matcher {
    /// Makes the state for searches with a program.
    pub fn new(program: &Program) -> Result<Matcher, Stopped> {
        let marks = program.groups as usize * 2;
        let mut matcher = Matcher {
            marks: Vec::new(),
            last_group: 0,
            counters: Vec::new(),
            stack: Vec::new(),
            barrier: NOWHERE,
            is_dirty: false,
            work: 0,
        };
        matcher.marks.try_reserve_exact(marks)?;
        matcher.marks.resize(marks, NOWHERE);
        matcher.counters.try_reserve_exact(program.repeats as usize)?;
        matcher.counters.resize(program.repeats as usize, Counter { count: 0, last: NOWHERE });
        Ok(matcher)
    }

    /// Notes that so much work has been done, and asks the caller if it was much.
    #[inline(always)]
    pub fn works(&mut self, work: usize, poll: Poll<'_>) -> Result<(), Stopped> {
        self.work += work.min(MOST_WORK as usize) as u32;
        if self.work > MOST_WORK {
            self.work = 0;
            return poll();
        }
        Ok(())
    }

    #[inline(always)]
    fn push(&mut self, entry: Entry) -> Result<(), Stopped> {
        if self.stack.len() == self.stack.capacity() {
            self.grow()?;
        }
        self.stack.push(entry);
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> Result<(), Stopped> {
        self.stack.try_reserve(self.stack.len().max(16))?;
        Ok(())
    }

    /// Pushes what only undoes.
    #[inline(always)]
    fn note(&mut self, entry: Entry) -> Result<(), Stopped> {
        if self.stack.is_empty() { Ok(()) } else { self.push(entry) }
    }

    #[inline(always)]
    fn set_mark(&mut self, mark: u32, at: usize) -> Result<(), Stopped> {
        let old = self.marks[mark as usize];
        self.note(Entry::Mark { mark, last: self.last_group, at: old })?;
        self.marks[mark as usize] = at;
        if mark & 1 != 0 {
            self.last_group = mark / 2 + 1;
        }
        self.is_dirty = true;
        Ok(())
    }

    fn set_counter(&mut self, repeat: u32, counter: Counter) -> Result<(), Stopped> {
        let old = self.counters[repeat as usize];
        self.note(Entry::Counter { repeat, counter: old.count, last: old.last })?;
        self.counters[repeat as usize] = counter;
        Ok(())
    }

    fn raise_barrier(&mut self, step: At, at: usize) -> Result<(), Stopped> {
        let outer = std::mem::replace(&mut self.barrier, self.stack.len());
        self.push(Entry::Barrier { step, at, outer })
    }

    /// Forgets what the steps behind the innermost barrier may try otherwise, but not how to undo what they did; returns
    /// where they began.
    fn keep(&mut self) -> usize {
        let base = self.barrier;
        let Some(Entry::Barrier { at, outer, .. }) = self.stack.get(base).copied() else { return 0 };
        let mut kept = base;
        // At the bottom of the stack there is nothing left for which to undo it.
        if base > 0 {
            for from in base + 1..self.stack.len() {
                if matches!(self.stack[from], Entry::Mark { .. } | Entry::Counter { .. }) {
                    self.stack[kept] = self.stack[from];
                    kept += 1;
                }
            }
        }
        self.stack.truncate(kept);
        self.barrier = outer;
        at
    }

    /// Undoes what the steps behind the innermost barrier did, and forgets them.
    fn undo(&mut self) {
        let base = self.barrier;
        while self.stack.len() > base {
            match self.stack.pop() {
                Some(Entry::Barrier { outer, .. }) => self.barrier = outer,
                Some(entry) => self.restore(entry),
                None => return,
            }
        }
    }

    #[inline(always)]
    fn restore(&mut self, entry: Entry) {
        match entry {
            Entry::Mark { mark, last, at } => {
                self.marks[mark as usize] = at;
                self.last_group = last;
            }
            Entry::Counter { repeat, counter, last } => {
                self.counters[repeat as usize] = Counter { count: counter, last };
            }
            _ => {}
        }
    }

    /// Forgets the last search.
    #[inline]
    pub fn reset(&mut self) {
        self.stack.clear();
        self.barrier = NOWHERE;
        if self.is_dirty {
            self.marks.fill(NOWHERE);
            self.last_group = 0;
            self.is_dirty = false;
        }
    }

    /// Runs a program from a position on; returns where the match ends.
    pub fn run<S: Subject>(
        &mut self,
        program: &Program,
        subject: S,
        start: usize,
        limits: Limits,
        poll: Poll<'_>,
    ) -> Result<Option<usize>, Stopped> {
        self.reset();
        let (mut step, mut at, end) = (0, start, limits.end);
        loop {
            'forward: loop {
                match program.steps[step as usize] {
                    Step::One(one) => match next_one(program, subject, one, at, end) {
                        Some(next) => at = next,
                        None => break 'forward,
                    },
                    Step::Literals(from, to) => {
                        let literals = &program.literals[from as usize..to as usize];
                        if !subject.bytes()[at..end].starts_with(literals) {
                            break 'forward;
                        }
                        at += literals.len();
                    }
                    Step::Mark(mark) => self.set_mark(mark, at)?,
                    Step::RepeatOne { one, times, greed, follow } => {
                        let Some(low) = least_ones(program, subject, one, at, end, times.least) else {
                            break 'forward;
                        };
                        if greed == Greed::Lazy {
                            self.push(Entry::Taken { step, count: times.least, at: low })?;
                            at = low;
                            // Whether what follows can begin here is seen at once.
                            if follow.is_some() {
                                break 'forward;
                            }
                        } else {
                            let most = times.most - times.least;
                            let high = most_ones(program, subject, one, low, end, times.most, most);
                            self.works((high - at) / 16, poll)?;
                            at = high;
                            if greed == Greed::Greedy && high > low {
                                if let Some(follow) = follow
                                    && !(high < end && {
                                        let bits = &program.follows[follow.get() as usize];
                                        has(bits, subject.bytes()[high])
                                    })
                                {
                                    self.push(Entry::Given { step, low, at: high })?;
                                    break 'forward;
                                }
                                self.push(Entry::Given { step, low, at: high })?;
                            }
                        }
                    }
                    Step::Branch(from, to) => match self.choose(program, subject, from, to, at, end)? {
                        Some(way) => {
                            step = way;
                            continue 'forward;
                        }
                        None => break 'forward,
                    },
                    Step::Jump(goal) => {
                        step = goal;
                        continue 'forward;
                    }
                    Step::Repeat { repeat, until } | Step::Possess { repeat, until } => {
                        self.set_counter(repeat, Counter { count: 0, last: NOWHERE })?;
                        step = until;
                        continue 'forward;
                    }
                    Step::Until { repeat, times, is_lazy, body } => {
                        self.works(1, poll)?;
                        let Counter { count, last } = self.counters[repeat as usize];
                        let next = count.saturating_add(1);
                        if count < times.least {
                            self.set_counter(repeat, Counter { count: next, last })?;
                            step = body;
                            continue 'forward;
                        }
                        if is_lazy {
                            self.push(Entry::Round { step, at })?;
                        } else if is_below(count, times) && at != last {
                            self.push(Entry::Way { step: step + 1, at })?;
                            self.set_counter(repeat, Counter { count: next, last: at })?;
                            step = body;
                            continue 'forward;
                        }
                    }
                    Step::PossessiveUntil { repeat, times, body } => {
                        self.works(1, poll)?;
                        let Counter { count, last } = self.counters[repeat as usize];
                        if count < times.least {
                            self.raise_barrier(NO_STEP, at)?;
                            step = body;
                            continue 'forward;
                        }
                        if is_below(count, times) && at != last {
                            self.set_counter(repeat, Counter { count, last: at })?;
                            self.raise_barrier(step + 1, at)?;
                            step = body;
                            continue 'forward;
                        }
                    }
                    Step::EndPossessive { until } => {
                        self.keep();
                        let Step::PossessiveUntil { repeat, .. } = program.steps[until as usize] else {
                            break 'forward;
                        };
                        let Counter { count, last } = self.counters[repeat as usize];
                        self.set_counter(repeat, Counter { count: count.saturating_add(1), last })?;
                        step = until;
                        continue 'forward;
                    }
                    Step::Place(place) => {
                        if !is_at(subject, place, at, end) {
                            break 'forward;
                        }
                    }
                    Step::Group(group, fold) => match self.again(subject, group, fold, at, end) {
                        Some(next) => {
                            self.works((next - at) / 16, poll)?;
                            at = next;
                        }
                        None => break 'forward,
                    },
                    Step::IfGroup(group, other) => {
                        if self.group(group).is_none() {
                            step = other;
                            continue 'forward;
                        }
                    }
                    Step::Assert { back, behind, is_inverted } => match back_from(subject, at, back) {
                        Some(before) => {
                            self.raise_barrier(if is_inverted { behind } else { NO_STEP }, at)?;
                            at = before;
                        }
                        None if is_inverted => {
                            step = behind;
                            continue 'forward;
                        }
                        None => break 'forward,
                    },
                    Step::EndAssert { behind, is_inverted } => {
                        if is_inverted {
                            self.undo();
                            break 'forward;
                        }
                        at = self.keep();
                        step = behind;
                        continue 'forward;
                    }
                    Step::Atomic => self.raise_barrier(NO_STEP, at)?,
                    Step::EndAtomic => {
                        self.keep();
                    }
                    Step::Success => {
                        if at != limits.not_at && !(limits.is_full && at != end) {
                            return Ok(Some(at));
                        }
                        break 'forward;
                    }
                    Step::Failure => break 'forward,
                }
                step += 1;
            }
            self.works(1, poll)?;
            match self.back(program, subject, end, poll)? {
                Some(next) => (step, at) = next,
                None => return Ok(None),
            }
        }
    }

    /// Goes back to what is left to be tried, and returns the step and the position.
    fn back<S: Subject>(
        &mut self,
        program: &Program,
        subject: S,
        end: usize,
        poll: Poll<'_>,
    ) -> Result<Option<(At, usize)>, Stopped> {
        while let Some(entry) = self.stack.pop() {
            match entry {
                Entry::Mark { .. } | Entry::Counter { .. } => self.restore(entry),
                Entry::Way { step, at } => return Ok(Some((step, at))),
                Entry::Branch { next, end: last, at } => {
                    if let Some(way) = self.choose(program, subject, next, last, at, end)? {
                        return Ok(Some((way, at)));
                    }
                }
                Entry::Given { step, low, at: high } => {
                    let Step::RepeatOne { follow, .. } = program.steps[step as usize] else { continue };
                    let bits = follow.map(|follow| &program.follows[follow.get() as usize]);
                    let mut at = high;
                    let mut is_found = false;
                    while at > low && !is_found {
                        at = subject.previous(at).1;
                        is_found = bits.is_none_or(|bits| has(bits, subject.bytes()[at]));
                    }
                    self.works((high - at) / 16, poll)?;
                    if !is_found {
                        continue;
                    }
                    if at > low {
                        self.push(Entry::Given { step, low, at })?;
                    }
                    return Ok(Some((step + 1, at)));
                }
                Entry::Taken { step, count, at } => {
                    if let Some(next) = self.take_more(program, subject, step, count, at, end, poll)? {
                        return Ok(Some(next));
                    }
                }
                Entry::Round { step, at } => {
                    let Step::Until { repeat, times, body, .. } = program.steps[step as usize] else {
                        continue;
                    };
                    let Counter { count, last } = self.counters[repeat as usize];
                    if is_below(count, times) && at != last {
                        self.set_counter(repeat, Counter { count: count.saturating_add(1), last: at })?;
                        return Ok(Some((body, at)));
                    }
                }
                Entry::Barrier { step, at, outer } => {
                    self.barrier = outer;
                    if step != NO_STEP {
                        return Ok(Some((step, at)));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Takes one more of a lazily repeated character, or so many that what follows may begin. What is on the stack for it
    /// stands for the position `at` itself, if that has not been tried, as its steps tell (`run`).
    #[expect(clippy::too_many_arguments, reason = "they are what the loop around it knows")]
    fn take_more<S: Subject>(
        &mut self,
        program: &Program,
        subject: S,
        step: At,
        mut count: u32,
        mut at: usize,
        end: usize,
        poll: Poll<'_>,
    ) -> Result<Option<(At, usize)>, Stopped> {
        let Step::RepeatOne { one, times, follow, .. } = program.steps[step as usize] else {
            return Ok(None);
        };
        let Some(follow) = follow else {
            if !is_below(count, times) {
                return Ok(None);
            }
            let Some(next) = next_one(program, subject, one, at, end) else { return Ok(None) };
            self.push(Entry::Taken { step, count: count.saturating_add(1), at: next })?;
            return Ok(Some((step + 1, next)));
        };
        let bits = &program.follows[follow.get() as usize];
        let from = at;
        // With `follow`, the entry stands for a position that has not been tried.
        loop {
            if at >= end {
                return Ok(None);
            }
            let is_found = has(bits, subject.bytes()[at]);
            let next = if is_below(count, times) { next_one(program, subject, one, at, end) } else { None };
            if is_found {
                self.works((at - from) / 16, poll)?;
                if let Some(next) = next {
                    self.push(Entry::Taken { step, count: count.saturating_add(1), at: next })?;
                }
                return Ok(Some((step + 1, at)));
            }
            match next {
                Some(next) => (at, count) = (next, count.saturating_add(1)),
                None => {
                    self.works((at - from) / 16, poll)?;
                    return Ok(None);
                }
            }
        }
    }

    /// Returns the first of some alternatives that may match here, and notes the others.
    #[inline]
    fn choose<S: Subject>(
        &mut self,
        program: &Program,
        subject: S,
        from: u32,
        to: u32,
        at: usize,
        end: usize,
    ) -> Result<Option<At>, Stopped> {
        let ways = &program.alternatives[..to as usize];
        let byte = if at < end { Some(subject.bytes()[at]) } else { None };
        let fits = |&way: &usize| byte.is_none_or(|byte| has(&ways[way].first, byte));
        let Some(way) = (from as usize..ways.len()).find(fits) else { return Ok(None) };
        if let Some(next) = (way + 1..ways.len()).find(fits) {
            self.push(Entry::Branch { next: next as u32, end: to, at })?;
        }
        Ok(Some(ways[way].at))
    }

    /// Returns where a group is, if it has matched.
    fn group(&self, group: u32) -> Option<(usize, usize)> {
        let (from, to) = (self.marks[group as usize * 2], self.marks[group as usize * 2 + 1]);
        (from != NOWHERE && to != NOWHERE && from <= to).then_some((from, to))
    }

    /// Matches what a group has matched once more, and returns where that ends.
    fn again<S: Subject>(&self, subject: S, group: u32, fold: Fold, at: usize, end: usize) -> Option<usize> {
        let (mut from, to) = self.group(group)?;
        let fold: fn(u32) -> u32 = match fold {
            Fold::None => {
                let known = &subject.bytes()[from..to];
                return subject.bytes()[at..end].starts_with(known).then_some(at + known.len());
            }
            Fold::Unicode => lower,
            Fold::Ascii | Fold::Locale => lower_ascii,
        };
        let mut at = at;
        while from < to {
            if at >= end {
                return None;
            }
            let ((known, next), (given, behind)) = (subject.next(from), subject.next(at));
            if fold(known) != fold(given) {
                return None;
            }
            (from, at) = (next, behind);
        }
        Some(at)
    }
}

/// Tells whether a repetition may be gone through once more.
const fn is_below(count: u32, times: Times) -> bool {
    times.most == MAXREPEAT || count < times.most
}

/// Returns the position behind a character, if it is of this kind.
#[inline(always)]
fn next_one<S: Subject>(program: &Program, subject: S, one: One, at: usize, end: usize) -> Option<usize> {
    if at >= end {
        return None;
    }
    let (code, next) = subject.next(at);
    let fits = match one {
        One::Any => code != 0x0a,
        One::AnyAll => true,
        One::Literal(literal) => code == literal,
        One::NotLiteral(literal) => code != literal,
        One::Set(set) => program.sets[set as usize].contains(code),
    };
    if fits { Some(next) } else { None }
}

/// Passes over so many characters that all have to be of one kind.
#[inline]
fn least_ones<S: Subject>(
    program: &Program,
    subject: S,
    one: One,
    mut at: usize,
    end: usize,
    least: u32,
) -> Option<usize> {
    if least as usize > end - at {
        return None;
    }
    for _ in 0..least {
        at = next_one(program, subject, one, at, end)?;
    }
    Some(at)
}

/// Passes over as many characters of one kind as there are, but not more than `most`, unless `limit` tells that there is
/// no limit.
fn most_ones<S: Subject>(
    program: &Program,
    subject: S,
    one: One,
    at: usize,
    end: usize,
    limit: u32,
    most: u32,
) -> usize {
    // So many bytes have no more characters.
    let is_unlimited = limit == MAXREPEAT || most as usize >= end - at;
    if S::IS_BYTES || is_unlimited {
        let end = if is_unlimited { end } else { at + most as usize };
        return run_of(program, subject, one, at, end);
    }
    let mut at = at;
    for _ in 0..most {
        match next_one(program, subject, one, at, end) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// Passes over all characters of one kind.
fn run_of<S: Subject>(program: &Program, subject: S, one: One, at: usize, end: usize) -> usize {
    let bytes = &subject.bytes()[at..end];
    let run = match one {
        One::AnyAll => None,
        One::Any => memchr::memchr(0x0a, bytes),
        One::NotLiteral(literal) if literal < 0x80 => memchr::memchr(literal as u8, bytes),
        One::Literal(literal) if literal < 0x80 => bytes.iter().position(|&byte| byte != literal as u8),
        One::Set(set) if S::IS_BYTES => {
            let latin = program.sets[set as usize].latin();
            bytes.iter().position(|&byte| !has(latin, byte))
        }
        One::Set(set) => {
            let set = &program.sets[set as usize];
            let mut at = at;
            while at < end {
                let byte = subject.bytes()[at];
                if byte < 0x80 {
                    if !has(set.latin(), byte) {
                        break;
                    }
                    at += 1;
                    continue;
                }
                let (code, next) = subject.next(at);
                if !set.contains(code) {
                    break;
                }
                at = next;
            }
            return at;
        }
        One::Literal(_) | One::NotLiteral(_) => {
            let mut at = at;
            while let Some(next) = next_one(program, subject, one, at, end) {
                at = next;
            }
            return at;
        }
    };
    run.map_or(end, |run| at + run)
}

/// Returns the position so many characters before another.
fn back_from<S: Subject>(subject: S, mut at: usize, back: u32) -> Option<usize> {
    if S::IS_BYTES {
        return at.checked_sub(back as usize);
    }
    for _ in 0..back {
        if at == 0 {
            return None;
        }
        at = subject.previous(at).1;
    }
    Some(at)
}

/// Tells whether a position is a place of this kind.
fn is_at<S: Subject>(subject: S, place: Place, at: usize, end: usize) -> bool {
    let is_line_break = |at: usize| subject.bytes()[at] == b'\n';
    let is_boundary = |is_word: fn(u32) -> bool| {
        let before = at > 0 && is_word(subject.previous(at).0);
        let behind = at < end && is_word(subject.next(at).0);
        before != behind
    };
    match place {
        Place::Beginning | Place::BeginningString => at == 0,
        Place::BeginningLine => at == 0 || is_line_break(at - 1),
        Place::End => at == end || at + 1 == end && is_line_break(at),
        Place::EndLine => at == end || is_line_break(at),
        Place::EndString => at == end,
        Place::Boundary | Place::LocBoundary => is_boundary(is_word),
        Place::NonBoundary | Place::LocNonBoundary => !is_boundary(is_word),
        Place::UniBoundary => is_boundary(is_unicode_word),
        Place::UniNonBoundary => !is_boundary(is_unicode_word),
    }
}
