//! The two mini-languages of formatting, for texts and floats.
//!
//! Begin with `spec.rs`, the language of `format` and f-strings; `percent.rs` is that of `text % values`. What
//! integers and complex numbers make of them stands with their types.

pub mod float;
pub mod percent;
pub mod spec;
pub mod text;
