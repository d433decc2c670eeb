//! The type `bool`: the two integers that print as words.
//!
//! Everything `int` can do is inherited; `&`, `|` and `^` of two bools give a bool.

use crate::object::{TypeFlags, TypeInfo};
use crate::protocol;
use crate::thread::Thread;
use crate::types::int;
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, ErrorKind, Kind, Object, Run, Signature, Slots, TypeSpec, Value,
};

/// The table of `bool`. Its two values are constants in words, so no object has this type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Bool,
    base: Kind::Int,
    flags: ClassFlags::empty(),
    info: |name| TypeInfo::new(name, 0, TypeFlags::empty()),
    slots: Slots {
        repr: Some(repr),
        binary: Slots::operators([(BinaryOp::And, and), (BinaryOp::Or, or), (BinaryOp::Xor, xor)]),
        invert: Some(invert),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[],
    attributes: &[],
    doc: "",
};

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_str(if value.as_bool() == Some(true) { "True" } else { "False" }))
}

macro_rules! operator {
    ($name:ident, $operator:tt) => {
        fn $name(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
            match (left.as_bool(), right.as_bool()) {
                (Some(left), Some(right)) => Ok(Value::bool(left $operator right)),
                _ => int::arithmetic::$name(thread, left, right),
            }
        }
    };
}

operator!(and, &);
operator!(or, |);
operator!(xor, ^);

/// `~True`: the integer, with a warning.
fn invert(thread: &mut Thread, value: &Value) -> Run<Value> {
    let text = "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the \
                bitwise inversion of the underlying int object and is usually not what you expect from negating a \
                bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion \
                of the underlying int.";
    (thread.known().upper_floors.warn)(thread, ErrorKind::DeprecationWarning, text)?;
    int::arithmetic::invert(thread, value)
}

/// The parameters of `bool(…)`.
const SIGNATURE: Signature = Signature::new("x=False, /");

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    SIGNATURE.check("bool", args)?;
    Ok(match args.positionals() {
        [value] => Value::bool(protocol::is_true(thread, value)?),
        _ => Value::FALSE,
    })
}
