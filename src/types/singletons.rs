//! The types of `None`, `NotImplemented` and `...`, whose only values are constants.

use crate::object::TypeInfo;
use crate::thread::Thread;
use crate::types::object::instance::Instance;
use crate::value::{
    Args, Class, ClassFlags, Kind, Name, NativeMethod, Object, Raised, Run, Slots, TypeSpec, Value, alloc,
};

/// A table for types whose only values are constants; it is never used.
fn no_objects(name: &'static str) -> TypeInfo {
    alloc::type_info::<Instance>(name)
}

fn constant(kind: Kind) -> Value {
    match kind {
        Kind::NoneType => Value::NONE,
        Kind::NotImplementedType => Value::NOT_IMPLEMENTED,
        _ => Value::ELLIPSIS,
    }
}

fn new(_thread: &mut Thread, class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    if !arguments.all_values().is_empty() {
        let name =
            if class.kind == Kind::EllipsisType { Name::Own("EllipsisType") } else { class.name_text() };
        return Err(Raised::type_error(format_args!("{name} takes no arguments")));
    }
    Ok(constant(class.kind))
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_str(match value.kind() {
        Kind::NoneType => "None",
        Kind::NotImplementedType => "NotImplemented",
        _ => "Ellipsis",
    }))
}

fn hash(_thread: &mut Thread, value: &Value) -> Run<i64> {
    Ok(value.word() as i64)
}

fn none_is_true(_thread: &mut Thread, _value: &Value) -> Run<bool> {
    Ok(false)
}

fn refuse_truth(_thread: &mut Thread, _value: &Value) -> Run<bool> {
    Err(Raised::type_error("NotImplemented should not be used in a boolean context"))
}

/// `__reduce__` of the constants that are pickled by name.
const REDUCE: &[NativeMethod] = &[NativeMethod::new("__reduce__", "", |thread, arguments| {
    let [value] = arguments.exactly();
    repr(thread, value)
})];

const fn spec(
    kind: Kind,
    is_true: Option<fn(&mut Thread, &Value) -> Run<bool>>,
    methods: &'static [NativeMethod],
) -> TypeSpec {
    TypeSpec {
        kind,
        base: Kind::Object,
        flags: ClassFlags::empty(),
        info: no_objects,
        slots: Slots { new: Some(new), repr: Some(repr), hash: Some(hash), is_true, ..Slots::EMPTY },
        methods,
        attributes: &[],
        doc: "",
    }
}

/// `NoneType`.
pub const NONE_SPEC: TypeSpec = spec(Kind::NoneType, Some(none_is_true), &[]);
/// `NotImplementedType`.
pub const NOT_IMPLEMENTED_SPEC: TypeSpec = spec(Kind::NotImplementedType, Some(refuse_truth), REDUCE);
/// `ellipsis`.
pub const ELLIPSIS_SPEC: TypeSpec = spec(Kind::EllipsisType, None, REDUCE);
