//! The operations on objects of any type: calls, attributes, arithmetic, comparison, iteration and the like (CPython:
//! the functions `PyObject_…` and `PyNumber_…`).
//!
//! Every function looks up one entry of the operand's slot table (`value/class/slots.rs`) and calls it. It adds what is
//! the same for all types: the order in which the entries of two operands are called, the fallbacks, and CPython's
//! error message if no entry supports the operation. The functions in the entries are in `types/`; those of classes
//! of the script are in `types/class/slots.rs`.
//!
//! # What these functions raise
//!
//! The comment of each function names it. Besides, all pass on what the methods of the operands raise; those that may
//! recurse raise `RecursionError`; those that may run long raise `KeyboardInterrupt` after Ctrl-C; and anything that
//! needs memory raises `MemoryError` when there is none.
//!
//! Begin with `call.rs`.
#![forbid(unsafe_code)]

mod arithmetic;
mod attribute;
mod call;
mod class;
mod class_check;
mod compare;
mod converted;
mod dict;
mod index;
mod interrupt;
mod iterate;
mod number;
mod recursion;
mod subscript;
mod text;
mod truth_len_hash;

pub use arithmetic::{absolute, binary_op, divmod, in_place_op, invert, negative, positive, unsupported};
pub use attribute::{del_attr, find_attr, get_attr, set_attr};
pub use call::{
    bind, call, call_method, call_required_method, call_special_method, call_with_self, lend,
    lookup_special_method, with_first,
};
pub use class::{
    argument_kind, class_lookup, class_of, full_class_name, fully_qualified_name, is_instance_of, shape_of,
    slots_of, type_name,
};
pub use class_check::{
    claimed_class, instance_check, is_instance_by_class_alone, real_instance_check, real_subclass_check,
    subclass_check,
};
pub use compare::{compare, equal, less_than};
pub use converted::check_converted;
pub use dict::{
    dict_contains, dict_delete, dict_get, dict_get_hashed, dict_remove, dict_set, dict_set_default,
    dict_set_hashed, with_entry,
};
pub use index::{cut_slice, index, index_isize, slice_bounds, slice_parts, slice_parts_fast};
pub use interrupt::check_interrupt;
pub use iterate::{
    collect, collect_list, collect_sequence, for_each, iter, length_hint, next, next_of_arguments,
    reserve_hinted,
};
pub use number::{asked_for_float, float_to_int, to_float};
pub use recursion::{check_compiling, check_recursion, nest_repr, repr_enter, repr_leave};
pub use subscript::{contains, del_item, get_item, set_item};
pub use text::{ascii, format, repr, str};
pub use truth_len_hash::{hash, hash_element, hash_key, is_true, len};
