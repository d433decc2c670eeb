//! `UnraisableHookArgs`: what `sys.unraisablehook` is called with, a tuple whose items have names.

use crate::protocol;
use crate::thread::Thread;
use crate::types::class;
use crate::types::object::class_names::namespace;
use crate::types::table::get_set;
use crate::value::{Args, Class, Dict, Kind, NativeAttribute, Object, Ref, Run, Str, Tuple, Value};

/// The names, in the order of the items.
static FIELDS: [NativeAttribute; 5] = [
    NativeAttribute::field("exc_type", exc_type),
    NativeAttribute::field("exc_value", exc_value),
    NativeAttribute::field("exc_traceback", exc_traceback),
    NativeAttribute::field("err_msg", err_msg),
    NativeAttribute::field("object", object),
];

fn exc_type(_thread: &mut Thread, facts: &Value) -> Run<Value> {
    item(facts, 0)
}

fn exc_value(_thread: &mut Thread, facts: &Value) -> Run<Value> {
    item(facts, 1)
}

fn exc_traceback(_thread: &mut Thread, facts: &Value) -> Run<Value> {
    item(facts, 2)
}

fn err_msg(_thread: &mut Thread, facts: &Value) -> Run<Value> {
    item(facts, 3)
}

fn object(_thread: &mut Thread, facts: &Value) -> Run<Value> {
    item(facts, 4)
}

fn item(facts: &Value, index: usize) -> Run<Value> {
    let items = facts.downcast_ref::<Tuple>().map_or(&[][..], |facts| facts.items());
    Ok(items.get(index).cloned().unwrap_or(Value::NONE))
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
