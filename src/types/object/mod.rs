//! `object`: what every type inherits.
//!
//! Attribute lookup is here: a data descriptor of the class first, then the instance, then whatever else the
//! class has. Classes (`types/class/mod.rs`), modules and `super` have rules of their own. Where an object
//! keeps its attributes is in `instance.rs`; what native methods of all types begin with in
//! `method_arguments.rs` and `bytes_like.rs`; what is asked of any class in `class_names.rs` and `layout.rs`;
//! `namespace.rs` is `types.SimpleNamespace`, `reduced.rs` what `__reduce__` returns, `utf8.rs` who wants UTF-8. Begin with `get_attribute` here.

pub mod annotations;
pub mod buffer;
pub mod bytes_like;
pub mod class_names;
#[expect(unsafe_code, reason = "attribute words lie behind the payload, and finalizers get a bare object")]
pub mod instance;
pub mod layout;
pub mod method_arguments;
pub mod namespace;
pub mod reduced;
pub mod size;
pub mod utf8;

use crate::memory;
use crate::protocol::{
    self, class_lookup, class_of, is_instance_of, repr_enter, shape_of, slots_of, type_name,
};
use crate::thread::Thread;
use crate::types::object::class_names::qualname_text;
use crate::types::object::instance::Instance;
use crate::value::{
    Args, Class, ClassFlags, Comparison, Dict, Kind, List, NativeAttribute, NativeMethod, Object, Origin,
    Raised, Ref, Run, Slots, Str, Style, TypeSpec, Value, alloc,
};

/// The address of an object as `repr` shows it.
pub fn address(value: &Value) -> String {
    format!("{:#x}", value.as_raw().map_or(value.word(), |object| object.address() as u64))
}

/// Returns the hash of an object that is equal to itself only (CPython: `_Py_HashPointer`).
#[inline]
pub fn identity_hash(value: &Value) -> i64 {
    let address = value.as_raw().map_or(value.word(), |object| object.address() as u64);
    address.rotate_right(4) as i64
}

/// Makes the `AttributeError` of an instance. Programs often only test for it, so its message is made when it
/// is read.
#[cold]
pub fn no_attribute(_thread: &Thread, object: &Value, name: &Object<Str>) -> Raised {
    Raised::no_attribute(name.to_value(), object.clone())
}

/// Interns the name of an attribute given by a script. Raises `TypeError` if it is no `str`.
pub fn expect_name(thread: &Thread, name: &Value) -> Run<Ref<Str>> {
    match name.downcast_ref::<Str>() {
        Some(name) => Ok(thread.known().intern_str(thread, name)),
        None => Err(Raised::type_error(format_args!(
            "attribute name must be string, not '{}'",
            type_name(thread, name)
        ))),
    }
}

/// Interns a name as `expect_name` does, for reading or deleting: a text that is not interned yet is not kept
/// for good. Raises `TypeError` if it is no `str`.
pub fn expect_known_name(thread: &Thread, name: &Value) -> Run<Ref<Str>> {
    match name.downcast_ref::<Str>() {
        Some(name) => Ok(thread.known().interned_if_known(name)),
        None => expect_name(thread, name),
    }
}

/// `object.__getattribute__`. Raises `AttributeError` if there is no such attribute, and what descriptors
/// raise.
pub fn get_attribute(thread: &mut Thread, object: &Value, name: &Object<Str>) -> Run<Value> {
    match find_attribute(thread, object, name)? {
        Some(value) => Ok(value),
        None => Err(no_attribute(thread, object, name)),
    }
}

/// Searches as `object.__getattribute__` does; `None` if there is no such attribute. Raises what descriptors
/// raise.
pub fn find_attribute(thread: &mut Thread, object: &Value, name: &Object<Str>) -> Run<Option<Value>> {
    let class = shape_of(thread, object).class();
    let found = class_lookup(class, name);
    if let Some(found) = &found {
        let slots = slots_of(thread, found);
        if slots.descriptor_set.is_some()
            && let Some(get) = slots.descriptor_get
        {
            let class = class.to_value();
            return get(thread, found, Some(object), &class).map(Some);
        }
    }
    if let Some(own) = instance::find(object, name) {
        return Ok(Some(own));
    }
    if object.kind() == Kind::Module
        && let Some(own) = find_in_module(thread, object, name)?
    {
        return Ok(Some(own));
    }
    match found {
        Some(found) => protocol::bind(thread, found, object).map(Some),
        None => Ok(None),
    }
}

/// Searches the namespace of a module. Raises what making the names raises that the importer owes it.
#[cold]
fn find_in_module(thread: &mut Thread, module: &Value, name: &Object<Str>) -> Run<Option<Value>> {
    let class = thread.known().class(Kind::Module);
    let Some(getter) = class_lookup(class, &thread.known().names().dict) else { return Ok(None) };
    let Some(get) = slots_of(thread, &getter).descriptor_get else { return Ok(None) };
    let class = class.to_value();
    let namespace = get(thread, &getter, Some(module), &class)?;
    Ok(namespace.downcast_ref::<Dict>().and_then(|namespace| namespace.get_str(name)))
}

/// `object.__setattr__` and `object.__delattr__`. Raises `AttributeError` if the attribute cannot be set or
/// does not exist, what descriptors raise, and `MemoryError`.
pub fn set_attribute(
    thread: &mut Thread,
    object: &Value,
    name: &Object<Str>,
    value: Option<&Value>,
) -> Run<()> {
    let class = shape_of(thread, object).class();
    let found = class_lookup(class, name);
    if let Some(found) = &found
        && let Some(set) = slots_of(thread, found).descriptor_set
    {
        return set(thread, found, object, value);
    }
    if !shape_of(thread, object).has_attributes() || !class.flags().contains(ClassFlags::HAS_DICT) {
        if found.is_some() {
            let (class, name) = (type_name(thread, object), name.as_str());
            return Err(Raised::attribute_error(format_args!(
                "'{class}' object attribute '{name}' is read-only"
            )));
        }
        // CPython says more unless the class has a `__setattr__` of its own.
        let is_own = class.slots().origins.set_attr != OWN;
        let more = if is_own { "" } else { " and no __dict__ for setting new attributes" };
        let (class, text) = (type_name(thread, object), name.as_str());
        let message = format_args!("'{class}' object has no attribute '{text}'{more}");
        return Err(Raised::missing_attribute(message, name.to_value(), object.clone()));
    }
    match value {
        Some(value) => {
            let name = thread.known().intern_str(thread, name);
            instance::store(thread, object, &name, value.clone())?;
        }
        None => {
            let old = instance::delete(thread, object, name)?;
            // Without the object at hand: CPython suggests no other name for a deletion.
            old.ok_or_else(|| {
                let (class, name) = (type_name(thread, object), name.as_str());
                Raised::attribute_error(format_args!("'{class}' object has no attribute '{name}'"))
            })?;
        }
    }
    Ok(())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class_of(thread, value);
    let module = crate::types::object::class_names::module_text(thread, &class);
    let name = crate::types::object::class_names::qualname_text(&class);
    let text = match module.as_deref() {
        None | Some("builtins") => memory::formatted(format_args!("<{name} object at {}>", address(value)))?,
        Some(module) => memory::formatted(format_args!("<{module}.{name} object at {}>", address(value)))?,
    };
    Ok(thread.new_string(text))
}

/// `object.__str__`: returns the result of `__repr__`, whose type is checked by `protocol::str`.
fn str(thread: &mut Thread, value: &Value) -> Run<Value> {
    match slots_of(thread, value).repr {
        Some(operation) => protocol::nest_repr(thread, |thread| operation(thread, value)),
        None => protocol::repr(thread, value).map(Ref::into_value),
    }
}

fn hash(_thread: &mut Thread, value: &Value) -> Run<i64> {
    Ok(identity_hash(value))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    match comparison {
        Comparison::Equal if left.is(right) => Ok(Value::TRUE),
        Comparison::NotEqual => {
            // `!=` is the opposite of whatever the class says about `==`.
            let Some(operation) = slots_of(thread, left).compare else { return Ok(Value::NOT_IMPLEMENTED) };
            let equal = operation(thread, left, right, Comparison::Equal)?;
            if equal.is_not_implemented() {
                return Ok(equal);
            }
            Ok(Value::bool(!protocol::is_true(thread, &equal)?))
        }
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `object.__new__`: makes an instance of the class without a payload. Raises `TypeError` for arguments that
/// neither `__new__` nor `__init__` of the class takes.
pub fn new(thread: &mut Thread, class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    if !arguments.all_values().is_empty() {
        let origins = &class.slots().origins;
        if origins.new != OWN {
            return Err(Raised::type_error(
                "object.__new__() takes exactly one argument (the type to instantiate)",
            ));
        }
        if origins.init == OWN {
            return Err(Raised::type_error(format_args!("{}() takes no arguments", class.name_text())));
        }
    }
    if class.flags().contains(ClassFlags::ABSTRACT) {
        return Err(is_abstract(thread, class)?);
    }
    Ok(instance::allocate(thread, class, Instance).into_value())
}

/// Makes the error for an instance of a class whose `__abstractmethods__` names methods.
#[cold]
fn is_abstract(thread: &mut Thread, class: &Object<Class>) -> Run<Raised> {
    let name = thread.known().intern(thread, "__abstractmethods__");
    let methods = protocol::get_attr(thread, &class.to_value(), &name)?;
    let methods = protocol::collect(thread, &methods)?;
    let mut texts = Vec::new();
    for (position, method) in methods.iter().enumerate() {
        match method.downcast_ref::<Str>() {
            Some(text) => texts.push(text.to_ref()),
            None => {
                let given = type_name(thread, method);
                let what = format_args!("sequence item {position}: expected str instance, {given} found");
                return Err(Raised::type_error(what));
            }
        }
    }
    texts.sort_by(|left, right| left.as_str().cmp(right.as_str()));
    let mut names = String::new();
    for (position, text) in texts.iter().enumerate() {
        memory::push_str(&mut names, if position > 0 { "', '" } else { "" })?;
        memory::push_str(&mut names, text.as_str())?;
    }
    let plural = if texts.len() > 1 { "s" } else { "" };
    Ok(Raised::type_error(format_args!(
        "Can't instantiate abstract class {} without an implementation for abstract method{plural} '{names}'",
        class.name_text()
    )))
}

/// `object.__init__`: does nothing, but refuses arguments that nobody takes.
fn init(thread: &mut Thread, object: &Value, arguments: Args<'_>) -> Run<()> {
    if arguments.all_values().is_empty() {
        return Ok(());
    }
    let origins = &slots_of(thread, object).origins;
    if origins.init != OWN {
        return Err(Raised::type_error(
            "object.__init__() takes exactly one argument (the instance to initialize)",
        ));
    }
    if origins.new == OWN {
        return Err(Raised::type_error(format_args!(
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            type_name(thread, object)
        )));
    }
    Ok(())
}

/// The origin of an entry that a class inherits from `object`.
const OWN: Origin = Origin::Type(Kind::Object);

fn get_class(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(class_of(thread, value).into_value())
}

fn set_class(thread: &mut Thread, value: &Value, class: Option<&Value>) -> Run<()> {
    let Some(class) = class else {
        return Err(Raised::type_error("can't delete __class__ attribute"));
    };
    let Some(new) = class.downcast_ref::<Class>() else {
        let given = type_name(thread, class);
        return Err(Raised::type_error(format_args!(
            "__class__ must be set to a class, not '{given}' object"
        )));
    };
    let old = class_of(thread, value);
    let changeable = |class: &Object<Class>| class.flags().contains(ClassFlags::SCRIPT);
    let are_modules = new.kind == Kind::Module && old.kind == Kind::Module;
    if !are_modules && (!changeable(new) || !changeable(&old)) {
        return Err(Raised::type_error(
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    crate::types::object::layout::check("__class__", &old, new)?;
    instance::set_class(thread, value, new)
}

/// Returns `__dict__` of an instance. Raises `AttributeError` if its class has none, `MemoryError`.
pub fn get_dict(thread: &mut Thread, value: &Value) -> Run<Value> {
    match instance::dict_of(thread, value)? {
        Some(dict) => Ok(dict.into_value()),
        None => Err(no_attribute(thread, value, &thread.known().names().dict)),
    }
}

/// Assigns `__dict__`. Raises `TypeError` for a deletion or anything but a dict, `MemoryError`.
pub fn set_dict(thread: &mut Thread, value: &Value, dict: Option<&Value>) -> Run<()> {
    match dict.map(|dict| (dict, dict.downcast_ref::<Dict>())) {
        Some((_, Some(dict))) => instance::set_dict(thread, value, dict),
        Some((other, None)) => Err(Raised::type_error(format_args!(
            "__dict__ must be set to a dictionary, not a '{}'",
            type_name(thread, other)
        ))),
        None => Err(Raised::type_error("cannot delete __dict__")),
    }
}

/// Assigns `__dict__` of an instance of a class written in the script; deleting it starts an empty one. Raises
/// `TypeError` for anything but a dict, `MemoryError`.
pub fn set_or_empty_dict(thread: &mut Thread, value: &Value, dict: Option<&Value>) -> Run<()> {
    let fresh = thread.alloc(Dict::default()).into_value();
    set_dict(thread, value, Some(dict.unwrap_or(&fresh)))
}

fn format(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let (value, spec) = crate::types::object::method_arguments::format_arguments(thread, arguments)?;
    if !spec.is_empty() {
        let class = type_name(thread, value);
        return Err(Raised::type_error(format_args!(
            "unsupported format string passed to {class}.__format__"
        )));
    }
    protocol::str(thread, value).map(Ref::into_value)
}

fn dir(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let (dict, class) = (&thread.known().names().dict, &thread.known().names().class);
    let dict = protocol::find_attr(thread, value, dict)?;
    let mut names = match dict.as_ref().and_then(Value::downcast_ref::<Dict>) {
        Some(dict) => dict.keys()?,
        None => Vec::new(),
    };
    // An object's word for its class is taken.
    if let Some(class) = protocol::find_attr(thread, value, class)?.as_ref().and_then(Value::downcast_ref) {
        crate::types::object::class_names::names_into(class, &mut names)?;
    }
    Ok(thread.alloc(List::new(names)).into_value())
}

fn init_subclass(_thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let class = arguments.get(0).and_then(Value::downcast_ref::<Class>).map(qualname_text);
    if arguments.has_keywords() || arguments.count() > 1 {
        let class = class.unwrap_or_default();
        return Err(Raised::type_error(format_args!(
            "{class}.__init_subclass__() takes no keyword arguments"
        )));
    }
    Ok(Value::NONE)
}

fn subclass_hook(_thread: &mut Thread, _arguments: Args<'_>) -> Run<Value> {
    Ok(Value::NOT_IMPLEMENTED)
}

/// Runs `show`, unless the `repr` of the same object is running already, in an outer call; then the result is
/// `again`. Raises what `show` raises.
pub fn guard_repr(
    thread: &mut Thread,
    value: &Value,
    again: &str,
    show: impl FnOnce(&mut Thread) -> Run<String>,
) -> Run<Value> {
    if !repr_enter(thread, value) {
        return Ok(thread.new_str(again));
    }
    let result = show(thread);
    protocol::repr_leave(thread, value);
    Ok(thread.new_string(result?))
}

/// Raises `TypeError` unless the value is an instance of the class.
pub fn expect_instance(thread: &Thread, value: &Value, class: &Object<Class>, what: &str) -> Run<()> {
    if is_instance_of(thread, value, class) {
        return Ok(());
    }
    Err(Raised::type_error(format_args!(
        "{what} must be {}, not {}",
        class.name_text(),
        type_name(thread, value)
    )))
}

/// `object`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Object,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: alloc::type_info::<Instance>,
    slots: Slots {
        repr: Some(repr),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        get_attr: Some(get_attribute),
        set_attr: Some(set_attribute),
        new: Some(new),
        init: Some(init),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__format__", "format_spec, /", format),
        NativeMethod::new("__dir__", "", dir),
        NativeMethod::new("__sizeof__", "", size::size_method),
        NativeMethod::class("__init_subclass__", "", init_subclass),
        NativeMethod::class("__subclasshook__", "*args", subclass_hook).styled(Style::Unpacked),
    ],
    attributes: &[NativeAttribute::new("__class__", get_class, set_class)],
    doc: "",
};
