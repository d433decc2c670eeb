//! Functions the runtime implements, free, bound to an object, or waiting in a class.
//!
//! | type | holds | bound to an instance it gives |
//! |---|---|---|
//! | `builtin_function_or_method` | a function and perhaps `self` | itself |
//! | `method_descriptor` | a method and its class | a `builtin_function_or_method` |
//! | `classmethod_descriptor` | likewise | the same, bound to the class |

use crate::memory;
use crate::protocol::{class_of, type_name, with_first};
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::object::class_names::qualname_text;
use crate::types::object::{self, reduced};
use crate::types::table::documentation::{self, First};
use crate::types::table::invoke::invoke;
use crate::types::table::receiver::check_self;
use crate::types::table::slot_wrapper::{needs_argument, wrong_self};
use crate::value::{
    Args, Class, ClassFlags, FastFn, Intrinsic, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised,
    Ref, Run, Slots, Str, Style, TypeSpec, Value, alloc,
};

/// The payload of a `builtin_function_or_method`.
pub struct NativeFunction {
    /// Its description.
    pub method: &'static NativeMethod,
    /// Which function it is for the interpreter, if it has handlers for it.
    pub intrinsic: Option<Intrinsic>,
    /// `__self__`, which is put in front of the arguments; `UNBOUND` for a free function.
    pub bound: Value,
    /// `__module__`, or the class for `__qualname__`; `UNBOUND` if neither.
    pub home: Value,
    /// The fast path, which answers the commonest calls.
    pub fast: Option<FastFn>,
}

references!(NativeFunction { bound, home });

impl Payload for NativeFunction {
    const KIND: Kind = Kind::NativeFunction;
}

/// The payload of a `method_descriptor`.
pub struct MethodDescriptor {
    /// The class whose instances it works on.
    pub owner: Ref<Class>,
    /// The method.
    pub method: &'static NativeMethod,
}

references!(MethodDescriptor { owner });

impl Payload for MethodDescriptor {
    const KIND: Kind = Kind::MethodDescriptor;
}

/// The payload of a `classmethod_descriptor`.
pub struct ClassMethodDescriptor {
    /// The class that has it.
    pub owner: Ref<Class>,
    /// The method.
    pub method: &'static NativeMethod,
}

references!(ClassMethodDescriptor { owner });

impl Payload for ClassMethodDescriptor {
    const KIND: Kind = Kind::ClassMethodDescriptor;
}

/// Makes a function object of a native function.
pub fn make(thread: &ThreadState, method: &'static NativeMethod, home: Value) -> Value {
    make_bound(thread, method, Value::UNBOUND, home)
}

/// Makes an immortal function of a module written in native code.
pub fn new_function(thread: &ThreadState, method: &'static NativeMethod, module: &str) -> Value {
    let function = make(thread, method, thread.known().intern(thread, module).into_value());
    function.make_immortal();
    function
}

/// Makes a native function bound to an object.
pub fn make_bound(thread: &ThreadState, method: &'static NativeMethod, bound: Value, home: Value) -> Value {
    let &NativeMethod { intrinsic, fast, .. } = method;
    thread.alloc(NativeFunction { method, intrinsic, bound, home, fast }).into_value()
}

fn function(value: &Value) -> &Object<NativeFunction> {
    value.downcast_ref().expect("the slot belongs to native functions")
}

fn method(value: &Value) -> &Object<MethodDescriptor> {
    value.downcast_ref().expect("the slot belongs to method descriptors")
}

fn class_method(value: &Value) -> &Object<ClassMethodDescriptor> {
    value.downcast_ref().expect("the slot belongs to class method descriptors")
}

fn call_function(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    let native = function(callable);
    if native.bound.is_unbound() {
        return invoke(thread, callable, native.method, arguments);
    }
    with_first(&native.bound, arguments, |arguments| invoke(thread, callable, native.method, arguments))
}

/// Tells whether a method is a special method without a slot, whose errors are worded like those of slots.
fn speaks_as_wrapper(method: &NativeMethod) -> bool {
    method.signature.style() == Style::Wrapper
}

/// Calls a method of a built-in type as found in its class. Raises `TypeError` without arguments or if the
/// first is no instance of the class, and what the method raises.
pub fn call_method(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    let descriptor = method(callable);
    match arguments.get(0) {
        None if speaks_as_wrapper(descriptor.method) => {
            Err(needs_argument(&descriptor.owner, descriptor.method.name))
        }
        None => Err(Raised::type_error(format_args!(
            "unbound method {}.{}() needs an argument",
            descriptor.owner.name_text(),
            descriptor.method.name
        ))),
        Some(first) => {
            if speaks_as_wrapper(descriptor.method)
                && !crate::protocol::is_instance_of(thread, first, &descriptor.owner)
            {
                return Err(wrong_self(thread, &descriptor.owner, descriptor.method.name, first));
            }
            check_self(thread, &descriptor.owner, descriptor.method.name, first)?;
            invoke(thread, callable, descriptor.method, arguments)
        }
    }
}

fn call_class_method(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    let descriptor = class_method(callable);
    let Some(first) = arguments.get(0) else {
        return Err(Raised::type_error(format_args!(
            "descriptor '{}' of '{}' object needs an argument",
            descriptor.method.name,
            descriptor.owner.name_text()
        )));
    };
    check_class(thread, descriptor, first)?;
    invoke(thread, callable, descriptor.method, arguments)
}

/// Raises `TypeError` unless a class method can be bound to the value.
fn check_class(thread: &Thread, descriptor: &ClassMethodDescriptor, first: &Value) -> Run<()> {
    let (name, owner) = (descriptor.method.name, &descriptor.owner);
    match first.downcast_ref::<Class>() {
        Some(class) if class.is_subclass_of(owner) => Ok(()),
        Some(class) => Err(Raised::type_error(format_args!(
            "descriptor '{name}' requires a subtype of '{}' but received '{}'",
            owner.name_text(),
            class.name_text()
        ))),
        None => Err(Raised::type_error(format_args!(
            "descriptor '{name}' for type '{}' needs a type, not a '{}' as arg 2",
            owner.name_text(),
            type_name(thread, first)
        ))),
    }
}

fn bind_method(
    thread: &mut Thread,
    descriptor: &Value,
    instance: Option<&Value>,
    _owner: &Value,
) -> Run<Value> {
    let Some(instance) = instance else { return Ok(descriptor.clone()) };
    let found = method(descriptor);
    check_self(thread, &found.owner, found.method.name, instance)?;
    Ok(make_bound(thread, found.method, instance.clone(), found.owner.as_value().clone()))
}

fn bind_class_method(
    thread: &mut Thread,
    descriptor: &Value,
    instance: Option<&Value>,
    owner: &Value,
) -> Run<Value> {
    let found = class_method(descriptor);
    let class = match instance {
        Some(instance) if owner.is_none() => class_of(thread, instance).into_value(),
        _ => owner.clone(),
    };
    check_class(thread, found, &class)?;
    Ok(make_bound(thread, found.method, class, found.owner.as_value().clone()))
}

fn repr_function(thread: &mut Thread, value: &Value) -> Run<Value> {
    let native = function(value);
    let text = match native.bound.is_unbound() || native.bound.kind() == Kind::Module {
        true => format!("<built-in function {}>", native.method.name),
        false => format!(
            "<built-in method {} of {} object at {}>",
            native.method.name,
            type_name(thread, &native.bound),
            object::address(&native.bound)
        ),
    };
    Ok(thread.new_string(text))
}

fn repr_method(thread: &mut Thread, value: &Value) -> Run<Value> {
    let descriptor = method(value);
    let kind = if speaks_as_wrapper(descriptor.method) { "slot wrapper" } else { "method" };
    let (name, owner) = (descriptor.method.name, descriptor.owner.name_text());
    Ok(thread.new_string(memory::formatted(format_args!("<{kind} '{name}' of '{owner}' objects>"))?))
}

fn repr_class_method(thread: &mut Thread, value: &Value) -> Run<Value> {
    let descriptor = class_method(value);
    let text = format!("<method '{}' of '{}' objects>", descriptor.method.name, descriptor.owner.name_text());
    Ok(thread.new_string(text))
}

fn names_of(value: &Value) -> (&'static str, Value) {
    if let Some(native) = value.downcast_ref::<NativeFunction>() {
        (native.method.name, native.home.clone())
    } else if let Some(descriptor) = value.downcast_ref::<MethodDescriptor>() {
        (descriptor.method.name, descriptor.owner.as_value().clone())
    } else {
        let descriptor = class_method(value);
        (descriptor.method.name, descriptor.owner.as_value().clone())
    }
}

fn get_name(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_str(names_of(value).0))
}

/// Returns the name with the class in front; for a bound function that is the class of what it is bound to.
pub fn qualified_name(thread: &Thread, value: &Value) -> String {
    let (name, home) = names_of(value);
    let bound = value.downcast_ref::<NativeFunction>().map(|native| &native.bound);
    match bound.filter(|bound| !bound.is_unbound()) {
        Some(bound) if bound.kind() == Kind::Module => name.to_owned(),
        Some(bound) => match bound.downcast_ref::<Class>() {
            Some(class) => format!("{}.{name}", qualname_text(class)),
            None => format!("{}.{name}", qualname_text(&class_of(thread, bound))),
        },
        None => match home.downcast_ref::<Class>() {
            Some(class) => format!("{}.{name}", class.name_text()),
            None => name.to_owned(),
        },
    }
}

/// Returns the name of a function for errors about its arguments: with its class, or with its module.
pub fn full_name(thread: &Thread, value: &Value) -> String {
    let name = qualified_name(thread, value);
    match names_of(value).1.downcast_ref::<Str>() {
        Some(module) if module.as_str() != "builtins" => format!("{}.{name}", module.as_str()),
        _ => name,
    }
}

fn get_qualname(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = qualified_name(thread, value);
    Ok(thread.new_string(name))
}

fn get_module(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let (_, home) = names_of(value);
    Ok(if home.kind() == Kind::Str { home } else { Value::NONE })
}

fn get_self(thread: &mut Thread, value: &Value) -> Run<Value> {
    let _ = thread;
    let bound = &function(value).bound;
    Ok(if bound.is_unbound() { Value::NONE } else { bound.clone() })
}

fn get_object_class(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(names_of(value).1)
}

fn get_doc(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (name, home) = names_of(value);
    Ok(match (home.downcast_ref::<Class>(), home.downcast_ref::<Str>()) {
        (Some(owner), _) => documentation::of_member(thread, owner, name),
        (None, Some(module)) => documentation::of_function(thread, module.as_str(), name),
        (None, None) => Value::NONE,
    })
}

fn method_signature(thread: &Thread, method: &NativeMethod) -> Run<Value> {
    documentation::signature(thread, method.name, &method.signature, First::of(method))
}

fn get_text_signature(thread: &mut Thread, value: &Value) -> Run<Value> {
    if let Some(descriptor) = value.downcast_ref::<MethodDescriptor>() {
        return method_signature(thread, descriptor.method);
    }
    if let Some(descriptor) = value.downcast_ref::<ClassMethodDescriptor>() {
        return method_signature(thread, descriptor.method);
    }
    let NativeFunction { method, home, .. } = &**function(value);
    let first = match (home.kind(), method.name) {
        (Kind::Str, _) => First::Module,
        (_, "__new__") => First::Class,
        _ => First::of(method),
    };
    documentation::signature(thread, method.name, &method.signature, first)
}

fn hash_function(thread: &mut Thread, value: &Value) -> Run<i64> {
    let native = function(value);
    if native.bound.is_unbound() {
        return Ok(object::identity_hash(value));
    }
    let name = thread.known().intern(thread, native.method.first_name);
    Ok(object::identity_hash(&native.bound) ^ object::identity_hash(name.as_value()))
}

fn compare_functions(
    _thread: &mut Thread,
    left: &Value,
    right: &Value,
    comparison: crate::value::Comparison,
) -> Run<Value> {
    use crate::value::Comparison;
    let equal = match (left.downcast_ref::<NativeFunction>(), right.downcast_ref::<NativeFunction>()) {
        (Some(one), Some(other)) => {
            left.is(right)
                || (!one.bound.is_unbound()
                    && one.bound.is(&other.bound)
                    && one.home.is(&other.home)
                    && one.method.first_name == other.method.first_name)
        }
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    match comparison {
        Comparison::Equal => Ok(Value::bool(equal)),
        Comparison::NotEqual => Ok(Value::bool(!equal)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

const NAMES: &[NativeAttribute] = &[
    NativeAttribute::read_only("__name__", get_name),
    NativeAttribute::read_only("__qualname__", get_qualname),
    NativeAttribute::field("__objclass__", get_object_class),
    NativeAttribute::read_only("__doc__", get_doc),
    NativeAttribute::read_only("__text_signature__", get_text_signature),
];

/// Returns the name of a free function, or makes `(getattr, (self, name))` of a bound one.
fn reduce_function(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let native = function(value);
    let name = thread.new_str(native.method.name);
    if native.bound.is_unbound() || native.bound.kind() == Kind::Module {
        return Ok(name);
    }
    reduced::builtin_call(thread, "getattr", vec![native.bound.clone(), name])
}

/// Makes `(getattr, (class, name))`.
fn reduce_method(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let descriptor = method(value);
    let (owner, name) = (descriptor.owner.as_value().clone(), thread.new_str(descriptor.method.name));
    reduced::builtin_call(thread, "getattr", vec![owner, name])
}

/// `builtin_function_or_method`.
pub const FUNCTION_SPEC: TypeSpec = TypeSpec {
    kind: Kind::NativeFunction,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: alloc::type_info::<NativeFunction>,
    slots: Slots {
        call: Some(call_function),
        repr: Some(repr_function),
        hash: Some(hash_function),
        compare: Some(compare_functions),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", reduce_function)],
    attributes: &[
        NativeAttribute::read_only("__name__", get_name),
        NativeAttribute::read_only("__qualname__", get_qualname),
        NativeAttribute::read_only("__module__", get_module),
        NativeAttribute::read_only("__self__", get_self),
        NativeAttribute::read_only("__doc__", get_doc),
        NativeAttribute::read_only("__text_signature__", get_text_signature),
    ],
    doc: "",
};

/// `method_descriptor`.
pub const METHOD_SPEC: TypeSpec = TypeSpec {
    kind: Kind::MethodDescriptor,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<MethodDescriptor>,
    slots: Slots {
        call: Some(call_method),
        repr: Some(repr_method),
        descriptor_get: Some(bind_method),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", reduce_method)],
    attributes: NAMES,
    doc: "",
};

/// `classmethod_descriptor`.
pub const CLASS_METHOD_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ClassMethodDescriptor,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<ClassMethodDescriptor>,
    slots: Slots {
        call: Some(call_class_method),
        repr: Some(repr_class_method),
        descriptor_get: Some(bind_class_method),
        ..Slots::EMPTY
    },
    methods: &[],
    attributes: NAMES,
    doc: "",
};
