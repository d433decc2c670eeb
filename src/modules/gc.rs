//! The `gc` module: what scripts can ask and tell the collector.

use super::{ModuleSpec, define};
use crate::gc::{self, Reason};
use crate::protocol;
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::value::{Args, Dict, List, NativeMethod, Object, Raised, Run, Style, Value};

/// `gc`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "gc",
    home: "gc",
    doc: "",
    types: &[],
    functions: &[
        NativeMethod::function("collect", "generation=2", collect),
        NativeMethod::function("disable", "", disable),
        NativeMethod::function("enable", "", enable),
        NativeMethod::function("freeze", "", freeze),
        NativeMethod::function("get_count", "", get_count),
        NativeMethod::function("get_debug", "", get_debug),
        NativeMethod::function("get_freeze_count", "", get_freeze_count),
        NativeMethod::function("get_objects", "generation=None", get_objects),
        NativeMethod::function("get_referents", "*objs", get_referents),
        NativeMethod::function("get_referrers", "*objs", get_referrers),
        NativeMethod::function("get_stats", "", get_stats),
        NativeMethod::function("get_threshold", "", get_threshold),
        NativeMethod::function("is_finalized", "obj, /", is_finalized),
        NativeMethod::function("is_tracked", "obj, /", is_tracked),
        NativeMethod::function("isenabled", "", isenabled),
        NativeMethod::function("set_debug", "flags, /", set_debug),
        NativeMethod::function("set_threshold", "*thresholds", set_threshold).styled(Style::Unpacked),
        NativeMethod::function("unfreeze", "", unfreeze),
    ],
    fill,
};

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    let known = thread.known();
    define(thread, namespace, "garbage", known.gc_garbage().clone().into_value());
    define(thread, namespace, "callbacks", known.gc_callbacks().clone().into_value());
    let flags = [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ];
    for (name, flag) in flags {
        let flag = thread.new_int(flag);
        define(thread, namespace, name, flag);
    }
    Ok(())
}

/// An argument that has to be an integer of machine size.
fn int_argument(thread: &mut Thread, value: &Value) -> Run<i64> {
    let value = protocol::index(thread, value)?;
    value.as_i64().ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))
}

fn collect(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let generation = match args.get(0) {
        None => 2,
        Some(generation) => int_argument(thread, generation)?,
    };
    let Ok(generation @ 0..=2) = usize::try_from(generation) else {
        return Err(Raised::value_error("invalid generation"));
    };
    let outcome = gc::collect(thread, generation, Reason::Manual);
    Ok(thread.new_int((outcome.collected + outcome.uncollectable) as i64))
}

fn enable(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    thread.runtime().gc.enabled.store(true, Relaxed);
    Ok(Value::NONE)
}

fn disable(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    thread.runtime().gc.enabled.store(false, Relaxed);
    Ok(Value::NONE)
}

fn isenabled(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Ok(Value::bool(thread.runtime().gc.enabled.load(Relaxed)))
}

fn freeze(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    gc::freeze(thread);
    Ok(Value::NONE)
}

fn unfreeze(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    gc::unfreeze(thread);
    Ok(Value::NONE)
}

fn get_freeze_count(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let count = gc::frozen_count(thread);
    Ok(thread.new_int(count as i64))
}

/// A tuple of integers.
fn tuple_of(thread: &mut Thread, numbers: [i64; 3]) -> Value {
    let numbers = numbers.iter().map(|&number| thread.new_int(number)).collect();
    thread.new_tuple(numbers)
}

fn get_count(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    crate::life::settle_balance(thread);
    let counts = thread.runtime().gc.counts.each_ref().map(|count| count.load(Relaxed));
    Ok(tuple_of(thread, counts))
}

fn get_threshold(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let thresholds = thread.runtime().gc.thresholds.each_ref().map(|threshold| threshold.load(Relaxed));
    Ok(tuple_of(thread, thresholds))
}

fn set_threshold(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.count();
    if given == 0 || given > 3 {
        return Err(Raised::type_error("gc.set_threshold requires 1 to 3 arguments"));
    }
    for (index, value) in args.positionals().iter().enumerate() {
        let threshold = int_argument(thread, value)?;
        thread.runtime().gc.thresholds[index].store(threshold, Relaxed);
    }
    Ok(Value::NONE)
}

fn get_debug(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let flags = thread.runtime().gc.debug.load(Relaxed);
    Ok(thread.new_int(flags))
}

fn set_debug(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [flags] = args.exactly();
    let flags = int_argument(thread, flags)?;
    thread.runtime().gc.debug.store(flags, Relaxed);
    Ok(Value::NONE)
}

fn get_stats(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let stats = *thread.runtime().gc.stats.lock();
    let mut generations = Vec::new();
    for generation in stats {
        let facts = thread.alloc(Dict::default());
        let numbers = [
            ("collections", generation.collections),
            ("collected", generation.collected),
            ("uncollectable", generation.uncollectable),
        ];
        for (name, number) in numbers {
            let number = thread.new_int(number as i64);
            define(thread, &facts, name, number);
        }
        generations.push(facts.into_value());
    }
    Ok(thread.alloc(List::new(generations)).into_value())
}

fn get_objects(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    if let Some(generation) = args.get(0).filter(|value| !value.is_none()) {
        if protocol::slots_of(thread, generation).index.is_none() {
            let given = protocol::type_name(thread, generation);
            return Err(Raised::type_error(format_args!(
                "argument should be integer or None, not '{given}'"
            )));
        }
        match int_argument(thread, generation)? {
            -1..=2 => {}
            ..-1 => return Err(Raised::value_error("generation parameter cannot be negative")),
            3.. => {
                return Err(Raised::value_error(
                    "generation parameter must be less than the number of available generations (3)",
                ));
            }
        }
    }
    let objects = gc::get_objects(thread)?;
    Ok(thread.alloc(List::new(objects)).into_value())
}

fn get_referrers(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let referrers = gc::get_referrers(thread, args.positionals())?;
    Ok(thread.alloc(List::new(referrers)).into_value())
}

fn get_referents(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let referents = gc::get_referents(thread, args.positionals())?;
    Ok(thread.alloc(List::new(referents)).into_value())
}

fn is_tracked(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    Ok(Value::bool(gc::is_tracked(object)))
}

fn is_finalized(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    Ok(Value::bool(gc::is_finalized(object)))
}
