//! The `weakref` module: the types, and functions that list weak references.

use super::{ModuleSpec, define};
use crate::thread::Thread;
use crate::types::weak;
use crate::value::{Args, Dict, Kind, List, NativeMethod, Object, Run, Value};

/// `weakref`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "weakref",
    home: "_weakref",
    doc: "",
    types: &[],
    functions: &[
        NativeMethod::function("getweakrefcount", "object, /", getweakrefcount),
        NativeMethod::function("getweakrefs", "object, /", getweakrefs),
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
    let proxies = [Kind::WeakProxy, Kind::WeakCallableProxy];
    let proxies = proxies.map(|kind| thread.known().class(kind).to_value());
    let proxies = thread.new_tuple(proxies.to_vec());
    define(thread, namespace, "ProxyTypes", proxies);
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
