//! The native modules: one file each, a table of functions and constants.
//!
//! A module is made when it is first imported. Functions are listed like methods
//! ([`NativeMethod`]); constants are computed by `fill`.

#![forbid(unsafe_code)]

mod gc;
mod gcx;
mod math;
mod math_combinatorics;
mod math_real;
mod time;
mod weakref;

use crate::thread::Thread;
use crate::value::Dict;
use crate::value::{NativeMethod, Object, Run, Value};

/// A module the runtime implements.
pub struct ModuleSpec {
    /// The name it is imported by.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: &'static str,
    /// Its functions.
    pub functions: &'static [NativeMethod],
    /// Adds constants and whatever has to be computed.
    pub fill: fn(&mut Thread, &Object<Dict>) -> Run<()>,
}

/// Every native module.
pub const ALL: &[&ModuleSpec] = &[&gc::SPEC, &gcx::SPEC, &math::SPEC, &time::SPEC, &weakref::SPEC];

/// The native module of this name.
pub fn find(name: &str) -> Option<&'static ModuleSpec> {
    ALL.iter().copied().find(|spec| spec.name == name)
}

/// Enters a constant under a name.
pub(crate) fn define(thread: &mut Thread, namespace: &Object<Dict>, name: &str, value: Value) {
    let name = thread.known().intern(thread, name);
    drop(namespace.set_str(thread, &name, value));
}
