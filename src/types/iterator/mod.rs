//! Iterators that belong to no single type: over sequences, over objects with `__getitem__`, and `map`, `zip`
//! and the like.
//!
//! Begin with `sequence_iterators.rs`. Iterators of a single type are in the folder of that type.

pub mod callable_iterator;
pub mod enumerate;
pub mod map;
pub mod reversed;
pub mod sequence_iterator;
pub mod sequence_iterators;
pub mod zip;
