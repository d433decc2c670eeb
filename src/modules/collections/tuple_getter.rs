//! `_tuplegetter`: the descriptor of a field of a named tuple.

use crate::memory;
use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::object::method_arguments::{instantiate, new_arguments, own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, ErrorKind, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Run,
    Signature, Slot, Slots, Style, Tuple, TypeSpec, Value,
};

/// The descriptor: which item it reads, and its docstring.
pub struct TupleGetter {
    index: i64,
    doc: Slot,
}

references!(TupleGetter { doc });

impl Payload for TupleGetter {
    const KIND: Kind = Kind::TupleGetter;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::TupleGetter,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<TupleGetter>,
    slots: Slots {
        repr: Some(repr),
        descriptor_get: Some(get),
        descriptor_set: Some(|_, _, _, value| {
            let what = if value.is_some() { "can't set attribute" } else { "can't delete attribute" };
            Err(Raised::attribute_error(what))
        }),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", reduce)],
    attributes: &[NativeAttribute::new("__doc__", get_doc, set_doc).as_field()],
    doc: "",
};

const SIGNATURE: Signature = Signature::new("index, doc, /").styled(Style::Unpacked);

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [index, doc] = new_arguments(thread, class, &SIGNATURE, args)? else {
        unreachable!("the signature promises two arguments")
    };
    let index = protocol::index(thread, index)?;
    let Some(index) = index.as_i64() else {
        return Err(Raised::overflow_error("Python int too large to convert to C ssize_t"));
    };
    Ok(instantiate(thread, class, TupleGetter { index, doc: Slot::new(doc.clone()) }).into_value())
}

fn get(thread: &mut Thread, descriptor: &Value, instance: Option<&Value>, _class: &Value) -> Run<Value> {
    let getter = own::<TupleGetter>(descriptor);
    let Some(instance) = instance.filter(|instance| !instance.is_none()) else {
        return Ok(descriptor.clone());
    };
    let index = getter.index;
    let Some(tuple) = instance.downcast_ref::<Tuple>() else {
        let given = protocol::type_name(thread, instance);
        return Err(Raised::type_error(format_args!(
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{given}' object"
        )));
    };
    let item = usize::try_from(index).ok().and_then(|index| tuple.items().get(index));
    item.cloned().ok_or_else(|| Raised::new(ErrorKind::IndexError, "tuple index out of range"))
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let getter = own::<TupleGetter>(value);
    let doc = getter.doc.get();
    let doc = protocol::repr(thread, &doc)?;
    let text = memory::formatted(format_args!("_tuplegetter({}, {})", getter.index, doc.as_str()))?;
    Ok(thread.new_string(text))
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (getter, _) = split_self::<TupleGetter>(args);
    let arguments = vec![thread.new_int(getter.index), getter.doc.get()];
    Ok(reduced::class_call(thread, &getter.to_value(), arguments))
}

fn get_doc(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let doc = own::<TupleGetter>(value).doc.get();
    Ok(if doc.is_unbound() { Value::NONE } else { doc })
}

fn set_doc(_thread: &mut Thread, value: &Value, doc: Option<&Value>) -> Run<()> {
    let doc = doc.cloned().unwrap_or(Value::NONE);
    drop(own::<TupleGetter>(value).doc.set(doc));
    Ok(())
}
