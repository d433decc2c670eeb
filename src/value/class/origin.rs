//! Who an operation comes from: how it is told whether a class still does what a built-in type does.
//!
//! A table of operations is copied from base to class and changed entry by entry, and some rules ask about one
//! entry: is `__new__` still `object`'s, is `+` the script's? The address of the function that stands there is no
//! answer. Rust gives functions no identity: two with the same machine code may be merged into one address, and
//! one function may be compiled several times, with an address each. So the few entries that are asked about
//! carry an [`Origin`], which is copied with the function (`SpecialMethod::copy` in the types'
//! `types/table/special_method.rs`). A native function that the interpreter knows says so likewise, by its
//! [`Intrinsic`](crate::value::Intrinsic).

use super::kind::{ErrorKind, Kind};
use crate::bytecode::BinaryOp;

/// Who put a function into an entry of a table of operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Origin {
    /// Nobody: the entry is empty.
    #[default]
    Nobody,
    /// A built-in type.
    Type(Kind),
    /// A built-in error class other than `BaseException`, which is a type.
    Error(ErrorKind),
    /// A class of the script: the function looks for its special method.
    Script,
}

/// The origins of those entries of a table for which the origin matters, by the names of the entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names are those of the entries")]
pub struct Origins {
    pub binary: [Origin; BinaryOp::COUNT],
    pub get_item: Origin,
    pub iter: Origin,
    pub get_attr: Origin,
    pub set_attr: Origin,
    pub new: Origin,
    pub init: Origin,
}

impl Origins {
    /// The origins of an empty table.
    pub const NOBODY: Origins = Origins {
        binary: [Origin::Nobody; BinaryOp::COUNT],
        get_item: Origin::Nobody,
        iter: Origin::Nobody,
        get_attr: Origin::Nobody,
        set_attr: Origin::Nobody,
        new: Origin::Nobody,
        init: Origin::Nobody,
    };
}
