//! The slot functions of classes written in the script: each looks up the special method and calls it.
//!
//! `fill` puts them into a class's table; `change.rs` decides for which slots. A method
//! that has vanished since (deleted by another thread) is an `AttributeError` like any other.

use crate::protocol::{
    self, call, call_required_method, call_special_method, call_with_self, class_lookup, lend, shape_of,
    slots_of, type_name,
};
use crate::thread::Thread;
use crate::types::class::operators;
use crate::types::object::buffer;
use crate::types::table::slot_wrapper::SlotWrapper;
use crate::types::table::special_method::SpecialMethod;
use crate::value::{
    Args, Class, Comparison, ErrorKind, Kind, Names, Object, Origin, Raised, Ref, Run, Slots, StackRef, Str,
    Value,
};

/// Puts the function that calls a script's special method into a table.
pub fn fill(special: SpecialMethod, slots: &mut Slots) {
    match special {
        SpecialMethod::Repr => slots.repr = Some(|thread, object| unary(thread, object, |names| &names.repr)),
        SpecialMethod::Str => slots.str = Some(|thread, object| unary(thread, object, |names| &names.str)),
        SpecialMethod::Negative => {
            slots.negative = Some(|thread, object| unary(thread, object, |names| &names.neg))
        }
        SpecialMethod::Positive => {
            slots.positive = Some(|thread, object| unary(thread, object, |names| &names.pos))
        }
        SpecialMethod::Invert => {
            slots.invert = Some(|thread, object| unary(thread, object, |names| &names.invert))
        }
        SpecialMethod::Absolute => {
            slots.absolute = Some(|thread, object| unary(thread, object, |names| &names.abs))
        }
        SpecialMethod::Int => slots.int = Some(|thread, object| unary(thread, object, |names| &names.int)),
        SpecialMethod::Float => {
            slots.float = Some(|thread, object| unary(thread, object, |names| &names.float))
        }
        SpecialMethod::Index => {
            slots.index = Some(|thread, object| unary(thread, object, |names| &names.index))
        }
        SpecialMethod::Iter => set(&mut slots.iter, iter, &mut slots.origins.iter),
        SpecialMethod::Hash => slots.hash = Some(hash),
        SpecialMethod::Bool => slots.is_true = Some(is_true),
        SpecialMethod::Len => slots.len = Some(len),
        SpecialMethod::Compare(_) => slots.compare = Some(compare),
        SpecialMethod::Binary(op) | SpecialMethod::Reflected(op) => {
            slots.binary[op as usize] = Some(operators::entries_of(op).binary);
            slots.origins.binary[op as usize] = Origin::Script;
        }
        SpecialMethod::InPlace(op) => slots.in_place[op as usize] = Some(operators::entries_of(op).in_place),
        SpecialMethod::GetItem => set(&mut slots.get_item, get_item, &mut slots.origins.get_item),
        SpecialMethod::SetItem | SpecialMethod::DelItem => slots.set_item = Some(set_item),
        SpecialMethod::Contains => slots.contains = Some(contains),
        SpecialMethod::Next => slots.next = Some(next),
        SpecialMethod::Call => slots.call = Some(call_instance),
        SpecialMethod::GetAttribute | SpecialMethod::GetAttr => {
            set(&mut slots.get_attr, get_attr, &mut slots.origins.get_attr);
        }
        SpecialMethod::SetAttr | SpecialMethod::DelAttr => {
            set(&mut slots.set_attr, set_attr, &mut slots.origins.set_attr);
        }
        SpecialMethod::Get => slots.descriptor_get = Some(descriptor_get),
        SpecialMethod::Set | SpecialMethod::Delete => slots.descriptor_set = Some(descriptor_set),
        SpecialMethod::New => set(&mut slots.new, new, &mut slots.origins.new),
        SpecialMethod::Init => set(&mut slots.init, init, &mut slots.origins.init),
        SpecialMethod::Buffer => slots.buffer = Some(buffer::of_script),
        SpecialMethod::ReleaseBuffer => slots.release_buffer = Some(buffer::release_by_script),
        SpecialMethod::Del => slots.finalize = Some(finalize),
    }
}

/// Fills an entry for which an origin is recorded.
fn set<F>(entry: &mut Option<F>, function: F, origin: &mut Origin) {
    (*entry, *origin) = (Some(function), Origin::Script);
}

/// Whether attributes are read or written by special methods of the script.
pub fn has_custom_attributes(slots: &Slots) -> bool {
    slots.origins.get_attr == Origin::Script || slots.origins.set_attr == Origin::Script
}

fn unary(thread: &mut Thread, object: &Value, name: fn(&Names) -> &Ref<Str>) -> Run<Value> {
    call_required_method(thread, object, name(thread.known().names()), Args::positional(&[]))
}

fn hash(thread: &mut Thread, object: &Value) -> Run<i64> {
    let result = call_required_method(thread, object, &thread.known().names().hash, Args::positional(&[]))?;
    if result.kind() != Kind::Int && result.kind() != Kind::Bool {
        return Err(Raised::type_error("__hash__ method should return an integer"));
    }
    match result.as_i64() {
        Some(-1) => Ok(-2),
        Some(hash) => Ok(hash),
        None => protocol::hash(thread, &result),
    }
}

fn is_true(thread: &mut Thread, object: &Value) -> Run<bool> {
    let result = call_required_method(thread, object, &thread.known().names().bool, Args::positional(&[]))?;
    result.as_bool().ok_or_else(|| {
        Raised::type_error(format_args!(
            "__bool__ should return bool, returned {}",
            type_name(thread, &result)
        ))
    })
}

fn len(thread: &mut Thread, object: &Value) -> Run<usize> {
    let result = call_required_method(thread, object, &thread.known().names().len, Args::positional(&[]))?;
    let result = protocol::index(thread, &result)?;
    match result.as_i64() {
        Some(len) if len >= 0 => Ok(len as usize),
        Some(_) => Err(Raised::value_error("__len__() should return >= 0")),
        None => {
            let zero = thread.new_int(0);
            if protocol::less_than(thread, &result, &zero)? {
                return Err(Raised::value_error("__len__() should return >= 0"));
            }
            Err(Raised::overflow_error("cannot fit 'int' into an index-sized integer"))
        }
    }
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let names = thread.known().names();
    let name = match comparison {
        Comparison::Less => &names.lt,
        Comparison::LessEqual => &names.le,
        Comparison::Equal => &names.eq,
        Comparison::NotEqual => &names.ne,
        Comparison::Greater => &names.gt,
        Comparison::GreaterEqual => &names.ge,
    };
    call_required_method(thread, left, name, Args::positional(StackRef::as_values(&lend([right]))))
}

fn get_item(thread: &mut Thread, object: &Value, key: &Value) -> Run<Value> {
    call_required_method(
        thread,
        object,
        &thread.known().names().getitem,
        Args::positional(StackRef::as_values(&lend([key]))),
    )
}

fn set_item(thread: &mut Thread, object: &Value, key: &Value, value: Option<&Value>) -> Run<()> {
    let names = thread.known().names();
    let result = match value {
        Some(value) => call_special_method(
            thread,
            object,
            &names.setitem,
            Args::positional(StackRef::as_values(&lend([key, value]))),
        ),
        None => call_special_method(
            thread,
            object,
            &names.delitem,
            Args::positional(StackRef::as_values(&lend([key]))),
        ),
    };
    match (result, value) {
        (Some(result), _) => result.map(drop),
        (None, Some(_)) => Err(Raised::attribute_error(names.setitem.as_str())),
        (None, None) => Err(Raised::attribute_error(names.delitem.as_str())),
    }
}

fn contains(thread: &mut Thread, object: &Value, item: &Value) -> Run<bool> {
    let name = &thread.known().names().contains;
    if class_lookup(shape_of(thread, object).class(), name).is_some_and(|found| found.is_none()) {
        return Err(Raised::type_error(format_args!(
            "'{}' object is not a container",
            type_name(thread, object)
        )));
    }
    let result =
        call_required_method(thread, object, name, Args::positional(StackRef::as_values(&lend([item]))))?;
    protocol::is_true(thread, &result)
}

fn iter(thread: &mut Thread, object: &Value) -> Run<Value> {
    let name = &thread.known().names().iter;
    if class_lookup(shape_of(thread, object).class(), name).is_some_and(|found| found.is_none()) {
        return Err(Raised::type_error(format_args!(
            "'{}' object is not iterable",
            type_name(thread, object)
        )));
    }
    call_required_method(thread, object, name, Args::positional(&[]))
}

/// Makes an iterator for a class that only has `__getitem__`: it calls that with 0, 1, 2, … until `IndexError`.
/// Raises nothing itself.
pub fn iter_by_item(thread: &mut Thread, object: &Value) -> Run<Value> {
    Ok(crate::types::iterator::sequence_iterator::new(thread, object))
}

fn next(thread: &mut Thread, object: &Value) -> Run<Option<Value>> {
    match call_required_method(thread, object, &thread.known().names().next, Args::positional(&[])) {
        Ok(item) => Ok(Some(item)),
        Err(raised) if raised.is_kind(thread, ErrorKind::StopIteration) => {
            match is_bare_stop(thread, &raised) {
                true => Ok(None),
                false => Err(raised),
            }
        }
        Err(raised) => Err(raised),
    }
}

/// Tells whether a raised `StopIteration` carries no value.
/// It can then be replaced by an end without exception.
fn is_bare_stop(_thread: &Thread, raised: &Raised) -> bool {
    use crate::types::exception::Exception;
    use crate::value::{Pending, Tuple};
    match raised.pending() {
        Pending::Arguments(ErrorKind::StopIteration, arguments) => arguments.is_empty(),
        Pending::Instance(exception) | Pending::Unwound(exception) => {
            exception.downcast_ref::<Exception>().is_some_and(|exception| {
                exception.args.get().downcast_ref::<Tuple>().is_none_or(|args| args.is_empty())
            })
        }
        _ => false,
    }
}

fn call_instance(thread: &mut Thread, object: &Value, arguments: Args<'_>) -> Run<Value> {
    call_required_method(thread, object, &thread.known().names().call, arguments)
}

fn get_attr(thread: &mut Thread, object: &Value, name: &Object<Str>) -> Run<Value> {
    let names = thread.known().names();
    let class = shape_of(thread, object).class();
    let found = class_lookup(class, &names.getattribute);
    let direct = match found.as_ref().and_then(Value::downcast_ref::<SlotWrapper>) {
        Some(wrapper) => wrapper.owner.slots().get_attr,
        None => None,
    };
    let result = match direct {
        Some(operation) => operation(thread, object, name),
        None => {
            call_required_method(thread, object, &names.getattribute, Args::positional(&[name.to_value()]))
        }
    };
    match result {
        Err(raised) if raised.is_kind(thread, ErrorKind::AttributeError) => {
            match call_special_method(thread, object, &names.getattr, Args::positional(&[name.to_value()])) {
                Some(result) => result,
                None => Err(raised),
            }
        }
        result => result,
    }
}

fn set_attr(thread: &mut Thread, object: &Value, name: &Object<Str>, value: Option<&Value>) -> Run<()> {
    let names = thread.known().names();
    let name = name.to_value();
    match value {
        Some(value) => {
            call_required_method(thread, object, &names.setattr, Args::positional(&[name, value.clone()]))
        }
        None => call_required_method(thread, object, &names.delattr, Args::positional(&[name])),
    }
    .map(drop)
}

fn descriptor_get(
    thread: &mut Thread,
    object: &Value,
    instance: Option<&Value>,
    owner: &Value,
) -> Run<Value> {
    let instance = instance.cloned().unwrap_or(Value::NONE);
    call_required_method(
        thread,
        object,
        &thread.known().names().get,
        Args::positional(&[instance, owner.clone()]),
    )
}

fn descriptor_set(thread: &mut Thread, object: &Value, instance: &Value, value: Option<&Value>) -> Run<()> {
    let names = thread.known().names();
    match value {
        Some(value) => call_required_method(
            thread,
            object,
            &names.set,
            Args::positional(StackRef::as_values(&lend([instance, value]))),
        ),
        None => call_required_method(
            thread,
            object,
            &names.delete,
            Args::positional(StackRef::as_values(&lend([instance]))),
        ),
    }
    .map(drop)
}

fn new(thread: &mut Thread, class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    let Some(found) = class_lookup(class, &thread.known().names().new) else {
        return Err(Raised::type_error(format_args!("cannot create '{}' instances", class.name_text())));
    };
    let class = class.to_value();
    let function = match slots_of(thread, &found).descriptor_get {
        Some(operation) => operation(thread, &found, None, &class)?,
        None => found,
    };
    call_with_self(thread, &function, &class, arguments)
}

fn init(thread: &mut Thread, object: &Value, arguments: Args<'_>) -> Run<()> {
    let result = call_required_method(thread, object, &thread.known().names().init, arguments)?;
    if result.is_none() {
        return Ok(());
    }
    Err(Raised::type_error(format_args!(
        "__init__() should return None, not '{}'",
        type_name(thread, &result)
    )))
}

fn finalize(thread: &mut Thread, object: &Value) -> Run<()> {
    let name = &thread.known().names().del;
    match protocol::lookup_special_method(thread, object, name)? {
        Some(method) => call(thread, &method, Args::positional(&[])).map(drop),
        None => Ok(()),
    }
}
