//! `defaultdict`: a dict that makes the values of missing keys.
//!
//! Its class is derived from `dict` when the module is made, with a word for the factory as `__slots__` gives one.

use crate::memory;
use crate::protocol::{self, class_of, repr_enter, repr_leave};
use crate::thread::Thread;
use crate::types::class;
use crate::types::dict::update;
use crate::types::object::class_names::namespace;
use crate::types::table::native_function::{ClassMethodDescriptor, MethodDescriptor};
use crate::types::table::slot_wrapper::SlotWrapper;
use crate::types::table::special_method::SpecialMethod;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::{
    Args, BinaryOp, Class, Dict, Kind, NativeMethod, Object, Origin, Raised, Ref, Run, Str, Tuple, Value,
};

/// The methods that are not special methods with an entry in the table of operations.
static METHODS: [NativeMethod; 5] = [
    NativeMethod::new("__missing__", "key, /", missing),
    NativeMethod::new("copy", "", copy),
    NativeMethod::new("__copy__", "", copy),
    NativeMethod::new("__reduce__", "", reduce),
    NativeMethod::class("__class_getitem__", "object, /", class_getitem),
];

const DOC: &str = "\
defaultdict(default_factory=None, /, [...]) --> dict with default factory

The default factory is called without arguments to produce
a new value when a key is not present, in __getitem__ only.
A defaultdict compares equal to a dict with the same items.
All remaining arguments are treated the same as if they were
passed to the dict constructor, including keyword arguments.";

const FACTORY: &str = "default_factory";

/// Makes the class. Raises `MemoryError`.
pub fn make_class(thread: &mut Thread) -> Run<Ref<Class>> {
    let known = thread.known();
    let names = known.names();
    let members = thread.alloc(Dict::default());
    let slots = thread.new_tuple(vec![known.intern(thread, FACTORY).into_value()]);
    for (key, value) in [
        (&names.module, known.intern(thread, "collections").into_value()),
        (&names.doc, thread.try_str(DOC)?),
        (&names.slots, slots),
    ] {
        drop(members.set_str(thread, key, value));
    }
    let bases = thread.new_tuple(vec![known.class(Kind::Dict).to_value()]);
    let bases: &Object<Tuple> = bases.downcast_ref().expect("made above");
    let name: Ref<Str> = known.intern(thread, "defaultdict");
    let no_names = Args::positional(&[]);
    let made = class::make::make(thread, known.class(Kind::Class), &name, bases, members, no_names)?;
    let own = namespace(&made);
    drop(own.remove_str(&names.slots));
    for method in &METHODS {
        let owner = made.clone();
        let descriptor = match method.name {
            "__class_getitem__" => thread.alloc(ClassMethodDescriptor { owner, method }).into_value(),
            _ => thread.alloc(MethodDescriptor { owner, method }).into_value(),
        };
        drop(own.set_str(thread, &known.intern(thread, method.name), descriptor));
    }
    let mut slots = *made.slots();
    slots.init = Some(init);
    slots.repr = Some(repr);
    slots.binary[BinaryOp::Or as usize] = Some(join);
    // Another operation than that of dicts, so that it is asked before theirs.
    slots.origins.binary[BinaryOp::Or as usize] = Origin::Script;
    made.set_slots(slots);
    for name in ["__init__", "__repr__", "__or__", "__ror__"] {
        let special = SpecialMethod::named(name).expect("it is one");
        let wrapper = thread.alloc(SlotWrapper { owner: made.clone(), special }).into_value();
        drop(own.set_str(thread, &known.intern(thread, name), wrapper));
    }
    Ok(made)
}

fn dict_of(value: &Value) -> &Object<Dict> {
    value.downcast_ref().expect("the class is derived from `dict`")
}

/// Returns the factory; `None` (the value) if there is none.
fn factory_of(thread: &mut Thread, dict: &Value) -> Run<Value> {
    let name = thread.known().intern(thread, FACTORY);
    Ok(protocol::find_attr(thread, dict, &name)?.unwrap_or(Value::NONE))
}

fn init(thread: &mut Thread, dict: &Value, args: Args<'_>) -> Run<()> {
    let factory = args.get(0).cloned().unwrap_or(Value::NONE);
    if !factory.is_none() && protocol::slots_of(thread, &factory).call.is_none() {
        return Err(Raised::type_error("first argument must be callable or None"));
    }
    let rest = if args.count() == 0 { args } else { args.skip_first() };
    if rest.count() > 1 {
        let given = rest.count();
        return Err(Raised::type_error(format_args!("dict expected at most 1 argument, got {given}")));
    }
    let name = thread.known().intern(thread, FACTORY);
    protocol::set_attr(thread, dict, &name, &factory)?;
    update::update_from_arguments(thread, dict_of(dict), rest)
}

fn missing(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [dict, key] = args.exactly();
    let factory = factory_of(thread, dict)?;
    if factory.is_none() {
        return Err(Raised::key_error(key.clone()));
    }
    let value = protocol::call(thread, &factory, Args::positional(&[]))?;
    protocol::set_item(thread, dict, key, &value)?;
    Ok(value)
}

fn repr(thread: &mut Thread, dict: &Value) -> Run<Value> {
    let name = class_of(thread, dict).name_text();
    let plain: Option<fn(&mut Thread, &Value) -> Run<Value>> = thread.known().class(Kind::Dict).slots().repr;
    let items = plain.expect("dicts have a repr")(thread, dict)?;
    let factory = factory_of(thread, dict)?;
    // A factory may be a method of this very dict.
    let factory = match repr_enter(thread, &factory) {
        false => "...".to_owned(),
        true => {
            let text = protocol::nest_repr(thread, |thread| protocol::repr(thread, &factory));
            repr_leave(thread, &factory);
            text?.as_str().to_owned()
        }
    };
    let items = protocol::str(thread, &items)?;
    let text = memory::formatted(format_args!("{name}({factory}, {})", items.as_str()))?;
    Ok(thread.new_string(text))
}

/// Makes a dict of the same class with the same factory and these items.
fn alike(thread: &mut Thread, dict: &Value, items: &Value) -> Run<Value> {
    let factory = factory_of(thread, dict)?;
    let class = class_of(thread, dict).into_value();
    protocol::call(thread, &class, Args::positional(&[factory, items.clone()]))
}

fn copy(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [dict] = args.exactly();
    alike(thread, dict, dict)
}

/// Computes `left | right`, of which one at least has a factory.
fn join(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    if left.downcast_ref::<Dict>().is_none() || right.downcast_ref::<Dict>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let name = thread.known().intern(thread, FACTORY);
    let has_factory = protocol::find_attr(thread, left, &name)?.is_some();
    let made = alike(thread, if has_factory { left } else { right }, left)?;
    match made.downcast_ref::<Dict>() {
        Some(dict) => update::update(thread, dict, right)?,
        None => return protocol::in_place_op(thread, BinaryOp::Or, &made, right),
    }
    Ok(made)
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [dict] = args.exactly();
    let factory = factory_of(thread, dict)?;
    let arguments = if factory.is_none() { Vec::new() } else { vec![factory] };
    let arguments = thread.new_tuple(arguments);
    let items = &thread.known().names().items;
    let items = protocol::call_method(thread, dict, items, &[])?;
    let items = protocol::iter(thread, &items)?;
    let class = class_of(thread, dict).into_value();
    Ok(thread.new_tuple(vec![class, arguments, Value::NONE, Value::NONE, items]))
}
