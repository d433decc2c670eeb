//! The engine behind `re`: runs patterns that `re._compiler` has turned into lists of numbers (CPython: `sre_lib.h`).
//!
//! ```text
//! numbers ──read──▶ program ──matcher, search──▶ where the groups are
//!          checked           on a subject
//! ```
//!
//! A list of numbers comes from a script, so it may be anything. [`Program::read`] checks it as CPython does and makes
//! steps of it; what is no pattern makes none, so that running steps needs no further checks. A subject is bytes, or a
//! text in its stored form (`subject.rs`); positions in it are offsets of bytes, so every one is reached at once, however
//! long the text.
//!
//! The matcher backtracks: where a pattern may go on in several ways it notes the others on a stack, with what has to be
//! undone before they are tried. It recurs nowhere, asks for memory in a way that can fail, and calls back now and then,
//! because there are patterns that take longer than anybody waits.
//!
//! The crate `rustpython-sre_engine` runs the same lists, but cannot be interrupted, aborts when there is no memory,
//! trusts the numbers, knows digits and letters of ASCII or of Rust's tables only, and copies all groups for each step
//! that it may have to go back to.
//!
//! Begin with `step.rs`, then `matcher.rs`.

mod category;
mod code;
mod first;
mod matcher;
mod read;
mod search;
mod set;
mod step;
mod subject;
#[cfg(test)]
mod tests;

pub use category::{is_cased, lower, lower_ascii};
pub use code::{MAGIC, MAXGROUPS, MAXREPEAT};
pub use matcher::{Matcher, Stopped};
pub use read::Malformed;
pub use search::{How, run};
pub use step::Program;
pub use subject::{Subject, TextSubject};
