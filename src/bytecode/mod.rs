//! The instruction table, code units, the verifier and the disassembler.
//!
//! `instruction.rs` is the table everything else derives from; `unit.rs` is what the compiler
//! makes and the interpreter loads. Nothing here knows of the heap.

#![forbid(unsafe_code)]

mod constant;
mod disassemble;
mod instruction;
mod operand;
mod unit;
mod verify;
pub mod word;

pub use constant::Const;
pub use disassemble::{describe, disassemble};
pub use instruction::{Instruction, Op};
pub use operand::{Flow, Operand, conversion, function_flags, unpack_counts};
pub use unit::{CellName, CodeFlags, CodeUnit, Handler, InstructionPosition};
pub use verify::{Malformed, Verified, verify};
pub use word::{Word, WordOp};
