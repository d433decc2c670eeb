//! What a new class's namespace says about the class: `__slots__`, `__qualname__`, `__classcell__`,
//! and the functions that are static or class methods without saying so.

use crate::memory::Room;
use crate::protocol::{class_of, collect, repr, type_name};
use crate::thread::Thread;
use crate::types::function::cell::Cell;
use crate::types::function::static_method::{ClassMethod, StaticMethod};
use crate::types::object;
use crate::types::object::class_names::namespace;
use crate::types::table::get_set::{GetSet, Member};
use crate::value::{
    Class, ClassFlags, Dict, ErrorKind, Kind, Name, NativeAttribute, Object, Raised, Ref, Run, Slot, Str,
    Value,
};

/// What is known of a class before it is made.
pub struct Plan {
    /// The flags, inherited and own.
    pub flags: ClassFlags,
    /// Whether instances have attribute words: a dict or names in `__slots__`.
    pub has_attributes: bool,
    /// The names of `__slots__`, mangled and sorted.
    pub slot_names: Vec<Ref<Str>>,
    /// How many words of `__slots__` instances have: those of the layout's base and their own.
    pub fixed: u16,
    /// `__qualname__`.
    pub qualname: Value,
    /// The cell behind `__class__` in methods.
    pub class_cell: Option<Ref<Cell>>,
    /// The cell through which annotations see the namespace of the class, if there is one.
    pub namespace_cell: Option<Ref<Cell>>,
    /// Whether the class adds a `__dict__`, and whether it makes instances weakly referable.
    /// Neither is so if a base does that already.
    adds: (bool, bool),
}

/// `__dict__` of instances.
const DICT: NativeAttribute = NativeAttribute::new("__dict__", object::get_dict, object::set_or_empty_dict);
/// `__weakref__` of instances.
const WEAKREF: NativeAttribute = NativeAttribute::read_only("__weakref__", no_weakref);

fn no_weakref(_thread: &mut Thread, _value: &Value) -> Run<Value> {
    Ok(Value::NONE)
}

/// Reads the namespace of a class to be made and adds what is missing. Raises `TypeError` or `ValueError` for
/// wrong `__slots__`, `__qualname__` or `__classcell__`.
pub fn prepare(
    thread: &mut Thread,
    name: &Object<Str>,
    bases: &[Ref<Class>],
    best: &Object<Class>,
    members: &Object<Dict>,
) -> Run<Plan> {
    let names = thread.known().names();
    let inherited = bases.iter().fold(ClassFlags::empty(), |flags, base| flags | base.flags());
    let mut inherited = inherited & (ClassFlags::HAS_DICT | ClassFlags::WEAKREFABLE | ClassFlags::EXCEPTION);
    if has_items_behind(best.kind) && !best.flags().contains(ClassFlags::WEAKREFABLE) {
        // No other base can add what the one with the layout has no place for.
        inherited.remove(ClassFlags::WEAKREFABLE);
    }
    // Classes and modules keep attributes elsewhere.
    let can_have_words = !matches!(best.kind, Kind::Class | Kind::Module);
    let mut plan = Plan {
        flags: inherited,
        has_attributes: false,
        slot_names: Vec::new(),
        fixed: 0,
        qualname: take_qualname(thread, name, members)?,
        class_cell: take_cell(thread, members, "__classcell__")?,
        namespace_cell: take_cell(thread, members, "__classdictcell__")?,
        adds: (false, false),
    };
    match members.get_str(&names.slots) {
        Some(slots) => read_slots(thread, name, best, members, &slots, &mut plan)?,
        None => plan.flags |= ClassFlags::HAS_DICT,
    }
    if members.get_str(&names.slots).is_none() && !has_items_behind(best.kind) {
        plan.flags |= ClassFlags::WEAKREFABLE;
    }
    let fixed = best.root_shape().fixed() + plan.slot_names.len();
    plan.fixed =
        u16::try_from(fixed).ok().filter(|fixed| *fixed < MOST_SLOTS).ok_or_else(Raised::memory_error)?;
    if !can_have_words {
        plan.flags.remove(ClassFlags::HAS_DICT);
        plan.flags |= inherited & ClassFlags::HAS_DICT;
    }
    let has_dict = plan.flags.contains(ClassFlags::HAS_DICT);
    if !has_dict {
        plan.flags |= ClassFlags::SLOTTED;
    }
    let base_has_words = bases.iter().any(|base| base.root_shape().has_attributes());
    plan.has_attributes = can_have_words && has_dict || base_has_words || !plan.slot_names.is_empty();
    plan.adds.0 = has_dict && can_have_words && !best.flags().contains(ClassFlags::HAS_DICT);
    plan.adds.1 =
        plan.flags.contains(ClassFlags::WEAKREFABLE) && !best.flags().contains(ClassFlags::WEAKREFABLE);
    complete(thread, members)?;
    Ok(plan)
}

/// The most words of `__slots__` of an instance, so that the number of all attribute words fits 16 bits.
const MOST_SLOTS: u16 = 1 << 15;

/// Tells whether instances of a built-in type have items behind their payload, in any number.
/// Then no fields can be added (CPython: tp_itemsize).
fn has_items_behind(kind: Kind) -> bool {
    matches!(kind, Kind::Int | Kind::Bytes | Kind::Tuple | Kind::Class)
}

/// Takes a cell that the body of the class has left in its namespace under a name.
fn take_cell(thread: &mut Thread, members: &Object<Dict>, key: &str) -> Run<Option<Ref<Cell>>> {
    let names = thread.known().names();
    let name = if key == "__classcell__" { &names.classcell } else { &names.classdictcell };
    let Some(cell) = members.get_str(name) else { return Ok(None) };
    match cell.downcast::<Cell>() {
        Ok(cell) => {
            drop(members.remove_str(name));
            Ok(Some(cell))
        }
        Err(other) => {
            let class = class_of(thread, &other).into_value();
            let given = repr(thread, &class)?;
            let complaint = format_args!("{key} must be a nonlocal cell, not {}", given.as_str());
            Err(Raised::type_error(complaint))
        }
    }
}

fn take_qualname(thread: &Thread, name: &Object<Str>, members: &Object<Dict>) -> Run<Value> {
    match members.remove_str(&thread.known().names().qualname) {
        None => Ok(name.to_value()),
        Some(qualname) if qualname.kind() == Kind::Str => Ok(qualname),
        Some(other) => {
            let given = type_name(thread, &other);
            Err(Raised::type_error(format_args!("type __qualname__ must be a str, not {given}")))
        }
    }
}

fn read_slots(
    thread: &mut Thread,
    class: &Object<Str>,
    best: &Object<Class>,
    members: &Object<Dict>,
    slots: &Value,
    plan: &mut Plan,
) -> Run<()> {
    let items = if slots.kind() == Kind::Str { vec![slots.clone()] } else { collect(thread, slots)? };
    if !items.is_empty() && has_items_behind(best.kind) {
        let base = best.name_text();
        return Err(Raised::type_error(format_args!(
            "nonempty __slots__ not supported for subtype of '{base}'"
        )));
    }
    let (mut own_dict, mut own_weakref) = (false, false);
    let mut own = Vec::new();
    for item in items {
        let Some(text) = Name::of(item.clone()) else {
            let given = type_name(thread, &item);
            return Err(Raised::type_error(format_args!("__slots__ items must be strings, not '{given}'")));
        };
        let mut letters = text.chars();
        let is_identifier = letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
            && letters.all(|letter| letter == '_' || letter.is_alphanumeric());
        if !is_identifier {
            return Err(Raised::type_error("__slots__ must be identifiers"));
        }
        match &*text {
            "__dict__" | "__weakref__" => {
                let (flag, known) = match &*text {
                    "__dict__" => (ClassFlags::HAS_DICT, &mut own_dict),
                    _ => (ClassFlags::WEAKREFABLE, &mut own_weakref),
                };
                let is_double = std::mem::replace(known, true);
                if is_double || best.flags().contains(flag) {
                    return Err(Raised::type_error(format_args!(
                        "{text} slot disallowed: we already got one"
                    )));
                }
                plan.flags |= flag;
            }
            _ => own.push(text),
        }
    }
    // Only once all of them are known to be names.
    for text in own {
        // Mangled, and interned.
        let _room = Room::of((class.as_str().len() + text.len()).saturating_mul(4))?;
        let name = thread.known().intern(thread, &mangle(class.as_str(), &text));
        // These are put in by a class statement, and taken out again.
        let is_put_in = matches!(name.as_str(), "__qualname__" | "__classcell__" | "__classdictcell__");
        if !is_put_in && members.get_str(&name).is_some() {
            return Err(Raised::value_error(format_args!(
                "'{text}' in __slots__ conflicts with class variable"
            )));
        }
        plan.slot_names.push(name);
    }
    plan.slot_names.sort_by(|left, right| left.as_str().cmp(right.as_str()));
    Ok(())
}

/// Returns the mangled form of a private name (`__x`) of a class.
fn mangle(class: &str, name: &str) -> String {
    let class = class.trim_start_matches('_');
    if name.starts_with("__") && !name.ends_with("__") && !class.is_empty() {
        return format!("_{class}{name}");
    }
    name.to_owned()
}

/// Warns of names in the namespace that are no texts. Raises the warning if a filter says so.
pub fn warn_of_keys(thread: &mut Thread, name: &Object<Str>, members: &Object<Dict>) -> Run<()> {
    if members.with_table(|table| table.iter().all(|(_, key, _)| key.downcast_exact::<Str>().is_some())) {
        return Ok(());
    }
    let text =
        crate::memory::formatted(format_args!("non-string key in the __dict__ of class {}", name.as_str()))?;
    (thread.known().upper_floors.warn)(thread, ErrorKind::RuntimeWarning, &text)
}

/// Sets `__module__` to the name of the module whose code runs, unless it is set. Raises `MemoryError`.
fn set_module(thread: &mut Thread, members: &Object<Dict>) -> Run<()> {
    let names = thread.known().names();
    if members.contains_str(&names.module) {
        return Ok(());
    }
    // Classes that the runtime makes before any code runs have set it.
    let Ok(globals) = (thread.known().upper_floors.globals)(thread) else { return Ok(()) };
    if let Some(name) = globals.downcast_ref::<Dict>().and_then(|globals| globals.get_str(&names.name)) {
        drop(members.try_set_str(thread, &names.module, name)?);
    }
    Ok(())
}

/// Adds the names that the namespace of every class has.
fn complete(thread: &mut Thread, members: &Object<Dict>) -> Run<()> {
    let names = thread.known().names();
    let is_function = |value: &Value| value.kind() == Kind::Function;
    if let Some(new) = members.get_str(&names.new).filter(is_function) {
        let method = thread.alloc(StaticMethod::new(new)).into_value();
        drop(members.try_set_str(thread, &names.new, method)?);
    }
    for name in [&names.init_subclass, &names.class_getitem] {
        if let Some(function) = members.get_str(name).filter(is_function) {
            let method = thread.alloc(ClassMethod { function: Slot::new(function) }).into_value();
            drop(members.try_set_str(thread, name, method)?);
        }
    }
    if members.contains_str(&names.eq) && !members.contains_str(&names.hash) {
        drop(members.try_set_str(thread, &names.hash, Value::NONE)?);
    }
    set_module(thread, members)?;
    if !members.contains_str(&names.doc) {
        drop(members.try_set_str(thread, &names.doc, Value::NONE)?);
    }
    Ok(())
}

/// Adds the descriptors of `__slots__`, and `__dict__` and `__weakref__` if the class is the first with them.
/// Raises `MemoryError`.
pub fn add_slots(thread: &Thread, class: &Ref<Class>, plan: &Plan) -> Run<()> {
    let members = namespace(class);
    let names = thread.known().names();
    let first = usize::from(plan.fixed) - plan.slot_names.len();
    for (position, name) in plan.slot_names.iter().enumerate() {
        let position = first + position;
        let member = thread.alloc(Member { owner: class.clone(), name: name.clone(), position }).into_value();
        drop(members.try_set_str(thread, name, member)?);
    }
    for (adds, name, attribute) in
        [(plan.adds.0, &names.dict, &DICT), (plan.adds.1, &names.weakref, &WEAKREF)]
    {
        // What the body of the class calls so stays.
        if adds && !members.contains_str(name) {
            let descriptor = thread.alloc(GetSet { owner: class.clone(), attribute }).into_value();
            drop(members.try_set_str(thread, name, descriptor)?);
        }
    }
    Ok(())
}
