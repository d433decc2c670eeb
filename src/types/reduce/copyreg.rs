//! The functions that make an object again of what it was reduced to (see `mod.rs`).
//!
//! If the program has imported the library's `copyreg`, they are those of that module; else functions of the same
//! names and effects, which are here.

use crate::protocol::{self, call, class_of};
use crate::thread::Thread;
use crate::types::reduce::overrides;
use crate::types::table::native_function;
use crate::value::{Args, Class, ClassFlags, Dict, Kind, NativeMethod, Raised, Run, Str, Value};

/// The module that the functions belong to.
const MODULE: &str = "copyreg";

static NEW_OBJECT: NativeMethod = NativeMethod::function("__newobj__", "cls, /, *args", make_new);
static NEW_OBJECT_WITH_KEYWORDS: NativeMethod =
    NativeMethod::function("__newobj_ex__", "cls, args, kwargs", make_new_with_keywords);
static RECONSTRUCTOR: NativeMethod =
    NativeMethod::function("_reconstructor", "cls, base, state", reconstruct);

/// Returns `copyreg.__newobj__`. Raises what getting it from the imported module raises.
pub fn new_object(thread: &mut Thread) -> Run<Value> {
    function(thread, 0)
}

/// Returns `copyreg.__newobj_ex__`. Raises what getting it from the imported module raises.
pub fn new_object_with_keywords(thread: &mut Thread) -> Run<Value> {
    function(thread, 1)
}

/// Returns function number `index`: of the imported module, else that of this file.
/// 0 is `__newobj__`, 1 is `__newobj_ex__`, 2 is `_reconstructor`.
fn function(thread: &mut Thread, index: usize) -> Run<Value> {
    let method = [&NEW_OBJECT, &NEW_OBJECT_WITH_KEYWORDS, &RECONSTRUCTOR][index];
    let modules = thread.known().intern(thread, "modules");
    let modules = thread.known().sys_namespace().get_str(&modules);
    let imported = modules.as_ref().and_then(Value::downcast_ref::<Dict>);
    let module = thread.known().intern(thread, MODULE);
    if let Some(module) =
        imported.and_then(|modules| modules.get_str(&module)).filter(|module| !module.is_none())
    {
        let name = thread.known().intern(thread, method.name);
        return protocol::get_attr(thread, &module, &name);
    }
    let own = thread.known().copyreg.get_or_init(|| {
        [&NEW_OBJECT, &NEW_OBJECT_WITH_KEYWORDS, &RECONSTRUCTOR]
            .map(|method| native_function::new_function(thread, method, MODULE))
    });
    Ok(own[index].clone())
}

/// `copyreg.__newobj__(cls, *args)`: `cls.__new__(cls, *args)`.
fn make_new(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let values = args.positionals();
    let new = protocol::get_attr(thread, &values[0], &thread.known().names().new)?;
    call(thread, &new, Args::positional(values))
}

/// `copyreg.__newobj_ex__(cls, args, kwargs)`: `cls.__new__(cls, *args, **kwargs)`.
fn make_new_with_keywords(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, positionals, keywords] = args.exactly();
    let new = protocol::get_attr(thread, class, &thread.known().names().new)?;
    let mut values = vec![class.clone()];
    values.extend(protocol::collect(thread, positionals)?);
    let Some(keywords) = keywords.downcast_ref::<Dict>() else {
        let given = protocol::type_name(thread, keywords);
        return Err(Raised::type_error(format_args!("argument after ** must be a mapping, not {given}")));
    };
    let mut names = Vec::new();
    for (name, value) in keywords.snapshot()? {
        if name.downcast_ref::<Str>().is_none() {
            return Err(Raised::type_error("keywords must be strings"));
        }
        names.push(name);
        values.push(value);
    }
    call(thread, &new, Args::with_keywords(&values, &names))
}

/// `copyreg._reconstructor(cls, base, state)`: an instance of `cls` with the content `state`.
/// `base` is the built-in type whose content it is: `base.__new__` and `base.__init__` get it. With `object` there is
/// none.
fn reconstruct(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, base, state] = args.exactly();
    let names = thread.known().names();
    let new = protocol::get_attr(thread, base, &names.new)?;
    let object = thread.known().class(Kind::Object);
    if object.is(base) {
        return call(thread, &new, Args::positional(std::slice::from_ref(class)));
    }
    let made = call(thread, &new, Args::positional(&[class.clone(), state.clone()]))?;
    let init = protocol::get_attr(thread, base, &names.init)?;
    let usual = protocol::get_attr(thread, &object.to_value(), &names.init)?;
    if !init.is(&usual) {
        call(thread, &init, Args::positional(&[made.clone(), state.clone()]))?;
    }
    Ok(made)
}

/// Reduces an object to a call of `_reconstructor`, as pickle protocols 0 and 1 do.
/// The content that the built-in type above its class holds is given as a value of that type. Raises `TypeError` if
/// the object is of such a type itself, or its class has `__slots__` without `__getstate__`, and what `__getstate__`
/// and making the value raise.
pub fn reduce_to_reconstructor(thread: &mut Thread, value: &Value) -> Run<Value> {
    let names = thread.known().names();
    let class = protocol::get_attr(thread, value, &names.class)?;
    let Some(class) = class.downcast_ref::<Class>() else {
        return Err(Raised::type_error("__class__ is no class"));
    };
    let base = class.order().into_iter().find(|base| !base.flags().contains(ClassFlags::SCRIPT));
    let base = base.unwrap_or_else(|| thread.known().class(Kind::Object).to_ref());
    let mut inner = Value::NONE;
    if base.kind != Kind::Object {
        if base.raw() == class.raw() {
            return Err(Raised::type_error(format_args!("cannot pickle '{}' object", class.name_text())));
        }
        inner = call(thread, base.as_value(), Args::positional(std::slice::from_ref(value)))?;
    }
    let get_state = thread.known().intern(thread, "__getstate__");
    let real = class_of(thread, value);
    let has_slots = match protocol::find_attr(thread, value, &names.slots)? {
        Some(slots) => protocol::is_true(thread, &slots)?,
        None => false,
    };
    if has_slots && !overrides(thread, &real, "__getstate__") {
        return Err(Raised::type_error(
            "a class that defines __slots__ without defining __getstate__ cannot be pickled",
        ));
    }
    let state = protocol::call_method(thread, value, &get_state, &[])?;
    let callable = function(thread, 2)?;
    let arguments = thread.new_tuple(vec![class.to_value(), base.into_value(), inner]);
    let mut parts = vec![callable, arguments];
    if protocol::is_true(thread, &state)? {
        parts.push(state);
    }
    Ok(thread.new_tuple(parts))
}
