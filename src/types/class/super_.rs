//! `super`: attribute lookup that starts behind a given class in the method resolution order of an object's
//! class.

use crate::protocol::{self, class_of, full_class_name, shape_of, slots_of};
use crate::references;
use crate::thread::Thread;
use crate::types::object::{self, instance};
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeAttribute, Object, Payload, Raised, Ref, Run, Signature, Slots, Str,
    TypeSpec, Value, alloc,
};

/// The payload of a `super` object.
pub struct Super {
    /// `__thisclass__`: the search begins behind it.
    pub class: Ref<Class>,
    /// `__self__`, or unbound.
    pub object: Value,
    /// `__self_class__`, whose order is searched; `None` for an unbound one.
    pub object_class: Option<Ref<Class>>,
}

references!(Super { class, object, object_class });

impl Payload for Super {
    const KIND: Kind = Kind::Super;
}

fn super_of(value: &Value) -> &Object<Super> {
    value.downcast_ref().expect("the slot belongs to super objects")
}

/// Returns the class whose order is searched: the object itself if it is a class derived from `class`, else the
/// object's class, or the class that its `__class__` names.
fn check(thread: &mut Thread, class: &Object<Class>, object: &Value) -> Run<Ref<Class>> {
    if let Some(itself) = object.downcast_ref::<Class>()
        && itself.is_subclass_of(class)
    {
        return Ok(itself.to_ref());
    }
    let object_class = shape_of(thread, object).class();
    if object_class.is_subclass_of(class) {
        return Ok(object_class.to_ref());
    }
    if let Some(claimed) = protocol::claimed_class(thread, object)?
        && claimed.is_subclass_of(class)
    {
        return Ok(claimed);
    }
    Err(no_relation(class, object, object_class))
}

/// Makes the error for an object that is no instance of the class and no class derived from it.
#[cold]
pub fn no_relation(class: &Object<Class>, object: &Value, object_class: &Object<Class>) -> Raised {
    let (kind, name) = match object.downcast_ref::<Class>() {
        Some(itself) => ("type", full_class_name(itself)),
        None => ("instance of", full_class_name(object_class)),
    };
    Raised::type_error(format_args!(
        "super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({}).",
        full_class_name(class)
    ))
}

/// The parameters of `super(…)`.
const SIGNATURE: Signature = Signature::new("type=None, object_or_type=None, /");

fn new(thread: &mut Thread, class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    // CPython unpacks the arguments of "super()", brackets included.
    SIGNATURE.check(if arguments.has_keywords() { "super" } else { "super()" }, arguments)?;
    let implicit;
    let given = match arguments.positionals() {
        [] => {
            let (start, object) = (thread.known().upper_floors.super_arguments)(thread)?;
            implicit = [start, object];
            &implicit
        }
        given => given,
    };
    let first = &given[0];
    let Some(start) = first.downcast_ref::<Class>() else {
        let given = crate::protocol::type_name(thread, first);
        return Err(Raised::type_error(format_args!("super() argument 1 must be a type, not {given}")));
    };
    let (object, object_class) = match given.get(1) {
        Some(object) if !object.is_none() || arguments.count() == 0 => {
            (object.clone(), Some(check(thread, start, object)?))
        }
        _ => (Value::UNBOUND, None),
    };
    let payload = Super { class: start.to_ref(), object, object_class };
    Ok(instance::allocate(thread, class, payload).into_value())
}

fn init(_thread: &mut Thread, _value: &Value, _arguments: Args<'_>) -> Run<()> {
    Ok(())
}

/// Computes `super(class, object).name` without making the `super` object. Raises `TypeError` if the object is
/// no instance of the class, `AttributeError` if nothing is found.
pub fn load_attr(thread: &mut Thread, class: &Value, object: &Value, name: &Object<Str>) -> Run<Value> {
    let Some(start) = class.downcast_ref::<Class>() else {
        let given = crate::protocol::type_name(thread, class);
        return Err(Raised::type_error(format_args!("super() argument 1 must be a type, not {given}")));
    };
    let object_class = check(thread, start, object)?;
    match find(thread, start, object, &object_class, name)? {
        Some(found) => Ok(found),
        None => {
            let payload =
                Super { class: start.to_ref(), object: object.clone(), object_class: Some(object_class) };
            let object = thread.alloc(payload).into_value();
            object::get_attribute(thread, &object, name)
        }
    }
}

/// Searches the classes behind `start` in the object's order and binds what is found.
fn find(
    thread: &mut Thread,
    start: &Object<Class>,
    object: &Value,
    object_class: &Ref<Class>,
    name: &Object<Str>,
) -> Run<Option<Value>> {
    if name.as_str() == "__class__" {
        return Ok(None);
    }
    let Some(found) = object_class.find_behind(start, name) else { return Ok(None) };
    match slots_of(thread, &found).descriptor_get {
        Some(get) => {
            let instance = if object_class.is(object) { None } else { Some(object) };
            get(thread, &found, instance, object_class.as_value()).map(Some)
        }
        None => Ok(Some(found)),
    }
}

fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    let this = super_of(value);
    if let Some(object_class) = &this.object_class
        && let Some(found) = find(thread, &this.class, &this.object, object_class, name)?
    {
        return Ok(found);
    }
    object::get_attribute(thread, value, name)
}

fn bind(thread: &mut Thread, value: &Value, instance: Option<&Value>, _owner: &Value) -> Run<Value> {
    let this = super_of(value);
    match instance {
        Some(object) if this.object_class.is_none() => {
            let object_class = check(thread, &this.class, object)?;
            let class = class_of(thread, value);
            let payload =
                Super { class: this.class.clone(), object: object.clone(), object_class: Some(object_class) };
            Ok(instance::allocate(thread, &class, payload).into_value())
        }
        _ => Ok(value.clone()),
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = super_of(value);
    let text = match &this.object_class {
        Some(class) => {
            format!("<super: <class '{}'>, <{} object>>", this.class.name_text(), class.name_text())
        }
        None => format!("<super: <class '{}'>, NULL>", this.class.name_text()),
    };
    Ok(thread.new_string(text))
}

fn get_class(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(super_of(value).class.as_value().clone())
}

fn get_object(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let object = &super_of(value).object;
    Ok(if object.is_unbound() { Value::NONE } else { object.clone() })
}

fn get_object_class(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(super_of(value).object_class.as_ref().map_or(Value::NONE, |class| class.as_value().clone()))
}

/// `super`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Super,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: alloc::type_info::<Super>,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        get_attr: Some(get_attr),
        descriptor_get: Some(bind),
        ..Slots::EMPTY
    },
    methods: &[],
    attributes: &[
        NativeAttribute::field("__thisclass__", get_class),
        NativeAttribute::field("__self__", get_object),
        NativeAttribute::field("__self_class__", get_object_class),
    ],
    doc: "",
};
