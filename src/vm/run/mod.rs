//! The loop: how words run, what each does, and how errors leave frames.
//!
//! `dispatch.rs` continues from one word to the next, `table.rs` says which handler runs which word, `ops` has the
//! handlers, `flow.rs` the type of a handler and the ways in which one ends, `hot.rs` and `step.rs` the functions that
//! handlers are written with. `unwind.rs` searches for the handler of an error, `resume.rs` resumes generators,
//! `async_send.rs` asynchronous ones; `awaitable.rs` says what `await` resumes, `missing.rs` what a module does not have. The loop
//! and `call` use each other: a call in a script enters a frame, and a call by native code enters the loop. Begin with
//! `dispatch.rs`.

pub(super) mod async_send;
pub(super) mod awaitable;
pub(super) mod dispatch;
pub(super) mod flow;
pub(super) mod hot;
pub mod missing;
pub(super) mod ops;
pub(super) mod resume;
pub(super) mod step;
pub(super) mod table;
pub mod unwind;
