//! Tracing: trace functions and tools are told of calls, lines, returns and exceptions (`sys.settrace`, `sys.setprofile`,
//! `sys.monitoring`).
//!
//! Code that is not traced pays nothing. The words of code (`vm/code.rs`) report nothing, and nothing asks whether
//! anybody wants to know. Code that is traced has a *twin*: the same instructions lowered once more, unfused, with a word
//! before each that reports it. A frame runs the words of one or the other:
//!
//! ```text
//! the ordinary words   …  Add  Call  …          what runs, unless something is traced
//!                         │ EnterTraced         instead of some words, as long as something is traced
//!                         ▼
//! the twin's words     …  Trace  Add  Trace  Call  TraceCalled  …
//! ```
//!
//! When the first trace function is set, the world is stopped and the first word of all code becomes `EnterTraced`, and
//! those with which suspended generators go on; of code that frames are running, all words but those at which they
//! stand (`divert.rs`). The handler of `EnterTraced` writes the operands that fusing has left out to their slots and goes
//! on in the twin (`vm/run/ops/trace.rs`). When nothing is traced any more, the next `EnterTraced` of each code makes all
//! its words what they were, and a frame in the twin goes home where its operands are in their slots. A generator is
//! always suspended at an ordinary word.
//!
//! A frame whose variables a program sets through `f_locals` goes the same way for the rest of a statement, because the
//! twin is not fused (`vm/frame/late.rs`).
//!
//! A frame that runs traced words has a frame object. So the fast paths leave its end and its suspension to the general
//! ones.
//!
//! Tools that monitor a program (`sys.monitoring`, `monitor.rs`) hear of it in the same way, and after the trace functions
//! do. A tool may want events of single code only (`vm/monitors.rs`): then no other code is diverted.
//!
//! Lines are reported where CPython reports them (`vm/marks.rs`). `report.rs` calls the trace functions;
//! `vm/types/frame_jump.rs` is the assignment of `f_lineno`.

pub mod divert;
pub mod monitor;
pub mod report;
