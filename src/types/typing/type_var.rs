//! `typing.TypeVar`: a parameter that stands for one type.

use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::object::instance;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::typing::evaluated::{computed, evaluator};
use crate::types::typing::library::{call_typing, type_check};
use crate::types::typing::parameter::{self, Variance};
use crate::value::{
    Args, BinaryOp, Callee, Class, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised,
    Run, Signature, Slot, Slots, Tuple, TypeSpec, Value, alloc,
};

/// The payload of a `TypeVar`.
pub struct TypeVar {
    name: Value,
    bound: Slot,
    evaluate_bound: Slot,
    constraints: Slot,
    evaluate_constraints: Slot,
    default: Slot,
    /// The function that computes the default; unbound without one.
    pub evaluate_default: Slot,
    variance: Variance,
}

references!(TypeVar {
    name,
    bound,
    evaluate_bound,
    constraints,
    evaluate_constraints,
    default,
    evaluate_default
});

impl Payload for TypeVar {
    const KIND: Kind = Kind::TypeVar;
}

/// What limits the types that a `TypeVar` in brackets stands for.
pub enum Limit {
    /// Nothing.
    None,
    /// A function that computes the bound.
    Bound(Value),
    /// A function that computes the constraints.
    Constraints(Value),
}

/// Makes the parameter that a name in brackets stands for.
pub fn in_brackets(thread: &Thread, name: Value, limit: Limit) -> Value {
    let (evaluate_bound, evaluate_constraints) = match limit {
        Limit::None => (Slot::empty(), Slot::empty()),
        Limit::Bound(bound) => (Slot::new(bound), Slot::empty()),
        Limit::Constraints(constraints) => (Slot::empty(), Slot::new(constraints)),
    };
    let made = TypeVar {
        name,
        bound: Slot::empty(),
        evaluate_bound,
        constraints: Slot::empty(),
        evaluate_constraints,
        default: Slot::empty(),
        evaluate_default: Slot::empty(),
        variance: Variance::INFERRED,
    };
    instance::allocate(thread, thread.known().class(Kind::TypeVar), made).into_value()
}

/// The parameters of the constructor without constraints.
const UNCONSTRAINED: Signature = Signature::new(
    "name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False",
);

/// The parameters of the constructor, of which `*constraints` come second.
const SIGNATURE: Signature = Signature::new(
    "name, *constraints, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False",
);

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let callee = Callee { name: "typevar", full_name: &|| "typevar".to_owned() };
    let signature = if args.count() > 1 { &SIGNATURE } else { &UNCONSTRAINED };
    let [name, bound, default, covariant, contravariant, inferred, ..] = signature.sort(&callee, args)?;
    let name = parameter::name_of(thread, "typevar", name)?;
    let variance = Variance::of(thread, [covariant, contravariant, inferred])?;
    let bound = match bound.filter(|bound| !bound.is_none()) {
        Some(bound) => Slot::new(type_check(thread, bound, "Bound must be a type.")?),
        None => Slot::empty(),
    };
    let constraints = args.positionals().get(1..).unwrap_or_default();
    if constraints.len() == 1 {
        return Err(Raised::type_error("A single constraint is not allowed"));
    }
    if !constraints.is_empty() && !bound.get().is_unbound() {
        return Err(Raised::type_error("Constraints cannot be combined with bound=..."));
    }
    let constraints = match constraints {
        [] => Slot::empty(),
        constraints => Slot::new(thread.new_tuple(constraints.to_vec())),
    };
    let made = TypeVar {
        name,
        bound,
        evaluate_bound: Slot::empty(),
        constraints,
        evaluate_constraints: Slot::empty(),
        default: parameter::given_default(default),
        evaluate_default: Slot::empty(),
        variance,
    };
    let made = instance::allocate(thread, class, made).into_value();
    parameter::set_module(thread, &made)?;
    Ok(made)
}

fn get_bound(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<TypeVar>(value);
    Ok(computed(thread, &this.bound, &this.evaluate_bound)?.unwrap_or(Value::NONE))
}

fn get_constraints(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<TypeVar>(value);
    let computed = computed(thread, &this.constraints, &this.evaluate_constraints)?;
    Ok(computed.unwrap_or_else(|| thread.known().empty_tuple()))
}

fn subst(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    call_typing(thread, "_typevar_subst", args)
}

/// Fills in the default of the parameter, if an alias gets too few arguments.
fn prepare_subst(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, alias, given] = args.exactly();
    let name = thread.known().intern(thread, "__parameters__");
    let parameters = protocol::get_attr(thread, alias, &name)?;
    let parameters = protocol::collect(thread, &parameters)?;
    let mut index = parameters.len();
    for (at, parameter) in parameters.iter().enumerate() {
        if parameter.is(value) || protocol::equal(thread, parameter, value)? {
            index = at;
            break;
        }
    }
    let count = given.downcast_ref::<Tuple>().map_or(0, |given| given.len());
    if index < count {
        return Ok(given.clone());
    }
    let this = own::<TypeVar>(value);
    let default = parameter::default(thread, &this.default, &this.evaluate_default)?;
    if index == count && default.kind() != Kind::NoDefaultType {
        let mut all = protocol::collect(thread, given)?;
        all.push(default);
        return Ok(thread.new_tuple(all));
    }
    let (value, alias) = (protocol::repr(thread, value)?, protocol::str(thread, alias)?);
    Err(Raised::type_error(format_args!(
        "Too few arguments for {}; actual {count}, expected {} for {}",
        alias.as_str(),
        index + 1,
        value.as_str()
    )))
}

/// `typing.TypeVar`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::TypeVar,
    base: Kind::Object,
    flags: ClassFlags::HAS_DICT.union(ClassFlags::WEAKREFABLE),
    info: alloc::type_info::<TypeVar>,
    slots: Slots {
        new: Some(new),
        repr: Some(|thread, value| {
            let this = own::<TypeVar>(value);
            Ok(this.variance.show(thread, &this.name))
        }),
        get_attr: Some(parameter::get_attr),
        binary: Slots::operators([(BinaryOp::Or, parameter::or)]),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__typing_subst__", "arg, /", subst),
        NativeMethod::new("__typing_prepare_subst__", "alias, args, /", prepare_subst),
        NativeMethod::new("__reduce__", "", |_, args| Ok(split_self::<TypeVar>(args).0.name.clone())),
        NativeMethod::new("has_default", "", |_, args| {
            let (this, _) = split_self::<TypeVar>(args);
            Ok(parameter::has_default(&this.default, &this.evaluate_default))
        }),
        NativeMethod::new("__mro_entries__", "object, /", |_, _| Err(parameter::no_base(Kind::TypeVar))),
    ],
    attributes: &[
        NativeAttribute::field("__name__", |_, value| Ok(own::<TypeVar>(value).name.clone())),
        NativeAttribute::field("__covariant__", |_, value| {
            Ok(Value::bool(own::<TypeVar>(value).variance.covariant))
        }),
        NativeAttribute::field("__contravariant__", |_, value| {
            Ok(Value::bool(own::<TypeVar>(value).variance.contravariant))
        }),
        NativeAttribute::field("__infer_variance__", |_, value| {
            Ok(Value::bool(own::<TypeVar>(value).variance.inferred))
        }),
        NativeAttribute::read_only("__bound__", get_bound),
        NativeAttribute::read_only("__constraints__", get_constraints),
        NativeAttribute::read_only("__default__", |thread, value| {
            let this = own::<TypeVar>(value);
            parameter::default(thread, &this.default, &this.evaluate_default)
        }),
        NativeAttribute::read_only("evaluate_bound", |thread, value| {
            let this = own::<TypeVar>(value);
            Ok(evaluator(thread, &this.bound, &this.evaluate_bound))
        }),
        NativeAttribute::read_only("evaluate_constraints", |thread, value| {
            let this = own::<TypeVar>(value);
            Ok(evaluator(thread, &this.constraints, &this.evaluate_constraints))
        }),
        NativeAttribute::read_only("evaluate_default", |thread, value| {
            let this = own::<TypeVar>(value);
            Ok(evaluator(thread, &this.default, &this.evaluate_default))
        }),
    ],
    doc: "Type variable.",
};
