//! The function object, and the attributes scripts see of it.
//!
//! What calls read (`code`, `globals`, `closure`) never changes; what a script may assign is in slots.

use crate::references;
use crate::thread::ThreadState;
use crate::value::{Dict, Kind, Object, Payload, Ref, Slot, Tuple, Value};
use crate::vm::code::Code;

/// The payload of a function.
pub struct Function {
    /// What it runs.
    pub code: Ref<Code>,
    /// The namespace of its module.
    pub globals: Ref<Dict>,
    /// The namespace of the built-ins.
    pub builtins: Ref<Dict>,
    /// The cells of the free variables, a tuple; `None` without any.
    pub closure: Value,
    /// A tuple of the last positional parameters' defaults, or `None`.
    pub defaults: Slot,
    /// A dict of keyword-only parameters' defaults, or `None`.
    pub keyword_defaults: Slot,
    /// A dict of annotations, empty until asked for.
    pub annotations: Slot,
    /// `__name__`, empty while it is the code's.
    pub name: Slot,
    /// `__qualname__`, empty while it is the code's.
    pub qualname: Slot,
    /// `__doc__`, empty while it is the code's.
    pub doc: Slot,
    /// `__module__`, empty while it is that of the globals.
    pub module: Slot,
    /// `__dict__`, made when it is asked for.
    pub attributes: Slot,
}

references!(Function {
    code,
    globals,
    builtins,
    closure,
    defaults,
    keyword_defaults,
    annotations,
    name,
    qualname,
    doc,
    module,
    attributes
});

impl Payload for Function {
    const KIND: Kind = Kind::Function;
}

impl Function {
    /// The cells of the free variables.
    pub fn cells(&self) -> &[Value] {
        self.closure.downcast_ref::<Tuple>().map_or(&[], |cells| cells.items())
    }
}

/// Makes a function of a module's or class's body, or any other code without parameters' defaults.
pub fn new(thread: &ThreadState, code: Ref<Code>, globals: Ref<Dict>, builtins: Ref<Dict>) -> Ref<Function> {
    with_closure(thread, code, globals, builtins, Value::NONE)
}

/// Makes a function that shares variables: `closure` is a tuple of as many cells as its code has free variables, or
/// `None` without any.
pub fn with_closure(
    thread: &ThreadState,
    code: Ref<Code>,
    globals: Ref<Dict>,
    builtins: Ref<Dict>,
    closure: Value,
) -> Ref<Function> {
    thread.alloc(Function {
        globals,
        builtins,
        closure,
        defaults: Slot::new(Value::NONE),
        keyword_defaults: Slot::new(Value::NONE),
        annotations: Slot::empty(),
        name: Slot::empty(),
        qualname: Slot::empty(),
        doc: Slot::empty(),
        module: Slot::empty(),
        attributes: Slot::empty(),
        code,
    })
}

/// What a slot holds, or what it stands for while it is empty.
fn or_else(slot: &Slot, usual: impl FnOnce() -> Value) -> Value {
    let held = slot.get();
    if held.is_unbound() { usual() } else { held }
}

impl Object<Function> {
    /// `__name__`.
    pub fn name(&self) -> Value {
        or_else(&self.name, || self.code.texts[0].clone())
    }

    /// `__qualname__`.
    pub fn qualname(&self) -> Value {
        or_else(&self.qualname, || self.code.texts[1].clone())
    }

    /// `__doc__`.
    pub fn doc(&self, thread: &ThreadState) -> Value {
        or_else(&self.doc, || {
            self.code.unit.docstring.as_ref().map_or(Value::NONE, |doc| thread.new_str(doc))
        })
    }

    /// `__module__`.
    pub fn module(&self, thread: &ThreadState) -> Value {
        or_else(&self.module, || self.globals.get_str(&thread.known().names().name).unwrap_or(Value::NONE))
    }

    /// `__qualname__` as text, for messages.
    pub fn qualname_text(&self) -> String {
        match self.qualname().downcast_ref::<crate::value::Str>() {
            Some(name) => name.as_str().to_owned(),
            None => "?".to_owned(),
        }
    }
}
