//! `FrameLocalsProxy`: what `f_locals` of a function's frame is, the frame's variables as a mapping (PEP 667).
//!
//! Reading asks the frame, and setting a key sets the variable. Variables cannot be removed; other keys are kept in a
//! dict beside them. Where the frame finds its variables is in `vm/frame/variables.rs`.

use crate::protocol::{self, dict_contains, dict_delete, dict_get, dict_set};
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::dict::update;
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Comparison, Dict, Kind, List, NativeMethod, Object, Payload, Raised,
    Ref, Run, Slots, Str, TypeSpec, Value,
};
use crate::vm::frame::object::FrameObject;

/// The payload of a `FrameLocalsProxy`.
pub struct FrameLocals {
    /// The frame.
    frame: Ref<FrameObject>,
}

references!(FrameLocals { frame });

impl Payload for FrameLocals {
    const KIND: Kind = Kind::FrameLocals;
    const HAS_ATTRIBUTES: bool = false;
}

/// Returns a new mapping of the variables of a frame.
pub fn of(thread: &ThreadState, frame: &Object<FrameObject>) -> Value {
    thread.alloc(FrameLocals { frame: frame.to_ref() }).into_value()
}

/// `FrameLocalsProxy`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::FrameLocals,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<FrameLocals>,
    slots: Slots {
        new: Some(make),
        repr: Some(repr),
        len: Some(|thread, value| Ok(frame(value).snapshot(thread)?.len())),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(contains),
        iter: Some(iter),
        compare: Some(compare),
        binary: Slots::operators([(BinaryOp::Or, union)]),
        in_place: Slots::operators([(BinaryOp::Or, union_in_place)]),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__contains__", "object, /", |thread, args| {
            let [this, key] = args.exactly();
            contains(thread, this, key).map(Value::bool)
        }),
        NativeMethod::new("__getitem__", "key, /", |thread, args| {
            let [this, key] = args.exactly();
            get_item(thread, this, key)
        }),
        NativeMethod::new("update", "other, /", update_method),
        NativeMethod::new("__reversed__", "", reversed),
        NativeMethod::new("copy", "", |thread, args| {
            let [this] = args.exactly();
            Ok(frame(this).snapshot(thread)?.into_value())
        }),
        NativeMethod::new("keys", "", |thread, args| {
            let [this] = args.exactly();
            parts(thread, this, |_, key, _| key)
        }),
        NativeMethod::new("values", "", |thread, args| {
            let [this] = args.exactly();
            parts(thread, this, |_, _, value| value)
        }),
        NativeMethod::new("items", "", |thread, args| {
            let [this] = args.exactly();
            parts(thread, this, |thread, key, value| thread.new_tuple(vec![key, value]))
        }),
        NativeMethod::new("get", "key, default=None, /", get),
        NativeMethod::new("pop", "key, default=None, /", pop),
        NativeMethod::new("setdefault", "key, default=None, /", set_default),
    ],
    attributes: &[],
    doc: "",
};

fn frame(value: &Value) -> &Object<FrameObject> {
    let this: &Object<FrameLocals> =
        value.downcast_ref().expect("slots are called with an instance of their type");
    &this.frame
}

/// `FrameLocalsProxy(frame)`. Raises `TypeError` for anything but one frame.
fn make(thread: &mut Thread, _class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    let [given] = arguments.positionals() else {
        let count = arguments.positionals().len();
        return Err(Raised::type_error(format_args!("FrameLocalsProxy expected 1 argument, got {count}")));
    };
    if arguments.keywords().next().is_some() {
        return Err(Raised::type_error("FrameLocalsProxy takes no keyword arguments"));
    }
    match given.downcast_ref::<FrameObject>() {
        Some(frame) => Ok(of(thread, frame)),
        None => {
            let found = protocol::type_name(thread, given);
            Err(Raised::type_error(format_args!("expect frame, not {found}")))
        }
    }
}

/// Returns the name that a key stands for: itself, or the name of a variable that it equals. Raises what hashing and
/// comparing the key raise.
fn variable_name(thread: &mut Thread, frame: &Object<FrameObject>, key: &Value) -> Run<Option<Ref<Str>>> {
    if let Some(name) = key.downcast_exact::<Str>() {
        return Ok(Some(name.to_ref()));
    }
    let hash = protocol::hash(thread, key)?;
    for name in &frame.code.variables {
        if protocol::hash(thread, name.as_value())? == hash && protocol::equal(thread, key, name.as_value())?
        {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}

/// Returns the value of a variable, or of another key that a program has set. Raises what hashing the key raises.
fn find(thread: &mut Thread, value: &Value, key: &Value) -> Run<Option<Value>> {
    let frame = frame(value);
    if let Some(name) = variable_name(thread, frame, key)?
        && let Some(found) = frame.variable(thread, name.as_str())
    {
        return Ok(Some(found).filter(|found| !found.is_unbound()));
    }
    dict_get(thread, &frame.extra_names(thread), key)
}

fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Run<Value> {
    if let Some(found) = find(thread, value, key)? {
        return Ok(found);
    }
    let shown = protocol::repr(thread, key)?;
    let message = thread.new_string(format!("local variable '{}' is not defined", shown.as_str()));
    Err(Raised::key_error(message))
}

fn set_item(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Run<()> {
    let frame = frame(value);
    if let Some(name) = variable_name(thread, frame, key)? {
        match new {
            Some(new) if frame.set_variable(thread, name.as_str(), new)? => return Ok(()),
            None if frame.variable(thread, name.as_str()).is_some() => {
                return Err(Raised::value_error("cannot remove local variables from FrameLocalsProxy"));
            }
            _ => {}
        }
    }
    let extra = frame.extra_names(thread);
    match new {
        Some(new) => dict_set(thread, &extra, key, new.clone()),
        None => dict_delete(thread, &extra, key),
    }
}

fn contains(thread: &mut Thread, value: &Value, key: &Value) -> Run<bool> {
    let frame = frame(value);
    if let Some(name) = variable_name(thread, frame, key)?
        && let Some(found) = frame.variable(thread, name.as_str())
    {
        return Ok(!found.is_unbound());
    }
    dict_contains(thread, &frame.extra_names(thread), key)
}

/// Makes a list of something of each key and value.
fn parts(thread: &mut Thread, value: &Value, part: fn(&Thread, Value, Value) -> Value) -> Run<Value> {
    let all = frame(value).snapshot(thread)?.snapshot()?;
    let parts = all.into_iter().map(|(key, value)| part(thread, key, value)).collect();
    Ok(thread.alloc(List::new(parts)).into_value())
}

fn iter(thread: &mut Thread, value: &Value) -> Run<Value> {
    let keys = parts(thread, value, |_, key, _| key)?;
    protocol::iter(thread, &keys)
}

fn reversed(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [this] = arguments.exactly();
    let mut keys = frame(this).snapshot(thread)?.keys()?;
    keys.reverse();
    Ok(thread.alloc(List::new(keys)).into_value())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    if !protocol::repr_enter(thread, value) {
        return Ok(thread.new_str("{...}"));
    }
    let text = match frame(value).snapshot(thread) {
        Ok(all) => protocol::repr(thread, all.as_value()),
        Err(raised) => Err(raised),
    };
    protocol::repr_leave(thread, value);
    text.map(Value::from)
}

/// Equality: two of the same frame are equal, and one equals a dict of its variables.
fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let wanted = match comparison {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    if right.kind() == Kind::FrameLocals {
        let same = frame(left).raw() == frame(right).raw();
        return Ok(Value::bool(same == wanted));
    }
    if right.kind() != Kind::Dict {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let all = frame(left).snapshot(thread)?;
    protocol::compare(thread, all.as_value(), right, comparison)
}

/// Tells whether a value may be merged with a proxy: it is a dict or another proxy.
fn merges(value: &Value) -> bool {
    matches!(value.kind(), Kind::Dict | Kind::FrameLocals)
}

fn union(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    if !merges(right) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    if !merges(left) {
        let name = thread.known().intern(thread, "keys");
        protocol::get_attr(thread, left, &name)?;
    }
    let merged = thread.alloc(Dict::default());
    update::update(thread, &merged, left)?;
    update::update(thread, &merged, right)?;
    Ok(merged.into_value())
}

/// Sets all keys of a dict or another proxy.
fn merge(thread: &mut Thread, this: &Value, other: &Value) -> Run<()> {
    let all = match other.downcast_ref::<Dict>() {
        Some(dict) => dict.snapshot()?,
        None => frame(other).snapshot(thread)?.snapshot()?,
    };
    for (key, value) in all {
        set_item(thread, this, &key, Some(&value))?;
    }
    Ok(())
}

fn union_in_place(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    if !merges(right) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    merge(thread, left, right)?;
    Ok(left.clone())
}

fn update_method(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [this, other] = arguments.exactly();
    if !merges(other) {
        return Err(Raised::type_error("update() argument must be dict or another FrameLocalsProxy"));
    }
    merge(thread, this, other)?;
    Ok(Value::NONE)
}

fn get(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [this, key, default] = arguments.options();
    let (this, key) = both(this, key);
    Ok(find(thread, this, key)?.unwrap_or_else(|| default.cloned().unwrap_or(Value::NONE)))
}

/// Returns two arguments that the signature requires.
fn both<'a>(this: Option<&'a Value>, key: Option<&'a Value>) -> (&'a Value, &'a Value) {
    (this.expect("a method gets `self`"), key.expect("the parameter is required"))
}

/// `pop(key, default)`. Raises `ValueError` for a variable, `KeyError` for a key that is not there.
fn pop(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [this, key, default] = arguments.options();
    let (this, key) = both(this, key);
    let frame = frame(this);
    if let Some(name) = variable_name(thread, frame, key)?
        && frame.variable(thread, name.as_str()).is_some()
    {
        return Err(Raised::value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    let extra = frame.extra_names(thread);
    match dict_get(thread, &extra, key)? {
        Some(found) => {
            dict_delete(thread, &extra, key)?;
            Ok(found)
        }
        None => default.cloned().ok_or_else(|| Raised::key_error(key.clone())),
    }
}

fn set_default(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [this, key, default] = arguments.options();
    let (this, key) = both(this, key);
    if let Some(found) = find(thread, this, key)? {
        return Ok(found);
    }
    let default = default.cloned().unwrap_or(Value::NONE);
    set_item(thread, this, key, Some(&default))?;
    Ok(default)
}
