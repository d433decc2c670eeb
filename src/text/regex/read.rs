//! Makes a program of the numbers of a pattern, and refuses what is none (CPython: `_validate`).
//!
//! ```text
//! LITERAL c · IN skip … FAILURE · BRANCH skip … JUMP skip, skip … JUMP skip, 0 · REPEAT skip least most … MAX_UNTIL
//!                                        └──────────────▶──┘ counted from its own place
//! ```
//!
//! Numbers that stand for a part within a part say how far it reaches; each is held against the end of the part around
//! it. Three kinds of lists that CPython takes are refused as well: those with a repeated single character (`REPEAT_ONE`)
//! that is something else, with `SUCCESS` in the middle, and with parts nested deeper than [`MOST_NESTED`].
//! `re._compiler` makes none of them.

use std::collections::TryReserveError;

use crate::text::regex::category::Fold;
use crate::text::regex::code::{Category, Code, MAXGROUPS, Place, info};
use crate::text::regex::first;
use crate::text::regex::set::{Item, NONE, Set};
use crate::text::regex::step::{Alternative, At, Greed, One, Program, Start, Step, Times};

/// How deep parts of a pattern may be nested, because reading recurs. `re` itself recurs twice for each level, so it comes
/// to the limit of recursion before.
const MOST_NESTED: u32 = 500;

/// Why numbers are no program.
#[derive(Debug, PartialEq, Eq)]
pub enum Malformed {
    /// They are no pattern.
    Code,
    /// It is nested too deep.
    Depth,
    /// There is no memory for it.
    Memory,
}

impl From<TryReserveError> for Malformed {
    fn from(_: TryReserveError) -> Malformed {
        Malformed::Memory
    }
}

type Read<T> = Result<T, Malformed>;

impl Program {
    /// Makes a program of the numbers of a pattern with so many groups.
    pub fn read(code: &[u32], groups: u32) -> Read<Program> {
        let Some(end) = code.len().checked_sub(1) else { return Err(Malformed::Code) };
        if groups > MAXGROUPS || Code::of(code[end]) != Some(Code::Success) {
            return Err(Malformed::Code);
        }
        let program = Program {
            steps: Vec::new(),
            sets: Vec::new(),
            literals: Vec::new(),
            alternatives: Vec::new(),
            follows: Vec::new(),
            groups,
            repeats: 0,
            least: 0,
            start: Start::Anywhere,
        };
        let mut reader = Reader { code, at: 0, depth: 0, program };
        reader.part(end)?;
        reader.step(Step::Success)?;
        first::note(&mut reader.program)?;
        Ok(reader.program)
    }
}

struct Reader<'a> {
    code: &'a [u32],
    at: usize,
    depth: u32,
    program: Program,
}

impl Reader<'_> {
    /// Reads the next number before `end`.
    fn number(&mut self, end: usize) -> Read<u32> {
        if self.at >= end {
            return Err(Malformed::Code);
        }
        self.at += 1;
        Ok(self.code[self.at - 1])
    }

    fn op(&mut self, end: usize) -> Read<Code> {
        Code::of(self.number(end)?).ok_or(Malformed::Code)
    }

    fn expect(&mut self, end: usize, expected: Code) -> Read<()> {
        if self.op(end)? == expected { Ok(()) } else { Err(Malformed::Code) }
    }

    /// Reads a distance, and returns the place that is so far from it, not behind `end`.
    fn target(&mut self, end: usize) -> Read<usize> {
        let from = self.at;
        let distance = self.number(end)? as usize;
        if distance <= end - from { Ok(from + distance) } else { Err(Malformed::Code) }
    }

    /// Reads a distance that is counted from the number before it.
    fn target_of_argument(&mut self, end: usize) -> Read<usize> {
        let from = self.at - 1;
        let distance = self.number(end)? as usize;
        if (1..=end - from).contains(&distance) { Ok(from + distance) } else { Err(Malformed::Code) }
    }

    fn here(&self) -> At {
        self.program.steps.len() as At
    }

    /// Appends a step and returns its place.
    fn step(&mut self, step: Step) -> Read<At> {
        let at = self.here();
        if at == At::MAX {
            return Err(Malformed::Memory);
        }
        self.program.steps.try_reserve(1)?;
        self.program.steps.push(step);
        Ok(at)
    }

    fn replace(&mut self, at: At, step: Step) {
        self.program.steps[at as usize] = step;
    }

    /// Reads the numbers up to `end`, all of them.
    fn part(&mut self, end: usize) -> Read<()> {
        if self.at > end {
            return Err(Malformed::Code);
        }
        if self.depth >= MOST_NESTED {
            return Err(Malformed::Depth);
        }
        self.depth += 1;
        while self.at < end {
            self.one_step(end)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads what stands for one step, or for a step with a part of its own.
    fn one_step(&mut self, end: usize) -> Read<()> {
        let before = self.at;
        if let Some(one) = self.one(end)? {
            return self.characters(one, end);
        }
        self.at = before;
        match self.op(end)? {
            Code::Failure => self.step(Step::Failure).map(drop),
            Code::Mark => {
                let mark = self.number(end)?;
                if mark / 2 >= self.program.groups {
                    return Err(Malformed::Code);
                }
                self.step(Step::Mark(mark)).map(drop)
            }
            Code::At => {
                let place = Place::of(self.number(end)?).ok_or(Malformed::Code)?;
                self.step(Step::Place(place)).map(drop)
            }
            Code::Info => self.info(end),
            Code::Branch => self.branch(end),
            Code::RepeatOne => self.repeat_one(end, Greed::Greedy),
            Code::MinRepeatOne => self.repeat_one(end, Greed::Lazy),
            Code::PossessiveRepeatOne => self.repeat_one(end, Greed::Possessive),
            Code::Repeat => self.repeat(end),
            Code::PossessiveRepeat => self.possessive_repeat(end),
            Code::AtomicGroup => self.atomic(end),
            Code::GroupRef => self.group(end, Fold::None),
            Code::GroupRefIgnore => self.group(end, Fold::Ascii),
            Code::GroupRefLocIgnore => self.group(end, Fold::Locale),
            Code::GroupRefUniIgnore => self.group(end, Fold::Unicode),
            Code::GroupRefExists => self.if_group(end),
            Code::Assert => self.assert(end, false),
            Code::AssertNot => self.assert(end, true),
            _ => Err(Malformed::Code),
        }
    }

    /// Reads what stands for a single character; `None` if it stands for anything else.
    fn one(&mut self, end: usize) -> Read<Option<One>> {
        let op = self.op(end)?;
        let one = match op {
            Code::Any => One::Any,
            Code::AnyAll => One::AnyAll,
            Code::Literal => One::Literal(self.number(end)?),
            Code::NotLiteral => One::NotLiteral(self.number(end)?),
            Code::LiteralIgnore => self.folded(end, Fold::Ascii, false)?,
            Code::LiteralLocIgnore => self.folded(end, Fold::Locale, false)?,
            Code::LiteralUniIgnore => self.folded(end, Fold::Unicode, false)?,
            Code::NotLiteralIgnore => self.folded(end, Fold::Ascii, true)?,
            Code::NotLiteralLocIgnore => self.folded(end, Fold::Locale, true)?,
            Code::NotLiteralUniIgnore => self.folded(end, Fold::Unicode, true)?,
            Code::In => self.set(end, Fold::None)?,
            Code::InIgnore => self.set(end, Fold::Ascii)?,
            Code::InLocIgnore => self.set(end, Fold::Locale)?,
            Code::InUniIgnore => self.set(end, Fold::Unicode)?,
            _ => return Ok(None),
        };
        Ok(Some(one))
    }

    /// Reads a character whose case is ignored.
    fn folded(&mut self, end: usize, fold: Fold, is_inverted: bool) -> Read<One> {
        let literal = self.number(end)?;
        let known = self.program.sets.iter().position(|set| set.is_of(literal, fold, is_inverted));
        match known {
            Some(at) => Ok(One::Set(at as u32)),
            None => self.new_set(Set::new(Box::new([Item::Literal(literal)]), fold, is_inverted)),
        }
    }

    fn new_set(&mut self, set: Set) -> Read<One> {
        self.program.sets.try_reserve(1)?;
        self.program.sets.push(set);
        Ok(One::Set((self.program.sets.len() - 1) as u32))
    }

    /// Reads a set with its head.
    fn set(&mut self, end: usize, fold: Fold) -> Read<One> {
        let target = self.target(end)?;
        let items = self.items(target.checked_sub(1).ok_or(Malformed::Code)?)?;
        self.expect(target, Code::Failure)?;
        self.new_set(Set::new(items, fold, false))
    }

    /// Reads the items of a set up to `end`.
    fn items(&mut self, end: usize) -> Read<Box<[Item]>> {
        if self.at > end {
            return Err(Malformed::Code);
        }
        let mut items = Vec::new();
        while self.at < end {
            items.try_reserve(1)?;
            items.push(match self.op(end)? {
                Code::Negate => Item::Negate,
                Code::Literal => Item::Literal(self.number(end)?),
                Code::Range => Item::Range(self.number(end)?, self.number(end)?),
                Code::RangeUniIgnore => Item::RangeOrUpper(self.number(end)?, self.number(end)?),
                Code::Category => Item::Category(Category::of(self.number(end)?).ok_or(Malformed::Code)?),
                Code::Charset => Item::Charset(self.block(end)?),
                Code::BigCharset => self.big_charset(end)?,
                _ => return Err(Malformed::Code),
            });
        }
        Ok(items.into_boxed_slice())
    }

    fn block(&mut self, end: usize) -> Read<[u32; 8]> {
        let mut block = [0; 8];
        for number in &mut block {
            *number = self.number(end)?;
        }
        Ok(block)
    }

    fn big_charset(&mut self, end: usize) -> Read<Item> {
        let count = self.number(end)? as usize;
        let mut indices = Box::new([0; 256]);
        for four in indices.chunks_exact_mut(4) {
            four.copy_from_slice(&self.number(end)?.to_ne_bytes());
        }
        if indices.iter().any(|&index| usize::from(index) >= count) || count > (end - self.at) / 8 {
            return Err(Malformed::Code);
        }
        let mut blocks = Vec::new();
        blocks.try_reserve_exact(count)?;
        for _ in 0..count {
            blocks.push(self.block(end)?);
        }
        Ok(Item::BigCharset(indices, blocks.into_boxed_slice()))
    }

    /// Appends a step for a character; for several of ASCII that follow each other, one step together.
    fn characters(&mut self, one: One, end: usize) -> Read<()> {
        let ascii = |one: One| match one {
            One::Literal(literal) if literal < 0x80 => Some(literal as u8),
            _ => None,
        };
        let Some(literal) = ascii(one) else { return self.step(Step::One(one)).map(drop) };
        let from = self.program.literals.len();
        let mut next = Some(literal);
        while let Some(literal) = next {
            self.program.literals.try_reserve(1)?;
            self.program.literals.push(literal);
            let literal = self.code.get(self.at + 1).filter(|_| self.at + 1 < end);
            let is_literal = literal.is_some() && Code::of(self.code[self.at]) == Some(Code::Literal);
            next = literal.filter(|_| is_literal).and_then(|&literal| ascii(One::Literal(literal)));
            if next.is_some() {
                self.at += 2;
            }
        }
        let to = self.program.literals.len();
        if to == from + 1 {
            self.program.literals.pop();
            return self.step(Step::One(one)).map(drop);
        }
        self.step(Step::Literals(from as u32, to as u32)).map(drop)
    }

    /// Reads what is said of the whole pattern.
    fn info(&mut self, end: usize) -> Read<()> {
        let is_first = self.at == 1;
        let target = self.target(end)?;
        let (flags, least, _most) = (self.number(target)?, self.number(target)?, self.number(target)?);
        let is_known = flags & !(info::PREFIX | info::LITERAL | info::CHARSET) == 0;
        let is_both = flags & info::PREFIX != 0 && flags & info::CHARSET != 0;
        if !is_known || is_both || flags & info::LITERAL != 0 && flags & info::PREFIX == 0 {
            return Err(Malformed::Code);
        }
        if flags & info::PREFIX != 0 {
            let (count, _skip) = (self.number(target)? as usize, self.number(target)?);
            if count > (target - self.at) / 2 {
                return Err(Malformed::Code);
            }
            let overlap = &self.code[self.at + count..self.at + 2 * count];
            if overlap.iter().any(|&number| number as usize >= count) {
                return Err(Malformed::Code);
            }
            self.at += 2 * count;
        }
        if flags & info::CHARSET != 0 {
            self.items(target.checked_sub(1).ok_or(Malformed::Code)?)?;
            self.expect(target, Code::Failure)?;
        }
        if is_first {
            self.program.least = least;
        }
        if self.at == target { Ok(()) } else { Err(Malformed::Code) }
    }

    fn branch(&mut self, end: usize) -> Read<()> {
        let branch = self.step(Step::Failure)?;
        let (mut ways, mut jumps): (Vec<At>, Vec<At>) = (Vec::new(), Vec::new());
        let mut behind = None;
        loop {
            let target = self.target(end)?;
            if target < self.at {
                // The distance 0 ends the list.
                break;
            }
            ways.try_reserve(1)?;
            jumps.try_reserve(1)?;
            ways.push(self.here());
            self.part(target.checked_sub(2).ok_or(Malformed::Code)?)?;
            self.expect(target, Code::Jump)?;
            let goal = self.target(end)?;
            if self.at != target || *behind.get_or_insert(goal) != goal {
                return Err(Malformed::Code);
            }
            jumps.push(self.step(Step::Failure)?);
        }
        if behind != Some(self.at) {
            return Err(Malformed::Code);
        }
        let goal = self.here();
        jumps.into_iter().for_each(|jump| self.replace(jump, Step::Jump(goal)));
        let alternatives = &mut self.program.alternatives;
        let from = alternatives.len();
        alternatives.try_reserve(ways.len())?;
        alternatives.extend(ways.into_iter().map(|at| Alternative { at, first: NONE }));
        let to = alternatives.len();
        self.replace(branch, Step::Branch(from as u32, to as u32));
        Ok(())
    }

    /// Reads the head of a repetition: where it ends, and how often.
    fn times(&mut self, end: usize) -> Read<(usize, Times)> {
        let target = self.target(end)?;
        let times = Times { least: self.number(end)?, most: self.number(end)? };
        if times.least > times.most { Err(Malformed::Code) } else { Ok((target, times)) }
    }

    fn repeat_one(&mut self, end: usize, greed: Greed) -> Read<()> {
        let (target, times) = self.times(end)?;
        let one = self.one(target)?.ok_or(Malformed::Code)?;
        self.expect(target, Code::Success)?;
        if self.at != target {
            return Err(Malformed::Code);
        }
        self.step(Step::RepeatOne { one, times, greed, follow: None }).map(drop)
    }

    fn new_repeat(&mut self) -> u32 {
        self.program.repeats += 1;
        self.program.repeats - 1
    }

    fn repeat(&mut self, end: usize) -> Read<()> {
        let (target, times) = self.times(end)?;
        let repeat = self.new_repeat();
        let head = self.step(Step::Failure)?;
        let body = self.here();
        self.part(target)?;
        let is_lazy = match self.op(end)? {
            Code::MaxUntil => false,
            Code::MinUntil => true,
            _ => return Err(Malformed::Code),
        };
        let until = self.step(Step::Until { repeat, times, is_lazy, body })?;
        self.replace(head, Step::Repeat { repeat, until });
        Ok(())
    }

    fn possessive_repeat(&mut self, end: usize) -> Read<()> {
        let (target, times) = self.times(end)?;
        let repeat = self.new_repeat();
        let head = self.step(Step::Failure)?;
        let body = self.here();
        self.part(target)?;
        self.expect(end, Code::Success)?;
        let until = self.here() + 1;
        self.step(Step::EndPossessive { until })?;
        self.step(Step::PossessiveUntil { repeat, times, body })?;
        self.replace(head, Step::Possess { repeat, until });
        Ok(())
    }

    fn atomic(&mut self, end: usize) -> Read<()> {
        let target = self.target(end)?;
        self.step(Step::Atomic)?;
        self.part(target.checked_sub(1).ok_or(Malformed::Code)?)?;
        self.expect(target, Code::Success)?;
        self.step(Step::EndAtomic).map(drop)
    }

    fn group(&mut self, end: usize, fold: Fold) -> Read<()> {
        let group = self.group_number(end)?;
        self.step(Step::Group(group, fold)).map(drop)
    }

    fn group_number(&mut self, end: usize) -> Read<u32> {
        let group = self.number(end)?;
        if group < self.program.groups { Ok(group) } else { Err(Malformed::Code) }
    }

    fn if_group(&mut self, end: usize) -> Read<()> {
        let group = self.group_number(end)?;
        let target = self.target_of_argument(end)?;
        let head = self.step(Step::Failure)?;
        let has_other = self.part_or_jump(target)?;
        if has_other {
            self.expect(target, Code::Jump)?;
            let behind = self.target(end)?;
            let jump = self.step(Step::Failure)?;
            let other = self.here();
            self.part(behind)?;
            let goal = self.here();
            self.replace(jump, Step::Jump(goal));
            self.replace(head, Step::IfGroup(group, other));
        } else {
            let other = self.here();
            self.replace(head, Step::IfGroup(group, other));
        }
        Ok(())
    }

    /// Reads the numbers up to `end`, or up to a jump that ends there; tells whether there is one. The numbers have to be
    /// read to know: what stands where the jump would be may be a character.
    fn part_or_jump(&mut self, end: usize) -> Read<bool> {
        if self.depth >= MOST_NESTED {
            return Err(Malformed::Depth);
        }
        self.depth += 1;
        while self.at < end {
            if self.at + 2 == end && Code::of(self.code[self.at]) == Some(Code::Jump) {
                self.depth -= 1;
                return Ok(true);
            }
            self.one_step(end)?;
        }
        self.depth -= 1;
        Ok(false)
    }

    fn assert(&mut self, end: usize, is_inverted: bool) -> Read<()> {
        let target = self.target(end)?;
        let back = self.number(end)?;
        let head = self.step(Step::Failure)?;
        self.part(target.checked_sub(1).ok_or(Malformed::Code)?)?;
        self.expect(target, Code::Success)?;
        let behind = self.here() + 1;
        self.step(Step::EndAssert { behind, is_inverted })?;
        self.replace(head, Step::Assert { back, behind, is_inverted });
        Ok(())
    }
}
