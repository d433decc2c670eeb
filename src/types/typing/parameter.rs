//! What the three kinds of type parameters do alike: names, modules, variance, defaults, unions.

use crate::protocol::{self, class_of};
use crate::thread::Thread;
use crate::types::object::{self, instance};
use crate::types::typing::evaluated::computed;
use crate::types::typing::no_default::no_default;
use crate::types::typing::union_type;
use crate::value::{Dict, Kind, Object, Raised, Run, Slot, Str, Value};

/// Whether a parameter may stand for types derived from its own, or for those that it derives from.
#[derive(Clone, Copy)]
pub struct Variance {
    /// `__covariant__`.
    pub covariant: bool,
    /// `__contravariant__`.
    pub contravariant: bool,
    /// `__infer_variance__`.
    pub inferred: bool,
}

impl Variance {
    /// That of a parameter in brackets, which a type checker finds out.
    pub const INFERRED: Variance = Variance { covariant: false, contravariant: false, inferred: true };

    /// Reads the arguments of a constructor. Raises `ValueError` for two that exclude each other, and what `bool`
    /// raises.
    pub fn of(thread: &mut Thread, given: [Option<&Value>; 3]) -> Run<Variance> {
        let mut asked = [false; 3];
        for (asked, given) in asked.iter_mut().zip(given) {
            *asked = given.map_or(Ok(false), |given| protocol::is_true(thread, given))?;
        }
        let [covariant, contravariant, inferred] = asked;
        if covariant && contravariant {
            return Err(Raised::value_error("Bivariant types are not supported."));
        }
        if inferred && (covariant || contravariant) {
            return Err(Raised::value_error("Variance cannot be specified with infer_variance."));
        }
        Ok(Variance { covariant, contravariant, inferred })
    }

    /// Returns the name of a parameter with the sign of its variance.
    pub fn show(self, thread: &Thread, name: &Value) -> Value {
        let name = text(name);
        let sign = match (self.inferred, self.covariant, self.contravariant) {
            (true, ..) => "",
            (_, true, _) => "+",
            (_, _, true) => "-",
            _ => "~",
        };
        thread.new_string([sign, name].concat())
    }
}

/// Returns a name as text.
pub fn text(name: &Value) -> &str {
    name.downcast_ref::<Str>().map_or("", |name| name.as_str())
}

/// Checks the name of a parameter. Raises `TypeError` if it is no `str`.
pub fn name_of(thread: &Thread, function: &str, name: Option<&Value>) -> Run<Value> {
    let name = name.expect("the first parameter is required");
    if name.downcast_ref::<Str>().is_none() {
        let given = protocol::argument_kind(thread, name);
        return Err(Raised::type_error(format_args!(
            "{function}() argument 'name' must be str, not {given}"
        )));
    }
    Ok(name.clone())
}

/// Returns the name of the module whose code runs, `None` if it has no name. Raises what finding the frame raises.
pub fn calling_module(thread: &mut Thread) -> Run<Value> {
    let globals = (thread.known().upper_floors.globals)(thread)?;
    let name = &thread.known().names().name;
    let found = globals.downcast_ref::<Dict>().and_then(|globals| globals.get_str(name));
    Ok(found.unwrap_or(Value::NONE))
}

/// Sets `__module__` of a parameter that a program has made by a call, to that of the calling code. Raises
/// `MemoryError`.
pub fn set_module(thread: &mut Thread, value: &Value) -> Run<()> {
    let module = calling_module(thread)?;
    let name = &thread.known().names().module;
    instance::store(thread, value, name, module)
}

/// Reads an attribute; the module is that of the class, unless the object has its own.
pub fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    if name.as_str() == "__module__" && instance::find(value, name).is_none() {
        let class = class_of(thread, value).into_value();
        return protocol::get_attr(thread, &class, name);
    }
    object::get_attribute(thread, value, name)
}

/// Returns a default that was given, unbound for `NoDefault`.
pub fn given_default(default: Option<&Value>) -> Slot {
    match default {
        Some(default) if default.kind() != Kind::NoDefaultType => Slot::new(default.clone()),
        _ => Slot::empty(),
    }
}

/// Returns `__default__`. Raises what computing it raises.
pub fn default(thread: &mut Thread, value: &Slot, evaluator: &Slot) -> Run<Value> {
    Ok(match computed(thread, value, evaluator)? {
        Some(default) => default,
        None => no_default(thread),
    })
}

/// Tells whether there is a default, computed or not.
pub fn has_default(value: &Slot, evaluator: &Slot) -> Value {
    Value::bool(!value.get().is_unbound() || !evaluator.get().is_unbound())
}

/// `left | right`, where one of them is a parameter. Raises `ImportError` if `typing` is missing, `TypeError` for what
/// is no type.
pub fn or(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    union_type::of(thread, &[left.clone(), right.clone()])
}

/// Makes the error for a class that derives from a parameter.
pub fn no_base(kind: Kind) -> Raised {
    let name = kind.name().trim_start_matches("typing.");
    Raised::type_error(format_args!("Cannot subclass an instance of {name}"))
}
