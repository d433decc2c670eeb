//! `typing.Generic`: the base of classes with type parameters. `typing.py` does the work.
//!
//! Its instances have no fields of their own, so that it can stand beside any other base: it is made as programs make
//! classes, with empty `__slots__`.

use crate::thread::Thread;
use crate::types::class::make;
use crate::types::function::static_method::ClassMethod;
use crate::types::table::native_function;
use crate::types::typing::library::call_typing;
use crate::types::typing::type_alias::unpacked_params;
use crate::value::{Args, Class, Dict, Kind, NativeMethod, Ref, Run, Slot, Str, Tuple, Value};

/// Its methods, each bound to the class.
static METHODS: [NativeMethod; 2] = [
    NativeMethod::function("__class_getitem__", "*args, **kwargs", |thread, args| {
        call_typing(thread, "_generic_class_getitem", args)
    }),
    NativeMethod::function("__init_subclass__", "*args, **kwargs", |thread, args| {
        call_typing(thread, "_generic_init_subclass", args)
    }),
];

/// Returns the class `Generic`, made once for each runtime. Raises `MemoryError`.
pub fn class(thread: &mut Thread) -> Run<Ref<Class>> {
    if let Some(known) = thread.known().generic.get() {
        return Ok(known.clone());
    }
    let known = thread.known();
    let members = thread.alloc(Dict::default());
    let module = known.intern(thread, "typing").into_value();
    drop(members.set_str(thread, &known.names().module, module.clone()));
    drop(members.set_str(thread, &known.names().slots, known.empty_tuple()));
    let doc = thread.new_str("Abstract base class for generic types.");
    drop(members.set_str(thread, &known.names().doc, doc));
    for method in &METHODS {
        let function = native_function::make(thread, method, module.clone());
        let bound = thread.alloc(ClassMethod { function: Slot::new(function) }).into_value();
        drop(members.set_str(thread, &known.intern(thread, method.name), bound));
    }
    let name: Ref<Str> = known.intern(thread, "Generic");
    let bases = thread.new_tuple(vec![known.class(Kind::Object).to_value()]);
    let bases = bases.downcast_ref::<Tuple>().expect("made above");
    let metaclass = known.class(Kind::Class);
    let made = make::make(thread, metaclass, &name, bases, members, Args::positional(&[]))?;
    // Of two threads the first one's class stays.
    Ok(known.generic.get_or_init(|| made).clone())
}

/// Returns `Generic[params]`, the base that a class with parameters in brackets has. Raises `ImportError` if `typing` is
/// missing.
pub fn subscript(thread: &mut Thread, params: &Value) -> Run<Value> {
    let params = unpacked_params(thread, params)?;
    let class = class(thread)?.into_value();
    call_typing(thread, "_GenericAlias", Args::positional(&[class, params]))
}
