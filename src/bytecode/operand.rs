//! The terms used by the instruction table: kinds of operands, origins of references, kinds of control flow.
//!
//! An operand is one number; which of these readings it has is a column of `instruction.rs`. Each reading has
//! bounds of its own, which `verify.rs` checks.

use super::operator::BinaryOp;

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
    /// An index into the cells of the unit itself.
    OwnCell,
    /// An index into the names.
    Name,
    /// The index of the later instruction to jump to.
    Forward,
    /// The index of the instruction to jump back to.
    Back,
    /// A number of values.
    Count,
    /// A number of arguments, of which the last have names: the constant tuple loaded just before.
    NamedCount,
    /// The number of free variables, all of them.
    FreeCount,
    /// The parts of a slice: 2 or 3.
    SliceParts,
    /// What is raised: nothing new, an exception, or it and its cause.
    RaiseParts,
    /// 1 if a dict of named arguments follows.
    UnpackedFlag,
    /// How far below the top a value lies, 1 or more.
    Depth,
    /// How far below the top the value lies that changes places with it, 2 or more.
    SwapDepth,
    /// What a function is made with: bits of `function_flags`. Its code is the constant loaded just before.
    Function,
    /// A `conversion`, and whether a format specification is on the stack.
    Format,
    /// The numbers of targets before and after the starred one, see `unpack_counts`.
    Unpack,
    /// An operation without an instruction of its own (`intrinsic`).
    Intrinsic,
    /// A built-in exception class (`raised_class`).
    ErrorClass,
    /// Where what is awaited comes from: an expression, `__aenter__` or `__aexit__` (`awaited`).
    Awaited,
}

impl Operand {
    /// Whether it names a constant.
    pub const fn is_constant(self) -> bool {
        matches!(self, Operand::Const)
    }

    /// Tells whether the operand is the index of an instruction to jump to.
    pub const fn is_target(self) -> bool {
        matches!(self, Operand::Forward | Operand::Back)
    }
}

/// The values of `Operand::Awaited`.
pub mod awaited {
    /// The operand of `await`, or an item of an `async for`.
    pub const EXPRESSION: u32 = 0;
    /// What `__aenter__` returned.
    pub const ENTER: u32 = 1;
    /// What `__aexit__` returned.
    pub const EXIT: u32 = 2;
}

/// The values of `Operand::Intrinsic`: operations that are too rare for an instruction of their own.
pub mod intrinsic {
    /// `name` → a `TypeVar`.
    pub const TYPE_VAR: u32 = 0;
    /// `name evaluator` → a `TypeVar` with a bound.
    pub const TYPE_VAR_WITH_BOUND: u32 = 1;
    /// `name evaluator` → a `TypeVar` with constraints.
    pub const TYPE_VAR_WITH_CONSTRAINTS: u32 = 2;
    /// `name` → a `ParamSpec`.
    pub const PARAM_SPEC: u32 = 3;
    /// `name` → a `TypeVarTuple`.
    pub const TYPE_VAR_TUPLE: u32 = 4;
    /// `parameter evaluator` → the parameter, with a default.
    pub const SET_DEFAULT: u32 = 5;
    /// `parameters function` → the function, with type parameters.
    pub const SET_TYPE_PARAMS: u32 = 6;
    /// `parameters` → `Generic[parameters]`.
    pub const GENERIC_BASE: u32 = 7;
    /// `name parameters evaluator` → a type alias.
    pub const TYPE_ALIAS: u32 = 8;
    /// `value text conversion specification` → an interpolation.
    pub const INTERPOLATION: u32 = 9;
    /// `texts interpolations` → a template.
    pub const TEMPLATE: u32 = 10;
    /// The names, in order, for listings.
    pub const NAMES: [&str; 11] = [
        "type var",
        "type var with bound",
        "type var with constraints",
        "param spec",
        "type var tuple",
        "set default",
        "set type params",
        "generic base",
        "type alias",
        "interpolation",
        "template",
    ];
}

/// Returns how many values an intrinsic operation pops.
pub(super) const fn intrinsic_pops(n: u32) -> u32 {
    match n {
        intrinsic::TYPE_VAR | intrinsic::PARAM_SPEC | intrinsic::TYPE_VAR_TUPLE | intrinsic::GENERIC_BASE => {
            1
        }
        intrinsic::TYPE_ALIAS => 3,
        intrinsic::INTERPOLATION => 4,
        _ => 2,
    }
}

/// The values of `Operand::ErrorClass`.
pub mod raised_class {
    /// `AssertionError`.
    pub const ASSERTION: u32 = 0;
    /// `NotImplementedError`.
    pub const NOT_IMPLEMENTED: u32 = 1;
}

/// Where the references that an instruction pushes come from. The borrow analysis (`compile/flow/borrow.rs`)
/// reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// From none of the values on the stack: the popped values are used up, and each pushed value owns its
    /// count.
    New,
    /// From the local that the operand names.
    Loads,
    /// It pushes nothing: it stores to the local that the operand names, so references borrowed from that local
    /// are no longer valid.
    Stores,
    /// It pushes nothing: it unbinds the local that the operand names, so references borrowed from that local
    /// are no longer valid.
    Unbinds,
    /// From the stack entry that the operand names, which stays where it is.
    Copies,
    /// The top and the entry that the operand names change places.
    Swaps,
    /// The topmost popped value becomes the topmost pushed one: the object of a method, which is its first
    /// argument.
    Binds,
    /// The pushed reference may be the very reference that was popped.
    Same,
    /// The popped value is still on the stack where the instruction jumps to.
    Stays,
}

/// What may happen from the beginning of an instruction to that of the next.
///
/// Script code runs when a special method is called, when what is released has a destructor or a callback, and
/// in a collection, which happens at safepoints only. An error by itself runs none; what unwinding releases is not the
/// instruction's doing. Debug builds assert this of the words that instructions become (`vm/frame/watch.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// No script code runs, no object dies, no safepoint is reached.
    Silent,
    /// Script code may run.
    Script,
    /// The frame moves to the heap and goes on later; only generators have such instructions.
    Suspends,
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
    /// To the next instruction, or to the target.
    Branch {
        /// What has to hold of the value popped for the jump.
        on: Test,
        /// How many values it pushes where it jumps to. The number in the table counts for the next
        /// instruction.
        pushes: u32,
    },
}

/// What an instruction computes of constants alone, which the compiler may then do itself (`compile/fold.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folds {
    /// The compiler cannot compute it.
    No,
    /// `not value`.
    Not,
    /// `-value`.
    Negate,
    /// `+value`.
    Positive,
    /// `~value`.
    Invert,
    /// A binary operation.
    Binary(BinaryOp),
    /// A tuple of all it pops.
    Tuple,
}

/// What a conditional jump asks of the value it pops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// Whether it is true.
    True,
    /// Whether it is false.
    False,
    /// Whether it is `None`.
    None,
    /// Whether it is not `None`.
    NotNone,
    /// Whether it is an iterator at its end.
    Exhausted,
}

impl Test {
    /// Returns the test that holds where this one does not.
    pub const fn inverted(self) -> Option<Test> {
        match self {
            Test::True => Some(Test::False),
            Test::False => Some(Test::True),
            Test::None => Some(Test::NotNone),
            Test::NotNone => Some(Test::None),
            Test::Exhausted => None,
        }
    }
}

/// The bits of the operand of `MakeFunction`; the values are pushed in this order.
pub mod function_flags {
    /// A tuple of the defaults of positional parameters.
    pub const DEFAULTS: u32 = 1;
    /// A dict of the defaults of keyword-only parameters.
    pub const KEYWORD_DEFAULTS: u32 = 2;
    /// The function `__annotate__`, which computes the annotations.
    pub const ANNOTATE: u32 = 4;
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
