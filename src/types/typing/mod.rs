//! What subscripting and `|` make of classes: `list[int]` (`generic_alias.rs`) and `int | str` (`union_type.rs`).

pub mod generic_alias;
pub mod union_type;
