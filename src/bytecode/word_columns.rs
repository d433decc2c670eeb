//! The terms used by the table of words: families, forms, and roles of operands.

use bitflags::bitflags;

use super::operator::{BinaryOp, Comparison};

/// What a word does, whatever its form. Words of one family differ in where operands come from, where the result
/// goes and which answer jumps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// The only word of its kind.
    Alone,
    /// Loads a constant.
    Constant,
    /// Reads an attribute.
    Attribute,
    /// Reads an item.
    Item,
    /// Applies an operator.
    Arithmetic(BinaryOp),
    /// Compares, and gives the answer.
    Compare(Comparison),
    /// Compares, and branches on the answer.
    CompareJump(Comparison),
    /// Tests identity; the negated form is `is not`.
    Identity,
    /// Asks for identity, and branches on the answer.
    IdentityJump,
    /// Tests membership; the negated form is `not in`.
    Membership,
    /// Branches on the truth of a value.
    TruthJump,
    /// Branches on a value being `None`.
    NoneJump,
    /// Branches on the truth of a value, which stays on the stack if the branch is taken.
    KeepingJump,
    /// Asks an iterator for the next item.
    Loop,
}

bitflags! {
    /// Which of its family a word is.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Form: u8 {
        /// The last operand is a constant.
        const CONSTANT = 1;
        /// The result goes to a local.
        const STORES = 2;
        /// The test is inverted: the word jumps, or gives true, if it does not hold.
        const NEGATED = 4;
    }
}

/// What an operand of a word stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Nothing; it is zero.
    Unused,
    /// `c` is the upper half of `b`: both are one operand of 32 bits.
    Joined,
    /// A slot of the operand stack that gets the result; it holds nothing then, or an operand of the word.
    Writes,
    /// A local that gets the result; its old value is released.
    Stores,
    /// A slot that is read: a temporary is used up, a local stays.
    Reads,
    /// A slot that is used up.
    Takes,
    /// A slot that is read and stays.
    Keeps,
    /// A slot of the operand stack that is read; it stays if the next word follows, and is used up by the jump.
    Iterates,
    /// A slot of the operand stack that is read; it stays if the word jumps, and is used up otherwise.
    Stays,
    /// A variable that is unbound.
    Empties,
    /// A slot that changes in place.
    Changes,
    /// The first of several slots that get results.
    Run,
    /// The first slot of those that the stack instruction pops and pushes: its table says what becomes of them.
    Window,
    /// The index of a constant in the block.
    Constant,
    /// The index of an inline cache's site in the block: a name and two words.
    Site,
    /// A distance in words.
    Jump,
    /// A number: of values, of a slot, of flags.
    Count,
    /// How the word gets its object and its value: the bits of `Access`.
    Access,
    /// Whether it is an augmented assignment.
    Augmented,
    /// Whether it was written as `!=`.
    WrittenNotEqual,
    /// A second local that gets a result; its old value is released.
    Local,
}

impl Role {
    /// Tells whether an operand of this role needs 32 bits, which is possible if no operand follows it.
    pub const fn may_be_wide(self) -> bool {
        matches!(self, Role::Constant | Role::Site | Role::Jump)
    }
}

/// Where the frame stands while script code runs on behalf of a word, or the collector looks at it meanwhile.
///
/// A safepoint lies between words: there the frame stands at the word it goes on with. `vm/frame/watch.rs` asserts
/// all this in debug builds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stands {
    /// None runs.
    Never,
    /// At the word itself: its operands stay in their slots, or have been taken out, until it ends.
    Here,
    /// At the next word, if the fast path of this word releases something; else as `Here`.
    /// The operands of this word are used up by then, so they must not be taken for roots.
    Next,
}

/// Which word comes after one that does not raise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leads {
    /// The next.
    Next,
    /// The next, or that of the jump.
    Branch,
    /// That of the jump.
    Jump,
    /// None: the frame is left, or an error raised.
    Nowhere,
}

/// What a word leaves in the slot that it writes: a constant or a deferred reference, which own nothing, or a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(
    missing_docs,
    reason = "built-in types by their names; the value may be of a derived class where a method makes it"
)]
pub enum Gives {
    Nothing,
    Any,
    Constant,
    Deferred,
    Bool,
    Integer,
    Text,
    Tuple,
    List,
    Set,
    Dict,
    Slice,
    Function,
    Cell,
}
