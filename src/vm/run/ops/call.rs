//! Calls.
//!
//! A call's arguments become the callee's first locals where they lie. A call of a class puts the new
//! instance where the result goes and runs `__init__` above it:
//!
//! ```text
//! before   class │ argument …
//! after    instance │ __init__ │ self (deferred) │ argument …
//! ```
//!
//! Calls of classes are in `instantiate.rs`, returns in `leave.rs`. `SAFETY` of all handlers: see
//! `vm/run/dispatch.rs`.

use crate::bytecode::Word;
use crate::protocol::{self, check_interrupt};
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::types::function::bound_method::BoundMethod;
use crate::types::table::invoke::invoke;
use crate::types::table::native_function::{MethodDescriptor, NativeFunction};
use crate::value::class::shape::Shape;
use crate::value::word;
use crate::value::{Args, Class, ClassFlags, Kind, Object, Raised, Run, StackRef, Tuple, Value};
use crate::vm::call::bind;
use crate::vm::call::bind_in_place::bind_in_place;
use crate::vm::call::enter::{self, fits, push, too_deep};
use crate::vm::code::Code;
use crate::vm::frame::{FrameFlags, current, get};
use crate::vm::function::Function;
use crate::vm::run::dispatch::{Exit, Flow, Handler, go, slow};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{object, safepoint};
use crate::vm::run::ops::instantiate::instantiate;
use crate::vm::run::ops::native_call;
use crate::vm::run::step::Step;

/// Enters a function whose parameters are the `count` slots from `first` on; continues with `otherwise` if the
/// call needs more than that.
///
/// # Safety
/// See `vm/run/dispatch.rs`; the callable is in the slot below.
#[inline(always)]
unsafe fn enter_exact(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
    (first, count): (usize, usize),
    otherwise: Handler,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let callable = get(fp, first - 1);
        if !word::is_pointer(callable) || Shape::of(object(callable)).kind != Kind::Function {
            return otherwise(ip, fp, k, thread, word);
        }
        let function = &*object(callable).at::<Object<Function>>(0);
        let callee_fp = fp.add(first);
        let code: &Object<Code> = &function.code;
        if code.exact_arguments as usize != count || !fits(thread, callee_fp, code) {
            return otherwise(ip, fp, k, thread, word);
        }
        (*current(thread)).ip = ip;
        push(thread, function, callee_fp, count, FrameFlags::empty());
        let (entry, block) = (code.entry_point(), code.block());
        if thread.breaker.is_set() {
            return safepoint(entry, callee_fp, block, thread, 0);
        }
        go(entry, callee_fp, block, thread)
    }
}

hot! {
    /// `callable(arguments)`
    fn call(ip, fp, k, thread, word, w) {
        enter_exact(ip, fp, k, thread, word, (w.a() + 1, w.b()), call_other)
    }
}

hot! {
    /// Calls something that is not a function with exactly these parameters.
    fn call_other(ip, fp, k, thread, word, w) {
        let callable = get(fp, w.a());
        if !word::is_pointer(callable) {
            return call_slow(ip, fp, k, thread, word);
        }
        match Shape::of(object(callable)).kind {
            Kind::NativeFunction if (&*object(callable).at::<Object<NativeFunction>>(0)).bound.is_unbound() => {
                native_call::call_function(ip, fp, k, thread, word)
            }
            Kind::Class => native_call::call_class(ip, fp, k, thread, word),
            _ => call_slow(ip, fp, k, thread, word),
        }
    }
}

hot! {
    /// `object.method(arguments)`, after `load_method`.
    fn call_method(ip, fp, k, thread, word, w) {
        enter_exact(ip, fp, k, thread, word, (w.a() + 1, w.b() + 1), call_method_other)
    }
}

hot! {
    /// Calls a method that is not a function with exactly these parameters.
    fn call_method_other(ip, fp, k, thread, word, w) {
        let callable = get(fp, w.a());
        if word::is_pointer(callable) && Shape::of(object(callable)).kind == Kind::MethodDescriptor {
            return native_call::call_method(ip, fp, k, thread, word);
        }
        call_method_slow(ip, fp, k, thread, word)
    }
}

slow! {
    /// Calls anything.
    ///
    /// # Safety
    /// See `vm/run/dispatch.rs`.
    pub fn call_slow = call_body
}
slow! { fn call_method_slow = call_method_body }

fn call_body(step: &mut Step, word: Word) -> Run<Flow> {
    call_at(step, word.a(), word.a(), word.b(), &[], Some(word.c()))
}

fn call_method_body(step: &mut Step, word: Word) -> Run<Flow> {
    method_call(step, word, &[], Some(word.c()))
}

fn method_call(step: &mut Step, word: Word, names: &[Value], site: Option<usize>) -> Run<Flow> {
    if step.view(word.a()).is_unbound() {
        return call_at(step, word.a(), word.a() + 1, word.b(), names, site);
    }
    if let Some(method) = step.view(word.a()).downcast_ref::<MethodDescriptor>() {
        let callable = step.view(word.a());
        let arguments = Args::with_keywords(step.views(word.a() + 1, word.b() + 1), names);
        let result = invoke(step, callable, method.method, arguments)?;
        step.release_all(word.a(), word.b() + 2);
        step.put(word.a(), result);
        return Ok(Flow::Next);
    }
    call_at(step, word.a(), word.a(), word.b() + 1, names, site)
}

/// `callable(arguments, name=value …)`. Raises what the call raises.
pub fn call_keywords(step: &mut Step, word: Word) -> Run<Flow> {
    let names = names(step, word);
    call_at(step, word.a(), word.a(), word.b(), names, None)
}

/// `object.method(arguments, name=value …)`. Raises what the call raises.
pub fn call_method_keywords(step: &mut Step, word: Word) -> Run<Flow> {
    let names = names(step, word);
    method_call(step, word, names, None)
}

fn names<'a>(step: &Step, word: Word) -> &'a [Value] {
    step.block_view(word.c()).downcast_ref::<Tuple>().expect("names of keywords are a tuple").items()
}

/// Calls what is in slot `callable` with the `count` values above it; the result goes to slot `to`. Raises what
/// the call raises.
fn call_at(
    step: &mut Step,
    to: usize,
    callable: usize,
    count: usize,
    names: &[Value],
    site: Option<usize>,
) -> Run<Flow> {
    let target = step.view(callable);
    match target.kind() {
        Kind::Function => {
            let function: &Object<Function> = target.downcast_ref().expect("of this kind");
            enter_function(step, function, callable, count, names, FrameFlags::empty())
        }
        Kind::NativeFunction => {
            let native: &Object<NativeFunction> = target.downcast_ref().expect("of this kind");
            let arguments = Args::with_keywords(step.views(callable + 1, count), names);
            let result = if native.bound.is_unbound() {
                invoke(step, target, native.method, arguments)?
            } else {
                protocol::call(step, target, arguments)?
            };
            step.release_all(callable, count + 1);
            step.put(to, result);
            Ok(Flow::Next)
        }
        Kind::Class => {
            let class: &Object<Class> = target.downcast_ref().expect("of this kind");
            if class.flags().contains(ClassFlags::SCRIPT)
                && let Some(flow) = instantiate(step, class, to, callable, count, names, site)?
            {
                return Ok(flow);
            }
            if !class.shape().is_builtin() {
                return call_any(step, to, callable, count, names);
            }
            let arguments = Args::with_keywords(step.views(callable + 1, count), names);
            let result = crate::types::class::call(step, target, arguments)?;
            step.release_all(callable, count + 1);
            step.put(to, result);
            Ok(Flow::Next)
        }
        Kind::BoundMethod => {
            let method: &Object<BoundMethod> = target.downcast_ref().expect("of this kind");
            match method.function.downcast_ref::<Function>() {
                Some(function) if to == callable => {
                    // The bound method stays in the result's slot and keeps function and `self` alive.
                    shift(step, callable + 1, count, 2);
                    step.put_deferred(callable + 1, &method.function);
                    step.put_deferred(callable + 2, &method.self_object);
                    enter_bound_method(step, function, callable + 1, count + 1, names)
                }
                _ => call_any(step, to, callable, count, names),
            }
        }
        _ => call_any(step, to, callable, count, names),
    }
}

fn enter_bound_method(
    step: &mut Step,
    function: &Object<Function>,
    callable: usize,
    count: usize,
    names: &[Value],
) -> Run<Flow> {
    enter_function(step, function, callable, count, names, FrameFlags::KEEPS_RESULT)
}

/// Moves `count` operands up by `by` slots.
pub(super) fn shift(step: &mut Step, first: usize, count: usize, by: usize) {
    // SAFETY: frames have room for the shift above their operands.
    unsafe { std::ptr::copy(step.slot_at(first), step.slot_at(first).add(by), count) };
}

fn call_any(step: &mut Step, to: usize, callable: usize, count: usize, names: &[Value]) -> Run<Flow> {
    let arguments = Args::with_keywords(step.views(callable + 1, count), names);
    let first = step.view(callable);
    let result = protocol::call(step, first, arguments)?;
    step.release_all(callable, count + 1);
    step.put(to, result);
    Ok(Flow::Next)
}

/// Binds the arguments of a function and enters it. Raises `TypeError` if they do not fit, `RecursionError`.
pub(super) fn enter_function(
    step: &mut Step,
    function: &Object<Function>,
    callable: usize,
    count: usize,
    names: &[Value],
    flags: FrameFlags,
) -> Run<Flow> {
    let fp = step.slot_at(callable + 1);
    let code = &function.code;
    let mut bound = count;
    if !names.is_empty() || code.exact_arguments as usize != count {
        if bind_in_place(step, function, callable + 1, count, names) {
            bound = (code.unit.arg_count + code.unit.kwonly_count) as usize;
        } else {
            let arguments = step.take_all(callable + 1, count);
            let values = match bind::bind(step, function, arguments, names) {
                Ok(values) => values,
                Err(raised) => return Err(abandon(step, callable, flags, raised)),
            };
            bound = values.len();
            // SAFETY: the window is checked before anything is written past the caller's.
            if !unsafe { fits(step, fp, code) } {
                return Err(abandon(step, callable, flags, too_deep()));
            }
            for (index, value) in values.into_iter().enumerate() {
                // SAFETY: parameters lie in the callee's window.
                unsafe { *fp.add(index) = StackRef::from_value(value) };
            }
        }
    }
    // SAFETY: `fp` lies on the value stack; `fits` computes addresses and compares them.
    if !unsafe { fits(step, fp, code) } {
        // Whatever was shifted or filled in is not known to the caller's tables.
        for index in 0..bound {
            // SAFETY: the slot lies within the caller's window, which has room for a shifted call.
            let held = unsafe { std::mem::replace(&mut *fp.add(index), StackRef::UNBOUND) };
            // SAFETY: the slot has given the word up.
            unsafe { held.release(step) };
        }
        return Err(abandon(step, callable, flags, too_deep()));
    }
    // SAFETY: it fits, the parameters are in place and the callable is below them.
    unsafe { push(step, function, fp, bound, flags) };
    Ok(Flow::Reload)
}

/// Undoes a shifted call that does not take place, because the caller's tables do not know its slots.
fn abandon(step: &mut Step, callable: usize, flags: FrameFlags, raised: Raised) -> Raised {
    if !flags.is_empty() {
        step.release(callable);
    }
    raised
}

/// `callable(*tuple)` and `callable(*tuple, **dict)`. Raises what the call raises, and `TypeError` for operands that
/// cannot be unpacked.
pub fn call_unpacked(step: &mut Step, word: Word) -> Run<Flow> {
    let first = word.a();
    let keywords = if word.b() == 1 { Some(step.view(first + 2)) } else { None };
    let callable = step.view(first);
    let (values, names) = {
        let positional = step.view(first + 1);
        bind::unpacked(step, callable, positional, keywords)?
    };
    if let Some(function) = callable.downcast_ref::<Function>() {
        // Before the arguments are bound: a destructor may replace the code.
        step.release_all(first + 1, 1 + word.b());
        let bound = bind::bind(step, function, values, &names)?;
        let fp = step.slot_at(first + 1);
        // SAFETY: `fp` lies on the value stack; `fits` computes addresses and compares them.
        if !unsafe { fits(step, fp, &function.code) } {
            return Err(too_deep());
        }
        let count = bound.len();
        for (index, value) in bound.into_iter().enumerate() {
            // SAFETY: parameters lie in the callee's window, which fits.
            unsafe { *fp.add(index) = StackRef::from_value(value) };
        }
        // SAFETY: `fits` was asked above, the parameters are in place, and the caller holds the callable.
        unsafe { push(step, function, fp, count, FrameFlags::empty()) };
        return Ok(Flow::Reload);
    }
    let result = protocol::call(step, callable, Args::with_keywords(&values, &names))?;
    drop(values);
    step.release_all(first, 2 + word.b());
    step.put(first, result);
    Ok(Flow::Next)
}

/// Implements `slots.call` of functions, for calls from native code. Raises what the call raises.
pub fn call_from_native(
    thread: &mut crate::thread::Thread,
    callable: &Value,
    arguments: Args<'_>,
) -> Run<Value> {
    let function: &Object<Function> = callable.downcast_ref().expect("the slot belongs to functions");
    let values = arguments.all_values();
    // Before the arguments are bound: a handler of signals may replace the code.
    check_interrupt(thread)?;
    if arguments.has_keywords() || function.code.exact_arguments as usize != values.len() {
        let bound = bind::bind(thread, function, values.to_vec(), arguments.names())?;
        return enter::enter_bound(thread, function, bound.into_iter().map(StackRef::from_value), None);
    }
    // The caller's values outlive the call, so they are lent.
    let lent = values.iter().map(|value| StackRef::from_word(value.word()).defer());
    enter::enter_bound(thread, function, lent, None)
}
