//! Operations on texts, and on numbers written as texts, that need no objects: they take a `&str`, bytes or a float.
//!
//! `unicode` has the properties of code points, `number` the conversion of integers and floats to digits and back,
//! `format` the mini-languages of formatting, `repr` quotes and escapes, `codec` encodings, `stored` how texts with
//! surrogates are kept as UTF-8, `regex` the engine of `re`; `suggest` finds the name
//! most like another; `merge_sort` sorts numbers that stand for items; `docstrings` has the texts of `__doc__`. A
//! function that can fail returns an error of this floor (`refused.rs`), which `value` turns into an exception. Begin
//! with `format/spec.rs`, which uses most of the others.
#![forbid(unsafe_code)]

pub mod codec;
pub mod docstrings;
pub mod format;
pub mod merge_sort;
pub mod number;
pub mod path;
pub mod refused;
pub mod regex;
pub mod repr;
pub mod stored;
pub mod suggest;
pub mod unicode;
