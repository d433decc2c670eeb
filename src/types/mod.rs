//! One file a built-in type.
//!
//! Each describes itself by a `TypeSpec`; `install` turns the list below into classes. How classes of
//! the script come about is in `class_make`, how they answer operations in `class_slots`, where any
//! object keeps its attributes in `instance`.
#![deny(unsafe_code)]

pub mod bool;
pub mod bound_method;
pub mod build_class;
pub mod bytes;
pub mod bytes_iterator;
pub mod bytes_methods;
pub mod bytes_parts;
pub mod bytes_percent;
pub mod bytes_table;
pub mod callable_iterator;
pub mod cell;
pub mod class;
pub mod class_attributes;
pub mod class_bases;
pub mod class_change;
pub mod class_layout;
pub mod class_make;
pub mod class_members;
pub mod class_operators;
pub mod class_order;
pub mod class_slots;
pub mod complex;
pub mod complex_arithmetic;
pub mod complex_text;
#[cfg(test)]
mod container_tests;
pub mod descriptor;
pub mod dict;
pub mod dict_iterators;
pub mod dict_methods;
pub mod dict_update;
pub mod dict_view_ops;
pub mod dict_views;
pub mod enumerate;
pub mod exception;
pub mod exception_errno;
pub mod exception_fields;
pub mod exception_group;
pub mod exception_io;
pub mod exception_suggest;
pub mod exception_unicode;
pub mod file;
pub mod file_bytes;
pub mod file_methods;
pub mod file_open;
pub mod file_text;
pub mod float;
pub mod float_arithmetic;
pub mod float_round;
pub mod format_int;
pub mod format_value;
pub mod frozenset;
pub mod generic_alias;
pub mod get_set;
pub mod install;
#[expect(unsafe_code, reason = "attribute words lie behind the payload, and finalizers get a bare object")]
pub mod instance;
pub mod int;
pub mod int_arithmetic;
pub mod int_divide;
pub mod int_long;
pub mod int_methods;
pub mod int_power;
pub mod int_text;
pub mod invoke;
pub mod list;
pub mod list_methods;
pub mod list_slice;
pub mod list_sort;
pub mod map;
pub mod mapping_proxy;
pub mod module;
pub mod namespace;
pub mod native_function;
pub mod new_method;
pub mod object;
#[cfg(test)]
mod oracle;
pub mod plain_order;
pub mod property;
pub mod quick_methods;
pub mod quick_new;
pub mod quitter;
pub mod range;
pub mod range_big;
pub mod range_iterator;
pub mod receiver;
pub mod reversed;
pub mod sequence;
pub mod sequence_iterator;
pub mod sequence_iterators;
pub mod set;
pub mod set_iterator;
pub mod set_methods;
pub mod set_ops;
pub mod singletons;
pub mod slice;
pub mod slot_wrapper;
pub mod special;
pub mod static_method;
pub mod str;
pub mod str_case;
pub mod str_classify;
pub mod str_codec;
pub mod str_concat;
pub mod str_format;
pub mod str_iterator;
pub mod str_percent;
pub mod str_replace;
pub mod str_search;
pub mod str_split;
pub mod str_trim;
pub mod stream;
pub mod super_;
pub mod syntax_error;
pub mod text_args;
pub mod traceback;
pub mod tuple;
pub mod union_type;
pub mod unraisable_facts;
pub mod weak_proxy;
pub mod weak_ref;
pub mod zip;

use crate::value::TypeSpec;

/// Every built-in type of this floor, each after its base.
pub static SPECS: &[TypeSpec] = &[
    object::SPEC,
    class::SPEC,
    int::SPEC,
    bool::SPEC,
    bound_method::SPEC,
    bytes::SPEC,
    bytes_iterator::SPEC,
    callable_iterator::SPEC,
    cell::SPEC,
    complex::SPEC,
    dict::SPEC,
    dict_iterators::ITEMS_SPEC,
    dict_iterators::KEYS_SPEC,
    dict_iterators::REVERSE_SPEC,
    dict_iterators::VALUES_SPEC,
    dict_views::ITEMS_SPEC,
    dict_views::KEYS_SPEC,
    dict_views::VALUES_SPEC,
    enumerate::SPEC,
    exception::SPEC,
    file::RANDOM_SPEC,
    file::READER_SPEC,
    file::SPEC,
    file::WRITER_SPEC,
    float::SPEC,
    frozenset::SPEC,
    generic_alias::SPEC,
    get_set::GET_SET_SPEC,
    get_set::MEMBER_SPEC,
    list::SPEC,
    map::FILTER_SPEC,
    map::MAP_SPEC,
    mapping_proxy::SPEC,
    module::SPEC,
    namespace::SPEC,
    native_function::CLASS_METHOD_SPEC,
    native_function::FUNCTION_SPEC,
    native_function::METHOD_SPEC,
    property::SPEC,
    quitter::SPEC,
    range::SPEC,
    range_iterator::SPEC,
    reversed::SPEC,
    sequence_iterator::SPEC,
    sequence_iterators::LIST_REVERSE_SPEC,
    sequence_iterators::LIST_SPEC,
    sequence_iterators::TUPLE_SPEC,
    set::SPEC,
    set_iterator::SPEC,
    singletons::ELLIPSIS_SPEC,
    singletons::NONE_SPEC,
    singletons::NOT_IMPLEMENTED_SPEC,
    slice::SPEC,
    slot_wrapper::BOUND_SPEC,
    slot_wrapper::SPEC,
    static_method::CLASS_SPEC,
    static_method::STATIC_SPEC,
    str::SPEC,
    str_iterator::SPEC,
    stream::SPEC,
    super_::SPEC,
    tuple::SPEC,
    union_type::SPEC,
    weak_proxy::CALLABLE_SPEC,
    weak_proxy::SPEC,
    weak_ref::SPEC,
    zip::SPEC,
];
