//! The native modules: one file each, a table of functions and constants.
//!
//! A module is made when it is first imported. Functions are listed like methods
//! ([`NativeMethod`]); constants are computed by `fill`.
//!
//! The functions raise what those of the same name raise in CPython, and what `protocol/mod.rs` names for all
//! functions.
//!
//! Begin with `weakref.rs`, a short one, then `time/mod.rs`.

#![forbid(unsafe_code)]

mod abc;
mod ast;
mod codecs;
mod codecs_charmap;
mod codecs_escape;
mod collections;
mod errno;
mod functools;
mod gc;
mod gcx;
mod imp;
mod itertools;
mod library_names;
mod math;
mod math_combinatorics;
mod math_fused;
mod math_real;
mod operator;
mod posix;
mod sre;
mod sys;
mod sys_async;
mod sys_facts;
mod sys_monitoring;
mod sys_more;
mod sys_trace;
mod thread;
mod time;
mod typing;
mod warnings;
mod weakref;

use crate::text::docstrings;
use crate::thread::Thread;
use crate::types::install;
use crate::types::module::{self, Module};
use crate::types::table::native_function;
use crate::value::{Dict, Kind, NativeMethod, Object, Run, TypeSpec, Value};
use crate::vm::machine::Machine;

/// A module the runtime implements.
pub struct ModuleSpec {
    /// The name it is imported by.
    pub name: &'static str,
    /// `__module__` of its functions.
    pub home: &'static str,
    /// `__doc__`, if CPython's docstrings (`text/docstrings.rs`) have none.
    pub doc: &'static str,
    /// Its types, each after its base; they are made with the module.
    pub types: &'static [TypeSpec],
    /// Its functions.
    pub functions: &'static [NativeMethod],
    /// Adds constants and whatever has to be computed.
    pub fill: fn(&mut Thread, &Object<Dict>) -> Run<()>,
}

/// Every native module.
pub const ALL: &[&ModuleSpec] = &[
    &abc::SPEC,
    &ast::SPEC,
    &codecs::SPEC,
    &collections::SPEC,
    &functools::SPEC,
    &errno::SPEC,
    &gc::SPEC,
    &gcx::SPEC,
    &imp::SPEC,
    &itertools::SPEC,
    &warnings::SPEC,
    &math::SPEC,
    &operator::SPEC,
    &posix::SPEC,
    &sre::SPEC,
    &sys::SPEC,
    &thread::SPEC,
    &time::SPEC,
    &typing::SPEC,
    &weakref::SPEC,
];

/// The native module of this name.
pub fn find(name: &str) -> Option<&'static ModuleSpec> {
    ALL.iter().copied().find(|spec| spec.name == name)
}

/// Tells whether there is a native module of this name.
pub fn is_there(name: &str) -> bool {
    name == "builtins" || find(name).is_some()
}

/// Makes the native module of this name, if there is one. Raises what filling the module raises.
pub fn load(thread: &mut Thread, name: &str) -> Option<Run<Value>> {
    if name == "builtins" {
        let namespace = Machine::of(thread).builtins.clone();
        return Some(Ok(thread.alloc(Module::late(namespace)).into_value()));
    }
    find(name).map(|spec| make(thread, spec))
}

fn make(thread: &mut Thread, spec: &'static ModuleSpec) -> Run<Value> {
    let value = module::new_late_module(thread, spec.name);
    let namespace = value.downcast_ref::<Module>().expect("a new module is one").namespace().clone();
    let doc = thread.new_str(docstrings::of_path(spec.home).unwrap_or(spec.doc));
    define(thread, &namespace, "__doc__", doc);
    install::add_types(thread, spec.types);
    for class in spec.types.iter().filter(|class| is_public(class.kind)) {
        let short = class.kind.name().rsplit('.').next().expect("a name has a last part");
        let class = thread.known().class(class.kind).to_value();
        define(thread, &namespace, short, class);
    }
    let home = thread.new_str(spec.home);
    for function in spec.functions {
        let made = native_function::make(thread, function, home.clone());
        define(thread, &namespace, function.name, made);
    }
    (spec.fill)(thread, &namespace)?;
    Ok(value)
}

/// Tells whether a type of a module is found in it by its own name.
const fn is_public(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::AbcData
            | Kind::CompareKey
            | Kind::ScandirIterator
            | Kind::Pattern
            | Kind::Match
            | Kind::Scanner
            | Kind::RegexTemplate
    )
}

/// Enters a constant under a name.
pub(crate) fn define(thread: &mut Thread, namespace: &Object<Dict>, name: &str, value: Value) {
    let name = thread.known().intern(thread, name);
    drop(namespace.set_str(thread, &name, value));
}
