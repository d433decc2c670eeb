//! Numbers in texts: `digits` reads integers' digits of any script, `float` reads and writes floats.

pub mod digits;
pub mod float;
