//! Making a class: `type(name, bases, namespace)`, which `class` statements end in too.
//!
//! The order of events is CPython's: metaclass, layout, namespace, the class itself, then `__set_name__` of
//! what is in it and `__init_subclass__` of its bases.

use crate::life;
use crate::memory;
use crate::object::{RawObject, TypeFlags};
use crate::protocol::{self, call, class_of, slots_of, type_name};
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::class::super_::no_relation;
use crate::types::class::{change, facts, mapping_proxy, members, order};
use crate::types::object::class_names::namespace;
use crate::types::object::instance;
use crate::types::object::layout::best_base;
use crate::types::object::utf8::check_utf8;
use crate::value::{
    Args, Class, ClassFlags, Dict, Kind, Name, Object, Origin, Raised, Ref, Run, Shape, Str, Tuple, Value,
};

/// Makes a class. `arguments` are those of the metaclass call, whose keywords go to `__init_subclass__`. Raises
/// `TypeError` for bases or a namespace that do not fit, and what `__set_name__` and `__init_subclass__` raise.
pub fn make(
    thread: &mut Thread,
    metaclass: &Object<Class>,
    name: &Object<Str>,
    bases: &Object<Tuple>,
    members: Ref<Dict>,
    arguments: Args<'_>,
) -> Run<Ref<Class>> {
    let bases = classes_of(thread, bases)?;
    let winner = winner(thread, metaclass, &bases)?;
    if winner.raw() != metaclass.raw()
        && let Some(new) = winner.slots().new
        && winner.slots().origins.new != Origin::Type(Kind::Class)
    {
        let made = new(thread, &winner, arguments)?;
        return made
            .downcast()
            .map_err(|_| Raised::type_error("a metaclass made something that is no class"));
    }
    let best = best_base(&bases)?;
    if let Some(doc) = members.get_str(&thread.known().names().doc)
        && let Some(doc) = doc.downcast_ref::<Str>()
    {
        check_utf8(thread, doc)?;
    }
    let plan = members::prepare(thread, name, &bases, &best, &members)?;
    members::warn_of_keys(thread, name, &members)?;
    let class = assemble(thread, &winner, name, &bases, &best, members, &plan)?;
    members::add_slots(thread, &class, &plan)?;
    fill_slots(thread, &class, &bases, &best);
    if let Some(cell) = &plan.class_cell {
        drop(cell.content.set(class.as_value().clone()));
    }
    if let Some(cell) = &plan.namespace_cell {
        // A view, so that the namespace changes by assignments to the class only, which forget what was looked up.
        let view = mapping_proxy::new(thread, namespace(&class).to_value());
        drop(cell.content.set(view));
    }
    announce_names(thread, &class)?;
    init_subclass(thread, &class, arguments)?;
    Ok(class)
}

/// The bases as classes; `object` if there is none.
fn classes_of(thread: &mut Thread, bases: &Object<Tuple>) -> Run<Vec<Ref<Class>>> {
    if bases.is_empty() {
        return Ok(vec![thread.known().class(Kind::Object).to_ref()]);
    }
    let name = &thread.known().names().mro_entries;
    for base in bases.items() {
        if base.downcast_ref::<Class>().is_none() && protocol::find_attr(thread, base, name)?.is_some() {
            let complaint = "type() doesn't support MRO entry resolution; use types.new_class()";
            return Err(Raised::type_error(complaint));
        }
    }
    // The class of a base that is none is no metaclass.
    bases.items().iter().map(|base| base.downcast_ref().map(Object::to_ref).ok_or_else(conflict)).collect()
}

/// Returns the most derived of a metaclass and the classes of the bases. Raises `TypeError` if none derives
/// from all others.
pub fn winner(thread: &Thread, metaclass: &Object<Class>, bases: &[Ref<Class>]) -> Run<Ref<Class>> {
    let mut winner = metaclass.to_ref();
    for base in bases {
        let candidate = class_of(thread, base.as_value());
        if winner.is_subclass_of(&candidate) {
            continue;
        }
        if !candidate.is_subclass_of(&winner) {
            return Err(conflict());
        }
        winner = candidate;
    }
    Ok(winner)
}

/// Makes the error for bases whose metaclasses conflict.
pub fn conflict() -> Raised {
    Raised::type_error(
        "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of \
         all its bases",
    )
}

/// Makes the class object with order, namespace and root shape; its slots are still those of the base.
fn assemble(
    thread: &mut Thread,
    metaclass: &Object<Class>,
    name: &Object<Str>,
    bases: &[Ref<Class>],
    best: &Object<Class>,
    members: Ref<Dict>,
    plan: &members::Plan,
) -> Run<Ref<Class>> {
    // Asked before the class exists, as an order that cannot be is refused whatever a metaclass says.
    let own_order = order::of_metaclass(thread, metaclass);
    let order = if own_order.is_some() { Vec::new() } else { order::merge(bases)? };
    let info = best.root_shape().info.duplicate();
    info.set_flags(TypeFlags::HAS_GC);
    if best.kind == Kind::Tuple {
        // Its items are no fields: once there are attribute words, it would look like an instance without payload.
        info.clear_flags(TypeFlags::PAYLOAD_OWNS_NOTHING);
    }
    info.clear_flags(TypeFlags::MAY_UNTRACK);
    // The class is counted by its own id, not by its base's.
    info.count_id.store(0, Ordering::Relaxed);
    if plan.has_attributes {
        info.set_flags(TypeFlags::INLINE_SLOTS);
    }
    if plan.flags.contains(ClassFlags::WEAKREFABLE) {
        info.set_flags(TypeFlags::WEAKREFABLE);
    }
    let info = Shape::counting_class(instance::with_finalizers(info));
    let root = Shape::new(info, best.kind, false, thread.known().fresh_shape_id()).with_fixed(plan.fixed);
    let own_layout = if plan.slot_names.is_empty() { ClassFlags::empty() } else { ClassFlags::OWN_LAYOUT };
    let flags = plan.flags | own_layout | ClassFlags::SCRIPT | ClassFlags::BASE;
    let payload = Class::new(name.to_value(), plan.qualname.clone(), best.kind, flags, *best.slots(), root);
    payload.capacity.store(plan.fixed, Ordering::Relaxed);
    let class = thread.alloc_shaped(metaclass.root_shape(), payload, 0);
    class.root_shape().set_class(&class);
    class.bases.set(thread.new_tuple(bases.iter().map(|base| base.as_value().clone()).collect()));
    class.layout.set(best.layout_class().to_value());
    if !plan.slot_names.is_empty() {
        let names = plan.slot_names.iter().map(|name| name.as_value().clone()).collect();
        class.own_slots.set(thread.new_tuple(names));
    }
    class.namespace.set(members.into_value());
    life::set_deferred(class.raw());
    let id = unique_id(thread, class.raw());
    class.unique_id.store(id, Ordering::Relaxed);
    class.root_shape().info.count_id.store(id, Ordering::Relaxed);
    let order = match own_order {
        Some(method) => order::ask(thread, &class, &method)?,
        None => std::iter::once(class.as_value().clone()).chain(order.into_iter().map(Value::from)).collect(),
    };
    // The first base whose instances match patterns decides.
    if let Some(patterns) = bases.iter().map(|base| facts::patterns_of(base)).find(|found| !found.is_empty())
    {
        class.set_flags(patterns, true);
    }
    // A metaclass's `mro` may have assigned other bases, and all follows from those then.
    if class.mro.look(Value::is_unbound) {
        class.mro.set(thread.new_tuple(order));
        class.enter_into_bases();
    }
    Ok(class)
}

/// Returns an id for counting references to a class per thread; 0 if there is no memory for it, and then the
/// class counts them itself.
fn unique_id(thread: &Thread, class: RawObject) -> u32 {
    let ids = &thread.runtime().unique_ids;
    let id = ids.assign(class);
    if id == 0 || thread.counts.make_room(id) {
        return id;
    }
    ids.release(id);
    0
}

/// Computes the slot table: a copy of the base's with what the class defines, or a new one for several bases.
fn fill_slots(thread: &Thread, class: &Object<Class>, bases: &[Ref<Class>], best: &Object<Class>) {
    use crate::types::table::special_method::SpecialMethod;
    let mut slots = *best.slots();
    let order = |class: &Object<Class>| class.order().iter().map(|class| class.raw()).collect::<Vec<_>>();
    // A metaclass may have given any order, even one without the class.
    let is_usual = |base: &Object<Class>| {
        order(class).split_first().is_some_and(|(first, above)| *first == class.raw() && above == order(base))
    };
    if bases.len() == 1
        && is_usual(&bases[0])
        && let Ok(names) = namespace(class).keys()
    {
        for name in names {
            if let Some(special) =
                name.downcast_ref::<Str>().and_then(|name| SpecialMethod::named(name.as_str()))
            {
                change::update_slot(thread, class, &mut slots, special);
            }
        }
    } else {
        for special in SpecialMethod::all() {
            change::update_slot(thread, class, &mut slots, special);
        }
    }
    class.set_slots(slots);
    change::update_flags(thread, class);
}

/// Calls `__set_name__` of every value in the namespace that has it.
fn announce_names(thread: &mut Thread, class: &Ref<Class>) -> Run<()> {
    let name = &thread.known().names().set_name;
    for (key, value) in namespace(class).snapshot()? {
        let arguments = [class.as_value().clone(), key];
        let Some(result) = protocol::call_special_method(thread, &value, name, Args::positional(&arguments))
        else {
            continue;
        };
        if let Err(raised) = result {
            let attribute = arguments[1].downcast_ref::<Str>().map_or("?", |key| key.as_str());
            let note = memory::formatted(format_args!(
                "Error calling __set_name__ on '{}' instance '{attribute}' in '{}'",
                type_name(thread, &value),
                class.name_text()
            ))?;
            return Err(crate::types::exception::with_note(thread, raised, &note));
        }
    }
    Ok(())
}

/// Calls `super(class, class).__init_subclass__(**keywords)`.
fn init_subclass(thread: &mut Thread, class: &Ref<Class>, arguments: Args<'_>) -> Run<()> {
    let name = &thread.known().names().init_subclass;
    if !class.order().iter().any(|entry| entry.raw() == class.raw()) {
        return Err(no_relation(class, class.as_value(), class));
    }
    let found = class.find_behind(class, name);
    let Some(found) = found else { return Ok(()) };
    let method = match slots_of(thread, &found).descriptor_get {
        Some(get) => get(thread, &found, None, class.as_value())?,
        None => found,
    };
    let keywords = &arguments.all_values()[arguments.count()..];
    call(thread, &method, Args::with_keywords(keywords, arguments.names())).map(drop)
}

/// Does what a `class` statement does, given name, bases and keywords as evaluated. `body` runs with the
/// namespace and returns the `__class__` cell or `None`. Raises what `__mro_entries__`, `__prepare__`, the body
/// and the metaclass raise.
pub fn build(
    thread: &mut Thread,
    name: &Value,
    bases: &[Value],
    keywords: Args<'_>,
    body: impl FnOnce(&mut Thread, &Value) -> Run<Value>,
) -> Run<Value> {
    let given = thread.new_tuple(bases.to_vec());
    let resolved = resolve_bases(thread, bases, &given)?;
    let resolved_tuple = match &resolved {
        Some(resolved) => thread.new_tuple(resolved.clone()),
        None => given.clone(),
    };
    let metaclass_name = &thread.known().names().metaclass;
    let is_metaclass = |name: &Value| {
        name.downcast_ref::<Str>().is_some_and(|name| name.as_str() == metaclass_name.as_str())
    };
    let mut metaclass = None;
    let (mut names, mut values) = (Vec::new(), vec![name.clone(), resolved_tuple.clone()]);
    let mut rest = Vec::new();
    for (name, value) in keywords.keywords() {
        if is_metaclass(name) {
            metaclass = Some(value.clone());
        } else {
            names.push(name.clone());
            rest.push(value.clone());
        }
    }
    let metaclass = choose_metaclass(thread, metaclass, &resolved_tuple)?;
    values.extend(rest.iter().cloned());
    let members = prepare_namespace(thread, &metaclass, Args::with_keywords(&values, &names))?;
    let cell = body(thread, &members)?;
    if resolved.is_some() {
        let key = thread.known().intern(thread, "__orig_bases__").into_value();
        protocol::set_item(thread, &members, &key, &given)?;
    }
    values.insert(2, members);
    let class = call(thread, &metaclass, Args::with_keywords(&values, &names))?;
    check_cell(thread, &cell, &class, name)?;
    Ok(class)
}

/// Replaces bases that are no classes by the result of their `__mro_entries__`; `None` if all are classes.
fn resolve_bases(thread: &mut Thread, bases: &[Value], given: &Value) -> Run<Option<Vec<Value>>> {
    if bases.iter().all(|base| base.downcast_ref::<Class>().is_some()) {
        return Ok(None);
    }
    let mut resolved = Vec::new();
    let mut changed = false;
    for base in bases {
        let name = &thread.known().names().mro_entries;
        let entries = match base.downcast_ref::<Class>() {
            Some(_) => None,
            None => protocol::find_attr(thread, base, name)?,
        };
        let Some(entries) = entries else {
            resolved.push(base.clone());
            continue;
        };
        let entries = call(thread, &entries, Args::positional(std::slice::from_ref(given)))?;
        let Some(entries) = entries.downcast_ref::<Tuple>() else {
            return Err(Raised::type_error("__mro_entries__ must return a tuple"));
        };
        changed = true;
        resolved.extend(entries.items().iter().cloned());
    }
    Ok(if changed { Some(resolved) } else { None })
}

/// Returns the metaclass that was given, or that of the first base, made the most derived of all.
fn choose_metaclass(thread: &mut Thread, asked: Option<Value>, bases: &Value) -> Run<Value> {
    let bases = bases.downcast_ref::<Tuple>().expect("bases were put into a tuple");
    let start = match (asked, bases.items().first()) {
        (Some(asked), _) => asked,
        (None, Some(base)) => class_of(thread, base).into_value(),
        (None, None) => thread.known().class(Kind::Class).to_value(),
    };
    let Some(start_class) = start.downcast_ref::<Class>() else { return Ok(start) };
    let mut winner = start_class.to_ref();
    for base in bases.items() {
        let candidate = class_of(thread, base);
        if winner.is_subclass_of(&candidate) {
            continue;
        }
        if !candidate.is_subclass_of(&winner) {
            return Err(conflict());
        }
        winner = candidate;
    }
    Ok(winner.into_value())
}

fn prepare_namespace(thread: &mut Thread, metaclass: &Value, arguments: Args<'_>) -> Run<Value> {
    if thread.known().class(Kind::Class).is(metaclass) {
        return Ok(thread.alloc(Dict::default()).into_value());
    }
    let name = &thread.known().names().prepare;
    let Some(prepare) = protocol::find_attr(thread, metaclass, name)? else {
        return Ok(thread.alloc(Dict::default()).into_value());
    };
    let members = call(thread, &prepare, arguments)?;
    if slots_of(thread, &members).get_item.is_none() {
        let name =
            metaclass.downcast_ref::<Class>().map_or(Name::Own("<metaclass>"), |class| class.name_text());
        let given = type_name(thread, &members);
        return Err(Raised::type_error(format_args!(
            "{name}.__prepare__() must return a mapping, not {given}"
        )));
    }
    Ok(members)
}

/// Checks that the metaclass passed the `__class__` cell on to `type.__new__`.
fn check_cell(thread: &mut Thread, cell: &Value, class: &Value, name: &Value) -> Run<()> {
    use crate::types::function::cell::Cell;
    let (Some(cell), Some(_)) = (cell.downcast_ref::<Cell>(), class.downcast_ref::<Class>()) else {
        return Ok(());
    };
    let content = cell.content.get();
    if content.is(class) {
        return Ok(());
    }
    let shown = protocol::repr(thread, class)?;
    let name = name.downcast_ref::<Str>().map_or("?", |name| name.as_str());
    if content.is_unbound() {
        return Err(Raised::runtime_error(format_args!(
            "__class__ not set defining '{name}' as {}. Was __classcell__ propagated to type.__new__?",
            shown.as_str()
        )));
    }
    let found = protocol::repr(thread, &content)?;
    Err(Raised::type_error(format_args!(
        "__class__ set to {} defining '{name}' as {}",
        found.as_str(),
        shown.as_str()
    )))
}
