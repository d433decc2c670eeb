//! How each stack instruction becomes words: one row each, without exception.
//!
//! A recipe says where operands are taken from and what word is written; `emit.rs` and `window.rs` follow it. An
//! instruction without a row does not compile.

use crate::bytecode::{Op, WordOp};

/// How an instruction is lowered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Recipe {
    /// Nothing is written.
    Nothing,
    /// The top is dropped.
    Pop,
    /// A symbol is pushed once more.
    Copy,
    /// Two symbols change places.
    Swap,
    /// A constant is noted as a symbol; no word is written until it is used.
    Constant,
    /// A local is noted as a symbol; no word is written until it is used.
    Local {
        /// Whether it may be unbound, so that a word has to look first.
        checked: bool,
        /// Whether the compiler showed that it outlives the use.
        borrowed: bool,
    },
    /// The top goes to a local.
    StoreLocal,
    /// A local is unbound by the word.
    Unbind(WordOp),
    /// An operator with forms for constants and for locals that get the result.
    Arithmetic {
        /// The form that reads two slots and writes a temporary.
        word: WordOp,
        /// Whether it is an augmented assignment.
        augmented: bool,
    },
    /// An operator that always leaves a temporary.
    Binary {
        /// Its word.
        word: WordOp,
        /// Whether it is an augmented assignment.
        augmented: bool,
    },
    /// A comparison, or a branch together with the jump behind it.
    Compare {
        /// The word that gives the answer.
        word: WordOp,
        /// The word that jumps if it holds.
        jump: WordOp,
        /// Whether the word that jumps asks the opposite question: `!=`, `is not`.
        contrary: bool,
    },
    /// One operand, one result.
    Unary(WordOp),
    /// Reads an attribute.
    LoadAttr,
    /// Stores an attribute.
    StoreAttr,
    /// Reads a method.
    LoadMethod,
    /// Reads an item.
    Subscript,
    /// Stores an item.
    StoreSubscript,
    /// Deletes an item.
    DeleteSubscript,
    /// Jumps to the target.
    Jump(WordOp),
    /// Jumps to the target if the value passes the test.
    Branch(WordOp),
    /// Jumps to the target if the value passes the test; the value stays on the stack there.
    BranchKeeping(WordOp),
    /// The next item of a loop.
    ForIter,
    /// Leaves the frame.
    Return,
    /// Moves the top value into a cell.
    StoreCell,
    /// Moves the top value into the container at the given depth.
    Append(WordOp),
    /// Moves the two values on top, a key and its value, into the dict at the given depth.
    DictSet,
    /// Makes a tuple, or writes no tuple at all if the next instruction unpacks it.
    BuildTuple,
    /// A call whose last arguments have names.
    CallKeywords(WordOp),
    /// Operands in consecutive slots, where the results go as well.
    Window(Window),
}

/// The word of an instruction whose operands lie in consecutive slots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Window {
    /// The word has the operand of the instruction in `b`.
    Counted(WordOp),
    /// As `Counted`, with a site of an inline cache in `c`.
    Call(WordOp),
    /// The word has the site of a name in `bc`.
    Name(WordOp),
    /// The word has the site of a name in `c`.
    Attribute(WordOp),
    /// Deletes an attribute.
    DeleteAttr,
    /// Puts a fresh cell into its slot.
    MakeCell,
    /// Copies the closure's cells.
    CopyFree,
    /// The word reads the slot of a cell and writes to the new top of the stack.
    FromCell(WordOp),
    /// The word has the slot of a cell as its only operand.
    OnCell(WordOp),
    /// The word moves the topmost value into the container below it.
    Into(WordOp),
    /// Merges named arguments.
    DictMerge,
    /// Unpacks with a starred target.
    UnpackEx,
}

/// The recipe of an instruction.
pub(super) const fn recipe(op: Op) -> Recipe {
    use Recipe::{
        Append, Binary, Branch, BranchKeeping, BuildTuple, CallKeywords, Constant, Copy, DeleteSubscript,
        DictSet, ForIter, Jump, LoadAttr, LoadMethod, Nothing, Pop, Return, StoreAttr, StoreCell, StoreLocal,
        StoreSubscript, Subscript, Swap, Unary, Unbind,
    };
    const fn local(checked: bool, borrowed: bool) -> Recipe {
        Recipe::Local { checked, borrowed }
    }
    const fn compare(word: WordOp, jump: WordOp, contrary: bool) -> Recipe {
        Recipe::Compare { word, jump, contrary }
    }
    const fn arithmetic(word: WordOp) -> Recipe {
        Recipe::Arithmetic { word, augmented: false }
    }
    const fn augmented(word: WordOp) -> Recipe {
        Recipe::Arithmetic { word, augmented: true }
    }
    const fn counted(word: WordOp) -> Recipe {
        Recipe::Window(Window::Counted(word))
    }
    match op {
        Op::Nop | Op::BeginLine | Op::BeginTest => Nothing,
        Op::Pop => Pop,
        Op::Copy => Copy,
        Op::Swap => Swap,
        Op::LoadConst => Constant,
        Op::LoadLocal => local(false, false),
        Op::LoadLocalCheck => local(true, false),
        Op::LoadLocalBorrow => local(false, true),
        Op::LoadLocalCheckBorrow => local(true, true),
        Op::StoreLocal => StoreLocal,
        Op::DeleteLocal => Unbind(WordOp::DeleteLocal),
        Op::ClearLocal => Unbind(WordOp::ClearVariable),
        Op::ClearCell => Recipe::Window(Window::OnCell(WordOp::ClearVariable)),
        Op::MakeCell => Recipe::Window(Window::MakeCell),
        Op::CopyFree => Recipe::Window(Window::CopyFree),
        Op::LoadCell => Recipe::Window(Window::FromCell(WordOp::LoadCell)),
        Op::StoreCell => StoreCell,
        Op::DeleteCell => Recipe::Window(Window::OnCell(WordOp::DeleteCell)),
        Op::LoadClosure => Recipe::Window(Window::FromCell(WordOp::CopyOwned)),
        Op::LoadClassCell => Recipe::Window(Window::FromCell(WordOp::LoadClassCell)),
        Op::LoadDictOrCell => Recipe::Window(Window::FromCell(WordOp::LoadDictOrCell)),
        Op::LoadDictOrGlobal => Recipe::Window(Window::Name(WordOp::LoadDictOrGlobal)),
        Op::LoadLocals => counted(WordOp::LoadLocals),
        Op::LoadGlobal => Recipe::Window(Window::Name(WordOp::LoadGlobal)),
        Op::StoreGlobal => Recipe::Window(Window::Name(WordOp::StoreGlobal)),
        Op::DeleteGlobal => Recipe::Window(Window::Name(WordOp::DeleteGlobal)),
        Op::LoadName => Recipe::Window(Window::Name(WordOp::LoadName)),
        Op::StoreName => Recipe::Window(Window::Name(WordOp::StoreName)),
        Op::DeleteName => Recipe::Window(Window::Name(WordOp::DeleteName)),
        Op::LoadAttr => LoadAttr,
        Op::StoreAttr => StoreAttr,
        Op::DeleteAttr => Recipe::Window(Window::DeleteAttr),
        Op::LoadMethod => LoadMethod,
        Op::LoadSuperAttr => Recipe::Window(Window::Attribute(WordOp::LoadSuperAttr)),
        Op::LoadSuperMethod => Recipe::Window(Window::Attribute(WordOp::LoadSuperMethod)),
        Op::Subscript => Subscript,
        Op::StoreSubscript => StoreSubscript,
        Op::DeleteSubscript => DeleteSubscript,
        Op::BuildSlice => counted(WordOp::BuildSlice),
        Op::Add => arithmetic(WordOp::Add),
        Op::Subtract => arithmetic(WordOp::Subtract),
        Op::Multiply => arithmetic(WordOp::Multiply),
        Op::MatrixMultiply => Binary { word: WordOp::MatrixMultiply, augmented: false },
        Op::Divide => arithmetic(WordOp::Divide),
        Op::FloorDivide => arithmetic(WordOp::FloorDivide),
        Op::Remainder => arithmetic(WordOp::Remainder),
        Op::Power => Binary { word: WordOp::Power, augmented: false },
        Op::ShiftLeft => arithmetic(WordOp::ShiftLeft),
        Op::ShiftRight => arithmetic(WordOp::ShiftRight),
        Op::BitAnd => arithmetic(WordOp::BitAnd),
        Op::BitOr => arithmetic(WordOp::BitOr),
        Op::BitXor => arithmetic(WordOp::BitXor),
        Op::InPlaceAdd => augmented(WordOp::Add),
        Op::InPlaceSubtract => augmented(WordOp::Subtract),
        Op::InPlaceMultiply => augmented(WordOp::Multiply),
        Op::InPlaceMatrixMultiply => Binary { word: WordOp::MatrixMultiply, augmented: true },
        Op::InPlaceDivide => augmented(WordOp::Divide),
        Op::InPlaceFloorDivide => augmented(WordOp::FloorDivide),
        Op::InPlaceRemainder => augmented(WordOp::Remainder),
        Op::InPlacePower => Binary { word: WordOp::Power, augmented: true },
        Op::InPlaceShiftLeft => augmented(WordOp::ShiftLeft),
        Op::InPlaceShiftRight => augmented(WordOp::ShiftRight),
        Op::InPlaceBitAnd => augmented(WordOp::BitAnd),
        Op::InPlaceBitOr => augmented(WordOp::BitOr),
        Op::InPlaceBitXor => augmented(WordOp::BitXor),
        Op::Less => compare(WordOp::Less, WordOp::JumpIfLess, false),
        Op::LessEqual => compare(WordOp::LessEqual, WordOp::JumpIfLessEqual, false),
        Op::Equal => compare(WordOp::Equal, WordOp::JumpIfEqual, false),
        Op::NotEqual => compare(WordOp::NotEqual, WordOp::JumpIfEqual, true),
        Op::Greater => compare(WordOp::Greater, WordOp::JumpIfGreater, false),
        Op::GreaterEqual => compare(WordOp::GreaterEqual, WordOp::JumpIfGreaterEqual, false),
        Op::Is => compare(WordOp::Is, WordOp::JumpIfIs, false),
        Op::IsNot => compare(WordOp::IsNot, WordOp::JumpIfIs, true),
        Op::Contains => Binary { word: WordOp::Contains, augmented: false },
        Op::NotContains => Binary { word: WordOp::NotContains, augmented: false },
        Op::Negate => Unary(WordOp::Negate),
        Op::Positive => Unary(WordOp::Positive),
        Op::Invert => Unary(WordOp::Invert),
        Op::Not => Unary(WordOp::Not),
        Op::Jump => Jump(WordOp::Jump),
        Op::JumpBack => Jump(WordOp::JumpBack),
        Op::PopJumpIfTrue | Op::PopJumpBackIfTrue => Branch(WordOp::JumpIfTrue),
        Op::PopJumpIfFalse | Op::PopJumpBackIfFalse => Branch(WordOp::JumpIfFalse),
        Op::PopJumpIfNone => Branch(WordOp::JumpIfNone),
        Op::PopJumpIfNotNone => Branch(WordOp::JumpIfNotNone),
        Op::JumpIfTrueOrPop => BranchKeeping(WordOp::JumpIfTrueKeep),
        Op::JumpIfFalseOrPop => BranchKeeping(WordOp::JumpIfFalseKeep),
        Op::GetIter => Unary(WordOp::GetIter),
        Op::ForIter => ForIter,
        Op::Return => Return,
        Op::Call => Recipe::Window(Window::Call(WordOp::Call)),
        Op::CallKeywords => CallKeywords(WordOp::CallKeywords),
        Op::CallMethod => Recipe::Window(Window::Call(WordOp::CallMethod)),
        Op::CallMethodKeywords => CallKeywords(WordOp::CallMethodKeywords),
        Op::CallUnpacked => counted(WordOp::CallUnpacked),
        Op::MakeFunction => counted(WordOp::MakeFunction),
        Op::LoadBuildClass => counted(WordOp::LoadBuildClass),
        Op::GeneratorStart => counted(WordOp::GeneratorStart),
        Op::Yield => counted(WordOp::Yield),
        Op::GetYieldFromIter => counted(WordOp::GetYieldFromIter),
        Op::YieldFrom => counted(WordOp::YieldFrom),
        Op::GetAwaitable => counted(WordOp::GetAwaitable),
        Op::GetAsyncIter => counted(WordOp::GetAsyncIter),
        Op::GetAsyncNext => counted(WordOp::GetAsyncNext),
        Op::EndAsyncFor => counted(WordOp::EndAsyncFor),
        Op::YieldAsync => counted(WordOp::YieldAsync),
        Op::BuildTuple => BuildTuple,
        Op::BuildList => counted(WordOp::BuildList),
        Op::BuildSet => counted(WordOp::BuildSet),
        Op::BuildDict => counted(WordOp::BuildDict),
        Op::BuildString => counted(WordOp::BuildString),
        Op::ListAppend => Append(WordOp::ListAppend),
        Op::SetAdd => Append(WordOp::SetAdd),
        Op::DictSet => DictSet,
        Op::ListExtend => Recipe::Window(Window::Into(WordOp::ListExtend)),
        Op::SetUpdate => Recipe::Window(Window::Into(WordOp::SetUpdate)),
        Op::DictUpdate => Recipe::Window(Window::Into(WordOp::DictUpdate)),
        Op::DictMerge => Recipe::Window(Window::DictMerge),
        Op::ListToTuple => counted(WordOp::ListToTuple),
        Op::FormatValue => counted(WordOp::FormatValue),
        Op::UnpackSequence => counted(WordOp::UnpackSequence),
        Op::UnpackEx => Recipe::Window(Window::UnpackEx),
        Op::Raise => counted(WordOp::Raise),
        Op::Reraise => counted(WordOp::Reraise),
        Op::PushExcInfo => counted(WordOp::PushExcInfo),
        Op::PopExcept => counted(WordOp::PopExcept),
        Op::CheckExcMatch => counted(WordOp::CheckExcMatch),
        Op::CheckGroupMatch => counted(WordOp::CheckGroupMatch),
        Op::JoinRaised => counted(WordOp::JoinRaised),
        Op::BeforeAsyncWith => counted(WordOp::BeforeAsyncWith),
        Op::BeforeWith => counted(WordOp::BeforeWith),
        Op::WithExceptStart => counted(WordOp::WithExceptStart),
        Op::Intrinsic => counted(WordOp::Intrinsic),
        Op::LoadErrorClass => counted(WordOp::LoadErrorClass),
        Op::ImportName => Recipe::Window(Window::Name(WordOp::ImportName)),
        Op::ImportFrom => Recipe::Window(Window::Name(WordOp::ImportFrom)),
        Op::ImportStar => counted(WordOp::ImportStar),
        Op::SetupAnnotations => counted(WordOp::SetupAnnotations),
        Op::PrintExpr => counted(WordOp::PrintExpr),
        Op::GetLen => counted(WordOp::GetLen),
        Op::MatchMapping => counted(WordOp::MatchMapping),
        Op::MatchSequence => counted(WordOp::MatchSequence),
        Op::MatchKeys => counted(WordOp::MatchKeys),
        Op::MatchClass => counted(WordOp::MatchClass),
    }
}
