//! `string.templatelib.Interpolation`: a value in a t-string, and how it was written.

use crate::memory;
use crate::protocol::{self, argument_kind};
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Run, Signature,
    Slots, Str, TypeSpec, Value, alloc,
};

/// The payload of an interpolation.
pub struct Interpolation {
    /// The value.
    pub value: Value,
    /// The text of its expression.
    expression: Value,
    /// `'s'`, `'r'`, `'a'` or `None`.
    conversion: Value,
    /// The text of the format specification.
    format_spec: Value,
}

references!(Interpolation { value, expression, conversion, format_spec });

impl Payload for Interpolation {
    const KIND: Kind = Kind::Interpolation;
}

/// The names of the fields in order, by which patterns match: `__match_args__`.
pub const FIELDS: [&str; 4] = ["value", "expression", "conversion", "format_spec"];

/// Makes an interpolation of its value, the text of its expression, its conversion and its format specification.
pub fn of_parts(thread: &ThreadState, [value, expression, conversion, format_spec]: [Value; 4]) -> Value {
    thread.alloc(Interpolation { value, expression, conversion, format_spec }).into_value()
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("value, expression='', conversion=None, format_spec=''");

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [value, expression, conversion, format_spec] = SIGNATURE.bind("Interpolation", args)?;
    let value = value.expect("the first parameter is required").clone();
    let expression = text(thread, expression, "expression")?;
    let conversion = conversion.filter(|conversion| !conversion.is_none());
    let conversion = match conversion {
        None => Value::NONE,
        Some(_) => text(thread, conversion, "conversion")?,
    };
    if let Some(text) = conversion.downcast_ref::<Str>()
        && !matches!(text.as_str(), "s" | "r" | "a")
    {
        let message = "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'";
        return Err(Raised::value_error(message));
    }
    let format_spec = text(thread, format_spec, "format_spec")?;
    Ok(of_parts(thread, [value, expression, conversion, format_spec]))
}

/// Returns an argument that has to be a `str`; the empty one without it.
fn text(thread: &Thread, given: Option<&Value>, name: &str) -> Run<Value> {
    match given {
        None => Ok(thread.known().names().empty.as_value().clone()),
        Some(given) if given.downcast_ref::<Str>().is_some() => Ok(given.clone()),
        Some(other) => {
            let given = argument_kind(thread, other);
            let message = format_args!("Interpolation() argument '{name}' must be str, not {given}");
            Err(Raised::type_error(message))
        }
    }
}

/// The fields in the order of the constructor.
fn fields(this: &Interpolation) -> [&Value; 4] {
    [&this.value, &this.expression, &this.conversion, &this.format_spec]
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let mut text = "Interpolation(".to_owned();
    for (position, field) in fields(own::<Interpolation>(value)).into_iter().enumerate() {
        memory::push_str(&mut text, if position > 0 { ", " } else { "" })?;
        memory::push_str(&mut text, protocol::repr(thread, field)?.as_str())?;
    }
    memory::push_str(&mut text, ")")?;
    Ok(thread.new_string(text))
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let (this, _) = split_self::<Interpolation>(args);
    Ok(reduced::class_call(thread, value, fields(this).map(Value::clone).to_vec()))
}

/// `string.templatelib.Interpolation`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Interpolation,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<Interpolation>,
    slots: Slots { new: Some(new), repr: Some(repr), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[
        NativeAttribute::field("value", |_, value| Ok(own::<Interpolation>(value).value.clone())),
        NativeAttribute::field("expression", |_, value| Ok(own::<Interpolation>(value).expression.clone())),
        NativeAttribute::field("conversion", |_, value| Ok(own::<Interpolation>(value).conversion.clone())),
        NativeAttribute::field("format_spec", |_, value| Ok(own::<Interpolation>(value).format_spec.clone())),
    ],
    doc: "Interpolation object",
};
