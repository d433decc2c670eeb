//! Tuples whose items have names, as `sys.flags` and `sys.version_info` are: their classes, and how they are made.
//!
//! A class is one of the script's in all but its operations: it is derived from `tuple`, cannot be derived from, and
//! has a descriptor for each name.

use crate::memory;
use crate::protocol::{self, class_of};
use crate::thread::Thread;
use crate::types::class;
use crate::types::object::class_names::{module_text, namespace, qualname_text};
use crate::types::object::method_arguments::attribute_capacity;
use crate::types::table::get_set;
use crate::types::table::native_function::MethodDescriptor;
use crate::types::table::new_method;
use crate::types::table::slot_wrapper::SlotWrapper;
use crate::types::table::special_method::SpecialMethod;
use crate::value::{
    Args, Class, ClassFlags, Dict, GetterFn, Kind, NativeAttribute, NativeMethod, Object, Origin, Raised,
    Ref, Run, Signature, Str, Tuple, Value,
};

/// How a class of named tuples is described.
pub struct Description {
    /// The module and the name.
    pub name: (&'static str, &'static str),
    /// The items, as `fields` makes them.
    pub fields: &'static [NativeAttribute],
    /// Whether programs may make instances.
    pub can_be_called: bool,
}

/// Makes the descriptors of items with these names.
pub const fn fields<const N: usize>(names: [&'static str; N]) -> [NativeAttribute; N] {
    let mut made = [NativeAttribute::field("", item::<0>); N];
    let mut at = 0;
    while at < N {
        made[at] = NativeAttribute::field(names[at], GETTERS[at]);
        at += 1;
    }
    made
}

/// The functions that read an item by its position.
const GETTERS: [GetterFn; 20] = [
    item::<0>, item::<1>, item::<2>, item::<3>, item::<4>, item::<5>, item::<6>, item::<7>, item::<8>,
    item::<9>, item::<10>, item::<11>, item::<12>, item::<13>, item::<14>, item::<15>, item::<16>,
    item::<17>, item::<18>, item::<19>,
];

fn item<const INDEX: usize>(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(items(value).get(INDEX).cloned().unwrap_or(Value::NONE))
}

fn items(value: &Value) -> &[Value] {
    value.downcast_ref::<Tuple>().map_or(&[], |tuple| tuple.items())
}

/// The methods of every such class.
static METHODS: [NativeMethod; 2] = [
    NativeMethod::new("__reduce__", "", reduce),
    NativeMethod::new("__replace__", "*args, **changes", replace),
];

/// Makes a class. Raises `MemoryError`.
pub fn make_class(thread: &mut Thread, description: &Description) -> Run<Ref<Class>> {
    let known = thread.known();
    let bases = thread.new_tuple(vec![known.class(Kind::Tuple).to_value()]);
    let bases: &Object<Tuple> = bases.downcast_ref().expect("made above");
    let members = thread.alloc(Dict::default());
    let names = known.names();
    let (module, name) = description.name;
    let count = thread.new_usize(description.fields.len());
    let unnamed = thread.new_int(0);
    let in_order: Vec<Value> =
        description.fields.iter().map(|field| known.intern(thread, field.name).into_value()).collect();
    for (key, value) in [
        (&names.module, known.intern(thread, module).into_value()),
        (&names.slots, known.empty_tuple()),
        (&known.intern(thread, "n_fields"), count.clone()),
        (&known.intern(thread, "n_sequence_fields"), count),
        (&known.intern(thread, "n_unnamed_fields"), unnamed),
        (&names.match_args, thread.new_tuple(in_order)),
    ] {
        drop(members.set_str(thread, key, value));
    }
    let name: Ref<Str> = known.intern(thread, name);
    let no_names = Args::positional(&[]);
    let made = class::make::make(thread, known.class(Kind::Class), &name, bases, members, no_names)?;
    let own = namespace(&made);
    drop(own.remove_str(&names.slots));
    for field in description.fields {
        let descriptor = get_set::make(thread, &made, field);
        drop(own.set_str(thread, &known.intern(thread, field.name), descriptor));
    }
    for method in &METHODS {
        let descriptor = thread.alloc(MethodDescriptor { owner: made.clone(), method }).into_value();
        drop(own.set_str(thread, &known.intern(thread, method.name), descriptor));
    }
    let mut slots = *made.slots();
    slots.repr = Some(repr);
    slots.new = Some(if description.can_be_called { new } else { refuse });
    slots.origins.new = Origin::Type(Kind::Tuple);
    made.set_slots(slots);
    let wrapper = SlotWrapper { owner: made.clone(), special: SpecialMethod::Repr };
    drop(own.set_str(thread, &names.repr, thread.alloc(wrapper).into_value()));
    drop(own.set_str(thread, &names.new, new_method::make(thread, &made)));
    made.set_flags(ClassFlags::BASE, false);
    Ok(made)
}

/// Makes an instance. Raises `MemoryError`.
pub fn make(thread: &Thread, class: &Object<Class>, items: Vec<Value>) -> Run<Value> {
    let len = items.len();
    let capacity = attribute_capacity(class);
    Ok(thread.try_tuple_shaped(class.root_shape(), items.into_iter(), len, capacity)?.into_value())
}

/// The name with the module in front.
fn full_name(thread: &Thread, class: &Object<Class>) -> Run<String> {
    let name = qualname_text(class);
    Ok(match module_text(thread, class) {
        Some(module) => memory::formatted(format_args!("{module}.{name}"))?,
        None => memory::copy_text(&name)?,
    })
}

fn refuse(thread: &mut Thread, class: &Object<Class>, _args: Args<'_>) -> Run<Value> {
    let name = full_name(thread, class)?;
    Err(Raised::type_error(format_args!("cannot create '{name}' instances")))
}

/// How many items an instance has.
fn count_of(thread: &Thread, class: &Object<Class>) -> usize {
    let names = namespace(class).get_str(&thread.known().names().match_args);
    names.as_ref().map_or(0, |names| items(names).len())
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("sequence, dict={}");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [sequence, _] = SIGNATURE.bind(&class.name_text(), args)?;
    let sequence = sequence.expect("the first parameter is required");
    let Ok(given) = protocol::collect(thread, sequence) else {
        return Err(Raised::type_error("constructor requires a sequence"));
    };
    let (wanted, len) = (count_of(thread, class), given.len());
    if len != wanted {
        let name = full_name(thread, class)?;
        return Err(Raised::type_error(format_args!(
            "{name}() takes a {wanted}-sequence ({len}-sequence given)"
        )));
    }
    make(thread, class, given)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class_of(thread, value);
    let mut text = full_name(thread, &class)?;
    memory::push_str(&mut text, "(")?;
    let names = namespace(&class).get_str(&thread.known().names().match_args).unwrap_or(Value::NONE);
    for (position, (name, item)) in items(&names).iter().zip(items(value)).enumerate() {
        let shown = protocol::repr(thread, item)?;
        let name = name.downcast_ref::<Str>().map_or("", |name| name.as_str());
        let pieces = [if position > 0 { ", " } else { "" }, name, "=", shown.as_str()];
        pieces.into_iter().try_for_each(|piece| memory::push_str(&mut text, piece))?;
    }
    memory::push_str(&mut text, ")")?;
    Ok(thread.new_string(text))
}

/// Makes `(class, (items, {}))`.
fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let class = class_of(thread, value).into_value();
    let hidden = thread.alloc(Dict::default()).into_value();
    let arguments = thread.new_tuple(vec![thread.new_tuple(items(value).to_vec()), hidden]);
    Ok(thread.new_tuple(vec![class, arguments]))
}

/// `copy.replace`: a copy with some items changed. Raises `TypeError` for names of no item.
fn replace(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = &args.positionals()[0];
    if args.count() > 1 {
        return Err(Raised::type_error("__replace__() takes no positional arguments"));
    }
    let class = class_of(thread, value);
    let names = namespace(&class).get_str(&thread.known().names().match_args).unwrap_or(Value::NONE);
    let mut changed = items(value).to_vec();
    let mut unknown = Vec::new();
    for (name, new) in args.keywords() {
        let is_name = |known: &Value| match (known.downcast_ref::<Str>(), name.downcast_ref::<Str>()) {
            (Some(known), Some(name)) => known.as_str() == name.as_str(),
            _ => false,
        };
        match items(&names).iter().position(is_name) {
            Some(position) => changed[position] = new.clone(),
            None => unknown.push(name.clone()),
        }
    }
    if !unknown.is_empty() {
        let unknown = thread.alloc(crate::value::List::new(unknown)).into_value();
        let shown = protocol::repr(thread, &unknown)?;
        return Err(Raised::type_error(format_args!("Got unexpected field name(s): {}", shown.as_str())));
    }
    make(thread, &class, changed)
}
