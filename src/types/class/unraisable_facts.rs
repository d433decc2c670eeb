//! `UnraisableHookArgs`: what `sys.unraisablehook` is called with, a tuple whose items have names.

use crate::protocol;
use crate::thread::Thread;
use crate::types::class::named_items::{item, make_class};
use crate::value::{Args, Class, NativeAttribute, Ref, Run, Value};

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
    let made = make_class(thread, "UnraisableHookArgs", &FIELDS)?;
    // Of two threads the first one's class stays.
    Ok(thread.known().unraisable_facts.get_or_init(|| made).clone())
}
