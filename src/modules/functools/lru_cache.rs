//! `_lru_cache_wrapper`: a function that remembers what it has returned.
//!
//! The results are in a dict, by arguments. Its order is that of the last use: what is found moves to the end, and
//! when there is no room the first one goes. No lock is held while the function runs, nor while arguments are compared.

use crate::protocol::{self, with_entry};
use crate::references;
use crate::sync::{AtomicU64, AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::function::bound_method::BoundMethod;
use crate::types::object;
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Dict, DictTable, ErrorKind, Kind, NativeAttribute, NativeMethod, Object,
    Payload, Probe, Raised, Ref, Run, Signature, Slots, TypeSpec, Value,
};

/// The function and what it has returned.
pub struct LruCache {
    function: Value,
    results: Ref<Dict>,
    /// How many results are kept.
    limit: Limit,
    /// Whether arguments of different types are different arguments.
    is_typed: bool,
    /// Makes the object that `cache_info` returns.
    info: Value,
    /// Stands in keys between positional and keyword arguments; equal to nothing else.
    mark: Value,
    hits: AtomicU64,
    misses: AtomicU64,
    /// Before which position the dict has only holes, unless its entries have moved since.
    first: AtomicUsize,
    /// The storage of entries for which that is so.
    layout: AtomicU64,
}

/// How many results are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Limit {
    None,
    All,
    Some(usize),
}

references!(LruCache { function, results, info, mark });

impl Payload for LruCache {
    const KIND: Kind = Kind::LruCache;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::LruCache,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT).union(ClassFlags::WEAKREFABLE),
    info: type_info::<LruCache>,
    slots: Slots { call: Some(call), descriptor_get: Some(get), new: Some(new), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("cache_info", "", cache_info),
        NativeMethod::new("cache_clear", "", cache_clear),
        NativeMethod::new("__reduce__", "", |thread, args| {
            let [cache] = args.exactly();
            let name = &thread.known().names().qualname;
            protocol::get_attr(thread, cache, name)
        }),
        NativeMethod::new("__copy__", "", |_, args| {
            let [cache] = args.exactly();
            Ok(cache.clone())
        }),
        NativeMethod::new("__deepcopy__", "memo, /", |_, args| {
            let [cache, _memo] = args.exactly();
            Ok(cache.clone())
        }),
    ],
    attributes: &[NativeAttribute::new("__dict__", object::get_dict, object::set_dict)],
    doc: "",
};

const SIGNATURE: Signature = Signature::new("user_function, maxsize, typed, cache_info_type");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [function, limit, typed, info] =
        SIGNATURE.bind("lru_cache", args)?.map(|value| value.expect("all are required"));
    if protocol::slots_of(thread, function).call.is_none() {
        return Err(Raised::type_error("the first argument must be callable"));
    }
    let limit = if limit.is_none() {
        Limit::All
    } else if protocol::slots_of(thread, limit).index.is_some() {
        match protocol::index_isize(thread, limit) {
            Ok(limit) => {
                usize::try_from(limit).ok().filter(|&limit| limit > 0).map_or(Limit::None, Limit::Some)
            }
            Err(raised) if raised.is_kind(thread, ErrorKind::IndexError) => {
                return Err(Raised::overflow_error("cannot fit 'int' into an index-sized integer"));
            }
            Err(raised) => return Err(raised),
        }
    } else {
        return Err(Raised::type_error("maxsize should be integer or None"));
    };
    let is_typed = protocol::is_true(thread, typed)?;
    let plain = thread.known().class(Kind::Object).to_value();
    let mark = protocol::call(thread, &plain, Args::positional(&[]))?;
    let cache = LruCache {
        function: function.clone(),
        results: thread.alloc(Dict::default()),
        limit,
        is_typed,
        info: info.clone(),
        mark,
        hits: AtomicU64::new(0),
        misses: AtomicU64::new(0),
        first: AtomicUsize::new(0),
        layout: AtomicU64::new(0),
    };
    Ok(instantiate(thread, class, cache).into_value())
}

/// Makes the key of a call: its arguments, with the names of keyword arguments and, if asked for, all types.
fn key_of(thread: &Thread, cache: &LruCache, args: Args<'_>) -> Run<Value> {
    if !cache.is_typed
        && !args.has_keywords()
        && let [only] = args.positionals()
        && matches!(only.kind(), Kind::Int | Kind::Str)
        && protocol::shape_of(thread, only).is_builtin()
    {
        return Ok(only.clone());
    }
    let mut parts = Vec::new();
    parts.try_reserve_exact(args.all_values().len() * 3 + 1)?;
    parts.extend_from_slice(args.positionals());
    if args.has_keywords() {
        parts.push(cache.mark.clone());
        for (name, value) in args.keywords() {
            parts.extend([name.clone(), value.clone()]);
        }
    }
    if cache.is_typed {
        parts.extend(args.all_values().iter().map(|value| protocol::class_of(thread, value).into_value()));
    }
    thread.try_tuple(parts)
}

fn call(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<Value> {
    let cache = own::<LruCache>(value);
    // Relaxed, as for all numbers here: they guard nothing but themselves.
    let count = |number: &AtomicU64| number.store(number.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    if cache.limit == Limit::None {
        count(&cache.misses);
        return protocol::call(thread, &cache.function, args);
    }
    let key = key_of(thread, cache, args)?;
    let hash = protocol::hash(thread, &key)?;
    let found = with_entry(thread, &cache.results, &key, hash, |table, position| {
        position.map(|position| use_entry(table, position, hash, cache.limit))
    })?;
    if let Some(result) = found {
        count(&cache.hits);
        return Ok(result);
    }
    count(&cache.misses);
    let result = protocol::call(thread, &cache.function, args)?;
    let dropped = with_entry(thread, &cache.results, &key, hash, |table, position| -> Run<_> {
        if position.is_some() {
            // The function has called itself with the same arguments: what that has returned stays.
            return Ok(None);
        }
        table.make_room()?;
        let dropped = match cache.limit {
            Limit::Some(limit) if table.len() >= limit => cache.remove_oldest(table),
            _ => None,
        };
        table.insert_new(hash, key.clone(), result.clone());
        Ok(dropped)
    })??;
    drop(dropped);
    Ok(result)
}

/// Returns the result at a position; if there is a limit, it becomes the last one.
fn use_entry(table: &mut DictTable, position: usize, hash: i64, limit: Limit) -> Value {
    let (key, result) = table.entry_at(position).expect("it was found");
    let (key, result) = (key.clone(), result.clone());
    if limit == Limit::All || position + 1 == table.position_end() {
        return result;
    }
    let layout = table.layout();
    // Without memory it stays where it is.
    if table.make_room().is_err() {
        return result;
    }
    let place = match table.layout() == layout {
        true => Probe::Found(position),
        false => table.find(hash, &key),
    };
    if let Probe::Found(position) = place {
        let (key, result) = table.remove_at(position);
        table.insert_new(hash, key, result);
    }
    result
}

impl LruCache {
    /// Takes out the entry that was used the longest time ago.
    fn remove_oldest(&self, table: &mut DictTable) -> Option<(Value, Value)> {
        let layout = u64::from(table.layout());
        let from = match self.layout.load(Ordering::Relaxed) == layout {
            true => self.first.load(Ordering::Relaxed),
            false => 0,
        };
        let position = table.next_position(from)?;
        self.layout.store(layout, Ordering::Relaxed);
        self.first.store(position, Ordering::Relaxed);
        Some(table.remove_at(position))
    }
}

fn get(thread: &mut Thread, value: &Value, instance: Option<&Value>, _class: &Value) -> Run<Value> {
    match instance.filter(|instance| !instance.is_none()) {
        None => Ok(value.clone()),
        Some(instance) => {
            let method = BoundMethod { function: value.clone(), self_object: instance.clone() };
            Ok(thread.alloc(method).into_value())
        }
    }
}

fn cache_info(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (cache, _) = split_self::<LruCache>(args);
    let number = |number: &AtomicU64| thread.new_int(number.load(Ordering::Relaxed) as i64);
    let (hits, misses) = (number(&cache.hits), number(&cache.misses));
    let limit = match cache.limit {
        Limit::None => thread.new_int(0),
        Limit::All => Value::NONE,
        Limit::Some(limit) => thread.new_usize(limit),
    };
    let count = thread.new_usize(cache.results.len());
    protocol::call(thread, &cache.info, Args::positional(&[hits, misses, limit, count]))
}

fn cache_clear(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (cache, _) = split_self::<LruCache>(args);
    cache.hits.store(0, Ordering::Relaxed);
    cache.misses.store(0, Ordering::Relaxed);
    cache.results.clear();
    Ok(Value::NONE)
}
