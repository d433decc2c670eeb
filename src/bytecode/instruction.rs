//! The stack instructions, declared once.
//!
//! One row an instruction, and every column filled: what its operand `n` stands for, how many values it pops
//! and pushes, how many of the popped it keeps in place, where the references it pushes come from, whether script
//! code may run meanwhile, where control goes, and what it computes of constants. The verifier, the borrow analysis,
//! lowering and the disassembler ask these columns and know no instruction by name; `compile/lower/recipe.rs` adds
//! how each becomes words. In the comments the top of the stack is on the right.
//!
//! The machine has a static depth: every instruction is always reached with the same number of
//! values on the operand stack. A frame's slots are `[locals, parameters first][cells, then free
//! variables][operand stack]`. What an instruction pushes is an owned reference, except for the
//! loads that borrow and for what it leaves in place; it may pop deferred ones. Next: `operand.rs` for what operands
//! mean, `unit.rs` for the code of one function.

use super::operand::{Effect, Flow, Folds, Operand, Passage, Test, conversion, intrinsic_pops, unpacked};
use super::operator::BinaryOp;

/// One instruction: the operation and its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What is done.
    pub op: Op,
    /// The operand, zero where it has none.
    pub arg: u32,
}

impl Instruction {
    /// Makes an instruction.
    pub const fn new(op: Op, arg: u32) -> Self {
        Instruction { op, arg }
    }
}

macro_rules! flow {
    (next) => {
        Flow::Next
    };
    (stop) => {
        Flow::Stop
    };
    (jump) => {
        Flow::Jump
    };
    (branch $on:ident $pushes:literal) => {
        Flow::Branch { on: Test::$on, pushes: $pushes }
    };
}

macro_rules! passage {
    (new) => {
        Passage::New
    };
    (loads) => {
        Passage::Loads
    };
    (stores) => {
        Passage::Stores
    };
    (unbinds) => {
        Passage::Unbinds
    };
    (copies) => {
        Passage::Copies
    };
    (swaps) => {
        Passage::Swaps
    };
    (binds) => {
        Passage::Binds
    };
    (same) => {
        Passage::Same
    };
    (stays) => {
        Passage::Stays
    };
}

macro_rules! effect {
    (silent) => {
        Effect::Silent
    };
    (script) => {
        Effect::Script
    };
    (suspends) => {
        Effect::Suspends
    };
}

macro_rules! instructions {
    ($n:ident; $($(#[doc = $doc:literal])+ $name:ident $operand:ident $pops:expr => $pushes:expr, keeps $keeps:expr,
        $passage:ident, $effect:ident, $flow:ident $($on:ident $jumped:literal)?, $folds:ident$(($of:ident))?;)+) => {
        /// The operations of the stack machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Op {
            /// Every operation, in the order of the table.
            pub const ALL: &[Op] = &[$(Op::$name),+];

            /// Returns the name, as in the table.
            pub const fn name(self) -> &'static str {
                match self { $(Op::$name => stringify!($name),)+ }
            }

            /// Says what the operand stands for.
            #[inline]
            pub const fn operand(self) -> Operand {
                match self { $(Op::$name => Operand::$operand,)+ }
            }

            /// Returns how many values the instruction pops, given its operand.
            #[inline]
            pub const fn pops(self, $n: u32) -> u32 {
                // Used whether or not a row depends on it.
                let _ = $n;
                match self { $(Op::$name => $pops,)+ }
            }

            /// Returns how many values the instruction then pushes.
            #[inline]
            pub const fn pushes(self, $n: u32) -> u32 {
                // Used whether or not a row depends on it.
                let _ = $n;
                match self { $(Op::$name => $pushes,)+ }
            }

            /// Returns how many of the popped values, counted from the lowest, stay in their slots.
            #[inline]
            pub const fn keeps(self, $n: u32) -> u32 {
                // Used whether or not a row depends on it.
                let _ = $n;
                match self { $(Op::$name => $keeps,)+ }
            }

            /// Returns where the references that it pushes come from.
            #[inline]
            pub const fn passage(self) -> Passage {
                match self { $(Op::$name => passage!($passage),)+ }
            }

            /// Says what may happen before the next instruction begins.
            #[inline]
            pub const fn effect(self) -> Effect {
                match self { $(Op::$name => effect!($effect),)+ }
            }

            /// Says where control goes afterwards.
            #[inline]
            pub const fn flow(self) -> Flow {
                match self { $(Op::$name => flow!($flow $($on $jumped)?),)+ }
            }

            /// Says what it computes when its operands are constants.
            #[inline]
            pub const fn folds(self) -> Folds {
                match self { $(Op::$name => Folds::$folds$((BinaryOp::$of))?,)+ }
            }
        }
    };
}

impl Op {
    /// Finds the conditional jump with this test, direction and number of pushed values.
    /// `target` is `Forward` or `Back`. `None` if there is no such jump.
    pub fn branch(on: Test, target: Operand, pushes: u32) -> Option<Op> {
        let is_it = |op: &&Op| op.flow() == Flow::Branch { on, pushes } && op.operand() == target;
        Op::ALL.iter().find(is_it).copied()
    }
}

instructions! { n;
    // ---- Values and variables
    /// Do nothing.
    Nop                   Unused       0     => 0, keeps 0, new, silent, next, No;
    /// Do nothing, on a line of its own: so whoever traces lines hears of it.
    BeginLine             Unused       0     => 0, keeps 0, new, silent, next, No;
    /// Do nothing: the test of a loop begins again, perhaps on the line on which the round ended.
    BeginTest             Unused       0     => 0, keeps 0, new, silent, next, No;
    /// Drop the value on top.
    Pop                   Unused       1     => 0, keeps 0, new, script, next, No;
    /// Push the `n`th value from the top again; `Copy 1` duplicates the top.
    Copy                  Depth        n     => n + 1, keeps 0, copies, silent, next, No;
    /// Exchange the top with the `n`th value from the top; `n` is at least 2.
    Swap                  SwapDepth    n     => n, keeps 0, swaps, silent, next, No;
    /// Push constant `n`.
    LoadConst             Const        0     => 1, keeps 0, new, silent, next, No;
    /// Push local `n`, which is bound, as an owned reference.
    LoadLocal             Local        0     => 1, keeps 0, loads, silent, next, No;
    /// Push local `n` as an owned reference; raises `UnboundLocalError` if it is unbound.
    LoadLocalCheck        Local        0     => 1, keeps 0, loads, silent, next, No;
    /// Push local `n`, which is bound and outlives the use, as a deferred reference.
    LoadLocalBorrow       Local        0     => 1, keeps 0, loads, silent, next, No;
    /// Push local `n`, which outlives the use, as a deferred reference; raises `UnboundLocalError` if it is
    /// unbound.
    LoadLocalCheckBorrow  Local        0     => 1, keeps 0, loads, silent, next, No;
    /// Pop a value into local `n` as an owned reference; the old value is released afterwards.
    StoreLocal            Local        1     => 0, keeps 0, stores, script, next, No;
    /// Unbind local `n`; raises `UnboundLocalError` if it is unbound already.
    DeleteLocal           Local        0     => 0, keeps 0, unbinds, script, next, No;
    /// Unbind local `n`, whether it is bound or not.
    ClearLocal            Local        0     => 0, keeps 0, unbinds, script, next, No;
    /// Put a fresh cell into cell slot `n`, holding the parameter it stands for, if any, which is moved out of its
    /// local.
    MakeCell              OwnCell      0     => 0, keeps 0, new, silent, next, No;
    /// Take the cell out of cell slot `n`.
    ClearCell             OwnCell      0     => 0, keeps 0, new, script, next, No;
    /// Copy the `n` cells of the running function's closure into the slots of the free variables.
    CopyFree              FreeCount    0     => 0, keeps 0, new, silent, next, No;
    /// Push the content of cell `n`; raises `NameError` or `UnboundLocalError` if the cell is empty.
    LoadCell              Cell         0     => 1, keeps 0, new, silent, next, No;
    /// Pop a value into cell `n`.
    StoreCell             Cell         1     => 0, keeps 0, new, script, next, No;
    /// Empty cell `n`; raises `NameError` or `UnboundLocalError` if it is empty already.
    DeleteCell            Cell         0     => 0, keeps 0, new, script, next, No;
    /// Push cell `n` itself.
    LoadClosure           Cell         0     => 1, keeps 0, new, silent, next, No;
    /// Push the name of cell `n` from the class namespace if it is there, else the cell's content.
    LoadClassCell         Cell         0     => 1, keeps 0, new, script, next, No;
    /// `mapping` → the name of cell `n` from the mapping if it is there, else the cell's content.
    LoadDictOrCell        Cell         1     => 1, keeps 0, new, script, next, No;
    /// Push the value of a global or built-in name; raises `NameError` if there is none.
    LoadGlobal            Name         0     => 1, keeps 0, new, script, next, No;
    /// Pop a value into a global name.
    StoreGlobal           Name         1     => 0, keeps 0, new, script, next, No;
    /// Unbind a global name; raises `NameError` if it is not bound.
    DeleteGlobal          Name         0     => 0, keeps 0, new, script, next, No;
    /// Push the value of a name: from the namespace of the frame, else the globals, else the built-in names;
    /// raises `NameError` if there is none.
    LoadName              Name         0     => 1, keeps 0, new, script, next, No;
    /// `mapping` → the value of a name: from the mapping, else the globals, else the built-in names; raises
    /// `NameError` if there is none.
    LoadDictOrGlobal      Name         1     => 1, keeps 0, new, script, next, No;
    /// Push the namespace of the frame.
    LoadLocals            Unused       0     => 1, keeps 0, new, silent, next, No;
    /// Pop a value into a name of the namespace of the frame.
    StoreName             Name         1     => 0, keeps 0, new, script, next, No;
    /// Unbind a name of the namespace of the frame; raises `NameError` if it is not bound there.
    DeleteName            Name         0     => 0, keeps 0, new, script, next, No;

    // ---- Attributes and items
    /// `object` → `object.name`.
    LoadAttr              Name         1     => 1, keeps 0, new, script, next, No;
    /// `value object` →; sets `object.name = value`.
    StoreAttr             Name         2     => 0, keeps 0, new, script, next, No;
    /// `object` →; deletes `object.name`.
    DeleteAttr            Name         1     => 0, keeps 0, new, script, next, No;
    /// `object` → `function object` if the attribute is a method of the class, else `unbound attribute`; for
    /// `CallMethod`.
    LoadMethod            Name         1     => 2, keeps 0, binds, script, next, No;
    /// `super __class__ self` → `super().name`; if `super` is not the built-in, it is called without arguments.
    LoadSuperAttr         Name         3     => 1, keeps 0, new, script, next, No;
    /// As `LoadSuperAttr`, but the result is that of `LoadMethod`.
    LoadSuperMethod       Name         3     => 2, keeps 0, binds, script, next, No;
    /// `object key` → `object[key]`.
    Subscript             Unused       2     => 1, keeps 0, new, script, next, No;
    /// `value object key` →; sets `object[key] = value`.
    StoreSubscript        Unused       3     => 0, keeps 0, new, script, next, No;
    /// `object key` →; deletes `object[key]`.
    DeleteSubscript       Unused       2     => 0, keeps 0, new, script, next, No;
    /// `start stop` or `start stop step` (`n` is 2 or 3) → a slice.
    BuildSlice            SliceParts   n     => 1, keeps 0, new, script, next, No;

    // ---- Operators: `left right` → result
    /// `left + right`.
    Add                   Unused       2     => 1, keeps 0, new, script, next, Binary(Add);
    /// `left - right`.
    Subtract              Unused       2     => 1, keeps 0, new, script, next, Binary(Subtract);
    /// `left * right`.
    Multiply              Unused       2     => 1, keeps 0, new, script, next, Binary(Multiply);
    /// `left @ right`.
    MatrixMultiply        Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left / right`.
    Divide                Unused       2     => 1, keeps 0, new, script, next, Binary(TrueDivide);
    /// `left // right`.
    FloorDivide           Unused       2     => 1, keeps 0, new, script, next, Binary(FloorDivide);
    /// `left % right`.
    Remainder             Unused       2     => 1, keeps 0, new, script, next, Binary(Remainder);
    /// `left ** right`.
    Power                 Unused       2     => 1, keeps 0, new, script, next, Binary(Power);
    /// `left << right`.
    ShiftLeft             Unused       2     => 1, keeps 0, new, script, next, Binary(LeftShift);
    /// `left >> right`.
    ShiftRight            Unused       2     => 1, keeps 0, new, script, next, Binary(RightShift);
    /// `left & right`.
    BitAnd                Unused       2     => 1, keeps 0, new, script, next, Binary(And);
    /// `left | right`.
    BitOr                 Unused       2     => 1, keeps 0, new, script, next, Binary(Or);
    /// `left ^ right`.
    BitXor                Unused       2     => 1, keeps 0, new, script, next, Binary(Xor);
    /// The value of `left` after `left += right`.
    InPlaceAdd            Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left -= right`.
    InPlaceSubtract       Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left *= right`.
    InPlaceMultiply       Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left @= right`.
    InPlaceMatrixMultiply Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left /= right`.
    InPlaceDivide         Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left //= right`.
    InPlaceFloorDivide    Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left %= right`.
    InPlaceRemainder      Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left **= right`.
    InPlacePower          Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left <<= right`.
    InPlaceShiftLeft      Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left >>= right`.
    InPlaceShiftRight     Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left &= right`.
    InPlaceBitAnd         Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left |= right`.
    InPlaceBitOr          Unused       2     => 1, keeps 0, new, script, next, No;
    /// The value of `left` after `left ^= right`.
    InPlaceBitXor         Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left < right`.
    Less                  Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left <= right`.
    LessEqual             Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left == right`.
    Equal                 Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left != right`.
    NotEqual              Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left > right`.
    Greater               Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left >= right`.
    GreaterEqual          Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left is right`.
    Is                    Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left is not right`.
    IsNot                 Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left in right`.
    Contains              Unused       2     => 1, keeps 0, new, script, next, No;
    /// `left not in right`.
    NotContains           Unused       2     => 1, keeps 0, new, script, next, No;
    /// `-value`.
    Negate                Unused       1     => 1, keeps 0, new, script, next, Negate;
    /// `+value`.
    Positive              Unused       1     => 1, keeps 0, new, script, next, Positive;
    /// `~value`.
    Invert                Unused       1     => 1, keeps 0, new, script, next, Invert;
    /// `not value`.
    Not                   Unused       1     => 1, keeps 0, new, script, next, Not;

    // ---- Control
    /// Go forward to the target.
    Jump                  Forward      0     => 0, keeps 0, new, silent, jump, No;
    /// Go back to the target; a safepoint.
    JumpBack              Back         0     => 0, keeps 0, new, script, jump, No;
    /// Pop a value; go forward if it is true.
    PopJumpIfTrue         Forward      1     => 0, keeps 0, new, script, branch True 0, No;
    /// Pop a value; go forward if it is false.
    PopJumpIfFalse        Forward      1     => 0, keeps 0, new, script, branch False 0, No;
    /// Pop a value; go forward if it is `None`.
    PopJumpIfNone         Forward      1     => 0, keeps 0, new, script, branch None 0, No;
    /// Pop a value; go forward if it is not `None`.
    PopJumpIfNotNone      Forward      1     => 0, keeps 0, new, script, branch NotNone 0, No;
    /// Pop a value; go back if it is true; a safepoint.
    PopJumpBackIfTrue     Back         1     => 0, keeps 0, new, script, branch True 0, No;
    /// Pop a value; go back if it is false; a safepoint.
    PopJumpBackIfFalse    Back         1     => 0, keeps 0, new, script, branch False 0, No;
    /// Go forward and keep the value on top if it is true, else pop it.
    JumpIfTrueOrPop       Forward      1     => 0, keeps 0, stays, script, branch True 1, No;
    /// Go forward and keep the value on top if it is false, else pop it.
    JumpIfFalseOrPop      Forward      1     => 0, keeps 0, stays, script, branch False 1, No;
    /// `iterable` → its iterator.
    GetIter               Unused       1     => 1, keeps 0, same, script, next, No;
    /// `iterator` → `iterator item`; when it is exhausted pop it and go forward.
    ForIter               Forward      1     => 2, keeps 1, new, script, branch Exhausted 0, No;
    /// Leave the frame with the value on top.
    Return                Unused       1     => 0, keeps 0, new, script, stop, No;

    // ---- Calls and functions
    /// `callable arg1 … argn` → result.
    Call                  Count        n + 1 => 1, keeps 0, new, script, next, No;
    /// `callable arg1 … argn names` → result; `names`, a constant tuple loaded just before, names the last arguments.
    CallKeywords          NamedCount   n + 2 => 1, keeps 0, new, script, next, No;
    /// `function self arg1 … argn` or `unbound callable arg1 … argn` → result; completes `LoadMethod`.
    CallMethod            Count        n + 2 => 1, keeps 0, new, script, next, No;
    /// As `CallMethod` with `names` on top, as in `CallKeywords`.
    CallMethodKeywords    NamedCount   n + 3 => 1, keeps 0, new, script, next, No;
    /// `callable iterable` or, when `n` is 1, `callable iterable dict` → result. The iterable is nearly always
    /// a tuple.
    CallUnpacked          UnpackedFlag n + 2 => 1, keeps 0, new, script, next, No;
    /// The values that `function_flags` names, then the code → a function.
    MakeFunction          Function     n.count_ones() + 1 => 1, keeps 0, new, script, next, No;
    /// Push `__build_class__`.
    LoadBuildClass        Unused       0     => 1, keeps 0, new, silent, next, No;
    /// Return a generator that goes on after this instruction when it is first resumed with a value, which is pushed.
    GeneratorStart        Unused       0     => 1, keeps 0, new, suspends, next, No;
    /// Suspend, giving the value on top; when resumed, push the value sent.
    Yield                 Unused       1     => 1, keeps 0, new, suspends, next, No;
    /// `iterable` → the iterator that `YieldFrom` resumes: a generator or coroutine as it is.
    /// Else what `iter(iterable)` returns.
    GetYieldFromIter      Unused       1     => 1, keeps 0, same, script, next, No;
    /// `iterator sent` → the iterator's return value; sends `sent` to it, and while it yields, suspends with
    /// what it yielded; resuming puts the value sent in the place of `sent` and does this instruction again.
    YieldFrom             Unused       2     => 1, keeps 0, new, suspends, next, No;
    /// `awaitable` → the iterator that `YieldFrom` resumes: a coroutine as it is.
    /// Else what `__await__` returned. `n` tells where the awaitable comes from.
    GetAwaitable          Awaited      1     => 1, keeps 0, same, script, next, No;
    /// `iterable` → its asynchronous iterator.
    GetAsyncIter          Unused       1     => 1, keeps 0, new, script, next, No;
    /// `iterator` → `iterator awaitable`: the latter is what `YieldFrom` resumes to get the next item.
    GetAsyncNext          Unused       1     => 2, keeps 1, new, script, next, No;
    /// `iterator exception` →; raises the exception again unless it is the `StopAsyncIteration` that ends the loop.
    EndAsyncFor           Unused       2     => 0, keeps 0, new, script, next, No;
    /// As `Yield`, in an asynchronous generator: gives the value on top to whoever awaits the next item.
    YieldAsync            Unused       1     => 1, keeps 0, new, suspends, next, No;

    // ---- Building and taking apart
    /// Pop `n` values, push a tuple of them.
    BuildTuple            Count        n     => 1, keeps 0, new, silent, next, Tuple;
    /// Pop `n` values, push a list of them.
    BuildList             Count        n     => 1, keeps 0, new, silent, next, No;
    /// Pop `n` values, push a set of them.
    BuildSet              Count        n     => 1, keeps 0, new, script, next, No;
    /// Pop `n` pairs `key value`, push a dict of them.
    BuildDict             Count        2 * n => 1, keeps 0, new, script, next, No;
    /// Pop `n` strings, push them joined.
    BuildString           Count        n     => 1, keeps 0, new, script, next, No;
    /// Pop a value and append it to the list which is then the `n`th from the top.
    ListAppend            Depth        n + 1 => n, keeps n, new, silent, next, No;
    /// Pop a value and add it to the set which is then the `n`th from the top.
    SetAdd                Depth        n + 1 => n, keeps n, new, script, next, No;
    /// Pop `key value` and set them in the dict which is then the `n`th from the top.
    DictSet               Depth        n + 2 => n, keeps n, new, script, next, No;
    /// `list iterable` → `list`, extended; the error is that of `*iterable` in a call or display.
    ListExtend            Unused       2     => 1, keeps 1, new, script, next, No;
    /// `set iterable` → `set`, extended.
    SetUpdate             Unused       2     => 1, keeps 1, new, script, next, No;
    /// `dict mapping` → `dict`, updated.
    DictUpdate            Unused       2     => 1, keeps 1, new, script, next, No;
    /// `callable iterable dict mapping` → `callable iterable dict`, updated; a key already there is an error that
    /// names the callable.
    DictMerge             Unused       4     => 3, keeps 3, new, script, next, No;
    /// `list` → a tuple of its items.
    ListToTuple           Unused       1     => 1, keeps 0, new, script, next, No;
    /// `value` or `value spec` → the formatted string.
    FormatValue           Format       1 + (n & conversion::HAS_SPEC) / conversion::HAS_SPEC
        => 1, keeps 0, new, script, next, No;
    /// Pop an iterable of exactly `n` items, push them so that the first is on top.
    UnpackSequence        Count        1     => n, keeps 0, new, script, next, No;
    /// Pop an iterable; push its items so that the first is on top, those in the middle as a list.
    UnpackEx              Unpack       1     => unpacked(n), keeps 0, new, script, next, No;

    // ---- Exceptions and `with`
    /// Raise an exception. `n` = 0: the one that is being handled, again; 1: `exception` from the stack; 2:
    /// `exception cause`, where the second value becomes the cause of the first.
    Raise                 RaiseParts   n     => 0, keeps 0, new, script, stop, No;
    /// Pop an exception and raise it again without adding this frame to its traceback.
    Reraise               Unused       1     => 0, keeps 0, new, script, stop, No;
    /// `exception` → `previous exception`; the exception becomes the one being handled. First in every handler.
    PushExcInfo           Unused       1     => 2, keeps 0, new, silent, next, No;
    /// `previous` →; `previous` becomes the exception that is being handled.
    PopExcept             Unused       1     => 0, keeps 0, new, script, next, No;
    /// `exception type` → `exception bool`: whether the type, or tuple of types, catches it.
    CheckExcMatch         Unused       2     => 2, keeps 1, new, script, next, No;
    /// `rest types` → `rest match`: takes the exceptions of these types out of the group `rest`. `match` is `None` if
    /// there are none, otherwise it becomes the exception being handled; `rest` is `None` if nothing is left.
    CheckGroupMatch       Unused       2     => 2, keeps 0, new, script, next, No;
    /// `original list` → what a `try` with `except*` raises in the end, or `None`: the exceptions of the list, those
    /// that come from the original one put together again.
    JoinRaised            Unused       2     => 1, keeps 0, new, script, next, No;
    /// `manager` → `exit awaitable`: its bound `__aexit__` and what `__aenter__` returned.
    BeforeAsyncWith       Unused       1     => 2, keeps 0, new, script, next, No;
    /// `manager` → `exit entered`: its bound `__exit__` and what `__enter__` returned.
    BeforeWith            Unused       1     => 2, keeps 0, new, script, next, No;
    /// `exit previous exception` → `exit previous exception result` of calling `exit` with the exception.
    WithExceptStart       Unused       3     => 4, keeps 3, new, script, next, No;
    /// Pops what an operation without an instruction of its own takes (`intrinsic`), pushes its result.
    Intrinsic             Intrinsic    intrinsic_pops(n) => 1, keeps 0, new, script, next, No;
    /// Push a built-in exception class (`raised_class`), whatever its name means here.
    LoadErrorClass        ErrorClass   0     => 1, keeps 0, new, silent, next, No;

    // ---- Modules and namespaces
    /// `level fromlist` → the module `name`.
    ImportName            Name         2     => 1, keeps 0, new, script, next, No;
    /// `module` → `module attribute`; raises `ImportError` if the module has no such attribute.
    ImportFrom            Name         1     => 2, keeps 1, new, script, next, No;
    /// `module` →; copies its public names into the namespace of the frame.
    ImportStar            Unused       1     => 0, keeps 0, new, script, next, No;
    /// Make sure that the namespace of the frame has `__annotations__`.
    SetupAnnotations      Unused       0     => 0, keeps 0, new, script, next, No;
    /// Pop a value and show it as the interactive session does.
    PrintExpr             Unused       1     => 0, keeps 0, new, script, next, No;

    // ---- Pattern matching
    /// `subject` → `subject len(subject)`.
    GetLen                Unused       1     => 2, keeps 1, new, script, next, No;
    /// `subject` → `subject bool`: whether it matches a mapping pattern.
    MatchMapping          Unused       1     => 2, keeps 1, new, silent, next, No;
    /// `subject` → `subject bool`: whether it matches a sequence pattern.
    MatchSequence         Unused       1     => 2, keeps 1, new, silent, next, No;
    /// `subject keys` → `subject keys values`: a tuple, or `None` if a key is missing.
    MatchKeys             Unused       2     => 3, keeps 2, new, script, next, No;
    /// `subject class names` → a tuple of `n` positional and then the named attributes, or `None`.
    MatchClass            Count        3     => 1, keeps 0, new, script, next, No;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::function_flags;

    #[test]
    fn the_table_is_dense_and_fits_a_byte() {
        assert!(Op::ALL.len() < 256);
        for (index, op) in Op::ALL.iter().enumerate() {
            assert_eq!(*op as usize, index, "{}", op.name());
        }
    }

    #[test]
    fn effects_follow_the_operand() {
        assert_eq!((Op::Call.pops(3), Op::Call.pushes(3)), (4, 1));
        let flags = function_flags::DEFAULTS | function_flags::CLOSURE;
        assert_eq!(Op::MakeFunction.pops(flags), 3);
        assert_eq!(Op::UnpackEx.pushes(2 | 1 << 16), 4);
        assert_eq!(Op::FormatValue.pops(conversion::REPR | conversion::HAS_SPEC), 2);
        assert_eq!(Op::ForIter.flow(), Flow::Branch { on: Test::Exhausted, pushes: 0 });
        assert_eq!(Op::branch(Test::False, Operand::Back, 0), Some(Op::PopJumpBackIfFalse));
        assert_eq!(Op::branch(Test::None, Operand::Back, 0), None);
    }
}
