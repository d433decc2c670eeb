//! Attributes and methods of `super()`. The `super` object is not made, unless the name `super` is another
//! class than the built-in one.

use crate::bytecode::Word;
use crate::protocol;
use crate::value::class::shape::Shape;
use crate::value::{Class, Kind, Object, Run, Str, Value};
use crate::vm::run::dispatch::Flow;
use crate::vm::run::ops::attribute::is_method;
use crate::vm::run::step::Step;

/// Returns what `super()` finds first, if the callable is `super` itself.
fn found_above(step: &Step, first: usize, name: &Object<Str>) -> Option<Value> {
    if !step.known().class(Kind::Super).is(step.view(first)) {
        return None;
    }
    let (here, this) = (step.view(first + 1), step.view(first + 2));
    let raw = this.as_raw()?;
    if Shape::of(raw).kind == Kind::Class {
        return None;
    }
    Shape::of(raw).class().find_behind(here.downcast_ref::<Class>()?, name)
}

fn super_attr(step: &mut Step, first: usize, name: &Object<Str>) -> Run<Value> {
    let arguments = if step.known().class(Kind::Super).is(step.view(first)) { 2 } else { 0 };
    let (class, arguments) = (step.view(first), step.views(first + 1, arguments));
    let proxy = protocol::call(step, class, crate::value::Args::positional(arguments))?;
    protocol::get_attr(step, &proxy, name)
}

/// `super().name`. Raises what calling `super` and reading the attribute raise.
pub fn load_super_attr(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.name(word.c());
    let value = super_attr(step, word.a(), first)?;
    step.release_all(word.a(), 3);
    step.put(word.a(), value);
    Ok(Flow::Next)
}

/// `super().name` for a call: the method found and its `self`. Raises what calling `super` and reading the attribute
/// raise.
pub fn load_super_method(step: &mut Step, word: Word) -> Run<Flow> {
    let (first, name) = (word.a(), step.name(word.c()));
    let this = step.view(first + 2);
    let callable = |found: &Value| is_method(step, found, this) || found.kind() == Kind::SlotWrapper;
    if let Some(found) = found_above(step, first, name).filter(callable) {
        let this = step.take(first + 2);
        step.release_all(first, 2);
        step.put(first, found);
        step.put(first + 1, this);
        return Ok(Flow::Next);
    }
    let value = super_attr(step, first, name)?;
    step.release_all(first, 3);
    step.put(first, Value::UNBOUND);
    step.put(first + 1, value);
    Ok(Flow::Next)
}
