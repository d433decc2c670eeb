//! The loop: how words run, what each does, and how errors leave frames.
//!
//! `dispatch.rs` is how words follow one another, `table.rs` says which handler runs which word, `ops` are the
//! handlers, `flow.rs` what one is and how it ends, `hot.rs` and `step.rs` what they are written with, `unwind.rs` looks
//! for the handler of an error, `resume.rs` resumes generators. The loop and `call` use each other: a call enters a
//! frame, a native call the loop. Begin with `dispatch.rs`.

pub(super) mod dispatch;
pub(super) mod flow;
pub(super) mod hot;
pub(super) mod ops;
pub(super) mod resume;
pub(super) mod step;
pub(super) mod table;
pub mod unwind;
