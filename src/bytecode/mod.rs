//! The instruction table, code units, the verifier and the disassembler.
//!
//! `instruction.rs` is the table everything else derives from; `unit.rs` is what the compiler
//! makes and the interpreter loads. Nothing here knows of the heap.
//!
//! Begin with `instruction.rs`.

#![forbid(unsafe_code)]

mod constant;
mod disassemble;
mod instruction;
mod operand;
mod operator;
mod unit;
mod verify;
pub mod word;
mod word_columns;
mod word_table;

pub use constant::Const;
pub use disassemble::{describe, disassemble};
pub use instruction::{Instruction, Op};
pub use operand::{
    Effect, Flow, Folds, Operand, Passage, Test, awaited, conversion, function_flags, intrinsic,
    raised_class, unpack_counts,
};
pub use operator::{BinaryOp, Comparison};
pub use unit::{CellName, CodeFlags, CodeUnit, Handler, InstructionPosition};
pub use verify::{Malformed, Verified, verify};
pub use word::{Access, Word};
pub use word_columns::{Family, Form, Gives, Leads, Role, Stands};
pub use word_table::{Row, WordOp};
