//! The type `dict`: its operators.
//!
//! Methods are in `methods.rs`, those for keys that run no script code in `fast_methods.rs`, what `update` takes in
//! `update.rs`, views in `view.rs`, `views.rs` and `view_ops.rs`, iterators in `iterators.rs`. Begin with `methods.rs`; the
//! table itself is a payload of `value`.

pub mod fast_methods;
pub mod iterators;
pub mod methods;
pub mod update;
pub mod view;
pub mod view_ops;
pub mod views;

use crate::memory;
use crate::protocol::{self, dict_contains, dict_delete, dict_get, dict_get_hashed, dict_set};
use crate::protocol::{repr_enter, repr_leave};
use crate::thread::Thread;
use crate::types::dict::update::{update, update_from_arguments};
use crate::types::object::method_arguments::{instantiate, own};
use crate::types::sequence::{push_repr, same_or_equal};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, ClassFlags, Comparison, Dict, Kind, NativeMethod, Object, Raised, Run, Signature, Slots,
    TypeSpec, Value,
};

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Dict,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Dict>,
    slots: Slots {
        repr: Some(repr),
        len: Some(|_, dict| Ok(own::<Dict>(dict).len())),
        compare: Some(compare),
        binary: Slots::operators([(BinaryOp::Or, merge)]),
        in_place: Slots::operators([(BinaryOp::Or, merge_in_place)]),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(|thread, dict, key| dict_contains(thread, own(dict), key)),
        iter: Some(iterators::iter_keys),
        new: Some(|thread, class, _| Ok(instantiate(thread, class, Dict::default()).into_value())),
        init: Some(init),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__contains__", "key, /", |thread, args| {
            let [dict, key] = args.exactly();
            dict_contains(thread, own(dict), key).map(Value::bool)
        }),
        NativeMethod::new("__getitem__", "key, /", |thread, args| {
            let [dict, key] = args.exactly();
            get_item(thread, dict, key)
        }),
        NativeMethod::new("clear", "", methods::clear),
        NativeMethod::new("copy", "", methods::copy),
        NativeMethod::class("fromkeys", "iterable, value=None, /", methods::from_keys),
        NativeMethod::new("get", "key, default=None, /", methods::get).with_fast_path(fast_methods::dict_get),
        NativeMethod::new("items", "", views::items),
        NativeMethod::new("keys", "", views::keys),
        NativeMethod::new("pop", "key, default=<unrepresentable>, /", methods::pop)
            .with_fast_path(fast_methods::dict_pop),
        NativeMethod::new("popitem", "", methods::pop_item),
        NativeMethod::new("setdefault", "key, default=None, /", methods::set_default)
            .with_fast_path(fast_methods::dict_set_default),
        NativeMethod::new("update", "other=None, /, **kwargs", methods::update_method),
        NativeMethod::new("values", "", views::values),
        NativeMethod::new("__reversed__", "", iterators::reversed_keys),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[],
    doc: "",
};

/// The parameters of `dict(…)`.
const SIGNATURE: Signature = Signature::new("mapping_or_iterable=(), /, **kwargs");

fn init(thread: &mut Thread, dict: &Value, args: Args<'_>) -> Run<()> {
    SIGNATURE.check("dict", args)?;
    update_from_arguments(thread, own(dict), args)
}

fn repr(thread: &mut Thread, dict: &Value) -> Run<Value> {
    if own::<Dict>(dict).is_empty() {
        return Ok(thread.new_str("{}"));
    }
    if !repr_enter(thread, dict) {
        return Ok(thread.new_str("{...}"));
    }
    let text = repr_entries(thread, own(dict));
    repr_leave(thread, dict);
    let text = text?;
    Ok(thread.new_string(text))
}

fn repr_entries(thread: &mut Thread, dict: &Object<Dict>) -> Run<String> {
    let mut text = String::from("{");
    let mut position = 0;
    // Entry by entry, for an element's `__repr__` may change the dict.
    while let Some((at, key, value)) = dict.with_table(|table| {
        let at = table.next_position(position)?;
        table.entry_at(at).map(|(key, value)| (at, key.clone(), value.clone()))
    }) {
        position = at + 1;
        if text.len() > 1 {
            memory::push_str(&mut text, ", ")?;
        }
        push_repr(thread, &mut text, &key)?;
        memory::push_str(&mut text, ": ")?;
        push_repr(thread, &mut text, &value)?;
    }
    memory::push_str(&mut text, "}")?;
    Ok(text)
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let wanted = match comparison {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (Some(left), Some(right)) = (left.downcast_ref::<Dict>(), right.downcast_ref::<Dict>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(are_equal(thread, left, right)? == wanted))
}

fn are_equal(thread: &mut Thread, left: &Object<Dict>, right: &Object<Dict>) -> Run<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut position = 0;
    // Entry by entry, for a comparison may change the dict.
    while let Some((at, hash, key, value)) = left.with_table(|table| {
        let at = table.next_position(position)?;
        table.entry_at(at).map(|(key, value)| (at, table.hash_at(at), key.clone(), value.clone()))
    }) {
        position = at + 1;
        match dict_get_hashed(thread, right, &key, hash)? {
            Some(other) if same_or_equal(thread, &value, &other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn merge(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (Some(left), Some(_)) = (left.downcast_ref::<Dict>(), right.downcast_ref::<Dict>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let merged = thread.alloc(Dict::new(left.with_table(|table| table.copy())?));
    update(thread, &merged, right)?;
    Ok(merged.into_value())
}

fn merge_in_place(thread: &mut Thread, dict: &Value, other: &Value) -> Run<Value> {
    update(thread, own(dict), other)?;
    Ok(dict.clone())
}

fn get_item(thread: &mut Thread, dict: &Value, key: &Value) -> Run<Value> {
    if let Some(value) = dict_get(thread, own(dict), key)? {
        return Ok(value);
    }
    if dict.downcast_exact::<Dict>().is_none() {
        let name = &thread.known().names().missing;
        if let Some(missing) = protocol::lookup_special_method(thread, dict, name)? {
            return protocol::call(thread, &missing, Args::positional(std::slice::from_ref(key)));
        }
    }
    Err(Raised::key_error(key.clone()))
}

fn set_item(thread: &mut Thread, dict: &Value, key: &Value, value: Option<&Value>) -> Run<()> {
    match value {
        Some(value) => dict_set(thread, own(dict), key, value.clone()),
        None => dict_delete(thread, own(dict), key),
    }
}
