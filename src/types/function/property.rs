//! `property`: an attribute whose reading and writing call functions of the class.

use crate::protocol::{self, call, class_of, lend};
use crate::references;
use crate::sync::{AtomicBool, Ordering};
use crate::thread::Thread;
use crate::types::object::instance;
use crate::value::{
    Args, Class, ClassFlags, Kind, Name, NativeAttribute, NativeMethod, Object, Payload, Raised, Run,
    Signature, Slot, Slots, StackRef, Style, TypeSpec, Value, alloc,
};

/// The payload of a `property`. A function that is not set is `None`, a name that is not known is unbound.
pub struct Property {
    /// `fget`.
    pub getter: Slot,
    /// `fset`.
    pub setter: Slot,
    /// `fdel`.
    pub deleter: Slot,
    doc: Slot,
    name: Slot,
    /// Whether the docstring is that of the getter.
    has_doc_of_getter: AtomicBool,
}

references!(Property { getter, setter, deleter, doc, name });

impl Payload for Property {
    const KIND: Kind = Kind::Property;
}

fn property(value: &Value) -> &Object<Property> {
    value.downcast_ref().expect("the slot belongs to properties")
}

fn new(thread: &mut Thread, class: &Object<Class>, _arguments: Args<'_>) -> Run<Value> {
    let none = || Slot::new(Value::NONE);
    let payload = Property {
        getter: none(),
        setter: none(),
        deleter: none(),
        doc: none(),
        name: Slot::empty(),
        has_doc_of_getter: AtomicBool::new(false),
    };
    Ok(instance::allocate(thread, class, payload).into_value())
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("fget=None, fset=None, fdel=None, doc=None");

fn init(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    let parts = SIGNATURE.bind("property", arguments)?;
    let [getter, setter, deleter, mut doc] = parts.map(|part| part.cloned().unwrap_or(Value::NONE));
    let property = property(value);
    let takes_doc = doc.is_none() && !getter.is_none();
    if takes_doc {
        doc = protocol::find_attr(thread, &getter, &thread.known().names().doc)?.unwrap_or(Value::NONE);
    }
    // Relaxed: as the slots, it is set by those who make the property.
    property.has_doc_of_getter.store(takes_doc && !doc.is_none(), Ordering::Relaxed);
    drop(property.getter.set(getter));
    drop(property.setter.set(setter));
    drop(property.deleter.set(deleter));
    drop(property.doc.set(doc));
    Ok(())
}

/// Returns the name that the property was given, or that of its getter; `None` if there is neither.
fn name_of(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    let own = property(value).name.get();
    if !own.is_unbound() {
        return Ok(Some(own));
    }
    let getter = property(value).getter.get();
    match getter.is_none() {
        true => Ok(None),
        false => protocol::find_attr(thread, &getter, &thread.known().names().name),
    }
}

fn get_name(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = protocol::type_name(thread, value);
    let missing = || Raised::attribute_error(format_args!("'{class}' object has no attribute '__name__'"));
    name_of(thread, value)?.ok_or_else(missing)
}

fn set_own_name(_thread: &mut Thread, value: &Value, name: Option<&Value>) -> Run<()> {
    drop(property(value).name.set(name.cloned().unwrap_or(Value::UNBOUND)));
    Ok(())
}

/// Makes the error for a property without the function that is needed.
fn lacks(thread: &mut Thread, value: &Value, instance: &Value, what: &str) -> Raised {
    let class = crate::types::object::class_names::qualname_text(&class_of(thread, instance));
    let name = match name_of(thread, value) {
        Ok(name) => name,
        Err(raised) => return raised,
    };
    match name.and_then(Name::of) {
        Some(name) => {
            Raised::attribute_error(format_args!("property '{name}' of '{class}' object has no {what}"))
        }
        None => Raised::attribute_error(format_args!("property of '{class}' object has no {what}")),
    }
}

fn get(thread: &mut Thread, value: &Value, instance: Option<&Value>, _owner: &Value) -> Run<Value> {
    let Some(instance) = instance else { return Ok(value.clone()) };
    let getter = property(value).getter.get();
    if getter.is_none() {
        return Err(lacks(thread, value, instance, "getter"));
    }
    call(thread, &getter, Args::positional(StackRef::as_values(&lend([instance]))))
}

fn set(thread: &mut Thread, value: &Value, instance: &Value, new: Option<&Value>) -> Run<()> {
    match new {
        Some(new) => {
            let setter = property(value).setter.get();
            if setter.is_none() {
                return Err(lacks(thread, value, instance, "setter"));
            }
            call(thread, &setter, Args::positional(StackRef::as_values(&lend([instance, new]))))
        }
        None => {
            let deleter = property(value).deleter.get();
            if deleter.is_none() {
                return Err(lacks(thread, value, instance, "deleter"));
            }
            call(thread, &deleter, Args::positional(StackRef::as_values(&lend([instance]))))
        }
    }
    .map(drop)
}

/// Makes a copy of the same class with one function replaced.
fn copy_with(thread: &mut Thread, arguments: Args<'_>, index: usize) -> Run<Value> {
    let [value, function] = arguments.exactly();
    let original = property(value);
    let mut parts = [original.getter.get(), original.setter.get(), original.deleter.get()];
    parts[index] = function.clone();
    // A docstring of a getter is taken anew, from the getter that the copy has.
    let keeps_doc = parts[0].is_none() || !original.has_doc_of_getter.load(Ordering::Relaxed);
    let doc = if keeps_doc { original.doc.get() } else { Value::NONE };
    let [getter, setter, deleter] = parts;
    let class = class_of(thread, value).into_value();
    let copy = call(thread, &class, Args::positional(&[getter, setter, deleter, doc]))?;
    if let Some(copy) = copy.downcast_ref::<Property>() {
        drop(copy.name.set(original.name.get()));
    }
    Ok(copy)
}

fn getter(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    copy_with(thread, arguments, 0)
}

fn setter(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    copy_with(thread, arguments, 1)
}

fn deleter(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    copy_with(thread, arguments, 2)
}

fn set_name(_thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value, _owner, name] = arguments.positionals() else {
        let given = arguments.count() - 1;
        let text = format!("__set_name__() takes 2 positional arguments but {given} were given");
        return Err(Raised::type_error(text));
    };
    drop(property(value).name.set(name.clone()));
    Ok(Value::NONE)
}

fn get_getter(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(property(value).getter.get())
}

fn get_setter(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(property(value).setter.get())
}

fn get_deleter(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(property(value).deleter.get())
}

fn get_doc(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(property(value).doc.get())
}

fn set_doc(_thread: &mut Thread, value: &Value, doc: Option<&Value>) -> Run<()> {
    drop(property(value).doc.set(doc.cloned().unwrap_or(Value::NONE)));
    Ok(())
}

fn get_abstract(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = thread.known().intern(thread, "__isabstractmethod__");
    let property = property(value);
    for function in [property.getter.get(), property.setter.get(), property.deleter.get()] {
        if let Some(answer) = protocol::find_attr(thread, &function, &name)?
            && protocol::is_true(thread, &answer)?
        {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

/// `property`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Property,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: alloc::type_info::<Property>,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        descriptor_get: Some(get),
        descriptor_set: Some(set),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("getter", "object, /", getter),
        NativeMethod::new("setter", "object, /", setter),
        NativeMethod::new("deleter", "object, /", deleter),
        NativeMethod::new("__set_name__", "*args", set_name).styled(Style::Unpacked),
    ],
    attributes: &[
        NativeAttribute::field("fget", get_getter),
        NativeAttribute::field("fset", get_setter),
        NativeAttribute::field("fdel", get_deleter),
        NativeAttribute::new("__name__", get_name, set_own_name),
        NativeAttribute::new("__doc__", get_doc, set_doc),
        NativeAttribute::read_only("__isabstractmethod__", get_abstract),
    ],
    doc: "",
};
