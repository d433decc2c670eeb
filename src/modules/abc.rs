//! The `_abc` module: what `abc.ABCMeta` is made of.
//!
//! Each abstract class has an object that remembers which classes were registered with it, and which were found to be
//! its subclasses or not to be. All of them are known by weak references. A class stands under its address: while it
//! is asked about it is alive, so an entry whose reference leads to that address is about this class and no other.
//! What was found not to be a subclass is forgotten when any class has been registered since.

use super::{ModuleSpec, define};
use crate::protocol::{self, call_method};
use crate::references;
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::class::facts;
use crate::types::object::class_names::namespace;
use crate::types::object::method_arguments::instantiate;
use crate::types::set::ops;
use crate::value::alloc::type_info;
use crate::value::word::Word;
use crate::value::{
    AnySet, Args, Class, ClassFlags, ErrorKind, FrozenSet, Guarded, Kind, List, NativeMethod, Object,
    Payload, Raised, Ref, Run, Signature, Slots, Str, Trace, Tuple, TypeSpec, Value, WeakRef, take_items,
};
use rustc_hash::FxHashMap;

/// `_abc`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_abc",
    home: "_abc",
    doc: "",
    types: &[DATA_SPEC],
    functions: &[
        NativeMethod::function("get_cache_token", "", |thread, _| {
            Ok(thread.new_int(registrations(thread) as i64))
        }),
        NativeMethod::function("_abc_init", "self, /", init),
        NativeMethod::function("_reset_registry", "self, /", reset_registry),
        NativeMethod::function("_reset_caches", "self, /", reset_caches),
        NativeMethod::function("_get_dump", "self, /", get_dump),
        NativeMethod::function("_abc_register", "self, subclass, /", register),
        NativeMethod::function("_abc_instancecheck", "self, instance, /", instance_check),
        NativeMethod::function("_abc_subclasscheck", "self, subclass, /", subclass_check),
    ],
    fill: |thread, namespace| {
        let data = thread.known().class(Kind::AbcData).to_value();
        define(thread, namespace, "_abc_data", data);
        Ok(())
    },
};

/// What an abstract class remembers, its attribute `_abc_impl`.
pub struct AbcData {
    known: Guarded<Remembered>,
}

references!(AbcData { known });

impl Payload for AbcData {
    const KIND: Kind = Kind::AbcData;
}

const DATA_SPEC: TypeSpec = TypeSpec {
    kind: Kind::AbcData,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<AbcData>,
    slots: Slots { new: Some(new_data), ..Slots::EMPTY },
    methods: &[],
    attributes: &[],
    doc: "Internal state held by ABC machinery.",
};

/// The parameters of the type of the data.
const DATA_SIGNATURE: Signature = Signature::NONE;

fn new_data(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    DATA_SIGNATURE.check("_abc_data", args)?;
    let version = registrations(thread);
    let known = Guarded::new(Remembered { version, ..Remembered::default() });
    Ok(instantiate(thread, class, AbcData { known }).into_value())
}

/// What is remembered of other classes.
#[derive(Default)]
struct Remembered {
    /// Those registered, in order.
    registry: Vec<Value>,
    /// Those found to be subclasses.
    below: Classes,
    /// Those found not to be, when there were as many registrations as `version`.
    not_below: Classes,
    version: u64,
}

impl Trace for Remembered {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.registry.show::<ALL>(visit);
        self.below.show::<ALL>(visit);
        self.not_below.show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        self.registry.take(taken);
        self.below.take(taken);
        self.not_below.take(taken);
    }
}

/// Weak references to classes, by the addresses of these.
#[derive(Default)]
struct Classes {
    references: FxHashMap<usize, Value>,
    /// How many references there may be before the dead ones are taken out.
    limit: usize,
}

impl Trace for Classes {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.references.values().for_each(|reference| reference.show::<ALL>(visit));
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        let mut references: Vec<Value> = std::mem::take(&mut self.references).into_values().collect();
        take_items(&mut references, taken);
    }
}

/// The least number of references before which dead ones are not looked for.
const LEAST_LIMIT: usize = 32;

impl Classes {
    /// Whether a class is among them.
    fn has(&self, class: &Value) -> bool {
        self.references.get(&address(class)).is_some_and(|reference| leads_to(reference, class))
    }

    /// Adds a class; the caller drops the result, references of no use any more, outside of the lock.
    fn add(&mut self, class: &Value, reference: Value) -> Vec<Value> {
        let mut useless: Vec<Value> = Vec::new();
        if self.references.len() >= self.limit.max(LEAST_LIMIT) {
            let is_dead = |reference: &Value| WeakRef::behind(reference).is_none_or(WeakRef::is_dead);
            useless.extend(
                self.references.extract_if(|_, reference| is_dead(reference)).map(|(_, reference)| reference),
            );
            self.limit = 2 * self.references.len();
        }
        useless.extend(self.references.insert(address(class), reference));
        useless
    }

    /// Takes all out; the caller drops them outside of the lock.
    fn clear(&mut self) -> Classes {
        std::mem::take(self)
    }
}

fn address(class: &Value) -> usize {
    class.as_raw().map_or(0, |object| object.address())
}

/// Tells whether a weak reference is one to this object, which is alive.
fn leads_to(reference: &Value, object: &Value) -> bool {
    let referent = WeakRef::behind(reference).and_then(WeakRef::referent);
    referent.is_some() && referent == object.as_raw()
}

/// How many classes were registered with abstract ones so far.
fn registrations(thread: &Thread) -> u64 {
    // Relaxed: a number that only says whether it is another one.
    thread.known().abstract_registrations.load(Ordering::Relaxed)
}

/// Makes a weak reference to a class.
fn reference_to(thread: &Thread, class: &Value) -> Run<Value> {
    let shape = thread.known().shape(Kind::WeakRef);
    let object = class.as_raw().expect("a class is an object");
    WeakRef::make(thread, shape, object, None, 0)
}

/// Returns the data of an abstract class.
fn data_of(thread: &mut Thread, class: &Value) -> Run<Ref<AbcData>> {
    let name = &thread.known().names().abc_impl;
    let data = protocol::get_attr(thread, class, name)?;
    data.downcast().map_err(|_| Raised::type_error("_abc_impl is set to a wrong type"))
}

/// Tells whether a value says of itself that it is an abstract method.
fn is_abstract(thread: &mut Thread, value: &Value) -> Run<bool> {
    let name = &thread.known().names().is_abstract_method;
    match protocol::find_attr(thread, value, name)? {
        Some(answer) => protocol::is_true(thread, &answer),
        None => Ok(false),
    }
}

fn init(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class] = args.exactly();
    set_abstract_methods(thread, class)?;
    let version = registrations(thread);
    let known = Guarded::new(Remembered { version, ..Remembered::default() });
    let data = thread.alloc(AbcData { known }).into_value();
    let name = &thread.known().names().abc_impl;
    protocol::set_attr(thread, class, name, &data)?;
    let Some(class) = class.downcast_ref::<Class>() else { return Ok(Value::NONE) };
    let name = thread.known().intern(thread, "__abc_tpflags__");
    let Some(bits) = namespace(class).remove_str(&name) else { return Ok(Value::NONE) };
    let Some(bits) = bits.as_small_int() else { return Ok(Value::NONE) };
    let patterns = facts::patterns_of_bits(bits);
    if patterns == facts::PATTERNS {
        return Err(Raised::type_error(
            "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
        ));
    }
    class.set_flags(facts::PATTERNS, false);
    class.set_flags(patterns, true);
    Ok(Value::NONE)
}

/// Sets `__abstractmethods__` to the names of the methods that are abstract: the class's own, and those of its bases
/// that it has not replaced.
fn set_abstract_methods(thread: &mut Thread, class: &Value) -> Run<()> {
    let found = ops::scratch(thread);
    let names = thread.known().names();
    let own = protocol::get_attr(thread, class, &names.dict)?;
    let items = call_method(thread, &own, &names.items, &[])?;
    // A copy, as what is asked may change the class.
    for item in protocol::collect_list(thread, &items)? {
        let Some([name, value]) = item.downcast_ref::<Tuple>().map(|item| item.items()) else {
            return Err(Raised::type_error(
                "cls.__dict__.items() returned an item that is not a tuple of size 2",
            ));
        };
        if is_abstract(thread, value)? {
            ops::add(thread, AnySet::Set(&found), name)?;
        }
    }
    let bases = protocol::get_attr(thread, class, &names.bases)?;
    let Some(bases) = bases.downcast_ref::<Tuple>() else {
        return Err(Raised::type_error("__bases__ is not tuple"));
    };
    for base in bases.items() {
        let Some(inherited) = protocol::find_attr(thread, base, &names.abstract_methods)? else { continue };
        for name in protocol::collect(thread, &inherited)? {
            let Some(text) = name.downcast_ref::<Str>() else {
                let given = protocol::type_name(thread, &name);
                let complaint = format_args!("attribute name must be string, not '{given}'");
                return Err(Raised::type_error(complaint));
            };
            let Some(value) = protocol::find_attr(thread, class, text)? else { continue };
            if is_abstract(thread, &value)? {
                ops::add(thread, AnySet::Set(&found), &name)?;
            }
        }
    }
    let table = AnySet::Set(&found).with(|table| table.clear());
    let found = thread.alloc(FrozenSet::new(table)).into_value();
    protocol::set_attr(thread, class, &names.abstract_methods, &found)
}

fn register(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, subclass] = args.exactly();
    let Some(registered) = subclass.downcast_ref::<Class>() else {
        return Err(Raised::type_error("Can only register classes"));
    };
    if protocol::subclass_check(thread, subclass, class)? {
        return Ok(subclass.clone());
    }
    // It would be a subclass of itself.
    if protocol::subclass_check(thread, class, subclass)? {
        return Err(Raised::runtime_error("Refusing to create an inheritance cycle"));
    }
    let data = data_of(thread, class)?;
    let reference = reference_to(thread, subclass)?;
    let dead = data.with(
        |data| &data.known,
        |known| -> Run<Vec<Value>> {
            known.registry.try_reserve(1)?;
            let is_dead = |reference: &mut Value| WeakRef::behind(reference).is_none_or(WeakRef::is_dead);
            let dead = known.registry.extract_if(.., is_dead).collect();
            if !known.registry.iter().any(|reference| leads_to(reference, subclass)) {
                known.registry.push(reference);
            }
            Ok(dead)
        },
    )?;
    drop(dead);
    // Relaxed: as where it is read.
    thread.known().abstract_registrations.fetch_add(1, Ordering::Relaxed);
    if let Some(class) = class.downcast_ref::<Class>() {
        let patterns = class.flags() & facts::PATTERNS;
        if !patterns.is_empty() {
            facts::set_patterns(registered, patterns);
        }
    }
    Ok(subclass.clone())
}

/// Calls `class.__subclasscheck__(subclass)`.
fn ask(thread: &mut Thread, class: &Value, subclass: &Value) -> Run<Value> {
    let name = &thread.known().names().subclasscheck;
    call_method(thread, class, name, std::slice::from_ref(subclass))
}

fn instance_check(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, instance] = args.exactly();
    let data = data_of(thread, class)?;
    let name = &thread.known().names().class;
    let subclass = protocol::get_attr(thread, instance, name)?;
    let now = registrations(thread);
    let (is_below, is_not_below) = data.with(
        |data| &data.known,
        |known| (known.below.has(&subclass), known.version == now && known.not_below.has(&subclass)),
    );
    if is_below {
        return Ok(Value::TRUE);
    }
    let real = protocol::class_of(thread, instance).into_value();
    if real.is(&subclass) {
        return if is_not_below { Ok(Value::FALSE) } else { ask(thread, class, &subclass) };
    }
    let answer = ask(thread, class, &subclass)?;
    if protocol::is_true(thread, &answer)? { Ok(answer) } else { ask(thread, class, &real) }
}

fn subclass_check(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, subclass] = args.exactly();
    if subclass.downcast_ref::<Class>().is_none() {
        return Err(Raised::type_error("issubclass() arg 1 must be a class"));
    }
    let data = data_of(thread, class)?;
    let now = registrations(thread);
    let (answer, forgotten) = data.with(
        |data| &data.known,
        |known| {
            if known.below.has(subclass) {
                return (Some(true), None);
            }
            if known.version < now {
                known.version = now;
                return (None, Some(known.not_below.clear()));
            }
            (known.not_below.has(subclass).then_some(false), None)
        },
    );
    drop(forgotten);
    if let Some(answer) = answer {
        return Ok(Value::bool(answer));
    }
    let answer = match is_subclass(thread, class, subclass, &data)? {
        Answer::Registered => return Ok(Value::TRUE),
        Answer::Found(answer) => answer,
    };
    let reference = reference_to(thread, subclass)?;
    let useless = data.with(
        |data| &data.known,
        |known| match answer {
            true => known.below.add(subclass, reference),
            false => known.not_below.add(subclass, reference),
        },
    );
    drop(useless);
    Ok(Value::bool(answer))
}

/// Whether a class is a subclass.
enum Answer {
    /// It was registered itself, which nobody has to remember.
    Registered,
    /// This was found out.
    Found(bool),
}

/// Finds out whether a class is a subclass: by the hook, by its order, by the registered classes, by the subclasses.
fn is_subclass(thread: &mut Thread, class: &Value, subclass: &Value, data: &Ref<AbcData>) -> Run<Answer> {
    let hook = thread.known().intern(thread, "__subclasshook__");
    let answer = call_method(thread, class, &hook, std::slice::from_ref(subclass))?;
    if let Some(answer) = answer.as_bool() {
        return Ok(Answer::Found(answer));
    }
    if !answer.is_not_implemented() {
        return Err(Raised::new(
            ErrorKind::AssertionError,
            "__subclasshook__ must return either False, True, or NotImplemented",
        ));
    }
    if let (Some(class), Some(subclass)) = (class.downcast_ref::<Class>(), subclass.downcast_ref::<Class>())
        && subclass.is_subclass_of(class)
    {
        return Ok(Answer::Found(true));
    }
    let registry = data.with(|data| &data.known, |known| known.registry.clone());
    if registry.iter().any(|reference| leads_to(reference, subclass)) {
        return Ok(Answer::Registered);
    }
    for reference in registry {
        let Some(registered) = WeakRef::behind(&reference).and_then(|reference| reference.upgrade(thread))
        else {
            continue;
        };
        if protocol::subclass_check(thread, subclass, &registered)? {
            return Ok(Answer::Found(true));
        }
    }
    let name = thread.known().intern(thread, "__subclasses__");
    let method = protocol::get_attr(thread, class, &name)?;
    if protocol::slots_of(thread, &method).call.is_none() {
        let given = protocol::type_name(thread, &method);
        return Err(Raised::type_error(format_args!("attribute of type '{given}' is not callable")));
    }
    let known = protocol::call(thread, &method, Args::positional(&[]))?;
    let Some(known) = known.downcast_ref::<List>() else {
        return Err(Raised::type_error("__subclasses__() must return a list"));
    };
    for each in known.to_vec()? {
        if protocol::subclass_check(thread, subclass, &each)? {
            return Ok(Answer::Found(true));
        }
    }
    Ok(Answer::Found(false))
}

fn reset_registry(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class] = args.exactly();
    let data = data_of(thread, class)?;
    let old = data.with(|data| &data.known, |known| std::mem::take(&mut known.registry));
    drop(old);
    Ok(Value::NONE)
}

fn reset_caches(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class] = args.exactly();
    let data = data_of(thread, class)?;
    let old = data.with(|data| &data.known, |known| (known.below.clear(), known.not_below.clear()));
    drop(old);
    Ok(Value::NONE)
}

fn get_dump(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class] = args.exactly();
    let data = data_of(thread, class)?;
    let (registry, below, not_below, version) = data.with(
        |data| &data.known,
        |known| {
            let all = |classes: &Classes| classes.references.values().cloned().collect::<Vec<_>>();
            (known.registry.clone(), all(&known.below), all(&known.not_below), known.version)
        },
    );
    let mut parts = Vec::new();
    for references in [registry, below, not_below] {
        let set = ops::scratch(thread);
        for reference in
            references.iter().filter(|reference| WeakRef::behind(reference).is_some_and(|r| !r.is_dead()))
        {
            ops::add(thread, AnySet::Set(&set), reference)?;
        }
        parts.push(set.into_value());
    }
    parts.push(thread.new_int(version as i64));
    Ok(thread.new_tuple(parts))
}
