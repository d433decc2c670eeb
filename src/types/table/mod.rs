//! What the tables of built-in types become: special methods, attributes and functions as objects.
//!
//! `special_method.rs` lists the special methods and the entry of the slot table behind each; `slot_wrapper.rs` is
//! such an entry as an object (`list.__len__`), `native_function.rs` a function of a table, `get_set.rs` an attribute
//! of one, `new_method.rs` is `__new__`; `documentation.rs` says what is known of them. Begin with
//! `special_method.rs`; `types/install.rs` makes classes of all this.

pub mod documentation;
pub mod get_set;
pub mod invoke;
pub mod native_function;
pub mod new_method;
pub mod receiver;
pub mod slot_wrapper;
pub mod special_method;
