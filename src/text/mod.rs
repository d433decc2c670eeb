//! Texts and numbers as texts, without objects: whatever can be asked of a `&str`, a byte or a float by itself.
#![forbid(unsafe_code)]

pub mod codec;
pub mod digits;
pub mod percent;
pub mod refused;
pub mod suggest;
