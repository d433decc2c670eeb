//! What a pattern has: its program, and what it was made of.

use crate::references;
use crate::text::regex::Program;
use crate::value::{Kind, Payload, Value};

/// The payload of a pattern.
pub struct Pattern {
    /// What is run.
    pub program: Program,
    /// The numbers of which that was made; equal patterns have equal ones.
    pub code: Box<[u32]>,
    /// The flags with which it was compiled.
    pub flags: i64,
    /// Whether it is one for bytes; `None` if it was made of neither a text nor bytes.
    pub is_bytes: Option<bool>,
    /// What was compiled.
    pub text: Value,
    /// The numbers of groups by their names, a dict.
    pub group_index: Value,
    /// The names of groups, a tuple.
    pub index_group: Value,
}

references!(Pattern { text, group_index, index_group });

impl Payload for Pattern {
    const KIND: Kind = Kind::Pattern;
    const HAS_ATTRIBUTES: bool = false;
}
