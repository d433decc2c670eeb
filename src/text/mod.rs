//! Texts and numbers as texts, without objects: whatever can be asked of a `&str`, a byte or a float by itself.
//!
//! `unicode` knows single code points, `number` the digits of integers and floats, `format` the mini-languages of
//! formatting, `repr` quotes and escapes, `codec` encodings, `suggest` the closest name; `merge_sort` orders numbers
//! that stand for items. Whatever can fail says so in errors of this floor (`refused.rs`), of which `value` makes
//! exceptions. Begin with `format/spec.rs`, which uses most of the others.
#![forbid(unsafe_code)]

pub mod codec;
pub mod format;
pub mod merge_sort;
pub mod number;
pub mod refused;
pub mod repr;
pub mod suggest;
pub mod unicode;
