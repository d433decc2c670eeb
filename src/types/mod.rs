//! The built-in types: a folder or a file each.
//!
//! Each type is described by a `TypeSpec`; `install.rs` makes classes of the list below. A folder's `mod.rs` has the
//! type itself with its table, the files beside it have its methods, arithmetic, iterators and texts. All types use
//! `object` (attributes, instances, arguments of native methods). `table` has the objects that `install.rs` makes of the
//! entries of a `TypeSpec`, such as method descriptors; `class` makes the classes of the script (`class/make.rs`) and
//! calls their special methods (`class/slots.rs`). Which folder may use which is in `tests/floors.rs`. Begin with a
//! small type, such as `slice.rs`, then `object/mod.rs`.
//!
//! # What these functions raise
//!
//! The comment of each function names it. A function that implements a method is called after its arguments were
//! checked (`table/invoke.rs`), so it does not raise for a wrong number of them. If it calls functions of `protocol`,
//! it may also raise what `protocol/mod.rs` names for all of those, such as `RecursionError`, or `KeyboardInterrupt`
//! in a long loop.
#![deny(unsafe_code)]

pub mod ast;
pub mod bool;
pub mod bytearray;
pub mod bytes;
pub mod class;
pub mod complex;
pub mod context;
pub mod dict;
pub mod exception;
pub mod file;
pub mod float;
pub mod format_value;
pub mod function;
pub mod install;
pub mod int;
pub mod iterator;
pub mod list;
pub mod memoryview;
pub mod module;
pub mod object;
pub mod quitter;
pub mod range;
pub mod reduce;
pub mod sequence;
pub mod set;
pub mod singletons;
pub mod site_objects;
pub mod slice;
#[expect(unsafe_code, reason = "the end of a runtime frees its heap")]
pub mod start;
pub mod str;
pub mod table;
pub mod template;
#[cfg(test)]
mod tests;
pub mod traceback;
pub mod tuple;
pub mod typing;
pub mod weak;

use crate::value::TypeSpec;

/// Every built-in type of this floor, each after its base.
pub static SPECS: &[TypeSpec] = &[
    object::SPEC,
    class::SPEC,
    ast::SPEC,
    int::SPEC,
    bool::SPEC,
    function::bound_method::SPEC,
    bytearray::SPEC,
    bytearray::iterator::SPEC,
    bytes::SPEC,
    bytes::iterator::SPEC,
    iterator::callable_iterator::SPEC,
    function::cell::SPEC,
    complex::SPEC,
    context::SPEC,
    context::TOKEN_SPEC,
    dict::SPEC,
    dict::iterators::ITEMS_SPEC,
    dict::iterators::KEYS_SPEC,
    dict::iterators::REVERSE_SPEC,
    dict::iterators::VALUES_SPEC,
    dict::views::ITEMS_SPEC,
    dict::views::KEYS_SPEC,
    dict::views::VALUES_SPEC,
    iterator::enumerate::SPEC,
    exception::SPEC,
    file::RANDOM_SPEC,
    file::READER_SPEC,
    file::SPEC,
    file::WRITER_SPEC,
    float::SPEC,
    set::frozenset::SPEC,
    typing::generic_alias::SPEC,
    typing::generic_alias::ITERATOR_SPEC,
    table::get_set::GET_SET_SPEC,
    table::get_set::MEMBER_SPEC,
    list::SPEC,
    memoryview::BUFFER_SPEC,
    memoryview::SPEC,
    memoryview::WRAPPER_SPEC,
    memoryview::iterator::SPEC,
    iterator::map::FILTER_SPEC,
    iterator::map::MAP_SPEC,
    class::mapping_proxy::SPEC,
    module::SPEC,
    object::namespace::SPEC,
    table::native_function::CLASS_METHOD_SPEC,
    table::native_function::FUNCTION_SPEC,
    table::native_function::METHOD_SPEC,
    function::property::SPEC,
    quitter::SPEC,
    range::SPEC,
    range::iterator::SPEC,
    iterator::reversed::SPEC,
    iterator::sequence_iterator::SPEC,
    iterator::sequence_iterators::LIST_REVERSE_SPEC,
    iterator::sequence_iterators::LIST_SPEC,
    iterator::sequence_iterators::TUPLE_SPEC,
    set::SPEC,
    set::iterator::SPEC,
    singletons::ELLIPSIS_SPEC,
    singletons::NONE_SPEC,
    singletons::NOT_IMPLEMENTED_SPEC,
    site_objects::HELPER_SPEC,
    site_objects::PRINTER_SPEC,
    slice::SPEC,
    table::slot_wrapper::BOUND_SPEC,
    table::slot_wrapper::SPEC,
    function::static_method::CLASS_SPEC,
    function::static_method::STATIC_SPEC,
    str::SPEC,
    str::iterator::SPEC,
    file::stream::SPEC,
    class::super_::SPEC,
    tuple::SPEC,
    template::SPEC,
    template::interpolation::SPEC,
    template::iterator::SPEC,
    typing::evaluated::SPEC,
    typing::no_default::SPEC,
    typing::param_spec::ARGS_SPEC,
    typing::param_spec::KWARGS_SPEC,
    typing::param_spec::SPEC,
    typing::type_alias::SPEC,
    typing::type_var::SPEC,
    typing::type_var_tuple::SPEC,
    typing::union_type::SPEC,
    weak::proxy::CALLABLE_SPEC,
    weak::proxy::SPEC,
    weak::reference::SPEC,
    iterator::zip::SPEC,
];
