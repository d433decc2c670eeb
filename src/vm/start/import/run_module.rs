//! `-m NAME`, and a folder or an archive in place of a script: a module runs as `__main__`.

use super::frozen::{self, Frozen};
use super::{define, namespace_of};
use crate::protocol;
use crate::thread::Thread;
use crate::types::module;
use crate::value::{Args, Dict, Ref, Run, Str, Tuple, Value};
use crate::vm;
use crate::vm::code::Code;
use crate::vm::machine::Machine;

/// The script that finds the code.
const SCRIPT: Frozen = Frozen {
    name: "_run_module",
    file: "<frozen runpy>",
    text: include_str!("../../../library/importlib/run_module.py"),
    is_package: false,
};

/// Runs a module in the namespace of `__main__`; for an archive or folder, which is first on the path, the module
/// `__main__` in it. Raises `SystemExit` with a text if there is nothing to run, and what the module raises.
pub fn run_module(thread: &mut Thread, name: &str, is_archive: bool, main: &Ref<Dict>) -> Run<Value> {
    frozen::make(thread)?;
    let (spec, code) = find(thread, name, is_archive)?;
    let mut facts = Vec::new();
    for (name, attribute) in [
        ("__file__", "origin"),
        ("__cached__", "cached"),
        ("__loader__", "loader"),
        ("__package__", "parent"),
    ] {
        let attribute = thread.known().intern(thread, attribute);
        facts.push((name, protocol::get_attr(thread, &spec, &attribute)?));
    }
    let origin = facts[0].1.clone();
    facts.push(("__spec__", spec));
    for (name, value) in facts {
        define(thread, main, name, value);
    }
    if !is_archive {
        set_first_argument(thread, &origin)?;
    }
    vm::run(thread, &code, main)
}

fn find(thread: &mut Thread, name: &str, is_archive: bool) -> Run<(Value, Ref<Code>)> {
    let script = module::new_module(thread, SCRIPT.name);
    let namespace = namespace_of(&script);
    let key = thread.known().intern(thread, "sys");
    let sys = Machine::of(thread).modules.get_str(&key).unwrap_or(Value::NONE);
    let key = thread.known().intern(thread, "_frozen_importlib");
    let bootstrap = Machine::of(thread).modules.get_str(&key).unwrap_or(Value::NONE);
    define(thread, &namespace, "sys", sys);
    define(thread, &namespace, "_bootstrap", bootstrap);
    let code = frozen::code_of(thread, &SCRIPT)?;
    vm::run(thread, &code, &namespace)?;
    let key = thread.known().intern(thread, "find");
    let function = namespace.get_str(&key).unwrap_or(Value::NONE);
    let arguments = [thread.new_str(name), Value::bool(is_archive)];
    let found = protocol::call(thread, &function, Args::positional(&arguments))?;
    let [spec, code] = found.downcast_ref::<Tuple>().expect("the script returns a pair").items() else {
        unreachable!("the script returns a pair");
    };
    match code.clone().downcast::<Code>() {
        Ok(code) => Ok((spec.clone(), code)),
        Err(_) => Err(crate::value::Raised::type_error("get_code() must return a code object")),
    }
}

/// Sets `sys.argv[0]`, which was `-m` until the module was found.
fn set_first_argument(thread: &mut Thread, origin: &Value) -> Run<()> {
    let name = thread.known().intern(thread, "argv");
    let Some(arguments) = thread.known().sys_namespace().get_str(&name) else { return Ok(()) };
    if origin.downcast_ref::<Str>().is_none() {
        return Ok(());
    }
    protocol::set_item(thread, &arguments, &Value::small_int(0).expect("small"), origin)
}
