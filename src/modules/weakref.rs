//! The `_weakref` module: what `weakref` is made of.

use super::{ModuleSpec, define};
use crate::protocol;
use crate::thread::Thread;
use crate::types::weak;
use crate::value::{Args, Dict, Kind, List, NativeMethod, Object, Raised, Run, Value, WeakRef};

/// `_weakref`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_weakref",
    home: "_weakref",
    doc: "",
    types: &[],
    functions: &[
        NativeMethod::function("getweakrefcount", "object, /", getweakrefcount),
        NativeMethod::function("getweakrefs", "object, /", getweakrefs),
        NativeMethod::function("_remove_dead_weakref", "dct, key, /", remove_dead_weakref),
        NativeMethod::function("proxy", "object, callback=None, /", weak::proxy::proxy),
    ],
    fill,
};

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    let names = [
        ("ref", Kind::WeakRef),
        ("ReferenceType", Kind::WeakRef),
        ("ProxyType", Kind::WeakProxy),
        ("CallableProxyType", Kind::WeakCallableProxy),
    ];
    for (name, kind) in names {
        let class = thread.known().class(kind).to_value();
        define(thread, namespace, name, class);
    }
    Ok(())
}

fn getweakrefcount(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    let count = weak::reference::list(thread, object)?.len();
    Ok(thread.new_int(count as i64))
}

fn getweakrefs(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    let references = weak::reference::list(thread, object)?;
    Ok(thread.alloc(List::new(references)).into_value())
}

/// Removes a key from a dict if its value is a dead weak reference. It may be gone already, as the reference died.
fn remove_dead_weakref(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [dict, key] = args.exactly();
    let Some(dict) = dict.downcast_ref::<Dict>() else {
        let given = protocol::argument_kind(thread, dict);
        let complaint = format_args!("_remove_dead_weakref() argument 1 must be dict, not {given}");
        return Err(Raised::type_error(complaint));
    };
    let Some(reference) = protocol::dict_get(thread, dict, key)? else { return Ok(Value::NONE) };
    let Some(reference) = WeakRef::behind(&reference) else {
        return Err(Raised::type_error("not a weakref"));
    };
    if reference.is_dead() {
        drop(protocol::dict_remove(thread, dict, key)?);
    }
    Ok(Value::NONE)
}
