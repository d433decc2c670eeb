//! The loop: how words run, what each does, and how errors leave frames.
//!
//! `dispatch.rs` is how words follow one another, `table.rs` says which handler runs which word, `ops` are the
//! handlers, `hot.rs` and `step.rs` what they are written with, `unwind.rs` looks for who handles an error, `resume.rs`
//! goes on with generators. The loop and `call` use each other: a call enters a frame, a native call the loop.
//! Begin with `dispatch.rs`.

pub mod dispatch;
pub mod hot;
pub mod ops;
pub mod resume;
pub mod step;
pub mod table;
pub mod unwind;
