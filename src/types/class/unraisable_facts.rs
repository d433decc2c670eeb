//! `UnraisableHookArgs`: what `sys.unraisablehook` is called with, a tuple whose items have names.

use crate::protocol;
use crate::thread::Thread;
use crate::types::class;
use crate::types::object::class_names::namespace;
use crate::types::table::get_set;
use crate::value::{Args, Class, Dict, Kind, NativeAttribute, Object, Ref, Run, Str, Tuple, Value};

/// The names, in order.
static FIELDS: [NativeAttribute; 5] = [
    NativeAttribute::field("exc_type", item::<0>),
    NativeAttribute::field("exc_value", item::<1>),
    NativeAttribute::field("exc_traceback", item::<2>),
    NativeAttribute::field("err_msg", item::<3>),
    NativeAttribute::field("object", item::<4>),
];

fn item<const INDEX: usize>(_thread: &mut Thread, facts: &Value) -> Run<Value> {
    let items = facts.downcast_ref::<Tuple>().map_or(&[][..], |facts| facts.items());
    Ok(items.get(INDEX).cloned().unwrap_or(Value::NONE))
}

/// Makes the argument of `sys.unraisablehook`: class, error, traceback, message and object. Raises
/// `MemoryError`.
pub fn new(thread: &mut Thread, facts: [Value; 5]) -> Run<Value> {
    let class = class(thread)?.into_value();
    let facts = thread.new_tuple(facts.to_vec());
    protocol::call(thread, &class, Args::positional(&[facts]))
}

/// Tells whether a value is an `UnraisableHookArgs`.
pub fn is_facts(thread: &Thread, value: &Value) -> bool {
    let known = thread.known().unraisable_facts.get();
    known.is_some_and(|class| protocol::class_of(thread, value).raw() == class.raw())
}

fn class(thread: &mut Thread) -> Run<Ref<Class>> {
    if let Some(known) = thread.known().unraisable_facts.get() {
        return Ok(known.clone());
    }
    let known = thread.known();
    let bases = thread.new_tuple(vec![known.class(Kind::Tuple).to_value()]);
    let bases: &Object<Tuple> = bases.downcast_ref().expect("made above");
    let members = thread.alloc(Dict::default());
    let module = known.intern(thread, "builtins").into_value();
    drop(members.set_str(thread, &known.names().module, module));
    drop(members.set_str(thread, &known.names().slots, thread.new_tuple(Vec::new())));
    let name: Ref<Str> = known.intern(thread, "UnraisableHookArgs");
    let no_names = Args::positional(&[]);
    let made = class::make::make(thread, known.class(Kind::Class), &name, bases, members, no_names)?;
    for attribute in &FIELDS {
        let name = known.intern(thread, attribute.name);
        drop(namespace(&made).set_str(thread, &name, get_set::make(thread, &made, attribute)));
    }
    // Of two threads the first one's class stays.
    Ok(thread.known().unraisable_facts.get_or_init(|| made).clone())
}
