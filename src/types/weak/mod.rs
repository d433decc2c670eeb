//! Weak references (`reference.rs`) and weak proxies (`proxy.rs`) as scripts see them.
//!
//! How they die is in `value` and `gc`: begin with `value/payload/weak_ref.rs`.

pub mod proxy;
pub mod reference;
