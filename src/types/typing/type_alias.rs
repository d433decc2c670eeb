//! `typing.TypeAliasType`: what a `type` statement makes.

use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::typing::evaluated::{computed, evaluator};
use crate::types::typing::type_var_tuple::iter_unpacked;
use crate::types::typing::{generic_alias, parameter, union_type};
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Run,
    Signature, Slot, Slots, Str, Tuple, TypeSpec, Value, alloc,
};

/// The payload of a type alias.
pub struct TypeAlias {
    name: Value,
    /// A tuple.
    type_params: Value,
    value: Slot,
    evaluate_value: Slot,
    /// `__module__`; unbound for that of the function that computes the value.
    module: Value,
}

references!(TypeAlias { name, type_params, value, evaluate_value, module });

impl Payload for TypeAlias {
    const KIND: Kind = Kind::TypeAliasType;
}

/// Makes the alias of a `type` statement, of the function that computes the value. The parameters are a tuple, or `None`.
pub fn of_statement(thread: &Thread, name: Value, type_params: Value, evaluate_value: Value) -> Value {
    let type_params = if type_params.is_none() { thread.known().empty_tuple() } else { type_params };
    let evaluate_value = Slot::new(evaluate_value);
    let made = TypeAlias { name, type_params, value: Slot::empty(), evaluate_value, module: Value::UNBOUND };
    thread.alloc(made).into_value()
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("name, value, *, type_params=()");

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [name, value, type_params] = SIGNATURE.bind("typealias", args)?;
    let name = parameter::name_of(thread, "typealias", name)?;
    let value = Slot::new(value.expect("the second parameter is required").clone());
    let type_params = match type_params {
        None => thread.known().empty_tuple(),
        Some(given) => match given.downcast_ref::<Tuple>() {
            Some(tuple) => {
                check_params(thread, tuple)?;
                given.clone()
            }
            None => return Err(Raised::type_error("type_params must be a tuple")),
        },
    };
    let module = parameter::calling_module(thread)?;
    let made = TypeAlias { name, type_params, value, evaluate_value: Slot::empty(), module };
    Ok(thread.alloc(made).into_value())
}

/// Raises `TypeError` for what is no parameter, and for one without default behind one with a default.
fn check_params(thread: &mut Thread, params: &Object<Tuple>) -> Run<()> {
    let mut has_default = false;
    for param in params.items() {
        if !matches!(param.kind(), Kind::TypeVar | Kind::ParamSpec | Kind::TypeVarTuple) {
            let shown = protocol::repr(thread, param)?;
            return Err(Raised::type_error(format_args!("Expected a type param, got {}", shown.as_str())));
        }
        let name = thread.known().intern(thread, "__default__");
        let is_missing = protocol::get_attr(thread, param, &name)?.kind() == Kind::NoDefaultType;
        if is_missing && has_default {
            let shown = protocol::repr(thread, param)?;
            return Err(Raised::type_error(format_args!(
                "non-default type parameter '{}' follows default type parameter",
                shown.as_str()
            )));
        }
        has_default |= !is_missing;
    }
    Ok(())
}

fn get_value(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<TypeAlias>(value);
    Ok(computed(thread, &this.value, &this.evaluate_value)?.expect("an alias has a value or computes it"))
}

fn get_module(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<TypeAlias>(value);
    if !this.module.is_unbound() {
        return Ok(this.module.clone());
    }
    let evaluator = this.evaluate_value.get();
    let name = &thread.known().names().module;
    Ok(protocol::find_attr(thread, &evaluator, name)?.unwrap_or(Value::NONE))
}

/// Returns the parameters as they stand in the arguments of other aliases: `*Ts` unpacked.
fn get_parameters(thread: &mut Thread, value: &Value) -> Run<Value> {
    let params = own::<TypeAlias>(value).type_params.clone();
    unpacked_params(thread, &params)
}

/// Returns a tuple of parameters with each `TypeVarTuple` unpacked. Raises `ImportError` if one has to be and `typing`
/// is missing.
pub fn unpacked_params(thread: &mut Thread, params: &Value) -> Run<Value> {
    let items = params.downcast_ref::<Tuple>().map_or(&[][..], |params| params.items());
    if !items.iter().any(|param| param.kind() == Kind::TypeVarTuple) {
        return Ok(params.clone());
    }
    let mut all = Vec::new();
    for param in items {
        all.push(match param.kind() {
            Kind::TypeVarTuple => crate::types::typing::library::unpack(thread, param)?,
            _ => param.clone(),
        });
    }
    Ok(thread.new_tuple(all))
}

fn get_item(thread: &mut Thread, value: &Value, arguments: &Value) -> Run<Value> {
    let params = own::<TypeAlias>(value).type_params.downcast_ref::<Tuple>();
    if params.is_none_or(|params| params.is_empty()) {
        return Err(Raised::type_error("Only generic type aliases are subscriptable"));
    }
    Ok(generic_alias::new(thread, value, arguments))
}

fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    if name.as_str() == "__module__" {
        return get_module(thread, value);
    }
    crate::types::object::get_attribute(thread, value, name)
}

/// `typing.TypeAliasType`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::TypeAliasType,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<TypeAlias>,
    slots: Slots {
        new: Some(new),
        repr: Some(|_, value| Ok(own::<TypeAlias>(value).name.clone())),
        iter: Some(iter_unpacked),
        get_item: Some(get_item),
        get_attr: Some(get_attr),
        binary: Slots::operators([(BinaryOp::Or, union_type::or)]),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", |_, args| {
        Ok(split_self::<TypeAlias>(args).0.name.clone())
    })],
    attributes: &[
        NativeAttribute::field("__name__", |_, value| Ok(own::<TypeAlias>(value).name.clone())),
        NativeAttribute::read_only("__parameters__", get_parameters),
        NativeAttribute::read_only("__type_params__", |_, value| {
            Ok(own::<TypeAlias>(value).type_params.clone())
        }),
        NativeAttribute::read_only("__value__", get_value),
        NativeAttribute::read_only("evaluate_value", |thread, value| {
            let this = own::<TypeAlias>(value);
            Ok(evaluator(thread, &this.value, &this.evaluate_value))
        }),
    ],
    doc: "Type alias.",
};
