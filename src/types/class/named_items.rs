//! Classes of tuples whose items have names, which the runtime itself makes.

use crate::thread::Thread;
use crate::types::class;
use crate::types::object::class_names::namespace;
use crate::types::table::get_set;
use crate::value::{Args, Class, Dict, Kind, NativeAttribute, Object, Ref, Run, Str, Tuple, Value};

/// Returns the item of a tuple at an index; `None` if there are fewer items. Raises nothing.
pub fn item(tuple: &Value, index: usize) -> Run<Value> {
    let items = tuple.downcast_ref::<Tuple>().map_or(&[][..], |tuple| tuple.items());
    Ok(items.get(index).cloned().unwrap_or(Value::NONE))
}

/// Makes a class of tuples with these attributes. Raises `MemoryError`.
pub fn make_class(
    thread: &mut Thread,
    name: &str,
    attributes: &'static [NativeAttribute],
) -> Run<Ref<Class>> {
    let known = thread.known();
    let bases = thread.new_tuple(vec![known.class(Kind::Tuple).to_value()]);
    let bases: &Object<Tuple> = bases.downcast_ref().expect("made above");
    let members = thread.alloc(Dict::default());
    let module = known.intern(thread, "builtins").into_value();
    drop(members.set_str(thread, &known.names().module, module));
    drop(members.set_str(thread, &known.names().slots, thread.new_tuple(Vec::new())));
    let name: Ref<Str> = known.intern(thread, name);
    let no_names = Args::positional(&[]);
    let made = class::make::make(thread, known.class(Kind::Class), &name, bases, members, no_names)?;
    for attribute in attributes {
        let name = known.intern(thread, attribute.name);
        drop(namespace(&made).set_str(thread, &name, get_set::make(thread, &made, attribute)));
    }
    Ok(made)
}
