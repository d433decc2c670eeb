//! Numbers in texts: `digits` reads integers' digits of any script, `float` reads and writes floats,
//! `quotient` divides integers into a float.
//!
//! Begin with `float.rs`.

pub mod digits;
pub mod float;
pub mod quotient;
