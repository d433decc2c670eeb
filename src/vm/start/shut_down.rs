//! The end of a program: its modules go, and with them what they kept alive (CPython: `finalize_modules`).
//!
//! The order is CPython's, because destructors see it. Modules leave `sys.modules` while everything still
//! works; what a built-in name or the streams held goes with them; then one collection takes the namespaces
//! that functions and classes keep in cycles. Only a module that outlives that has its names emptied, and the
//! namespaces of `sys` and `builtins` last of all: a hook may hold what still prints.

use crate::gc;
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::types::function::bound_method::BoundMethod;
use crate::types::module::Module;
use crate::value::{Dict, Kind, Object, Ref, Run, Str, Value, WeakRef};
use crate::vm::function::Function;
use crate::vm::machine::Machine;
use crate::vm::report;

/// Names of `sys` under which programs leave objects.
const SYS_NAMES: &[&str] = &[
    "path",
    "argv",
    "ps1",
    "ps2",
    "last_exc",
    "last_type",
    "last_value",
    "last_traceback",
    "path_hooks",
    "path_importer_cache",
    "meta_path",
    "__interactivehook__",
];

/// The streams of `sys` and the names under which the first ones are kept.
const STREAMS: &[(&str, &str)] =
    &[("stdin", "__stdin__"), ("stdout", "__stdout__"), ("stderr", "__stderr__")];

/// Ends the program (B-143); `builtins` is what the module of that name held before it began. Returns whether
/// all output was written.
pub fn run(thread: &mut Thread, builtins: Vec<(Value, Value)>) -> bool {
    if thread.runtime().gc.enabled.load(Relaxed) {
        gc::collect(thread, 2, gc::Reason::Manual);
    }
    release_special_names(thread);
    let removed = remove_modules(thread);
    restore_builtins(thread, builtins);
    gc::shutdown(thread);
    report::garbage(thread);
    clear_what_is_left(thread, removed);
    gc::shutdown(thread);
    report::write_out_streams(thread)
}

/// Drops the objects that programs leave under certain names, whose destructors need everything else.
fn release_special_names(thread: &mut Thread) {
    let builtins = Machine::of(thread).builtins.clone();
    set(thread, &builtins, "_", Value::NONE);
    let sys = thread.known().sys_namespace().clone();
    for name in SYS_NAMES {
        set(thread, &sys, name, Value::NONE);
    }
    let hooks = Machine::of(thread).audit_hooks.with_items(std::mem::take);
    drop(hooks);
    for (name, first) in STREAMS {
        let first = thread.known().intern(thread, first);
        let stream = sys.get_str(&first).unwrap_or(Value::NONE);
        set(thread, &sys, name, stream);
    }
}

fn set(thread: &Thread, namespace: &Object<Dict>, name: &str, value: Value) {
    let name = thread.known().intern(thread, name);
    drop(namespace.set_str(thread, &name, value));
}

/// Removes the modules from `sys.modules` in the order in which they came, and returns weak references to them.
fn remove_modules(thread: &mut Thread) -> Vec<Value> {
    let modules = Machine::of(thread).modules.clone();
    let mut removed = Vec::new();
    // Without memory for the list of names they go with the dictionary, here and below.
    for name in modules.keys().unwrap_or_default() {
        let Some(name) = name.downcast_ref::<Str>() else { continue };
        let Some(module) = modules.get_str(name).filter(is_module) else { continue };
        removed.extend(weak_reference(thread, &module));
        drop(module);
        drop(modules.set_str(thread, name, Value::NONE));
    }
    modules.clear();
    removed
}

fn is_module(value: &Value) -> bool {
    value.downcast_ref::<Module>().is_some()
}

fn weak_reference(thread: &Thread, module: &Value) -> Run<Value> {
    let shape = thread.known().shape(Kind::WeakRef);
    let object = module.as_raw().expect("a module is an object");
    WeakRef::make(thread, shape, object, None, 0)
}

/// Restores the first values of the built-in names, so that what the program stored there is dropped.
fn restore_builtins(thread: &mut Thread, first: Vec<(Value, Value)>) {
    let builtins = Machine::of(thread).builtins.clone();
    // Held until the names work again: destructors look them up.
    let held = builtins.snapshot().unwrap_or_default();
    builtins.clear();
    for (name, value) in first {
        if let Some(name) = name.downcast_ref::<Str>() {
            drop(builtins.set_str(thread, name, value));
        }
    }
    drop(held);
}

/// Empties the namespaces of modules that are still referenced, newest first.
/// Then those of `sys` and `builtins`.
fn clear_what_is_left(thread: &mut Thread, removed: Vec<Value>) {
    let machine = Machine::of(thread);
    let held = machine.async_hooks.iter().chain(&machine.importer);
    held.for_each(|slot| drop(slot.set(Value::UNBOUND)));
    drop(machine.monitors.clear());
    let (modules, builtins) = (machine.modules.clone(), machine.builtins.clone());
    let sys = thread.known().sys_namespace().clone();
    for module in removed.iter().rev() {
        let module = WeakRef::behind(module).and_then(|module| module.upgrade(thread));
        let Some(module) = module.as_ref().and_then(Value::downcast_ref::<Module>) else { continue };
        let namespace = module.namespace().clone();
        if !namespace.as_value().is(sys.as_value()) && !namespace.as_value().is(builtins.as_value()) {
            clear_names(thread, &namespace);
        }
    }
    let callbacks = thread.known().gc_callbacks().with_items(std::mem::take);
    let held = [sys.snapshot(), builtins.snapshot()].into_iter().flatten().flatten().map(|(_, value)| value);
    let namespaces: Vec<Ref<Dict>> =
        held.chain(callbacks.iter().cloned()).filter_map(|value| namespace_behind(&value)).collect();
    clear_names(thread, &sys);
    clear_names(thread, &builtins);
    // The collector holds its own lists, and with callbacks the namespaces of their functions.
    drop(callbacks);
    drop(thread.known().gc_garbage().with_items(std::mem::take));
    // One by one as those of modules: a collection would take a file before the destructor that writes to it.
    for namespace in namespaces {
        if !namespace.as_value().is(sys.as_value()) && !namespace.as_value().is(builtins.as_value()) {
            clear_names(thread, &namespace);
        }
    }
    // Only what a destructor has imported meanwhile.
    modules.clear();
}

/// Returns the global names of the function that a hook is, or whose method it is.
fn namespace_behind(hook: &Value) -> Option<Ref<Dict>> {
    match hook.downcast_ref::<BoundMethod>() {
        Some(method) => namespace_behind(&method.function),
        None => hook.downcast_ref::<Function>().map(|function| function.globals.clone()),
    }
}

/// Sets the names of a module to `None`: those with one underscore first, then the others.
///
/// This is done one by one, so that a destructor finds the rest in place (CPython: `_PyModule_ClearDict`).
fn clear_names(thread: &mut Thread, namespace: &Object<Dict>) {
    for is_private_turn in [true, false] {
        let mut position = 0;
        // By position, since a copy of the names may find no memory. Replacing values moves none.
        while let Some(found) = namespace.with_table(|table| table.next_position(position)) {
            position = found + 1;
            let name = namespace.with_table(|table| table.entry_at(found).map(|(name, _)| name.clone()));
            let Some(name) = name else { continue };
            let Some(name) = name.downcast_ref::<Str>() else { continue };
            let text = name.as_str();
            let is_private = text.starts_with('_') && !text.starts_with("__");
            if is_private_turn && !is_private || text == "__builtins__" {
                continue;
            }
            if namespace.get_str(name).is_some_and(|value| !value.is_none()) {
                drop(namespace.set_str(thread, name, Value::NONE));
            }
        }
    }
}
