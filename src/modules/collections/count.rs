//! `_count_elements`: counts the items of an iterable in a mapping.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, BinaryOp, Dict, Kind, NativeMethod, Object, Run, Value};

/// `_count_elements(mapping, iterable)`.
pub const COUNT_ELEMENTS: NativeMethod =
    NativeMethod::function("_count_elements", "mapping, iterable, /", count_elements);

fn count_elements(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [mapping, iterable] = args.exactly();
    let one = thread.new_int(1);
    match plain_dict(thread, mapping) {
        Some(dict) => {
            let dict = dict.to_ref();
            protocol::for_each(thread, iterable, |thread, item| {
                let hash = protocol::hash(thread, &item)?;
                let old = protocol::dict_get_hashed(thread, &dict, &item, hash)?;
                let new = match old.as_ref().map(|old| (old, old.as_small_int())) {
                    None => one.clone(),
                    Some((_, Some(old))) => thread.new_int(old + 1),
                    Some((old, None)) => protocol::binary_op(thread, BinaryOp::Add, old, &one)?,
                };
                protocol::dict_set_hashed(thread, &dict, &item, hash, new)
            })?;
        }
        None => {
            let name = thread.known().intern(thread, "get");
            let get = protocol::get_attr(thread, mapping, &name)?;
            let zero = thread.new_int(0);
            protocol::for_each(thread, iterable, |thread, item| {
                let old = protocol::call(thread, &get, Args::positional(&[item.clone(), zero.clone()]))?;
                let new = protocol::binary_op(thread, BinaryOp::Add, &old, &one)?;
                protocol::set_item(thread, mapping, &item, &new)
            })?;
        }
    }
    Ok(Value::NONE)
}

/// Returns a dict whose class reads and stores items as `dict` does.
fn plain_dict<'a>(thread: &Thread, mapping: &'a Value) -> Option<&'a Object<Dict>> {
    let dict = mapping.downcast_ref::<Dict>()?;
    let plain = thread.known().class(Kind::Dict);
    let class = protocol::shape_of(thread, mapping).class();
    let own = ["get", "__setitem__"].into_iter().all(|name| {
        let name = thread.known().intern(thread, name);
        match (protocol::class_lookup(class, &name), protocol::class_lookup(plain, &name)) {
            (Some(found), Some(usual)) => found.is(&usual),
            _ => false,
        }
    });
    own.then_some(dict)
}
