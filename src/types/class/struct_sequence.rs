//! Tuples whose items have names, as `sys.flags` and `sys.version_info` are: their classes, and how they are made.
//!
//! A class is one of the script's in all but its operations: it is derived from `tuple`, cannot be derived from, and
//! has a descriptor for each name. `os.stat_result` and `time.struct_time` say more than their items: what is hidden
//! lies in a tuple of its own, an attribute of the instance that no program can name.

use crate::memory;
use crate::protocol::{self, class_of};
use crate::thread::Thread;
use crate::types::class;
use crate::types::object::class_names::{module_text, namespace, qualname_text};
use crate::types::object::instance;
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
    /// How many items without a name follow those.
    pub unnamed: usize,
    /// What can be read by name only, as `hidden` makes it.
    pub hidden: &'static [NativeAttribute],
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

/// Makes the descriptors of what can be read by these names only.
pub const fn hidden<const N: usize>(names: [&'static str; N]) -> [NativeAttribute; N] {
    let mut made = [NativeAttribute::field("", aside::<0>); N];
    let mut at = 0;
    while at < N {
        made[at] = NativeAttribute::field(names[at], HIDDEN_GETTERS[at]);
        at += 1;
    }
    made
}

/// The functions that read what is hidden by its position.
const HIDDEN_GETTERS: [GetterFn; 10] = [
    aside::<0>, aside::<1>, aside::<2>, aside::<3>, aside::<4>, aside::<5>, aside::<6>, aside::<7>,
    aside::<8>, aside::<9>,
];

/// The functions that read an item by its position.
const GETTERS: [GetterFn; 20] = [
    item::<0>, item::<1>, item::<2>, item::<3>, item::<4>, item::<5>, item::<6>, item::<7>, item::<8>,
    item::<9>, item::<10>, item::<11>, item::<12>, item::<13>, item::<14>, item::<15>, item::<16>,
    item::<17>, item::<18>, item::<19>,
];

fn item<const INDEX: usize>(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(items(value).get(INDEX).cloned().unwrap_or(Value::NONE))
}

/// The name of the attribute with what is hidden: none that a program can say.
const ASIDE: &str = "\0hidden";

fn aside<const INDEX: usize>(thread: &mut Thread, value: &Value) -> Run<Value> {
    let hidden = hidden_of(thread, value);
    Ok(items(&hidden).get(INDEX).cloned().unwrap_or(Value::NONE))
}

/// The tuple of what is hidden in an instance, or `None`.
fn hidden_of(thread: &Thread, value: &Value) -> Value {
    instance::find(value, &thread.known().intern(thread, ASIDE)).unwrap_or(Value::NONE)
}

fn items(value: &Value) -> &[Value] {
    value.downcast_ref::<Tuple>().map_or(&[], |tuple| tuple.items())
}

/// The methods of every such class.
static METHODS: [NativeMethod; 2] = [
    NativeMethod::new("__reduce__", "", reduce),
    NativeMethod::new("__replace__", "*args, **changes", replace),
];

/// Returns the one class of a description, which is made at the first time. Raises `MemoryError`.
pub fn class(thread: &mut Thread, description: &Description) -> Run<Ref<Class>> {
    let name = description.name.1;
    let known = |thread: &Thread| {
        let classes = thread.known().named_tuples.lock();
        classes.iter().find(|(other, _)| *other == name).map(|(_, class)| class.clone())
    };
    if let Some(class) = known(thread) {
        return Ok(class);
    }
    let made = make_class(thread, description)?;
    if let Some(other) = known(thread) {
        return Ok(other);
    }
    thread.known().named_tuples.lock().push((name, made.clone()));
    Ok(made)
}

/// Makes a class. Raises `MemoryError`.
pub fn make_class(thread: &mut Thread, description: &Description) -> Run<Ref<Class>> {
    let known = thread.known();
    let bases = thread.new_tuple(vec![known.class(Kind::Tuple).to_value()]);
    let bases: &Object<Tuple> = bases.downcast_ref().expect("made above");
    let members = thread.alloc(Dict::default());
    let names = known.names();
    let (module, name) = description.name;
    let visible = description.fields.len() + description.unnamed;
    let count = thread.new_usize(visible + description.hidden.len());
    let visible = thread.new_usize(visible);
    let unnamed = thread.new_usize(description.unnamed);
    let in_order: Vec<Value> =
        description.fields.iter().map(|field| known.intern(thread, field.name).into_value()).collect();
    for (key, value) in [
        (&names.module, known.intern(thread, module).into_value()),
        (&known.intern(thread, "n_fields"), count),
        (&known.intern(thread, "n_sequence_fields"), visible),
        (&known.intern(thread, "n_unnamed_fields"), unnamed),
        (&names.match_args, thread.new_tuple(in_order)),
    ] {
        drop(members.set_str(thread, key, value));
    }
    if description.hidden.is_empty() {
        drop(members.set_str(thread, &names.slots, known.empty_tuple()));
    }
    let name: Ref<Str> = known.intern(thread, name);
    let no_names = Args::positional(&[]);
    let made = class::make::make(thread, known.class(Kind::Class), &name, bases, members, no_names)?;
    let own = namespace(&made);
    drop(own.remove_str(&names.slots));
    drop(own.remove_str(&names.dict));
    for field in description.fields.iter().chain(description.hidden) {
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

/// Makes an instance of its items. Raises `MemoryError`.
pub fn make(thread: &Thread, class: &Object<Class>, items: Vec<Value>) -> Run<Value> {
    let len = items.len();
    let capacity = attribute_capacity(class);
    Ok(thread.try_tuple_shaped(class.root_shape(), items.into_iter(), len, capacity)?.into_value())
}

/// Makes an instance of its items and of what is hidden. Raises `MemoryError`.
pub fn make_with(
    thread: &Thread,
    class: &Object<Class>,
    items: Vec<Value>,
    hidden: Vec<Value>,
) -> Run<Value> {
    let made = make(thread, class, items)?;
    instance::store(thread, &made, &thread.known().intern(thread, ASIDE), thread.new_tuple(hidden))?;
    Ok(made)
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

/// The numbers of a class: of all fields, of items, of items without a name.
struct Counts {
    all: usize,
    visible: usize,
    unnamed: usize,
}

fn counts_of(thread: &Thread, class: &Object<Class>) -> Counts {
    let count = |name| {
        let number = namespace(class).get_str(&thread.known().intern(thread, name));
        number.and_then(|number| number.as_i64()).and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
    };
    Counts { all: count("n_fields"), visible: count("n_sequence_fields"), unnamed: count("n_unnamed_fields") }
}

/// The names of a class in their order: those of items, then those of what is hidden. The names of items without one
/// are left out.
fn names_of(class: &Object<Class>) -> Run<Vec<Value>> {
    let mut members = namespace(class).snapshot()?;
    members.retain(|(_, value)| value.downcast_ref::<get_set::GetSet>().is_some());
    Ok(members.into_iter().map(|(name, _)| name).collect())
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("sequence, dict={}");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [sequence, more] = SIGNATURE.bind(&class.name_text(), args)?;
    let sequence = sequence.expect("the first parameter is required");
    let more = match more.map(|more| (more, more.downcast_ref::<Dict>())) {
        None => None,
        Some((_, Some(dict))) => Some(dict.to_ref()),
        Some((_, None)) => {
            let name = full_name(thread, class)?;
            return Err(Raised::type_error(format_args!("{name}() takes a dict as second arg, if any")));
        }
    };
    let Ok(mut given) = protocol::collect(thread, sequence) else {
        return Err(Raised::type_error("constructor requires a sequence"));
    };
    let Counts { all, visible, unnamed } = counts_of(thread, class);
    let len = given.len();
    if len < visible || len > all {
        let name = full_name(thread, class)?;
        let quantity = match (all == visible, len < visible) {
            (true, _) => format!("a {all}"),
            (false, true) => format!("an at least {visible}"),
            (false, false) => format!("an at most {all}"),
        };
        return Err(Raised::type_error(format_args!(
            "{name}() takes {quantity}-sequence ({len}-sequence given)"
        )));
    }
    let mut hidden = given.split_off(visible);
    let mut used = 0;
    for name in names_of(class)?.iter().skip(visible - unnamed + hidden.len()) {
        let value = match (&more, name.downcast_ref::<Str>()) {
            (Some(more), Some(name)) => more.get_str(name),
            _ => None,
        };
        used += usize::from(value.is_some());
        hidden.push(value.unwrap_or(Value::NONE));
    }
    if more.is_some_and(|more| more.len() > used) {
        let name = full_name(thread, class)?;
        return Err(Raised::type_error(format_args!("{name}() got duplicate or unexpected field name(s)")));
    }
    // The first of what is hidden says more exactly what the items without a name say.
    for (exact, item) in hidden.iter_mut().zip(&given[visible - unnamed..]) {
        if exact.is_none() {
            *exact = item.clone();
        }
    }
    match all == visible {
        true => make(thread, class, given),
        false => make_with(thread, class, given, hidden),
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class_of(thread, value);
    let mut text = full_name(thread, &class)?;
    memory::push_str(&mut text, "(")?;
    for (position, (name, item)) in names_of(&class)?.iter().zip(items(value)).enumerate() {
        let shown = protocol::repr(thread, item)?;
        let name = name.downcast_ref::<Str>().map_or("", |name| name.as_str());
        let pieces = [if position > 0 { ", " } else { "" }, name, "=", shown.as_str()];
        pieces.into_iter().try_for_each(|piece| memory::push_str(&mut text, piece))?;
    }
    memory::push_str(&mut text, ")")?;
    Ok(thread.new_string(text))
}

/// Makes `(class, (items, {name: what is hidden}))`.
fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let class = class_of(thread, value);
    let named = thread.alloc(Dict::default());
    let hidden = hidden_of(thread, value);
    let Counts { visible, unnamed, .. } = counts_of(thread, &class);
    for (name, value) in names_of(&class)?.iter().skip(visible - unnamed).zip(items(&hidden)) {
        if let Some(name) = name.downcast_ref::<Str>() {
            drop(named.set_str(thread, name, value.clone()));
        }
    }
    let arguments = thread.new_tuple(vec![thread.new_tuple(items(value).to_vec()), named.into_value()]);
    Ok(thread.new_tuple(vec![class.into_value(), arguments]))
}

/// `copy.replace`: a copy with some items changed. Raises `TypeError` for names of no item.
fn replace(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = &args.positionals()[0];
    if args.count() > 1 {
        return Err(Raised::type_error("__replace__() takes no positional arguments"));
    }
    let class = class_of(thread, value);
    let Counts { all, visible, unnamed } = counts_of(thread, &class);
    if unnamed > 0 {
        let name = full_name(thread, &class)?;
        return Err(Raised::type_error(format_args!(
            "__replace__() is not supported for {name} because it has unnamed field(s)"
        )));
    }
    let names = names_of(&class)?;
    let mut changed = items(value).to_vec();
    changed.extend_from_slice(items(&hidden_of(thread, value)));
    let mut unknown = Vec::new();
    for (name, new) in args.keywords() {
        let is_name = |known: &Value| match (known.downcast_ref::<Str>(), name.downcast_ref::<Str>()) {
            (Some(known), Some(name)) => known.as_str() == name.as_str(),
            _ => false,
        };
        match names.iter().position(is_name) {
            Some(position) if position < changed.len() => changed[position] = new.clone(),
            _ => unknown.push(name.clone()),
        }
    }
    if !unknown.is_empty() {
        let unknown = thread.alloc(crate::value::List::new(unknown)).into_value();
        let shown = protocol::repr(thread, &unknown)?;
        return Err(Raised::type_error(format_args!("Got unexpected field name(s): {}", shown.as_str())));
    }
    if all == visible {
        return make(thread, &class, changed);
    }
    let hidden = changed.split_off(visible.min(changed.len()));
    make_with(thread, &class, changed, hidden)
}
