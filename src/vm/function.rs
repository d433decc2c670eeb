//! The function object, and the attributes scripts see of it.
//!
//! What calls read (`globals`, `closure`) never changes, or only while the world is stopped (`code`, see
//! `vm/types/function_code.rs`); what else a script may assign is in slots.

use crate::references;
use crate::thread::ThreadState;
use crate::value::{Dict, Kind, Name, Object, Payload, Ref, Slot, Steady, Tuple, Value};
use crate::vm::code::Code;

/// The payload of a function.
pub struct Function {
    /// The code that it runs.
    pub code: Steady<Code>,
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
    /// A dict of annotations; unbound until a program reads them.
    pub annotations: Slot,
    /// The function that computes the annotations, or `None`.
    pub annotate: Slot,
    /// A tuple of type parameters; unbound if it is empty.
    pub type_params: Slot,
    /// `__name__`; unbound while it is the name of the code.
    pub name: Slot,
    /// `__qualname__`; unbound while it is that of the code.
    pub qualname: Slot,
    /// `__doc__`; unbound while it is that of the code.
    pub doc: Slot,
    /// `__module__`; unbound while it is that of the globals.
    pub module: Slot,
    /// `__dict__`; unbound until a program reads it.
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
    annotate,
    type_params,
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

/// Makes a function of code without closure and defaults, such as the body of a module or class.
pub fn new(thread: &ThreadState, code: Ref<Code>, globals: Ref<Dict>, builtins: Ref<Dict>) -> Ref<Function> {
    with_closure(thread, code, globals, builtins, Value::NONE)
}

/// Makes a function with a closure: a tuple with one cell for each free variable of its code, or `None`.
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
        annotate: Slot::new(Value::NONE),
        type_params: Slot::empty(),
        name: Slot::empty(),
        qualname: Slot::empty(),
        doc: Slot::empty(),
        module: Slot::empty(),
        attributes: Slot::empty(),
        code: Steady::new(code),
    })
}

/// Returns the value of a slot, or what it stands for while it is unbound.
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
    pub fn qualname_text(&self) -> Name {
        Name::of_or_unknown(self.qualname())
    }
}
