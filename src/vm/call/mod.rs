//! Calls of functions that scripts define: arguments are bound to parameters, a frame is entered and left.
//!
//! Begin with `enter.rs`; `bind_in_place.rs` binds arguments where they lie, `bind.rs` all others.

pub(super) mod bind;
pub(super) mod bind_in_place;
pub mod enter;
