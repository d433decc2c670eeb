//! What operands mean and where control goes: the vocabulary of the instruction table.
//!
//! An operand is one number; which of these readings it has is a column of `instruction.rs`.

use super::Op;

/// What the operand of an instruction stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Nothing; it is zero.
    Unused,
    /// An index into the constants.
    Const,
    /// An index into the local variables.
    Local,
    /// An index into the cells followed by the free variables.
    Cell,
    /// An index into the names.
    Name,
    /// The index of the instruction to jump to.
    Target,
    /// A number of values.
    Count,
    /// How far below the top a container lies.
    Depth,
    /// What a function is made with: bits of `function_flags`.
    Function,
    /// A `conversion`, and whether a format specification is on the stack.
    Format,
    /// The numbers of targets before and after the starred one, see `unpack_counts`.
    Unpack,
}

/// Where control goes after an instruction that does not raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// Nowhere: it leaves the frame or raises.
    Stop,
    /// To the target, always; the stack effect is that of the row.
    Jump,
    /// To the next instruction, or to the target having pushed this many values instead.
    Branch(u32),
}

/// The bits of the operand of `MakeFunction`; the values are pushed in this order.
pub mod function_flags {
    /// A tuple of the defaults of positional parameters.
    pub const DEFAULTS: u32 = 1;
    /// A dict of the defaults of keyword-only parameters.
    pub const KEYWORD_DEFAULTS: u32 = 2;
    /// A dict of annotations.
    pub const ANNOTATIONS: u32 = 4;
    /// A tuple of cells, one for each free variable.
    pub const CLOSURE: u32 = 8;
}

/// The low two bits of the operand of `FormatValue`, and the bit that says a specification follows.
pub mod conversion {
    /// Formats the value as it is.
    pub const NONE: u32 = 0;
    /// Applies `str` first.
    pub const STR: u32 = 1;
    /// Applies `repr` first.
    pub const REPR: u32 = 2;
    /// Applies `ascii` first.
    pub const ASCII: u32 = 3;
    /// The mask of the conversion.
    pub const MASK: u32 = 3;
    /// The format specification is on top of the value.
    pub const HAS_SPEC: u32 = 4;
}

/// Splits the operand of `UnpackEx` into the numbers of targets before and after the starred one.
pub const fn unpack_counts(n: u32) -> (u32, u32) {
    (n & 0xffff, n >> 16)
}

/// Counts the values that `UnpackEx n` pushes.
pub(super) const fn unpacked(n: u32) -> u32 {
    let (before, after) = unpack_counts(n);
    before + 1 + after
}

impl Op {
    /// Returns how many of the values it pops, counted from the bottom, it in fact leaves where they are.
    pub const fn leaves(self, n: u32) -> u32 {
        match self {
            Op::ListAppend | Op::SetAdd | Op::DictSet => n,
            Op::ListExtend | Op::SetUpdate | Op::DictUpdate => 1,
            Op::DictMerge | Op::WithExceptStart => 3,
            Op::CheckExcMatch | Op::ImportFrom | Op::ForIter => 1,
            Op::GetLen | Op::MatchMapping | Op::MatchSequence => 1,
            Op::MatchKeys => 2,
            _ => 0,
        }
    }
}
