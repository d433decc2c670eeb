//! `pow`, whose third operand gives the operator `**` a form of its own.
//!
//! The operands are asked as for other operators: the left one first, unless the right one's class derives from the left
//! one's, and the modulus last. All classes of scripts that have the operator are one party, which is asked once and
//! calls `__pow__` and then `__rpow__` (CPython: `ternary_op`, `slot_nb_power`).

use crate::protocol::{self, call_special_method, class_lookup, class_of, type_name};
use crate::thread::Thread;
use crate::types::class::operators::is_scripted_operator;
use crate::types::{int, weak};
use crate::value::{Args, BinaryOp, Kind, NativeMethod, Raised, Run, Value};

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[NativeMethod::function("pow", "base, exp, mod=None", pow)];

/// Returns `base ** exp`, modulo `mod` if there is one. Raises `TypeError` if no operand supports it, and what computing
/// raises.
fn pow(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [base, exponent, modulus] = args.options();
    let (base, exponent) = (base.expect("required"), exponent.expect("required"));
    match modulus.filter(|modulus| !modulus.is_none()) {
        None => protocol::binary_op(thread, BinaryOp::Power, base, exponent),
        Some(modulus) => with_modulus(thread, [base, exponent, modulus]),
    }
}

/// Who computes a power: CPython compares the functions in the slots of the types.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Party {
    /// The special methods of classes of the script.
    Script,
    /// A built-in type.
    BuiltIn(Kind),
}

impl Party {
    fn of(thread: &Thread, operand: &Value) -> Option<Party> {
        if is_scripted_operator(thread, operand, BinaryOp::Power) {
            return Some(Party::Script);
        }
        match operand.kind() {
            Kind::Int | Kind::Bool => Some(Party::BuiltIn(Kind::Int)),
            kind @ (Kind::Float | Kind::Complex) => Some(Party::BuiltIn(kind)),
            _ => None,
        }
    }
}

fn with_modulus(thread: &mut Thread, operands: [&Value; 3]) -> Run<Value> {
    let parties = operands.map(|operand| Party::of(thread, operand));
    if parties[0] != Some(Party::Script) && operands.into_iter().any(weak::proxy::is_proxy) {
        let [base, exponent, modulus] = operands.map(|operand| weak::proxy::unwrapped(thread, operand));
        return with_modulus(thread, [&base?, &exponent?, &modulus?]);
    }
    let [base, exponent, modulus] = operands;
    let (left_class, right_class) = (class_of(thread, base), class_of(thread, exponent));
    let derives = left_class.raw() != right_class.raw() && right_class.is_subclass_of(&left_class);
    let mut asked = vec![0, 1, 2];
    if derives && parties[1] != parties[0] {
        asked.swap(0, 1);
    }
    let mut before = Vec::new();
    for at in asked {
        let Some(party) = parties[at].filter(|party| !before.contains(party)) else { continue };
        before.push(party);
        let result = match party {
            Party::Script => by_script(thread, operands)?,
            Party::BuiltIn(_) => int::power::power_of_three(thread, operands[at], operands)?,
        };
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    Err(Raised::type_error(format_args!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        type_name(thread, base),
        type_name(thread, exponent),
        type_name(thread, modulus)
    )))
}

/// Calls `__pow__` of the base and `__rpow__` of the exponent; `NotImplemented` if both decline. Raises what they raise.
fn by_script(thread: &mut Thread, operands: [&Value; 3]) -> Run<Value> {
    let [base, exponent, modulus] = operands;
    let (left_class, right_class) = (class_of(thread, base), class_of(thread, exponent));
    let differ = left_class.raw() != right_class.raw();
    let mut asks_right = differ && is_scripted_operator(thread, exponent, BinaryOp::Power);
    if is_scripted_operator(thread, base, BinaryOp::Power) {
        if asks_right && right_class.is_subclass_of(&left_class) {
            let name = thread.known().intern(thread, "__rpow__");
            let (left, right) = (class_lookup(&left_class, &name), class_lookup(&right_class, &name));
            let is_overloaded = right.is_some_and(|right| left.is_none_or(|left| !left.is(&right)));
            if is_overloaded {
                let result = method(thread, exponent, "__rpow__", [base, modulus])?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
                asks_right = false;
            }
        }
        let result = method(thread, base, "__pow__", [exponent, modulus])?;
        if !result.is_not_implemented() || !differ {
            return Ok(result);
        }
    }
    if asks_right {
        method(thread, exponent, "__rpow__", [base, modulus])
    } else {
        Ok(Value::NOT_IMPLEMENTED)
    }
}

/// Calls a special method; `NotImplemented` if there is none. Raises what it raises.
fn method(thread: &mut Thread, object: &Value, name: &str, arguments: [&Value; 2]) -> Run<Value> {
    let name = thread.known().intern(thread, name);
    let arguments = arguments.map(Value::clone);
    call_special_method(thread, object, &name, Args::positional(&arguments))
        .unwrap_or(Ok(Value::NOT_IMPLEMENTED))
}
