//! The functions of `sys` for coroutines and asynchronous generators.

use crate::protocol::{self, slots_of};
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::types::class::named_items::{item, make_class};
use crate::value::{Args, NativeAttribute, NativeMethod, Raised, Run, Style, Value};
use crate::vm::machine::Machine;

/// The functions of this file.
pub const FUNCTIONS: [NativeMethod; 4] = [
    NativeMethod::function("get_asyncgen_hooks", "", get_hooks),
    NativeMethod::function("set_asyncgen_hooks", "firstiter=None, finalizer=None", set_hooks)
        .styled(Style::Nameless),
    NativeMethod::function("get_coroutine_origin_tracking_depth", "", get_origin_depth),
    NativeMethod::function("set_coroutine_origin_tracking_depth", "depth", set_origin_depth),
];

static HOOK_NAMES: [NativeAttribute; 2] = [
    NativeAttribute::field("firstiter", |_, hooks| item(hooks, 0)),
    NativeAttribute::field("finalizer", |_, hooks| item(hooks, 1)),
];

fn get_hooks(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let known = Machine::of(thread).hooks_class.get().cloned();
    let class = match known {
        Some(class) => class,
        None => {
            let made = make_class(thread, "asyncgen_hooks", &HOOK_NAMES)?;
            // Of two threads the first one's class stays.
            Machine::of(thread).hooks_class.get_or_init(|| made).clone()
        }
    };
    let hooks = Machine::of(thread).async_hooks.each_ref().map(|hook| {
        let hook = hook.get();
        if hook.is_unbound() { Value::NONE } else { hook }
    });
    let hooks = thread.new_tuple(hooks.to_vec());
    protocol::call(thread, class.as_value(), Args::positional(&[hooks]))
}

/// Sets the hooks that are given; `None` removes one.
fn set_hooks(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given: [Option<&Value>; 2] = args.options();
    for (hook, name) in given.into_iter().zip(["firstiter", "finalizer"]).rev() {
        if let Some(hook) = hook
            && !hook.is_none()
            && slots_of(thread, hook).call.is_none()
        {
            let kind = protocol::type_name(thread, hook);
            return Err(Raised::type_error(format_args!("callable {name} expected, got {kind}")));
        }
    }
    let machine = Machine::of(thread);
    let mut replaced = Vec::new();
    for (hook, slot) in given.into_iter().zip(&machine.async_hooks) {
        if let Some(hook) = hook {
            let hook = if hook.is_none() { Value::UNBOUND } else { hook.clone() };
            replaced.push(slot.set(hook));
        }
    }
    drop(replaced);
    Ok(Value::NONE)
}

fn get_origin_depth(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let depth = Machine::of(thread).origin_depth.load(Relaxed);
    Ok(thread.new_usize(depth))
}

fn set_origin_depth(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [depth] = args.exactly();
    let Ok(depth) = usize::try_from(protocol::index_isize(thread, depth)?) else {
        return Err(Raised::value_error("depth must be >= 0"));
    };
    Machine::of(thread).origin_depth.store(depth, Relaxed);
    Ok(Value::NONE)
}
