//! Weak proxies: objects that pass every operation on to a referent they do not keep alive.
//!
//! Using one whose referent is gone raises `ReferenceError`. They are the same payload as `weakref.ref`
//! behind another type, and stand in the same lists.

use crate::memory;
use crate::object::TypeInfo;
use crate::protocol;
use crate::thread::Thread;
use crate::types::weak::reference::parts;
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryFn, BinaryOp, ClassFlags, Comparison, ErrorKind, Kind, NativeMethod, Object, Raised, Run,
    Slots, Str, TypeSpec, Value, WeakProxy, WeakRef,
};

/// The operations that both types of proxy pass on.
const SLOTS: Slots = Slots {
    repr: Some(repr),
    str: Some(|thread, proxy| {
        through(thread, proxy, |thread, object| Ok(protocol::str(thread, object)?.into_value()))
    }),
    hash: None,
    is_true: Some(|thread, proxy| through(thread, proxy, protocol::is_true)),
    len: Some(|thread, proxy| through(thread, proxy, protocol::len)),
    compare: Some(compare),
    binary: BINARY,
    in_place: IN_PLACE,
    negative: Some(|thread, proxy| through(thread, proxy, protocol::negative)),
    positive: Some(|thread, proxy| through(thread, proxy, protocol::positive)),
    invert: Some(|thread, proxy| through(thread, proxy, protocol::invert)),
    absolute: Some(|thread, proxy| through(thread, proxy, protocol::absolute)),
    int: Some(|thread, proxy| converted(thread, proxy, Kind::Int)),
    float: Some(|thread, proxy| converted(thread, proxy, Kind::Float)),
    index: Some(|thread, proxy| through(thread, proxy, protocol::index)),
    get_item: Some(|thread, proxy, key| {
        let (object, key) = (referent(thread, proxy)?, unwrapped(thread, key)?);
        protocol::get_item(thread, &object, &key)
    }),
    set_item: Some(|thread, proxy, key, value| {
        let object = referent(thread, proxy)?;
        match value {
            Some(value) => protocol::set_item(thread, &object, key, value),
            None => protocol::del_item(thread, &object, key),
        }
    }),
    contains: Some(|thread, proxy, value| {
        through(thread, proxy, |thread, object| protocol::contains(thread, object, value))
    }),
    iter: Some(|thread, proxy| through(thread, proxy, protocol::iter)),
    next: Some(next),
    get_attr: Some(|thread, proxy, name| {
        through(thread, proxy, |thread, object| protocol::get_attr(thread, object, name))
    }),
    set_attr: Some(set_attr),
    ..Slots::EMPTY
};

const DIVMOD: NativeMethod = NativeMethod::new("__divmod__", "value, /", |thread, args| {
    let [left, right] = args.exactly();
    pass_on_divmod(thread, left, right)
});

const REFLECTED_DIVMOD: NativeMethod = NativeMethod::new("__rdivmod__", "value, /", |thread, args| {
    let [right, left] = args.exactly();
    pass_on_divmod(thread, left, right)
});

const METHODS: &[NativeMethod] = &[
    DIVMOD,
    REFLECTED_DIVMOD,
    NativeMethod::new("__bytes__", "", |thread, args| {
        let [proxy] = args.exactly();
        through_method(thread, proxy, "__bytes__")
    }),
    NativeMethod::new("__reversed__", "", |thread, args| {
        let [proxy] = args.exactly();
        through_method(thread, proxy, "__reversed__")
    }),
];

/// The type of `weakref.proxy` for objects that cannot be called.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::WeakProxy,
    base: Kind::Object,
    flags: ClassFlags::CLAIMS_CLASS,
    info: memory_table,
    slots: SLOTS,
    methods: METHODS,
    attributes: &[],
    doc: "",
};

/// The type of `weakref.proxy` for objects that can be called.
pub const CALLABLE_SPEC: TypeSpec = TypeSpec {
    kind: Kind::WeakCallableProxy,
    slots: Slots {
        call: Some(|thread, proxy, args| {
            through(thread, proxy, |thread, object| protocol::call(thread, object, args))
        }),
        ..SLOTS
    },
    // As in CPython these go without the conversions.
    methods: &[DIVMOD, REFLECTED_DIVMOD],
    ..SPEC
};

fn memory_table(name: &'static str) -> TypeInfo {
    WeakRef::unlink_when_dropped(type_info::<WeakProxy>(name))
}

/// `weakref.proxy(object[, callback])`. Raises `TypeError` if the object cannot be referenced weakly,
/// `MemoryError`.
pub fn proxy(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (object, callback) = parts(thread, args)?;
    let kind = match protocol::class_of(thread, object).slots().call {
        Some(_) => Kind::WeakCallableProxy,
        None => Kind::WeakProxy,
    };
    let raw = object.as_raw().expect("a weakly referable value is an object");
    let shape = thread.known().shape(kind);
    WeakRef::make_proxy(thread, shape, raw, callback.cloned())
}

/// The referent of a proxy.
fn referent(thread: &mut Thread, proxy: &Value) -> Run<Value> {
    let gone = || Raised::new(ErrorKind::ReferenceError, "weakly-referenced object no longer exists");
    WeakRef::behind(proxy).and_then(|weakref| weakref.upgrade(thread)).ok_or_else(gone)
}

/// Runs `action` with the referent of a proxy, which is kept alive meanwhile. Raises `ReferenceError` if it is
/// dead, and what `action` raises.
fn through<R>(
    thread: &mut Thread,
    proxy: &Value,
    action: impl FnOnce(&mut Thread, &Value) -> Run<R>,
) -> Run<R> {
    let object = referent(thread, proxy)?;
    action(thread, &object)
}

/// Tells whether a value is a weak proxy.
pub fn is_proxy(value: &Value) -> bool {
    matches!(value.kind(), Kind::WeakProxy | Kind::WeakCallableProxy)
}

/// Returns the referent of a proxy; any other value as it is. Raises `ReferenceError` if the referent is dead.
pub fn unwrapped(thread: &mut Thread, value: &Value) -> Run<Value> {
    if is_proxy(value) { referent(thread, value) } else { Ok(value.clone()) }
}

/// Converts the referent by calling a class of numbers.
fn converted(thread: &mut Thread, proxy: &Value, kind: Kind) -> Run<Value> {
    let object = referent(thread, proxy)?;
    let class = thread.known().class(kind).to_value();
    protocol::call(thread, &class, Args::positional(&[object]))
}

/// Calls a method of the referent, for special methods that are looked up in the proxy's type.
fn through_method(thread: &mut Thread, proxy: &Value, name: &str) -> Run<Value> {
    let object = referent(thread, proxy)?;
    let name = thread.known().intern(thread, name);
    protocol::call_method(thread, &object, &name, &[])
}

fn pass_on_divmod(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (left, right) = (unwrapped(thread, left)?, unwrapped(thread, right)?);
    protocol::divmod(thread, &left, &right)
}

fn repr(thread: &mut Thread, proxy: &Value) -> Run<Value> {
    let object = WeakRef::behind(proxy).and_then(|weakref| weakref.upgrade(thread)).unwrap_or(Value::NONE);
    let name = protocol::type_name(thread, &object);
    let address = |value: &Value| value.as_raw().map_or(0, |object| object.address());
    let (own, target) = (address(proxy), address(&object));
    Ok(thread
        .new_string(memory::formatted(format_args!("<weakproxy at {own:#x} to {name} at {target:#x}>"))?))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, how: Comparison) -> Run<Value> {
    let (left, right) = (unwrapped(thread, left)?, unwrapped(thread, right)?);
    protocol::compare(thread, &left, &right, how)
}

fn set_attr(thread: &mut Thread, proxy: &Value, name: &Object<Str>, value: Option<&Value>) -> Run<()> {
    let object: Value = referent(thread, proxy)?;
    match value {
        Some(value) => protocol::set_attr(thread, &object, name, value),
        None => protocol::del_attr(thread, &object, name),
    }
}

/// One function for each operator, since a slot does not know which one it is called for.
const BINARY: [Option<BinaryFn>; BinaryOp::COUNT] = Slots::operators([
    (BinaryOp::Add, |thread, left, right| pass_on(thread, BinaryOp::Add, left, right)),
    (BinaryOp::Subtract, |thread, left, right| pass_on(thread, BinaryOp::Subtract, left, right)),
    (BinaryOp::Multiply, |thread, left, right| pass_on(thread, BinaryOp::Multiply, left, right)),
    (BinaryOp::TrueDivide, |thread, left, right| pass_on(thread, BinaryOp::TrueDivide, left, right)),
    (BinaryOp::FloorDivide, |thread, left, right| pass_on(thread, BinaryOp::FloorDivide, left, right)),
    (BinaryOp::Remainder, |thread, left, right| pass_on(thread, BinaryOp::Remainder, left, right)),
    (BinaryOp::Power, |thread, left, right| pass_on(thread, BinaryOp::Power, left, right)),
    (BinaryOp::LeftShift, |thread, left, right| pass_on(thread, BinaryOp::LeftShift, left, right)),
    (BinaryOp::RightShift, |thread, left, right| pass_on(thread, BinaryOp::RightShift, left, right)),
    (BinaryOp::And, |thread, left, right| pass_on(thread, BinaryOp::And, left, right)),
    (BinaryOp::Or, |thread, left, right| pass_on(thread, BinaryOp::Or, left, right)),
    (BinaryOp::Xor, |thread, left, right| pass_on(thread, BinaryOp::Xor, left, right)),
    (BinaryOp::MatrixMultiply, |thread, left, right| pass_on(thread, BinaryOp::MatrixMultiply, left, right)),
]);

/// The same for augmented assignment.
const IN_PLACE: [Option<BinaryFn>; BinaryOp::COUNT] = Slots::operators([
    (BinaryOp::Add, |thread, left, right| pass_on_in_place(thread, BinaryOp::Add, left, right)),
    (BinaryOp::Subtract, |thread, left, right| pass_on_in_place(thread, BinaryOp::Subtract, left, right)),
    (BinaryOp::Multiply, |thread, left, right| pass_on_in_place(thread, BinaryOp::Multiply, left, right)),
    (BinaryOp::TrueDivide, |thread, left, right| pass_on_in_place(thread, BinaryOp::TrueDivide, left, right)),
    (BinaryOp::FloorDivide, |thread, left, right| {
        pass_on_in_place(thread, BinaryOp::FloorDivide, left, right)
    }),
    (BinaryOp::Remainder, |thread, left, right| pass_on_in_place(thread, BinaryOp::Remainder, left, right)),
    (BinaryOp::Power, |thread, left, right| pass_on_in_place(thread, BinaryOp::Power, left, right)),
    (BinaryOp::LeftShift, |thread, left, right| pass_on_in_place(thread, BinaryOp::LeftShift, left, right)),
    (BinaryOp::RightShift, |thread, left, right| pass_on_in_place(thread, BinaryOp::RightShift, left, right)),
    (BinaryOp::And, |thread, left, right| pass_on_in_place(thread, BinaryOp::And, left, right)),
    (BinaryOp::Or, |thread, left, right| pass_on_in_place(thread, BinaryOp::Or, left, right)),
    (BinaryOp::Xor, |thread, left, right| pass_on_in_place(thread, BinaryOp::Xor, left, right)),
    (BinaryOp::MatrixMultiply, |thread, left, right| {
        pass_on_in_place(thread, BinaryOp::MatrixMultiply, left, right)
    }),
]);

fn pass_on(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let (left, right) = (unwrapped(thread, left)?, unwrapped(thread, right)?);
    protocol::binary_op(thread, op, &left, &right)
}

fn pass_on_in_place(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let (left, right) = (unwrapped(thread, left)?, unwrapped(thread, right)?);
    protocol::in_place_op(thread, op, &left, &right)
}

fn next(thread: &mut Thread, proxy: &Value) -> Run<Option<Value>> {
    let object = referent(thread, proxy)?;
    if protocol::slots_of(thread, &object).next.is_none() {
        let name = protocol::type_name(thread, &object);
        return Err(Raised::type_error(format_args!(
            "Weakref proxy referenced a non-iterator '{name}' object"
        )));
    }
    protocol::next(thread, &object)
}
