//! From the tree to instructions: the conductor, and a file for each family of statements and expressions.
//!
//! Begin with `generator.rs`, which walks the tree and keeps the stack of units being made; `unit.rs` is one.
//! `leave.rs` is what `break`, `continue` and `return` undo; `finish.rs` asks the flow analyses and lays out the
//! unit.

mod annotation;
mod assignment;
mod asynchronous;
mod beginning;
mod call;
mod comprehension;
mod condition;
mod definition;
mod display;
mod except_star;
mod exception;
mod expression;
mod finish;
pub(super) mod generator;
mod import;
mod leave;
mod pattern;
mod pattern_parts;
mod statement;
mod template;
mod type_param;
mod unit;
mod variable;
mod warning;
