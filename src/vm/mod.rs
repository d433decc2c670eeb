//! Runtime, frames, the loop, caches, unwinding, functions, generators.
