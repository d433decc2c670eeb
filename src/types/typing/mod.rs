//! The results of subscripting classes and joining them with `|`: `list[int]` (`generic_alias.rs`) and `int |
//! str` (`union_type.rs`).
//!
//! Begin with `generic_alias.rs`.

pub mod generic_alias;
mod type_text;
pub mod union_type;
