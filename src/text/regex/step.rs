//! What a pattern is made of: steps, each at a place that others lead to.

use std::num::NonZeroU32;

use memchr::memmem::Finder;

use crate::text::regex::category::Fold;
use crate::text::regex::code::Place;
use crate::text::regex::set::{Bits, Set};

/// The place of a step in its program.
pub type At = u32;

/// What one character has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum One {
    /// Any but the end of a line.
    Any,
    /// Any at all.
    AnyAll,
    /// This one.
    Literal(u32),
    /// Any but this one.
    NotLiteral(u32),
    /// One of a set, by its place in `Program::sets`.
    Set(u32),
}

/// How often something is repeated; `most` is `MAXREPEAT` if there is no limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Times {
    /// At least so often.
    pub least: u32,
    /// At most so often.
    pub most: u32,
}

/// How a repetition chooses between its ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Greed {
    /// As often as possible first (`*`).
    Greedy,
    /// As seldom as possible first (`*?`).
    Lazy,
    /// As often as possible, and never less (`*+`).
    Possessive,
}

/// One step of a program. Unless it says otherwise, the next one in the program follows.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// The pattern has matched.
    Success,
    /// This way leads nowhere.
    Failure,
    /// One character.
    One(One),
    /// Several characters of ASCII: a part of `Program::literals`.
    Literals(u32, u32),
    /// Notes where a group begins (even numbers) or ends (odd ones).
    Mark(u32),
    /// A place that takes up no characters.
    Place(Place),
    /// Goes on with one of these alternatives, the first in `Program::alternatives` and behind the last.
    Branch(u32, u32),
    /// Goes on elsewhere.
    Jump(At),
    /// What a group has matched, once more.
    Group(u32, Fold),
    /// Goes on elsewhere unless a group has matched.
    IfGroup(u32, At),
    /// The steps up to `EndAssert` have to match (or, inverted, must not) so many characters before this place; then goes
    /// on behind them, here.
    Assert { back: u32, behind: At, is_inverted: bool },
    /// The end of such steps.
    EndAssert { behind: At, is_inverted: bool },
    /// The steps up to `EndAtomic` match in one way only.
    Atomic,
    /// The end of such steps.
    EndAtomic,
    /// One character repeated. `follow` tells what the next character may be: the place in `Program::follows`.
    RepeatOne { one: One, times: Times, greed: Greed, follow: Option<NonZeroU32> },
    /// Begins a repetition, the one of this number; its `Until` is elsewhere.
    Repeat { repeat: u32, until: At },
    /// Goes on with the steps of a repetition, at `body`, or behind them, here.
    Until { repeat: u32, times: Times, is_lazy: bool, body: At },
    /// Like `Repeat`; `PossessiveUntil` is the next step but for this one's body.
    Possess { repeat: u32, until: At },
    /// Like `Until`, for steps that match in one way only; goes on at `body`, or here.
    PossessiveUntil { repeat: u32, times: Times, body: At },
    /// The end of the steps of such a repetition.
    EndPossessive { until: At },
}

/// One of the ways at a branch.
#[derive(Clone, Copy, Debug)]
pub struct Alternative {
    /// Where it begins.
    pub at: At,
    /// The bytes that it may begin with.
    pub first: Bits,
}

/// A pattern that can be run.
#[derive(Debug)]
pub struct Program {
    /// The steps; it begins with the first one.
    pub steps: Vec<Step>,
    /// The sets of `One::Set`.
    pub sets: Vec<Set>,
    /// The characters of `Step::Literals`, together.
    pub literals: Vec<u8>,
    /// The ways of `Step::Branch`, together.
    pub alternatives: Vec<Alternative>,
    /// The bytes that may follow repetitions; the first is for none.
    pub follows: Vec<Bits>,
    /// How many groups there are, the whole match not among them.
    pub groups: u32,
    /// How many repetitions there are.
    pub repeats: u32,
    /// The fewest characters that a match has.
    pub least: u32,
    /// How to find where a match may begin.
    pub start: Start,
}

/// How to find where a match may begin.
#[derive(Debug)]
pub enum Start {
    /// Anywhere.
    Anywhere,
    /// At the beginning of the subject only.
    Beginning,
    /// Where these bytes are.
    Literal(Box<Finder<'static>>),
    /// At one of these bytes.
    First(Bits),
}
