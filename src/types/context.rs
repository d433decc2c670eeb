//! Context variables and the tokens that undo their changes (CPython: `context.c`).
//!
//! There is one context, that of the program: nothing makes another one yet. So a variable holds its value itself. The
//! runtime has one such variable, in which `warnings` keeps its filters if it is to have them in contexts.

use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::object::address;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::{
    Args, ClassFlags, ErrorKind, Kind, NativeAttribute, NativeMethod, Payload, Raised, Run, Slot, Slots,
    TypeSpec, Value, alloc,
};

/// The payload of a context variable.
pub struct ContextVar {
    name: Value,
    /// Unbound until it is set.
    value: Slot,
}

references!(ContextVar { name, value });

impl Payload for ContextVar {
    const KIND: Kind = Kind::ContextVar;
}

impl ContextVar {
    /// Makes a variable that has no value and no default.
    pub fn new(name: Value) -> ContextVar {
        ContextVar { name, value: Slot::empty() }
    }

    /// Returns the value, if there is one.
    pub fn get(&self) -> Option<Value> {
        let value = self.value.get();
        (!value.is_unbound()).then_some(value)
    }
}

/// The payload of a token.
pub struct ContextToken {
    variable: Value,
    /// The value from before; unbound if there was none.
    old: Slot,
    /// `True` once the change was undone.
    is_used: Slot,
}

references!(ContextToken { variable, old, is_used });

impl Payload for ContextToken {
    const KIND: Kind = Kind::ContextToken;
}

/// `get(default)`. Raises `LookupError` if there is neither a value nor a default.
fn get(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_self::<ContextVar>(args);
    match this.get().or_else(|| rest.get(0).cloned()) {
        Some(value) => Ok(value),
        None => Err(Raised::with(ErrorKind::LookupError, vec![this.to_value()])),
    }
}

/// `set(value)`. Returns a token for `reset`.
fn set(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_self::<ContextVar>(args);
    let [value] = rest.exactly();
    let old = Slot::new(this.value.set(value.clone()));
    let token = ContextToken { variable: this.to_value(), old, is_used: Slot::new(Value::FALSE) };
    Ok(thread.alloc(token).into_value())
}

/// `reset(token)`: undoes the change that returned the token. Raises `TypeError` for anything else, `RuntimeError` for a
/// token that was used, `ValueError` for one of another variable.
fn reset(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_self::<ContextVar>(args);
    let [given] = rest.exactly();
    let Some(token) = given.downcast_ref::<ContextToken>() else {
        let shown = protocol::repr(thread, given)?;
        return Err(Raised::type_error(format_args!(
            "expected an instance of Token, got {}",
            shown.as_str()
        )));
    };
    let shown = protocol::repr(thread, given)?;
    if token.is_used.get().is(&Value::TRUE) {
        return Err(Raised::runtime_error(format_args!("{} has already been used once", shown.as_str())));
    }
    if !token.variable.is(&this.to_value()) {
        return Err(Raised::value_error(format_args!(
            "{} was created by a different ContextVar",
            shown.as_str()
        )));
    }
    drop(token.is_used.set(Value::TRUE));
    drop(this.value.set(token.old.get()));
    Ok(Value::NONE)
}

fn show(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<ContextVar>(value);
    let name = protocol::repr(thread, &this.name)?;
    Ok(thread.new_string(format!("<ContextVar name={} at {}>", name.as_str(), address(value))))
}

fn show_token(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<ContextToken>(value);
    let used = if this.is_used.get().is(&Value::TRUE) { " used" } else { "" };
    let variable = protocol::repr(thread, &this.variable)?;
    Ok(thread.new_string(format!("<Token{used} var={} at {}>", variable.as_str(), address(value))))
}

/// `_contextvars.ContextVar`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::ContextVar,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<ContextVar>,
    slots: Slots { repr: Some(show), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("get", "default=None, /", get),
        NativeMethod::new("set", "value, /", set),
        NativeMethod::new("reset", "token, /", reset),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[NativeAttribute::field("name", |_, value| Ok(own::<ContextVar>(value).name.clone()))],
    doc: "",
};

/// `_contextvars.Token`.
pub const TOKEN_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ContextToken,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<ContextToken>,
    slots: Slots { repr: Some(show_token), ..Slots::EMPTY },
    methods: &[NativeMethod::class("__class_getitem__", "object, /", class_getitem)],
    attributes: &[NativeAttribute::field("var", |_, value| Ok(own::<ContextToken>(value).variable.clone()))],
    doc: "",
};
