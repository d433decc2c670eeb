//! The words that run: one 64-bit word an operation, its operands named by frame slot.
//!
//! ```text
//! bit 0    8    16      32      48      64
//!     │ op │ x  │   a   │   b   │   c   │      b and c together are one 32-bit operand in some rows
//! ```
//!
//! A frame's slots are `[locals][cells and free variables][operand stack]`; an operand at or above the
//! first operand-stack slot is a temporary, which its word consumes. `compile/lower` makes words out of
//! stack instructions; `word_table.rs` says what each operation's operands mean and what it does; `vm/ops` holds a
//! handler for each row. A jump counts from its own word.

use bitflags::bitflags;

use super::word_table::{Row, WordOp, row_at};

bitflags! {
    /// How a word gets the object of an attribute or item, and the value it stores there; kept in the small
    /// operand `x`. Without any bit, both are temporaries that the word uses up.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Access: u8 {
        /// The object is in a local that outlives the use of what is loaded from it.
        const OBJECT_BORROWED = 1;
        /// The object is in a local that may change while the result is in use, so the result must count it.
        const OBJECT_COUNTED = 2;
        /// The value is in a local, which keeps its own reference.
        const VALUE_STAYS = 4;
        /// The object stays in its local.
        const OBJECT_STAYS = 1 | 2;
    }
}

/// One executable word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Word(u64);

impl Word {
    /// Makes a word of three 16-bit operands.
    pub const fn abc(op: WordOp, a: u16, b: u16, c: u16) -> Word {
        Word(op as u64 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }

    /// Makes a word of a 16-bit and a 32-bit operand.
    pub const fn wide(op: WordOp, a: u16, bc: u32) -> Word {
        Word(op as u64 | (a as u64) << 16 | (bc as u64) << 32)
    }

    /// The operands of this word with another operation.
    pub const fn with_op(self, op: WordOp) -> Word {
        Word(self.0 & !0xff | op as u64)
    }

    /// The same word with another small operand.
    pub const fn with_x(self, x: u8) -> Word {
        Word(self.0 & !0xff00 | (x as u64) << 8)
    }

    /// The same word with another third operand.
    pub const fn with_c(self, c: u16) -> Word {
        Word(self.0 & !(0xffff << 48) | (c as u64) << 48)
    }

    /// The same word with another 32-bit operand.
    pub const fn with_bc(self, bc: u32) -> Word {
        Word(self.0 & 0xffff_ffff | (bc as u64) << 32)
    }

    /// The word of these bits.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Word {
        Word(bits)
    }

    /// The bits.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The row number of the operation.
    #[inline(always)]
    pub const fn op_index(self) -> usize {
        (self.0 & 0xff) as usize
    }

    /// Returns what is known of its operation.
    #[inline(always)]
    pub fn row(self) -> &'static Row {
        row_at((self.0 & 0xff) as u8)
    }

    /// The operation.
    pub const fn op(self) -> WordOp {
        WordOp::ALL[self.op_index()]
    }

    /// The small operand.
    #[inline(always)]
    pub const fn x(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// The small operand of a word at an attribute or item.
    #[inline(always)]
    pub const fn access(self) -> Access {
        Access::from_bits_retain(self.x())
    }

    /// The same word with another way to get at its operands.
    pub const fn with_access(self, access: Access) -> Word {
        self.with_x(access.bits())
    }

    /// Whether an arithmetic word is that of an augmented assignment.
    #[inline(always)]
    pub const fn is_augmented(self) -> bool {
        self.x() != 0
    }

    /// Whether a branch on equality was written as `!=`. Then `__ne__` is called instead of `__eq__`.
    #[inline(always)]
    pub const fn is_written_not_equal(self) -> bool {
        self.x() != 0
    }

    /// The first operand.
    #[inline(always)]
    pub const fn a(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    /// The second operand.
    #[inline(always)]
    pub const fn b(self) -> usize {
        (self.0 >> 32) as u16 as usize
    }

    /// The third operand.
    #[inline(always)]
    pub const fn c(self) -> usize {
        (self.0 >> 48) as usize
    }

    /// The third operand as a signed number, such as a short jump.
    #[inline(always)]
    pub const fn signed_c(self) -> isize {
        (self.0 as i64 >> 48) as isize
    }

    /// The 32-bit operand.
    #[inline(always)]
    pub const fn bc(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The 32-bit operand as a signed number, such as a jump.
    #[inline(always)]
    pub const fn signed_bc(self) -> isize {
        (self.0 as i64 >> 32) as isize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_come_back_as_they_went_in() {
        let word = Word::abc(WordOp::Add, 1, 0xffff, 0x8000).with_x(7);
        assert_eq!((word.op(), word.x(), word.a(), word.b(), word.c()), (WordOp::Add, 7, 1, 0xffff, 0x8000));
        assert_eq!(word.signed_c(), -0x8000);
        assert_eq!(Word::wide(WordOp::Jump, 3, -5i32 as u32).signed_bc(), -5);
    }
}
