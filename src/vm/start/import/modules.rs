//! `sys.modules`: the dict of the runtime, or what a program has put in its place.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Dict, ErrorKind, Ref, Run, Value};
use crate::vm::machine::Machine;

/// The mapping that imports look into and store in.
pub(super) enum Modules {
    /// The dict that the runtime has made.
    Own(Ref<Dict>),
    /// Anything else that `sys.modules` is.
    Other(Value),
}

impl Modules {
    /// Returns what `sys.modules` is.
    pub(super) fn of(thread: &Thread) -> Modules {
        let own = Machine::of(thread).modules.clone();
        let name = thread.known().intern(thread, "modules");
        match thread.known().sys_namespace().get_str(&name) {
            Some(other) if !other.is(own.as_value()) && !other.is_none() => Modules::Other(other),
            _ => Modules::Own(own),
        }
    }

    /// Returns the module of a name, if there is one; it may be anything. Raises what the mapping raises.
    pub(super) fn get(&self, thread: &mut Thread, name: &str) -> Run<Option<Value>> {
        let key = thread.known().intern(thread, name);
        match self {
            Modules::Own(dict) => Ok(dict.get_str(&key)),
            Modules::Other(other) => match protocol::get_item(thread, other, key.as_value()) {
                Ok(module) => Ok(Some(module)),
                Err(raised) if raised.is_kind(thread, ErrorKind::KeyError) => Ok(None),
                Err(raised) => Err(raised),
            },
        }
    }

    /// Enters a module. Raises `MemoryError`, and what the mapping raises.
    pub(super) fn set(&self, thread: &mut Thread, name: &str, module: &Value) -> Run<()> {
        let key = thread.known().intern(thread, name);
        match self {
            Modules::Own(dict) => dict.try_set_str(thread, &key, module.clone()).map(drop),
            Modules::Other(other) => protocol::set_item(thread, other, key.as_value(), module),
        }
    }

    /// Removes a module, if it is there, and returns it. Raises what the mapping raises.
    pub(super) fn remove(&self, thread: &mut Thread, name: &str) -> Run<Option<Value>> {
        let key = thread.known().intern(thread, name);
        match self {
            Modules::Own(dict) => Ok(dict.remove_str(&key)),
            Modules::Other(other) => {
                let found = self.get(thread, name)?;
                if found.is_some() {
                    protocol::del_item(thread, other, key.as_value())?;
                }
                Ok(found)
            }
        }
    }
}
