//! Iterators that belong to no single type: over sequences, over what has `__getitem__`, and `map`, `zip` and kin.
//!
//! Begin with `sequence_iterators.rs`. Iterators of one type only stand in the folder of that type.

pub mod callable_iterator;
pub mod enumerate;
pub mod map;
pub mod reversed;
pub mod sequence_iterator;
pub mod sequence_iterators;
pub mod zip;
