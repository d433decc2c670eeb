//! What is evaluated when somebody asks for it: the bound, constraints and default of a type parameter, the value of an
//! alias.
//!
//! Two slots hold it: the value, unbound until it is known, and the function that computes it, unbound if the value was
//! given. A program may ask for the function as well; for a given value it gets a `_ConstEvaluator`.

use crate::protocol::{self, call};
use crate::references;
use crate::thread::Thread;
use crate::types::object::class_names::{module_text, qualname_text};
use crate::types::object::method_arguments::own;
use crate::value::{
    Args, Class, ClassFlags, Kind, Payload, Raised, Run, Signature, Slot, Slots, TypeSpec, Value, alloc,
};

/// `annotationlib.Format.STRING`.
const STRING: i64 = 4;

/// Returns the value, computed if it has to be; `None` if there is neither a value nor a function. Raises what the
/// function raises.
pub fn computed(thread: &mut Thread, value: &Slot, evaluator: &Slot) -> Run<Option<Value>> {
    let known = value.get();
    if !known.is_unbound() {
        return Ok(Some(known));
    }
    let evaluator = evaluator.get();
    if evaluator.is_unbound() {
        return Ok(None);
    }
    let made = call(thread, &evaluator, Args::positional(&[]))?;
    drop(value.set(made.clone()));
    Ok(Some(made))
}

/// Returns the function that computes the value, `None` without any.
pub fn evaluator(thread: &Thread, value: &Slot, evaluator: &Slot) -> Value {
    let given = evaluator.get();
    if !given.is_unbound() {
        return given;
    }
    let value = value.get();
    if value.is_unbound() { Value::NONE } else { thread.alloc(ConstEvaluator { value }).into_value() }
}

/// The payload of a `_typing._ConstEvaluator`: a function that returns the same value each time.
pub struct ConstEvaluator {
    value: Value,
}

references!(ConstEvaluator { value });

impl Payload for ConstEvaluator {
    const KIND: Kind = Kind::ConstEvaluator;
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let shown = protocol::repr(thread, &own::<ConstEvaluator>(value).value)?;
    Ok(thread.new_string(crate::memory::formatted(format_args!("<constevaluator {}>", shown.as_str()))?))
}

/// The parameters of a call.
const SIGNATURE: Signature = Signature::new("format, /");

fn evaluate(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<Value> {
    if args.has_keywords() || args.count() != 1 {
        let given = args.count();
        let message = format_args!("constevaluator.__call__() takes exactly 1 argument ({given} given)");
        return Err(Raised::type_error(message));
    }
    SIGNATURE.check("constevaluator.__call__", args)?;
    let [format] = args.exactly();
    let Some(format) = format.as_i64() else {
        let given = protocol::type_name(thread, format);
        return Err(Raised::type_error(format_args!("'{given}' object cannot be interpreted as an integer")));
    };
    let held = own::<ConstEvaluator>(value).value.clone();
    if format != STRING {
        return Ok(held);
    }
    type_repr(thread, &held)
}

/// Returns the text of a type, or of a tuple of types.
fn type_repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let Some(tuple) = value.downcast_exact::<crate::value::Tuple>() else {
        let text = text_of(thread, value)?;
        return Ok(thread.new_string(text));
    };
    let mut parts = Vec::new();
    for item in tuple.items() {
        parts.push(text_of(thread, item)?);
    }
    let comma = if parts.len() == 1 { "," } else { "" };
    let text = format!("({}{comma})", parts.join(", "));
    Ok(thread.new_string(text))
}

fn text_of(thread: &mut Thread, value: &Value) -> Run<String> {
    if let Some(class) = value.downcast_ref::<Class>() {
        let name = qualname_text(class);
        return Ok(match module_text(thread, class) {
            Some(module) if &*module != "builtins" => format!("{module}.{name}"),
            _ => name.to_string(),
        });
    }
    if value.kind() == Kind::EllipsisType {
        return Ok("...".to_owned());
    }
    Ok(protocol::repr(thread, value)?.as_str().to_owned())
}

/// `_typing._ConstEvaluator`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::ConstEvaluator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<ConstEvaluator>,
    slots: Slots { repr: Some(repr), call: Some(evaluate), ..Slots::EMPTY },
    methods: &[],
    attributes: &[],
    doc: "",
};
