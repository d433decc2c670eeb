//! `typing.TypeVarTuple`: a parameter that stands for any number of types.

use crate::references;
use crate::thread::Thread;
use crate::types::object::instance;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::typing::evaluated::evaluator;
use crate::types::typing::library::{call_typing, unpack};
use crate::types::typing::parameter;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Run, Signature,
    Slot, Slots, TypeSpec, Value, alloc,
};

/// The payload of a `TypeVarTuple`.
pub struct TypeVarTuple {
    name: Value,
    default: Slot,
    /// The function that computes the default; unbound without one.
    pub evaluate_default: Slot,
}

references!(TypeVarTuple { name, default, evaluate_default });

impl Payload for TypeVarTuple {
    const KIND: Kind = Kind::TypeVarTuple;
}

/// Makes the parameter that `*name` in brackets stands for.
pub fn in_brackets(thread: &Thread, name: Value) -> Value {
    let made = TypeVarTuple { name, default: Slot::empty(), evaluate_default: Slot::empty() };
    instance::allocate(thread, thread.known().class(Kind::TypeVarTuple), made).into_value()
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("name, *, default=typing.NoDefault");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [name, default] = SIGNATURE.bind("typevartuple", args)?;
    let name = parameter::name_of(thread, "typevartuple", name)?;
    let made =
        TypeVarTuple { name, default: parameter::given_default(default), evaluate_default: Slot::empty() };
    let made = instance::allocate(thread, class, made).into_value();
    parameter::set_module(thread, &made)?;
    Ok(made)
}

/// Returns an iterator over `Unpack[self]` alone, which `*Ts` asks for. Raises `ImportError` if `typing` is missing.
pub fn iter_unpacked(thread: &mut Thread, value: &Value) -> Run<Value> {
    let unpacked = unpack(thread, value)?;
    let tuple = thread.new_tuple(vec![unpacked]);
    crate::protocol::iter(thread, &tuple)
}

fn subst(_thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Err(Raised::type_error("Substitution of bare TypeVarTuple is not supported"))
}

/// `typing.TypeVarTuple`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::TypeVarTuple,
    base: Kind::Object,
    flags: ClassFlags::HAS_DICT.union(ClassFlags::WEAKREFABLE),
    info: alloc::type_info::<TypeVarTuple>,
    slots: Slots {
        new: Some(new),
        repr: Some(|_, value| Ok(own::<TypeVarTuple>(value).name.clone())),
        iter: Some(iter_unpacked),
        get_attr: Some(parameter::get_attr),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__typing_subst__", "arg, /", subst),
        NativeMethod::new("__typing_prepare_subst__", "alias, args, /", |thread, args| {
            call_typing(thread, "_typevartuple_prepare_subst", args)
        }),
        NativeMethod::new("__reduce__", "", |_, args| Ok(split_self::<TypeVarTuple>(args).0.name.clone())),
        NativeMethod::new("has_default", "", |_, args| {
            let (this, _) = split_self::<TypeVarTuple>(args);
            Ok(parameter::has_default(&this.default, &this.evaluate_default))
        }),
        NativeMethod::new("__mro_entries__", "object, /", |_, _| Err(parameter::no_base(Kind::TypeVarTuple))),
    ],
    attributes: &[
        NativeAttribute::field("__name__", |_, value| Ok(own::<TypeVarTuple>(value).name.clone())),
        NativeAttribute::read_only("__default__", |thread, value| {
            let this = own::<TypeVarTuple>(value);
            parameter::default(thread, &this.default, &this.evaluate_default)
        }),
        NativeAttribute::read_only("evaluate_default", |thread, value| {
            let this = own::<TypeVarTuple>(value);
            Ok(evaluator(thread, &this.default, &this.evaluate_default))
        }),
    ],
    doc: "Type variable tuple.",
};
