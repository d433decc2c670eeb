//! Which bytes the steps from a place on may begin with: so a branch leaves out ways that cannot match, a repetition
//! gives back only what helps, and a search passes over places where no match begins.
//!
//! An answer may contain bytes with which nothing begins, but lacks none. Bytes of 128 and more are all in it or none,
//! since it depends on the subject what they stand for.
//!
//! A walk that begins within steps that match in one way only ends with them: which way that is does not depend on what
//! follows.

use std::collections::TryReserveError;
use std::num::NonZeroU32;

use memchr::memmem::Finder;

use crate::text::regex::code::Place;
use crate::text::regex::set::{ALL, Bits, NONE, add, are_disjoint, unite};
use crate::text::regex::step::{At, Greed, One, Program, Start, Step};

/// How many steps are looked at for one answer.
const MOST_STEPS: u32 = 100;

/// The upper half of the bytes.
const HIGH: Bits = [0, 0, u64::MAX, u64::MAX];

/// Notes the answers in a program that has just been read.
pub fn note(program: &mut Program) -> Result<(), TryReserveError> {
    for at in 0..program.alternatives.len() {
        program.alternatives[at].first = first(program, program.alternatives[at].at);
    }
    program.follows.try_reserve(1)?;
    program.follows.push(ALL);
    for at in 0..program.steps.len() {
        let Step::RepeatOne { one, times, greed, .. } = program.steps[at] else { continue };
        let bits = first(program, at as At + 1);
        if greed == Greed::Possessive || bits == ALL {
            continue;
        }
        program.follows.try_reserve(1)?;
        program.follows.push(bits);
        let follow = NonZeroU32::new(program.follows.len() as u32 - 1);
        // Whatever is given back could not be what follows.
        let is_exact = greed == Greed::Greedy && are_disjoint(&first_of_one(program, one), &bits);
        let greed = if is_exact { Greed::Possessive } else { greed };
        program.steps[at] = Step::RepeatOne { one, times, greed, follow };
    }
    program.start = start(program);
    Ok(())
}

/// Finds out where a match may begin.
fn start(program: &Program) -> Start {
    let beginning = program.steps.iter().find(|step| !matches!(step, Step::Mark(_)));
    let literal = match beginning {
        Some(Step::Place(Place::Beginning | Place::BeginningString)) => return Start::Beginning,
        Some(&Step::Literals(from, to)) => &program.literals[from as usize..to as usize],
        Some(Step::One(One::Literal(literal))) if *literal < 0x80 => &[*literal as u8][..],
        _ => match first(program, 0) {
            ALL => return Start::Anywhere,
            bits => return Start::First(bits),
        },
    };
    Start::Literal(Box::new(Finder::new(literal).into_owned()))
}

/// Returns the bytes that the steps from a place on may begin with; all bytes if they may take up none.
fn first(program: &Program, at: At) -> Bits {
    Walk { program, left: MOST_STEPS, open: Vec::new() }.first(at, 0)
}

struct Walk<'a> {
    program: &'a Program,
    /// How many steps may still be looked at.
    left: u32,
    /// The repetitions that are being looked into.
    open: Vec<At>,
}

impl Walk<'_> {
    /// `inside` is how many steps that match in one way only have been entered on the way.
    fn first(&mut self, mut at: At, mut inside: u32) -> Bits {
        loop {
            if self.left == 0 {
                return ALL;
            }
            self.left -= 1;
            at = match self.program.steps[at as usize] {
                Step::Failure => return NONE,
                Step::One(one) => return first_of_one(self.program, one),
                Step::Literals(from, _) => {
                    return first_of_literal(u32::from(self.program.literals[from as usize]));
                }
                Step::Mark(_) | Step::Place(_) => at + 1,
                Step::Atomic => {
                    inside += 1;
                    at + 1
                }
                Step::EndAtomic | Step::EndPossessive { .. } if inside == 0 => return ALL,
                Step::EndAtomic => {
                    inside -= 1;
                    at + 1
                }
                Step::Assert { behind, .. } => behind,
                Step::Jump(goal) => goal,
                Step::EndPossessive { until } => {
                    inside -= 1;
                    until
                }
                Step::Repeat { until, .. } | Step::Possess { until, .. } => until,
                Step::Branch(from, to) => {
                    let mut bits = NONE;
                    for way in from..to {
                        let way = self.program.alternatives[way as usize].at;
                        unite(&mut bits, &self.first(way, inside));
                    }
                    return bits;
                }
                Step::IfGroup(_, other) => return self.either(at + 1, other, inside),
                Step::RepeatOne { one, times, .. } => {
                    let mut bits = first_of_one(self.program, one);
                    if times.most == 0 {
                        bits = NONE;
                    }
                    if times.least == 0 {
                        unite(&mut bits, &self.first(at + 1, inside));
                    }
                    return bits;
                }
                // It may have been gone through often enough, if that is where the walk comes from.
                Step::Until { .. } | Step::PossessiveUntil { .. } if self.open.contains(&at) => at + 1,
                Step::Until { body, .. } => {
                    self.open.push(at);
                    return self.either(body, at + 1, inside);
                }
                Step::PossessiveUntil { body, .. } => {
                    self.open.push(at);
                    let mut bits = self.first(body, inside + 1);
                    unite(&mut bits, &self.first(at + 1, inside));
                    return bits;
                }
                Step::Success | Step::EndAssert { .. } | Step::Group(..) => return ALL,
            };
        }
    }

    fn either(&mut self, one: At, other: At, inside: u32) -> Bits {
        let mut bits = self.first(one, inside);
        unite(&mut bits, &self.first(other, inside));
        bits
    }
}

fn first_of_literal(literal: u32) -> Bits {
    match u8::try_from(literal) {
        Ok(byte) if byte < 0x80 => {
            let mut bits = NONE;
            add(&mut bits, byte);
            bits
        }
        _ => HIGH,
    }
}

/// Returns the bytes that a character may begin with.
fn first_of_one(program: &Program, one: One) -> Bits {
    match one {
        One::AnyAll => ALL,
        One::Any => without(first_of_literal(0x0a)),
        One::Literal(literal) => first_of_literal(literal),
        One::NotLiteral(literal) if literal < 0x80 => without(first_of_literal(literal)),
        One::NotLiteral(_) => ALL,
        One::Set(at) => {
            let set = &program.sets[at as usize];
            let mut bits = *set.latin();
            if set.may_contain_others() || !are_disjoint(&bits, &HIGH) {
                unite(&mut bits, &HIGH);
            }
            bits
        }
    }
}

fn without(bits: Bits) -> Bits {
    bits.map(|word| !word)
}
