//! Calls and returns.
//!
//! A call's arguments become the callee's first locals where they lie. A call of a class puts the new
//! instance where the result goes and runs `__init__` above it:
//!
//! ```text
//! before   class │ argument …
//! after    instance │ __init__ │ self (deferred) │ argument …
//! ```
//!
//! `SAFETY` of all handlers: see `dispatch.rs`.

use crate::bytecode::{CodeFlags, Word, WordOp};
use crate::object::GcBits;
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::types::bound_method::BoundMethod;
use crate::types::instance::{self, Instance};
use crate::types::list_methods;
use crate::types::native_function::{MethodDescriptor, NativeFunction};
use crate::value::shape::Shape;
use crate::value::word;
use crate::value::{
    Args, Class, ClassFlags, Dict, Kind, List, NativeFn, Object, Raised, Run, StackRef, Tuple, Value,
};
use crate::vm::bind;
use crate::vm::code::{Code, Entry};
use crate::vm::dispatch::{Exit, Flow, Handler, go, plain, slow};
use crate::vm::enter::{self, fits, push, release_variables, too_deep};
use crate::vm::frame::{FrameFlags, Interpreter, current, get, put};
use crate::vm::frame_object;
use crate::vm::function::Function;
use crate::vm::generator;
use crate::vm::hot::{block, object, retained, safepoint};
use crate::vm::ops::variable::hot;
use crate::vm::step::Step;

/// Enters a function whose parameters are the `count` slots from `fp + first` on.
///
/// # Safety
/// See `dispatch.rs`; the callable is in the slot below.
#[inline(always)]
unsafe fn enter_plain(
    ip: *const Word,
    fp: *mut StackRef,
    thread: &ThreadState,
    function: &Object<Function>,
    first: usize,
    count: usize,
    otherwise: impl FnOnce() -> Exit,
) -> Exit {
    // SAFETY: see `dispatch.rs`.
    unsafe {
        let callee_fp = fp.add(first);
        let code: &Object<Code> = &function.code;
        if code.plain_arguments as usize != count || !fits(thread, callee_fp, code) {
            return otherwise();
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
        let callable = get(fp, w.a());
        if word::is_pointer(callable) && Shape::of(object(callable)).kind == Kind::Function {
            let function = &*object(callable).at::<Object<Function>>(0);
            return enter_plain(ip, fp, thread, function, w.a() + 1, w.b(), move || {
                call_other(ip, fp, k, thread, word)
            });
        }
        call_other(ip, fp, k, thread, word)
    }
}

hot! {
    /// A call of something that is not a function with just these parameters.
    fn call_other(ip, fp, k, thread, word, w) {
        let callable = get(fp, w.a());
        if word::is_pointer(callable) && Shape::of(object(callable)).kind == Kind::NativeFunction {
            let native = &*object(callable).at::<Object<NativeFunction>>(0);
            if native.bound.is_unbound() {
                return CALL_NATIVE(ip, fp, k, thread, word);
            }
        }
        call_slow(ip, fp, k, thread, word)
    }
}

/// The handler of calls of native functions.
const CALL_NATIVE: Handler = plain!(call_native);
/// The handler of calls of methods of built-in types.
const CALL_NATIVE_METHOD: Handler = plain!(call_native_method);

/// `list.append`
const APPEND: NativeFn = list_methods::append;

fn call_native(step: &mut Step, word: Word) -> Run<Flow> {
    let native: &Object<NativeFunction> = step.view(word.a()).downcast_ref().expect("looked at before");
    let function = native.function;
    let arguments = Args::positional(step.views(word.a() + 1, word.b()));
    let result = function(step, arguments)?;
    step.release_all(word.a(), word.b() + 1);
    step.put(word.a(), result);
    Ok(Flow::Next)
}

fn call_native_method(step: &mut Step, word: Word) -> Run<Flow> {
    let method: &Object<MethodDescriptor> = step.view(word.a()).downcast_ref().expect("looked at before");
    let function = method.method.function;
    if word.b() == 1
        && std::ptr::fn_addr_eq(function, APPEND)
        && let Some(list) = step.view(word.a() + 1).downcast_ref::<List>()
    {
        // The commonest of all methods: the item moves into the list.
        let item = step.take(word.a() + 2);
        list.push(item);
        step.release_all(word.a(), 2);
        step.put(word.a(), Value::NONE);
        return Ok(Flow::Next);
    }
    let arguments = Args::positional(step.views(word.a() + 1, word.b() + 1));
    let result = function(step, arguments)?;
    step.release_all(word.a(), word.b() + 2);
    step.put(word.a(), result);
    Ok(Flow::Next)
}

hot! {
    /// `receiver.method(arguments)`, after `load_method`.
    fn call_method(ip, fp, k, thread, word, w) {
        let callable = get(fp, w.a());
        if word::is_pointer(callable) && Shape::of(object(callable)).kind == Kind::Function {
            let function = &*object(callable).at::<Object<Function>>(0);
            return enter_plain(ip, fp, thread, function, w.a() + 1, w.b() + 1, move || {
                call_method_other(ip, fp, k, thread, word)
            });
        }
        call_method_other(ip, fp, k, thread, word)
    }
}

hot! {
    /// A call of a method that is not a function with just these parameters.
    fn call_method_other(ip, fp, k, thread, word, w) {
        let callable = get(fp, w.a());
        if word::is_pointer(callable) && Shape::of(object(callable)).kind == Kind::MethodDescriptor {
            return CALL_NATIVE_METHOD(ip, fp, k, thread, word);
        }
        call_method_slow(ip, fp, k, thread, word)
    }
}

slow! { fn call_slow = call_body }
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
        let arguments = Args::with_keywords(step.views(word.a() + 1, word.b() + 1), names);
        let result = (method.method.function)(step, arguments)?;
        step.release_all(word.a(), word.b() + 2);
        step.put(word.a(), result);
        return Ok(Flow::Next);
    }
    call_at(step, word.a(), word.a(), word.b() + 1, names, site)
}

/// `callable(arguments, name=value …)`
pub fn call_keywords(step: &mut Step, word: Word) -> Run<Flow> {
    let names = names(step, word);
    call_at(step, word.a(), word.a(), word.b(), names, None)
}

/// `receiver.method(arguments, name=value …)`
pub fn call_method_keywords(step: &mut Step, word: Word) -> Run<Flow> {
    let names = names(step, word);
    method_call(step, word, names, None)
}

fn names<'a>(step: &Step, word: Word) -> &'a [Value] {
    step.block_view(word.c()).downcast_ref::<Tuple>().expect("names of keywords are a tuple").items()
}

/// Calls what is in slot `callable` with the `count` values above it; the result goes to slot `to`.
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
                (native.function)(step, arguments)?
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
                    // The bound method stays in the result's slot and keeps function and receiver alive.
                    shift(step, callable + 1, count, 2);
                    step.put_deferred(callable + 1, &method.function);
                    step.put_deferred(callable + 2, &method.receiver);
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

/// Moves `count` operands up.
fn shift(step: &mut Step, first: usize, count: usize, by: usize) {
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

/// Binds the arguments of a function and enters it.
fn enter_function(
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
    if !names.is_empty() || code.plain_arguments as usize != count {
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
    // SAFETY: only compared.
    if !unsafe { fits(step, fp, code) } {
        // Whatever was shifted or filled in is not known to the caller's tables.
        for index in 0..bound {
            // SAFETY: as above: within the caller's window, which has room for a shifted call.
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

/// Most keyword arguments that are bound without a buffer on the heap.
const FEW: usize = 12;

/// Binds the arguments of a function without `*args` and `**kwargs` where they lie. False, with the
/// slots as they were, if they do not fit: then `bind` knows what to say.
fn bind_in_place(
    step: &mut Step,
    function: &Object<Function>,
    first: usize,
    count: usize,
    names: &[Value],
) -> bool {
    let code = &function.code;
    let unit = &code.unit;
    let (args, all) = (unit.arg_count as usize, (unit.arg_count + unit.kwonly_count) as usize);
    let given = count - names.len();
    let fp = step.slot_at(first);
    // SAFETY: only compared.
    let fits = unsafe { fits(step, fp, code) };
    if unit.flags.intersects(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS)
        || given > args
        || names.len() > FEW
        || !fits
    {
        return false;
    }
    let mut held = [StackRef::UNBOUND; FEW];
    // SAFETY: the parameters lie in the callee's window, which fits; counts move with the words.
    unsafe {
        held.as_mut_ptr().copy_from_nonoverlapping(fp.add(given), names.len());
        for slot in given..all {
            *fp.add(slot) = StackRef::UNBOUND;
        }
        let mut placed = true;
        for (name, value) in names.iter().zip(held) {
            let posonly = unit.posonly_count as usize;
            let slot = (posonly..all).find(|&slot| code.variables[slot].as_value().is(name));
            match slot {
                Some(slot) if slot >= given && (*fp.add(slot)).is_unbound() => *fp.add(slot) = value,
                _ => placed = false,
            }
        }
        if placed && fill_defaults(function, fp, given, args, all) {
            return true;
        }
        // Defaults that were filled in are counted; arguments are put back where they lay.
        for slot in given..all {
            let word = std::mem::replace(&mut *fp.add(slot), StackRef::UNBOUND);
            if !held[..names.len()].contains(&word) {
                word.release(step);
            }
        }
        fp.add(given).copy_from_nonoverlapping(held.as_ptr(), names.len());
    }
    false
}

/// Fills in defaults; false if a parameter has none.
///
/// # Safety
/// `fp` has room for `all` slots, each with a word.
unsafe fn fill_defaults(
    function: &Object<Function>,
    fp: *mut StackRef,
    given: usize,
    args: usize,
    all: usize,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        if given < args {
            let defaults = function.defaults.get();
            let defaults = defaults.downcast_ref::<Tuple>().map_or(&[][..], |tuple| tuple.items());
            for slot in given..args {
                if !(*fp.add(slot)).is_unbound() {
                    continue;
                }
                let Some(index) = (slot + defaults.len()).checked_sub(args) else { return false };
                *fp.add(slot) = StackRef::from_value(defaults[index].clone());
            }
        }
        if args < all {
            let defaults = function.keyword_defaults.get();
            for slot in args..all {
                if !(*fp.add(slot)).is_unbound() {
                    continue;
                }
                let name = &function.code.variables[slot];
                let default = defaults.downcast_ref::<Dict>().and_then(|dict| dict.get_str(name));
                let Some(default) = default else { return false };
                *fp.add(slot) = StackRef::from_value(default);
            }
        }
    }
    true
}

/// Cleans up a shifted call that does not take place: its slots are not in the caller's tables.
fn abandon(step: &mut Step, callable: usize, flags: FrameFlags, raised: Raised) -> Raised {
    if !flags.is_empty() {
        step.release(callable);
    }
    raised
}

/// Calls a class written in the script whose instances are plain: allocates here, then enters `__init__`.
fn instantiate(
    step: &mut Step,
    class: &Object<Class>,
    to: usize,
    callable: usize,
    count: usize,
    names: &[Value],
    site: Option<usize>,
) -> Run<Option<Flow>> {
    let root = class.root_shape();
    let known = match site.map(|site| step.cache(site + 2)) {
        // SAFETY: a chain that `Code::remember` built; entries live as long as the code.
        Some(chain) => unsafe { Entry::find(chain, root.id()) }.map(|entry| entry.word),
        None => None,
    };
    let init = match known {
        Some(word) => word,
        None => {
            let Some(init) = plain_init(step, class) else { return Ok(None) };
            if let Some(site) = site {
                step.code()
                    .remember(site + 2, Entry { id: root.id(), number: 0, word: init, extra: 0, next: 0 });
            }
            init
        }
    };
    if word::owning(init) == word::UNBOUND {
        if count > 0 {
            return Ok(None);
        }
        let made = instance::allocate(step, class, Instance).into_value();
        step.release(callable);
        step.put(to, made);
        return Ok(Some(Flow::Next));
    }
    // Asked before the instance is made: one whose `__init__` cannot run should not die here.
    let initializer = StackRef::from_word(word::deferred(init));
    let body: &Object<Function> = initializer.as_value().downcast_ref().expect("checked when it was cached");
    // SAFETY: only compared.
    if !unsafe { fits(step, step.slot_at(to + 2), &body.code) } {
        return Err(too_deep());
    }
    let made = instance::allocate(step, class, Instance).into_value();
    let receiver = word::deferred(made.word());
    // The instance keeps the class alive, and the class its `__init__`.
    let class_held = step.take(callable);
    shift(step, callable + 1, count, to + 2 - callable);
    step.put(to, made);
    step.put_word(to + 2, receiver);
    // SAFETY: found in the class, which is alive.
    let init = StackRef::from_word(init);
    let is_deferred = init.as_raw().is_some_and(|raw| raw.has(GcBits::DEFERRED));
    // The program may replace `__init__` while it runs.
    step.put_word(to + 1, if is_deferred { init.word() } else { init.retain(step).into_word() });
    let function: &Object<Function> = step.view(to + 1).downcast_ref().expect("checked when it was cached");
    drop(class_held);
    enter_function(step, function, to + 1, count + 1, names, FrameFlags::INIT).map(Some)
}

/// The `__init__` of a class whose calls can be taken apart: plain metaclass, plain `__new__`.
/// `UNBOUND` if it has none either.
fn plain_init(step: &Step, class: &Object<Class>) -> Option<u64> {
    let names = step.known().names();
    let object_class = step.known().class(Kind::Object);
    if !class.flags().contains(ClassFlags::SCRIPT)
        || class.kind != Kind::Object
        || !class.shape().is_builtin()
        || class.root_shape().id() == 0
    {
        return None;
    }
    let own_new = protocol::class_lookup(class, &names.new);
    let object_new = protocol::class_lookup(object_class, &names.new);
    match (&own_new, &object_new) {
        (Some(own), Some(base)) if own.is(base) => {}
        (None, None) => {}
        _ => return None,
    }
    let init = protocol::class_lookup(class, &names.init)?;
    let base_init = protocol::class_lookup(object_class, &names.init);
    if base_init.is_some_and(|base| base.is(&init)) {
        return Some(word::UNBOUND);
    }
    if init.kind() != Kind::Function {
        return None;
    }
    Some(word::deferred(init.word()))
}

/// `callable(*tuple)` and `callable(*tuple, **dict)`
pub fn call_unpacked(step: &mut Step, word: Word) -> Run<Flow> {
    let first = word.a();
    let keywords = if word.b() == 1 { Some(step.view(first + 2)) } else { None };
    let callable = step.view(first);
    let (values, names) = {
        let positional = step.view(first + 1);
        bind::unpacked(step, callable, positional, keywords)?
    };
    if let Some(function) = callable.downcast_ref::<Function>() {
        let bound = bind::bind(step, function, values, &names)?;
        let fp = step.slot_at(first + 1);
        // SAFETY: only compared.
        if !unsafe { fits(step, fp, &function.code) } {
            return Err(too_deep());
        }
        step.release_all(first + 1, 1 + word.b());
        let count = bound.len();
        for (index, value) in bound.into_iter().enumerate() {
            // SAFETY: parameters lie in the callee's window, which fits.
            unsafe { *fp.add(index) = StackRef::from_value(value) };
        }
        // SAFETY: as above.
        unsafe { push(step, function, fp, count, FrameFlags::empty()) };
        return Ok(Flow::Reload);
    }
    let result = protocol::call(step, callable, Args::with_keywords(&values, &names))?;
    step.release_all(first, 2 + word.b());
    step.put(first, result);
    Ok(Flow::Next)
}

// ---- Returning

/// Releases the variables of a plain frame and hands `value`, owned, to the caller.
///
/// # Safety
/// See `dispatch.rs`.
#[inline(always)]
unsafe fn leave(
    fp: *mut StackRef,
    thread: &ThreadState,
    base: usize,
    value: u64,
    otherwise: impl FnOnce() -> Exit,
) -> Exit {
    // SAFETY: see `dispatch.rs`.
    unsafe {
        let frame = current(thread);
        if !(*frame).flags.is_empty() {
            return otherwise();
        }
        let mut slot = fp.sub(1);
        let end = fp.add(base);
        while slot < end {
            let held = (*slot).word();
            if word::is_owning(held) {
                if !object(held).counts().release_fast(thread.id) {
                    return otherwise();
                }
                *slot = StackRef::UNBOUND;
            }
            slot = slot.add(1);
        }
        let caller = frame.sub(1);
        thread.frames.set(caller.cast());
        let (ip, fp, k) = ((*caller).ip, (*caller).fp, (*caller).k);
        put(fp, (*ip).a(), value);
        crate::vm::dispatch::next(ip, fp, k, thread)
    }
}

hot! {
    /// Returns a temporary.
    fn return_value(ip, fp, k, thread, word, w) {
        let value = get(fp, w.a());
        if word::is_deferred(value) && !retained(thread, value) {
            return return_slow(ip, fp, k, thread, word);
        }
        put(fp, w.a(), word::owning(value));
        leave(fp, thread, w.b(), word::owning(value), move || return_slow(ip, fp, k, thread, word))
    }
}

hot! {
    /// Returns a local.
    fn return_local(ip, fp, k, thread, word, w) {
        let value = get(fp, w.a());
        if word::is_deferred(value) && !retained(thread, value) {
            return return_slow(ip, fp, k, thread, word);
        }
        // Moved out, so that releasing the variables leaves it alone.
        put(fp, w.a(), word::UNBOUND);
        leave(fp, thread, w.b(), word::owning(value), move || {
            put(fp, w.a(), word::owning(value));
            return_slow(ip, fp, k, thread, word)
        })
    }
}

hot! {
    /// Returns a constant.
    fn return_const(ip, fp, k, thread, word, w) {
        let value = block(k, w.bc());
        let base = (*current(thread)).code().base as usize;
        if !retained(thread, value) {
            return return_slow(ip, fp, k, thread, word);
        }
        leave(fp, thread, base, word::owning(value), move || return_const_slow(ip, fp, k, thread, word))
    }
}

slow! { fn return_slow = return_body }
slow! { fn return_const_slow = return_const_body }

/// The hot handler has counted the constant already.
fn return_const_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = word::owning(step.block_view(word.bc()).word());
    // SAFETY: the count was added by the handler.
    leave_frame(step, unsafe { Value::from_word(value) })
}

fn return_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = match word.op() {
        WordOp::ReturnConst => step.constant(word.bc()),
        _ => step.take(word.a()),
    };
    leave_frame(step, value)
}

/// Leaves the innermost frame, whatever is special about it, and hands `value` to whoever waits.
pub fn leave_frame(step: &mut Step, value: Value) -> Run<Flow> {
    let frame = current(step);
    // SAFETY: the innermost record, whose operands are stale by now.
    let flags = unsafe {
        let flags = (*frame).flags;
        if flags.contains(FrameFlags::OBJECT) {
            frame_object::leave(step, frame);
        }
        release_variables(step, frame);
        if flags.contains(FrameFlags::NAMESPACE) {
            (*frame).flags -= FrameFlags::NAMESPACE;
            drop(Value::from_word((*frame).namespace));
        }
        flags
    };
    if flags.contains(FrameFlags::GENERATOR) {
        generator::finish(step, frame);
    }
    // SAFETY: everything the frame held is released.
    unsafe { enter::pop(step) };
    if flags.contains(FrameFlags::INIT) && !value.is_none() {
        let message = format!("__init__() should return None, not '{}'", protocol::type_name(step, &value));
        return Err(Raised::type_error(message));
    }
    if flags.contains(FrameFlags::ENTRY) {
        Interpreter::of(step).result.set(value.into_word());
        return Ok(Flow::Leave);
    }
    // SAFETY: the caller's record is complete.
    let caller = unsafe { &mut *current(step) };
    // SAFETY: a word of the caller's code.
    let word = unsafe { *caller.ip };
    if flags.contains(FrameFlags::GENERATOR) {
        return Ok(crate::vm::ops::iterate::exhausted(caller, step, word));
    }
    if flags.contains(FrameFlags::KEEPS_RESULT) {
        // SAFETY: the slot below the callable holds the bound method, owned or deferred.
        let held = unsafe { std::mem::replace(&mut *caller.fp.add(word.a()), StackRef::UNBOUND) };
        // SAFETY: the slot has given the word up.
        unsafe { held.release(step) };
    }
    if !flags.contains(FrameFlags::INIT) {
        // SAFETY: the result's slot is free.
        unsafe { *caller.fp.add(word.a()) = StackRef::from_value(value) };
    }
    // SAFETY: the next word of the caller.
    caller.ip = unsafe { caller.ip.add(1) };
    Ok(Flow::Reload)
}

/// `slots.call` of functions: a call from native code.
pub fn call_from_native(
    thread: &mut crate::thread::Thread,
    callable: &Value,
    arguments: Args<'_>,
) -> Run<Value> {
    let function: &Object<Function> = callable.downcast_ref().expect("the slot belongs to functions");
    let values = arguments.all_values();
    if arguments.has_keywords() || function.code.plain_arguments as usize != values.len() {
        let bound = bind::bind(thread, function, values.to_vec(), arguments.names())?;
        return enter::call_bound(thread, function, bound.into_iter().map(StackRef::from_value), None);
    }
    // The caller's values outlive the call, so they are lent.
    let lent = values.iter().map(|value| StackRef::from_word(value.word()).defer());
    enter::call_bound(thread, function, lent, None)
}
