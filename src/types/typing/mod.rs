//! Types that stand for types: the results of subscripting classes and joining them with `|`, type parameters and aliases.
//!
//! Begin with `generic_alias.rs` (`list[int]`) and `union_type.rs` (`int | str`). `type_var.rs`, `param_spec.rs` and
//! `type_var_tuple.rs` are the type parameters, `parameter.rs` is what they have in common, `type_alias.rs` what a `type`
//! statement makes. `evaluated.rs` computes bounds, defaults and values when somebody asks; `library.rs` calls
//! `typing.py`, which does the rest.

pub mod evaluated;
pub mod generic_alias;
pub mod library;
pub mod no_default;
pub mod param_spec;
pub mod parameter;
pub mod type_alias;
mod type_text;
pub mod type_var;
pub mod type_var_tuple;
pub mod union_type;
