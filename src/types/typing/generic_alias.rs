//! `types.GenericAlias`: the result of `list[int]`, a class with the arguments of a subscript.
//!
//! Calls and attributes go to the class; type variables do not exist, so nothing is substituted.

use crate::memory;
use crate::protocol::{self, call};
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::object;
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::types::object::reduced;
use crate::types::typing::type_text::type_text;
use crate::types::typing::union_type;
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Comparison, ErrorKind, Kind, List, NativeAttribute, NativeMethod,
    Object, Payload, Raised, Run, Signature, Slot, Slots, Str, Tuple, TypeSpec, Value, alloc,
};

/// The payload of a generic alias.
pub struct GenericAlias {
    /// `__origin__`.
    pub origin: Value,
    /// `__args__`, a tuple.
    pub arguments: Value,
    /// Whether it is to be unpacked into the arguments of another alias: `*tuple[int, str]`.
    pub is_unpacked: bool,
}

references!(GenericAlias { origin, arguments });

impl Payload for GenericAlias {
    const KIND: Kind = Kind::GenericAlias;
}

/// `__class_getitem__` of the built-in containers: `list[int]`. Raises nothing.
pub fn class_getitem(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, arguments] = args.exactly();
    Ok(new(thread, class, arguments))
}

/// Makes `origin[arguments]`; a tuple stands for several arguments.
pub fn new(thread: &ThreadState, origin: &Value, arguments: &Value) -> Value {
    let arguments = tuple_of(thread, arguments);
    thread.alloc(GenericAlias { origin: origin.clone(), arguments, is_unpacked: false }).into_value()
}

fn tuple_of(thread: &ThreadState, arguments: &Value) -> Value {
    match arguments.downcast_exact::<Tuple>() {
        Some(_) => arguments.clone(),
        None => thread.new_tuple(vec![arguments.clone()]),
    }
}

fn alias(value: &Value) -> &Object<GenericAlias> {
    value.downcast_ref().expect("the slot belongs to generic aliases")
}

/// Returns the arguments of an alias.
fn arguments(value: &Value) -> &[Value] {
    alias(value).arguments.downcast_ref::<Tuple>().map_or(&[], |tuple| tuple.items())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    object::guard_repr(thread, value, "...", |thread| {
        let origin = type_text(thread, &alias(value).origin)?;
        let mut parts = Vec::new();
        for argument in arguments(value) {
            parts.push(type_text(thread, argument)?);
        }
        let parts = if parts.is_empty() { "()".to_owned() } else { parts.join(", ") };
        let star = if alias(value).is_unpacked { "*" } else { "" };
        Ok(format!("{star}{origin}[{parts}]"))
    })
}

fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    Ok(protocol::hash(thread, &alias(value).origin)? ^ protocol::hash(thread, &alias(value).arguments)?)
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let wanted = match comparison {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (Some(left), Some(right)) =
        (left.downcast_ref::<GenericAlias>(), right.downcast_ref::<GenericAlias>())
    else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = left.is_unpacked == right.is_unpacked
        && protocol::equal(thread, &left.origin, &right.origin)?
        && protocol::equal(thread, &left.arguments, &right.arguments)?;
    Ok(Value::bool(same == wanted))
}

/// Makes an instance of the class of an alias and sets its `__orig_class__`.
fn call_alias(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<Value> {
    let made = call(thread, &alias(value).origin, args)?;
    let name = thread.known().intern(thread, "__orig_class__");
    match protocol::set_attr(thread, &made, &name, value) {
        Err(raised)
            if !raised.is_kind(thread, ErrorKind::AttributeError)
                && !raised.is_kind(thread, ErrorKind::TypeError) =>
        {
            Err(raised)
        }
        _ => Ok(made),
    }
}

/// The attributes that an alias has itself, if at all; all others are read from the class.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__bases__",
    "__copy__",
    "__deepcopy__",
];

/// Lists the attributes of the class and those of the alias itself.
fn dir(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let name = &thread.known().names().dir;
    let listed =
        match protocol::call_special_method(thread, &alias(value).origin, name, Args::positional(&[])) {
            Some(listed) => listed?,
            None => thread.new_tuple(Vec::new()),
        };
    let mut names = protocol::collect(thread, &listed)?;
    for own in OWN {
        let own = thread.known().intern(thread, own).into_value();
        if !names.iter().any(|name| name.is(&own)) {
            memory::push(&mut names, own).map_err(|_name| Raised::memory_error())?;
        }
    }
    Ok(thread.alloc(List::new(names)).into_value())
}

/// Makes `(class, (origin, arguments))`, or for an unpacked alias `(next, (iterator,))`.
fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let alias = alias(value);
    if !alias.is_unpacked {
        let arguments = vec![alias.origin.clone(), alias.arguments.clone()];
        return Ok(reduced::class_call(thread, value, arguments));
    }
    let whole = new(thread, &alias.origin, &alias.arguments);
    let iterator = iter(thread, &whole)?;
    reduced::builtin_call(thread, "next", vec![iterator])
}

/// The iterator that `*alias` asks for: it yields the alias once, marked as unpacked.
pub struct GenericAliasIterator {
    /// The alias; unbound once it was yielded.
    alias: Slot,
}

references!(GenericAliasIterator { alias });

impl Payload for GenericAliasIterator {
    const KIND: Kind = Kind::GenericAliasIterator;
}

fn iter(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.alloc(GenericAliasIterator { alias: Slot::new(value.clone()) }).into_value())
}

fn next(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    let iterator = own::<GenericAliasIterator>(value);
    let yielded = iterator.alias.set(Value::UNBOUND);
    let Some(whole) = yielded.downcast_ref::<GenericAlias>() else { return Ok(None) };
    let (origin, arguments) = (whole.origin.clone(), whole.arguments.clone());
    Ok(Some(thread.alloc(GenericAlias { origin, arguments, is_unpacked: true }).into_value()))
}

fn reduce_iterator(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<GenericAliasIterator>(args);
    let alias = iterator.alias.get();
    let argument = if alias.is_unbound() { thread.known().empty_tuple() } else { alias };
    reduced::builtin_call(thread, "iter", vec![argument])
}

/// The type of the iterators of aliases.
pub const ITERATOR_SPEC: TypeSpec = TypeSpec {
    kind: Kind::GenericAliasIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<GenericAliasIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[NativeMethod::new("__reduce__", "", reduce_iterator)],
    attributes: &[],
    doc: "",
};

/// The arguments that an unpacked `tuple[…]` stands for; `None` for any other alias.
fn unpacked_arguments(thread: &mut Thread, value: &Value) -> Run<Value> {
    let alias = alias(value);
    let is_tuple = thread.known().class(Kind::Tuple).is(&alias.origin);
    Ok(if alias.is_unpacked && is_tuple { alias.arguments.clone() } else { Value::NONE })
}

fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    if OWN.contains(&name.as_str()) {
        return object::get_attribute(thread, value, name);
    }
    protocol::get_attr(thread, &alias(value).origin, name)
}

fn get_item(thread: &mut Thread, value: &Value, _key: &Value) -> Run<Value> {
    let shown = protocol::repr(thread, value)?;
    Err(Raised::type_error(format_args!("{} is not a generic class", shown.as_str())))
}

fn mro_entries(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, _] = args.exactly();
    Ok(thread.new_tuple(vec![alias(value).origin.clone()]))
}

fn instance_check(_thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Err(Raised::type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclass_check(_thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Err(Raised::type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("origin, args, /");

fn make(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    SIGNATURE.check("GenericAlias", args)?;
    let [origin, arguments] = args.exactly();
    let arguments = tuple_of(thread, arguments);
    let alias = GenericAlias { origin: origin.clone(), arguments, is_unpacked: false };
    Ok(instantiate(thread, class, alias).into_value())
}

/// `types.GenericAlias`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::GenericAlias,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::WEAKREFABLE),
    info: alloc::type_info::<GenericAlias>,
    slots: Slots {
        new: Some(make),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        call: Some(call_alias),
        get_attr: Some(get_attr),
        get_item: Some(get_item),
        iter: Some(iter),
        binary: Slots::operators([(BinaryOp::Or, union_type::or)]),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__dir__", "", dir),
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__mro_entries__", "object, /", mro_entries),
        NativeMethod::new("__instancecheck__", "object, /", instance_check),
        NativeMethod::new("__subclasscheck__", "object, /", subclass_check),
    ],
    attributes: &[
        NativeAttribute::field("__origin__", |_, value| Ok(alias(value).origin.clone())),
        NativeAttribute::field("__args__", |_, value| Ok(alias(value).arguments.clone())),
        NativeAttribute::field("__unpacked__", |_, value| Ok(Value::bool(alias(value).is_unpacked))),
        NativeAttribute::read_only("__typing_unpacked_tuple_args__", unpacked_arguments),
        NativeAttribute::read_only("__parameters__", |thread, _| Ok(thread.new_tuple(Vec::new()))),
    ],
    doc: "",
};
