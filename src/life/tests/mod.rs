//! Tests of birth and death over a heap of their own: objects here are `Node`s, rows of words.
//!
//! Each test names the rules of `gc/RULES.md` it pins down.

mod accounting;
mod counting;
mod delaying;
mod destroying;
mod kit;
mod merging;
mod nesting;
mod pausing;
mod racing;
mod weak_references;
