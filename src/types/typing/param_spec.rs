//! `typing.ParamSpec`: a parameter that stands for the parameters of a function; `P.args` and `P.kwargs`.

use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::object::instance;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::typing::evaluated::evaluator;
use crate::types::typing::library::{call_typing, type_check};
use crate::types::typing::parameter::{self, Variance};
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Comparison, Kind, NativeAttribute, NativeMethod, Object, Payload, Run,
    Signature, Slot, Slots, TypeSpec, Value, alloc,
};

/// The payload of a `ParamSpec`.
pub struct ParamSpec {
    name: Value,
    bound: Value,
    default: Slot,
    /// The function that computes the default; unbound without one.
    pub evaluate_default: Slot,
    variance: Variance,
}

references!(ParamSpec { name, bound, default, evaluate_default });

impl Payload for ParamSpec {
    const KIND: Kind = Kind::ParamSpec;
}

/// Makes the parameter that `**name` in brackets stands for.
pub fn in_brackets(thread: &Thread, name: Value) -> Value {
    let made = ParamSpec {
        name,
        bound: Value::NONE,
        default: Slot::empty(),
        evaluate_default: Slot::empty(),
        variance: Variance::INFERRED,
    };
    instance::allocate(thread, thread.known().class(Kind::ParamSpec), made).into_value()
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new(
    "name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False",
);

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [name, bound, default, covariant, contravariant, inferred] = SIGNATURE.bind("paramspec", args)?;
    let name = parameter::name_of(thread, "paramspec", name)?;
    let variance = Variance::of(thread, [covariant, contravariant, inferred])?;
    let bound = match bound {
        Some(bound) => type_check(thread, bound, "Bound must be a type.")?,
        None => Value::NONE,
    };
    let default = parameter::given_default(default);
    let made = ParamSpec { name, bound, default, evaluate_default: Slot::empty(), variance };
    let made = instance::allocate(thread, class, made).into_value();
    parameter::set_module(thread, &made)?;
    Ok(made)
}

/// `typing.ParamSpec`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::ParamSpec,
    base: Kind::Object,
    flags: ClassFlags::HAS_DICT.union(ClassFlags::WEAKREFABLE),
    info: alloc::type_info::<ParamSpec>,
    slots: Slots {
        new: Some(new),
        repr: Some(|thread, value| {
            let this = own::<ParamSpec>(value);
            Ok(this.variance.show(thread, &this.name))
        }),
        get_attr: Some(parameter::get_attr),
        binary: Slots::operators([(BinaryOp::Or, parameter::or)]),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__typing_subst__", "arg, /", |thread, args| {
            call_typing(thread, "_paramspec_subst", args)
        }),
        NativeMethod::new("__typing_prepare_subst__", "alias, args, /", |thread, args| {
            call_typing(thread, "_paramspec_prepare_subst", args)
        }),
        NativeMethod::new("__reduce__", "", |_, args| Ok(split_self::<ParamSpec>(args).0.name.clone())),
        NativeMethod::new("has_default", "", |_, args| {
            let (this, _) = split_self::<ParamSpec>(args);
            Ok(parameter::has_default(&this.default, &this.evaluate_default))
        }),
        NativeMethod::new("__mro_entries__", "object, /", |_, _| Err(parameter::no_base(Kind::ParamSpec))),
    ],
    attributes: &[
        NativeAttribute::field("__name__", |_, value| Ok(own::<ParamSpec>(value).name.clone())),
        NativeAttribute::field("__bound__", |_, value| Ok(own::<ParamSpec>(value).bound.clone())),
        NativeAttribute::field("__covariant__", |_, value| {
            Ok(Value::bool(own::<ParamSpec>(value).variance.covariant))
        }),
        NativeAttribute::field("__contravariant__", |_, value| {
            Ok(Value::bool(own::<ParamSpec>(value).variance.contravariant))
        }),
        NativeAttribute::field("__infer_variance__", |_, value| {
            Ok(Value::bool(own::<ParamSpec>(value).variance.inferred))
        }),
        NativeAttribute::read_only("args", |thread, value| {
            Ok(thread.alloc(ParamSpecArgs { origin: value.clone() }).into_value())
        }),
        NativeAttribute::read_only("kwargs", |thread, value| {
            Ok(thread.alloc(ParamSpecKwargs { origin: value.clone() }).into_value())
        }),
        NativeAttribute::read_only("__default__", |thread, value| {
            let this = own::<ParamSpec>(value);
            parameter::default(thread, &this.default, &this.evaluate_default)
        }),
        NativeAttribute::read_only("evaluate_default", |thread, value| {
            let this = own::<ParamSpec>(value);
            Ok(evaluator(thread, &this.default, &this.evaluate_default))
        }),
    ],
    doc: "Parameter specification variable.",
};

/// The payload of `P.args`.
pub struct ParamSpecArgs {
    origin: Value,
}

references!(ParamSpecArgs { origin });

impl Payload for ParamSpecArgs {
    const KIND: Kind = Kind::ParamSpecArgs;
}

/// The payload of `P.kwargs`.
pub struct ParamSpecKwargs {
    origin: Value,
}

references!(ParamSpecKwargs { origin });

impl Payload for ParamSpecKwargs {
    const KIND: Kind = Kind::ParamSpecKwargs;
}

fn show_part(thread: &mut Thread, origin: &Value, part: &str) -> Run<Value> {
    let shown = match origin.downcast_ref::<ParamSpec>() {
        Some(origin) => parameter::text(&origin.name).to_owned(),
        None => protocol::repr(thread, origin)?.as_str().to_owned(),
    };
    Ok(thread.new_string([&shown, ".", part].concat()))
}

fn compare_parts(thread: &mut Thread, origins: Option<(Value, Value)>, comparison: Comparison) -> Run<Value> {
    let Some((left, right)) = origins else { return Ok(Value::NOT_IMPLEMENTED) };
    match comparison {
        Comparison::Equal => Ok(Value::bool(protocol::equal(thread, &left, &right)?)),
        Comparison::NotEqual => Ok(Value::bool(!protocol::equal(thread, &left, &right)?)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn compare_args(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let right = right.downcast_ref::<ParamSpecArgs>();
    let origins = right.map(|right| (own::<ParamSpecArgs>(left).origin.clone(), right.origin.clone()));
    compare_parts(thread, origins, comparison)
}

fn compare_kwargs(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let right = right.downcast_ref::<ParamSpecKwargs>();
    let origins = right.map(|right| (own::<ParamSpecKwargs>(left).origin.clone(), right.origin.clone()));
    compare_parts(thread, origins, comparison)
}

fn unhashable(thread: &mut Thread, value: &Value) -> Run<i64> {
    let name = protocol::type_name(thread, value);
    Err(crate::value::Raised::type_error(format_args!("unhashable type: '{name}'")))
}

/// The parameters of the constructors of the parts.
const ORIGIN: Signature = Signature::new("origin");

fn new_args(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [origin] = ORIGIN.bind("paramspecargs", args)?;
    let origin = origin.expect("the parameter is required").clone();
    Ok(thread.alloc(ParamSpecArgs { origin }).into_value())
}

fn new_kwargs(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [origin] = ORIGIN.bind("paramspeckwargs", args)?;
    let origin = origin.expect("the parameter is required").clone();
    Ok(thread.alloc(ParamSpecKwargs { origin }).into_value())
}

/// `typing.ParamSpecArgs`.
pub const ARGS_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ParamSpecArgs,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: alloc::type_info::<ParamSpecArgs>,
    slots: Slots {
        new: Some(new_args),
        repr: Some(|thread, value| show_part(thread, &own::<ParamSpecArgs>(value).origin, "args")),
        compare: Some(compare_args),
        hash: Some(unhashable),
        get_attr: Some(parameter::get_attr),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__mro_entries__", "object, /", |_, _| {
        Err(parameter::no_base(Kind::ParamSpecArgs))
    })],
    attributes: &[NativeAttribute::field("__origin__", |_, value| {
        Ok(own::<ParamSpecArgs>(value).origin.clone())
    })],
    doc: "The args for a ParamSpec object.",
};

/// `typing.ParamSpecKwargs`.
pub const KWARGS_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ParamSpecKwargs,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: alloc::type_info::<ParamSpecKwargs>,
    slots: Slots {
        new: Some(new_kwargs),
        repr: Some(|thread, value| show_part(thread, &own::<ParamSpecKwargs>(value).origin, "kwargs")),
        compare: Some(compare_kwargs),
        hash: Some(unhashable),
        get_attr: Some(parameter::get_attr),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__mro_entries__", "object, /", |_, _| {
        Err(parameter::no_base(Kind::ParamSpecKwargs))
    })],
    attributes: &[NativeAttribute::field("__origin__", |_, value| {
        Ok(own::<ParamSpecKwargs>(value).origin.clone())
    })],
    doc: "The kwargs for a ParamSpec object.",
};
