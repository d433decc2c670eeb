//! `cmp_to_key`: a key for sorting that compares by a function of two.

use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::object::method_arguments::own;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Comparison, Kind, NativeAttribute, NativeMethod, Payload, Raised, Run, Signature, Slot,
    Slots, TypeSpec, Value,
};

/// `cmp_to_key(mycmp)`.
pub const COMPARE_TO_KEY: NativeMethod = NativeMethod::function("cmp_to_key", "mycmp", |thread, args| {
    let [compare] = args.exactly();
    Ok(thread.alloc(CompareKey { compare: compare.clone(), object: Slot::empty() }).into_value())
});

/// A key, or what keys are made by: the latter has no object.
pub struct CompareKey {
    compare: Value,
    object: Slot,
}

references!(CompareKey { compare, object });

impl Payload for CompareKey {
    const KIND: Kind = Kind::CompareKey;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::CompareKey,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<CompareKey>,
    slots: Slots { call: Some(call), compare: Some(compare), ..Slots::EMPTY },
    methods: &[],
    attributes: &[NativeAttribute::new("obj", get_object, set_object).as_field()],
    doc: "",
};

const SIGNATURE: Signature = Signature::new("obj");

fn call(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<Value> {
    let [object] = SIGNATURE.bind("K", args)?;
    let object = Slot::new(object.expect("the parameter is required").clone());
    Ok(thread.alloc(CompareKey { compare: own::<CompareKey>(value).compare.clone(), object }).into_value())
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<CompareKey>(), right.downcast_ref::<CompareKey>())
    else {
        return Err(Raised::type_error("other argument must be K instance"));
    };
    let (x, y) = (left.object.get(), right.object.get());
    if x.is_unbound() || y.is_unbound() {
        return Err(Raised::attribute_error("object"));
    }
    let answer = protocol::call(thread, &left.compare, Args::positional(&[x, y]))?;
    let zero = thread.new_int(0);
    protocol::compare(thread, &answer, &zero, comparison)
}

fn get_object(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let object = own::<CompareKey>(value).object.get();
    Ok(if object.is_unbound() { Value::NONE } else { object })
}

fn set_object(_thread: &mut Thread, value: &Value, object: Option<&Value>) -> Run<()> {
    let object = object.cloned().unwrap_or(Value::UNBOUND);
    drop(own::<CompareKey>(value).object.set(object));
    Ok(())
}
