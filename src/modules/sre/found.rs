//! What a match has: where the groups are.

use super::compiled::Pattern;
use crate::references;
use crate::value::{Kind, Payload, Ref, Value};

/// The payload of a match.
pub struct Match {
    /// What was searched.
    pub string: Value,
    /// The pattern.
    pub pattern: Ref<Pattern>,
    /// The offsets at which each group begins and ends, the whole match first; `usize::MAX` for none.
    pub marks: Box<[usize]>,
    /// The group that ended last; 0 for none.
    pub last_group: u32,
    /// The positions between which was searched; the second may exceed the end.
    pub bounds: (usize, usize),
}

references!(Match { string, pattern });

impl Payload for Match {
    const KIND: Kind = Kind::Match;
    const HAS_ATTRIBUTES: bool = false;
}

impl Match {
    /// How many groups there are, the whole match not among them.
    pub fn groups(&self) -> usize {
        self.marks.len() / 2 - 1
    }

    /// Where a group begins and ends; `None` if it took no part.
    pub fn span(&self, group: usize) -> Option<(usize, usize)> {
        let marks = &self.marks[group * 2..group * 2 + 2];
        (marks[0] != usize::MAX && marks[1] != usize::MAX).then_some((marks[0], marks[1]))
    }
}
