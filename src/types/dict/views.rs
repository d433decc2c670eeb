//! Live views of a dict: `keys()`, `values()`, `items()`.
//!
//! Views of keys and of items are sets as far as comparison and algebra go (`view_ops.rs`).

use crate::protocol::{self, dict_contains, dict_get, repr_enter, repr_leave};
use crate::thread::Thread;
use crate::types::class::mapping_proxy;
use crate::types::dict::iterators::{Part, iter_part, reversed_part};
use crate::types::dict::view::{DictItems, DictKeys, DictValues};
use crate::types::dict::view_ops as ops;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::sequence::{push_repr, same_or_equal};
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, ClassFlags, Dict, Kind, NativeAttribute, NativeMethod, Run, Slots, Tuple, TypeSpec, Value,
};

macro_rules! dict_view {
    ($(#[$doc:meta])* $name:ident, $part:ident, $spec:ident, { $($slots:tt)* }, [ $($method:expr),* ]) => {
        $(#[$doc])*
        pub const $spec: TypeSpec = TypeSpec {
            kind: Kind::$name,
            base: Kind::Object,
            flags: ClassFlags::empty(),
            info: type_info::<$name>,
            slots: Slots {
                repr: Some(repr),
                len: Some(|_, view| Ok(own::<$name>(view).dict.len())),
                iter: Some(|thread, view| Ok(iter_part(thread, &own::<$name>(view).dict, Part::$part))),
                $($slots)*
                ..Slots::EMPTY
            },
            methods: &[
                NativeMethod::new("__reversed__", "", |thread, args| {
                    let (view, _) = split_self::<$name>(args);
                    Ok(reversed_part(thread, &view.dict, Part::$part))
                }),
                $($method),*
            ],
            attributes: &[NativeAttribute::read_only("mapping", |thread, view| {
                Ok(mapping_proxy::new(thread, own::<$name>(view).dict.to_value()))
            })],
            doc: "",
        };
    };
}

/// The set operators of key and item views.
const OPERATORS: [Option<crate::value::BinaryFn>; BinaryOp::COUNT] = Slots::operators([
    (BinaryOp::Or, ops::or),
    (BinaryOp::And, ops::and),
    (BinaryOp::Subtract, ops::subtract),
    (BinaryOp::Xor, ops::xor),
]);

dict_view!(
    /// The type of views of keys.
    DictKeys, Keys, KEYS_SPEC,
    {
        compare: Some(ops::compare),
        binary: OPERATORS,
        contains: Some(|thread, view, key| dict_contains(thread, &own::<DictKeys>(view).dict, key)),
    },
    [NativeMethod::new("isdisjoint", "object, /", ops::is_disjoint)]
);
dict_view!(
    /// The type of views of values.
    DictValues, Values, VALUES_SPEC, {}, []
);
dict_view!(
    /// The type of views of items.
    DictItems, Items, ITEMS_SPEC,
    {
        compare: Some(ops::compare),
        binary: OPERATORS,
        contains: Some(contains_item),
    },
    [NativeMethod::new("isdisjoint", "object, /", ops::is_disjoint)]
);

/// `keys()`. Raises nothing.
pub fn keys(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, _) = split_self::<Dict>(args);
    Ok(thread.alloc(DictKeys { dict: dict.to_ref() }).into_value())
}

/// `values()`. Raises nothing.
pub fn values(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, _) = split_self::<Dict>(args);
    Ok(thread.alloc(DictValues { dict: dict.to_ref() }).into_value())
}

/// `items()`. Raises nothing.
pub fn items(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, _) = split_self::<Dict>(args);
    Ok(thread.alloc(DictItems { dict: dict.to_ref() }).into_value())
}

fn contains_item(thread: &mut Thread, view: &Value, item: &Value) -> Run<bool> {
    let Some([key, value]) = item.downcast_ref::<Tuple>().map(|pair| pair.items()) else { return Ok(false) };
    match dict_get(thread, &own::<DictItems>(view).dict, key)? {
        Some(found) => same_or_equal(thread, &found, value),
        None => Ok(false),
    }
}

fn repr(thread: &mut Thread, view: &Value) -> Run<Value> {
    if !repr_enter(thread, view) {
        return Ok(thread.new_str("..."));
    }
    let text = repr_parts(thread, view);
    repr_leave(thread, view);
    let text = text?;
    Ok(thread.new_string(text))
}

fn repr_parts(thread: &mut Thread, view: &Value) -> Run<String> {
    let mut text = format!("{}([", view.kind().name());
    for (nth, part) in protocol::collect(thread, view)?.into_iter().enumerate() {
        if nth > 0 {
            text.push_str(", ");
        }
        push_repr(thread, &mut text, &part)?;
    }
    text.push_str("])");
    Ok(text)
}
