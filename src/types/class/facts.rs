//! Facts about a class that programs read as numbers: its flags, and how large its instances are.
//!
//! The bits of `__flags__` are CPython's, for those that mean something here.

use crate::object::TypeFlags;
use crate::protocol;
use crate::thread::Thread;
use crate::types::class::change;
use crate::types::object::class_names::{class, namespace, settable};
use crate::types::table::documentation;
use crate::value::{Class, ClassFlags, Container, Kind, NativeAttribute, Object, Raised, Run, Str, Value};

bitflags::bitflags! {
    /// The bits of `__flags__`.
    struct Bits: u64 {
        /// The type is one of the runtime's, and lasts as long as it.
        const STATIC = 1 << 1;
        /// Attributes of instances lie inline.
        const INLINE_VALUES = 1 << 2;
        /// Instances can be referenced weakly.
        const MANAGED_WEAKREF = 1 << 3;
        /// Instances have a dict that is made on demand.
        const MANAGED_DICT = 1 << 4;
        /// Instances match sequence patterns.
        const SEQUENCE = 1 << 5;
        /// Instances match mapping patterns.
        const MAPPING = 1 << 6;
        /// The type makes no instances when it is called.
        const DISALLOW_INSTANTIATION = 1 << 7;
        /// The attributes of the type cannot be changed.
        const IMMUTABLE = 1 << 8;
        /// The type was made by a program.
        const HEAP = 1 << 9;
        /// Programs may derive from the type.
        const BASE = 1 << 10;
        /// The type is complete.
        const READY = 1 << 12;
        /// Instances may be in cycles.
        const HAVE_GC = 1 << 14;
        /// Instances behave like functions when they are found in a class.
        const METHOD_DESCRIPTOR = 1 << 17;
        /// No instances can be made, because methods are abstract.
        const ABSTRACT = 1 << 20;
        /// A class pattern with one argument matches the instance itself.
        const MATCH_SELF = 1 << 22;
        /// Derived from `int`.
        const INT = 1 << 24;
        /// Derived from `list`.
        const LIST = 1 << 25;
        /// Derived from `tuple`.
        const TUPLE = 1 << 26;
        /// Derived from `bytes`.
        const BYTES = 1 << 27;
        /// Derived from `str`.
        const STR = 1 << 28;
        /// Derived from `dict`.
        const DICT = 1 << 29;
        /// Derived from `BaseException`.
        const EXCEPTION = 1 << 30;
        /// Derived from `type`.
        const TYPE = 1 << 31;
    }
}

/// The bit of the built-in type that a class derives from, for those that have one.
const fn family(kind: Kind) -> Bits {
    match kind {
        Kind::Int | Kind::Bool => Bits::INT.union(Bits::MATCH_SELF),
        Kind::List => Bits::LIST.union(Bits::MATCH_SELF),
        Kind::Tuple => Bits::TUPLE.union(Bits::MATCH_SELF),
        Kind::Bytes => Bits::BYTES.union(Bits::MATCH_SELF),
        Kind::Str => Bits::STR.union(Bits::MATCH_SELF),
        Kind::Dict => Bits::DICT.union(Bits::MATCH_SELF),
        Kind::Float | Kind::Set | Kind::FrozenSet => Bits::MATCH_SELF,
        Kind::Exception => Bits::EXCEPTION,
        Kind::Class => Bits::TYPE,
        Kind::Function | Kind::MethodDescriptor | Kind::SlotWrapper => Bits::METHOD_DESCRIPTOR,
        _ => Bits::empty(),
    }
}

/// The two flags of patterns.
pub const PATTERNS: ClassFlags = ClassFlags::MATCHES_SEQUENCE.union(ClassFlags::MATCHES_MAPPING);

/// Returns which patterns of `match` the instances of a class match: its own flags, else what its layout says.
pub fn patterns_of(class: &Object<Class>) -> ClassFlags {
    let own = class.flags() & PATTERNS;
    if !own.is_empty() {
        return own;
    }
    match class.kind.container() {
        Container::Items | Container::Computed => ClassFlags::MATCHES_SEQUENCE,
        Container::Mapping => ClassFlags::MATCHES_MAPPING,
        Container::Text | Container::Proxy | Container::Other => ClassFlags::empty(),
    }
}

/// Makes instances of a class, and of all that derive from it, match these patterns (CPython:
/// set_collection_flag_recursive). Built-in types stay as they are.
pub fn set_patterns(class: &Object<Class>, patterns: ClassFlags) {
    if class.flags() & PATTERNS == patterns || !class.flags().contains(ClassFlags::SCRIPT) {
        return;
    }
    class.set_flags(PATTERNS, false);
    class.set_flags(patterns, true);
    for subclass in class.live_subclasses() {
        set_patterns(&subclass, patterns);
    }
}

/// The value of `__flags__` that stands for patterns, as flags of a class.
pub fn patterns_of_bits(bits: i64) -> ClassFlags {
    let mut patterns = ClassFlags::empty();
    patterns.set(ClassFlags::MATCHES_SEQUENCE, bits as u64 & Bits::SEQUENCE.bits() != 0);
    patterns.set(ClassFlags::MATCHES_MAPPING, bits as u64 & Bits::MAPPING.bits() != 0);
    patterns
}

fn flags_of(class: &Object<Class>) -> Bits {
    let (flags, info) = (class.flags(), &class.root_shape().info);
    let is_script = flags.contains(ClassFlags::SCRIPT);
    let has_dict = flags.contains(ClassFlags::HAS_DICT) && is_script && class.kind != Kind::Class;
    let patterns = patterns_of(class);
    let mut bits = Bits::READY | family(class.kind);
    bits.set(Bits::SEQUENCE, patterns.contains(ClassFlags::MATCHES_SEQUENCE));
    bits.set(Bits::MAPPING, patterns.contains(ClassFlags::MATCHES_MAPPING));
    bits.set(Bits::HEAP, is_script);
    bits.set(Bits::STATIC | Bits::IMMUTABLE, !is_script);
    bits.set(Bits::INLINE_VALUES, has_dict && class.kind == Kind::Object);
    bits.set(Bits::MANAGED_DICT, has_dict);
    bits.set(
        Bits::MANAGED_WEAKREF,
        is_script && flags.contains(ClassFlags::WEAKREFABLE) && class.kind != Kind::Class,
    );
    bits.set(Bits::DISALLOW_INSTANTIATION, class.slots().new.is_none());
    bits.set(Bits::BASE, flags.contains(ClassFlags::BASE));
    bits.set(Bits::HAVE_GC, info.has(TypeFlags::HAS_GC));
    bits.set(Bits::ABSTRACT, flags.contains(ClassFlags::ABSTRACT));
    bits
}

fn get_flags(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_int(flags_of(class(value)).bits() as i64))
}

/// The bytes of an instance without attributes and items: header and payload, and the words of `__slots__`.
fn get_basic_size(thread: &mut Thread, value: &Value) -> Run<Value> {
    let shape = class(value).root_shape();
    let bytes = shape.info.slots_offset as usize + shape.fixed() * size_of::<u64>();
    Ok(thread.new_usize(bytes))
}

/// The bytes of an item behind the payload, for types whose instances have a variable number of them.
fn get_item_size(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_int(match class(value).kind {
        Kind::Int | Kind::Bool => 4,
        Kind::Bytes => 1,
        Kind::Tuple | Kind::Class => 8,
        _ => 0,
    }))
}

/// What stands for the place of the instances' dict: not zero if they have one.
fn get_dict_offset(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class(value);
    let has_dict = class.flags().contains(ClassFlags::HAS_DICT)
        || matches!(class.kind, Kind::Class | Kind::Module | Kind::Function);
    Ok(thread.new_int(if has_dict { -1 } else { 0 }))
}

/// What stands for the place of weak references to instances: not zero if there can be any.
fn get_weakref_offset(thread: &mut Thread, value: &Value) -> Run<Value> {
    let is_weakrefable = class(value).flags().contains(ClassFlags::WEAKREFABLE);
    Ok(thread.new_int(if is_weakrefable { -32 } else { 0 }))
}

/// Returns what follows the name at the beginning of the docstring of a class, if it ends as a signature does; a
/// built-in class has its signature beside the docstring.
fn get_text_signature(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class(value);
    if !class.flags().contains(ClassFlags::SCRIPT) {
        return Ok(documentation::class_signature(class).map_or(Value::NONE, |text| thread.new_str(text)));
    }
    let doc = namespace(class).get_str(&thread.known().names().doc);
    let Some(doc) = doc.as_ref().and_then(Value::downcast_ref::<Str>) else { return Ok(Value::NONE) };
    let signature = doc.as_str().strip_prefix(&*class.name_text()).filter(|rest| rest.starts_with('('));
    let end = signature.and_then(|signature| signature.find(")\n--\n\n"));
    Ok(match (signature, end) {
        (Some(signature), Some(end)) => thread.new_str(&signature[..=end]),
        _ => Value::NONE,
    })
}

fn get_abstract_methods(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = thread.known().intern(thread, ABSTRACT_METHODS);
    let is_type = thread.known().class(Kind::Class).is(value);
    let found = if is_type { None } else { namespace(class(value)).get_str(&name) };
    found.ok_or_else(|| Raised::attribute_error(ABSTRACT_METHODS))
}

const ABSTRACT_METHODS: &str = "__abstractmethods__";

/// Sets `__abstractmethods__`; a class for which it is true cannot be instantiated.
fn set_abstract_methods(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    let class = class(value);
    let name = thread.known().intern(thread, ABSTRACT_METHODS);
    let is_abstract = match new {
        Some(new) => protocol::is_true(thread, new)?,
        None => false,
    };
    let old = match new {
        Some(new) => namespace(class).try_set_str(thread, &name, new.clone())?,
        None => {
            let old = namespace(class).remove_str(&name);
            Some(old.ok_or_else(|| Raised::attribute_error(ABSTRACT_METHODS))?)
        }
    };
    class.set_flags(ClassFlags::ABSTRACT, is_abstract);
    change::attribute_changed(thread, class, ABSTRACT_METHODS);
    drop(old);
    Ok(())
}

const TYPE_PARAMETERS: &str = "__type_params__";

fn get_type_parameters(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = thread.known().intern(thread, TYPE_PARAMETERS);
    let is_type = thread.known().class(Kind::Class).is(value);
    let found = if is_type { None } else { namespace(class(value)).get_str(&name) };
    Ok(found.unwrap_or_else(|| thread.known().empty_tuple()))
}

fn set_type_parameters(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    let (class, new) = settable(value, TYPE_PARAMETERS, new)?;
    let name = thread.known().intern(thread, TYPE_PARAMETERS);
    let old = namespace(class).try_set_str(thread, &name, new.clone())?;
    change::attribute_changed(thread, class, TYPE_PARAMETERS);
    drop(old);
    Ok(())
}

/// The attributes of classes in this file.
pub const ATTRIBUTES: [NativeAttribute; 8] = [
    NativeAttribute::field("__flags__", get_flags),
    NativeAttribute::field("__basicsize__", get_basic_size),
    NativeAttribute::field("__itemsize__", get_item_size),
    NativeAttribute::field("__dictoffset__", get_dict_offset),
    NativeAttribute::field("__weakrefoffset__", get_weakref_offset),
    NativeAttribute::read_only("__text_signature__", get_text_signature),
    NativeAttribute::new(ABSTRACT_METHODS, get_abstract_methods, set_abstract_methods),
    NativeAttribute::new(TYPE_PARAMETERS, get_type_parameters, set_type_parameters),
];
