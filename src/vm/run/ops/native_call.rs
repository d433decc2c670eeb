//! Calls of what the runtime implements: functions, methods and classes.
//!
//! The commonest calls are answered by a [`FastFn`]: it gets the thread and a view of
//! the arguments, and either has the answer or has done nothing. `list.append` moves its item, within the
//! hot handler itself. `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::Word;
use crate::thread::ThreadState;
use crate::types::class::fast_new;
use crate::types::table::invoke::invoke;
use crate::types::table::native_function::{MethodDescriptor, NativeFunction};
use crate::value::class::shape::Shape;
use crate::value::word;
use crate::value::{Args, Class, FastFn, Intrinsic, Kind, List, Object, Run, StackRef, Value};
use crate::vm::frame::{current, get, put};
use crate::vm::run::dispatch::{Flow, next, slow};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{object, release_next, retained};
use crate::vm::run::ops::call::call_slow;
use crate::vm::run::ops::generate;
use crate::vm::run::ops::instantiate::construct;
use crate::vm::run::step::Step;

slow! {
    /// Calls a native function, in all cases.
    ///
    /// # Safety
    /// See `vm/run/dispatch.rs`.
    pub fn call_native_slow = call_native
}
slow! {
    /// Calls a method of a built-in type, in all cases.
    ///
    /// # Safety
    /// See `vm/run/dispatch.rs`.
    pub fn call_native_method_slow = call_native_method
}

hot! {
    /// Calls a native function that is not bound.
    #[inline(never)]
    fn call_function(ip, fp, k, thread, word, w) {
        let native = &*object(get(fp, w.a())).at::<Object<NativeFunction>>(0);
        if native.fast.is_some() {
            return call_fast_function(ip, fp, k, thread, word);
        }
        if w.b() == 1 && native.intrinsic == Some(Intrinsic::Next) {
            return generate::call_next(ip, fp, k, thread, word);
        }
        call_native_slow(ip, fp, k, thread, word)
    }
}

hot! {
    /// Calls a method of a built-in type.
    #[inline(never)]
    fn call_method(ip, fp, k, thread, word, w) {
        let native = (&*object(get(fp, w.a())).at::<Object<MethodDescriptor>>(0)).method;
        if w.b() == 1 && native.intrinsic == Some(Intrinsic::ListAppend) {
            return call_append(ip, fp, k, thread, word);
        }
        if native.fast.is_some() {
            return call_fast_method(ip, fp, k, thread, word);
        }
        if w.b() == 1 && native.intrinsic == Some(Intrinsic::GeneratorSend) {
            return generate::call_send(ip, fp, k, thread, word);
        }
        call_native_method_slow(ip, fp, k, thread, word)
    }
}

hot! {
    /// Calls a native function that has a fast path.
    #[inline(never)]
    fn call_fast_function(ip, fp, k, thread, word, w) {
        let native = &*object(get(fp, w.a())).at::<Object<NativeFunction>>(0);
        if let Some(fast) = native.fast
            && answered(ip, fp, thread, w.a(), w.b() + 1, fast)
        {
            return next(ip, fp, k, thread);
        }
        call_native_slow(ip, fp, k, thread, word)
    }
}

hot! {
    /// Calls a method that has a fast path.
    #[inline(never)]
    fn call_fast_method(ip, fp, k, thread, word, w) {
        let native = (&*object(get(fp, w.a())).at::<Object<MethodDescriptor>>(0)).method;
        if let Some(fast) = native.fast
            && answered(ip, fp, thread, w.a(), w.b() + 2, fast)
        {
            return next(ip, fp, k, thread);
        }
        call_native_method_slow(ip, fp, k, thread, word)
    }
}

hot! {
    /// Calls `list.append(item)`, the commonest of all methods. The item moves into the list, so it must be
    /// owned first.
    #[inline(never)]
    fn call_append(ip, fp, k, thread, word, w) {
        let item = get(fp, w.a() + 2);
        if word::is_deferred(item) {
            if !retained(thread, item) {
                return call_native_method_slow(ip, fp, k, thread, word);
            }
            put(fp, w.a() + 2, word::owning(item));
        }
        call_append_owned(ip, fp, k, thread, word)
    }
}

hot! {
    /// Calls `list.append(item)` with an item that the slot owns.
    #[inline(never)]
    fn call_append_owned(ip, fp, k, thread, word, w) {
        let this = get(fp, w.a() + 1);
        if word::is_owning(get(fp, w.a())) || !word::is_pointer(this) || thread.is_multi() {
            return call_native_method_slow(ip, fp, k, thread, word);
        }
        let shape = Shape::of(object(this));
        if shape.kind != Kind::List || !shape.is_builtin() {
            return call_native_method_slow(ip, fp, k, thread, word);
        }
        let items = &mut *(&*object(this).at::<Object<List>>(0)).items.as_ptr();
        let len = items.len();
        if len == items.capacity() {
            return call_native_method_slow(ip, fp, k, thread, word);
        }
        items.as_mut_ptr().add(len).cast::<u64>().write(get(fp, w.a() + 2));
        items.set_len(len + 1);
        put(fp, w.a(), word::NONE);
        if word::is_owning(this) {
            return release_next(ip, fp, k, thread, this);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// A call of a class.
    #[inline(never)]
    fn call_class(ip, fp, k, thread, word, w) {
        let class = &*object(get(fp, w.a())).at::<Object<Class>>(0);
        if !class.root_shape().is_builtin() {
            return construct(ip, fp, k, thread, word);
        }
        call_fast_class(ip, fp, k, thread, word)
    }
}

hot! {
    /// Calls a built-in class.
    #[inline(never)]
    fn call_fast_class(ip, fp, k, thread, word, w) {
        let class = &*object(get(fp, w.a())).at::<Object<Class>>(0);
        if let Some(fast) = fast_new::of(class.kind)
            && answered(ip, fp, thread, w.a(), w.b() + 1, fast)
        {
            return next(ip, fp, k, thread);
        }
        call_slow(ip, fp, k, thread, word)
    }
}

/// Answers a call by its fast path, if that succeeds: the result has then replaced the `count` values from slot
/// `first` on, the first of which is the callable. Not inlined, so that the handlers need not save registers.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe fn answered(
    ip: *const Word,
    fp: *mut StackRef,
    thread: &ThreadState,
    first: usize,
    count: usize,
    fast: FastFn,
) -> bool {
    // SAFETY: the values of a call lie in consecutive slots of the frame.
    let slots = unsafe { std::slice::from_raw_parts_mut(fp.add(first), count) };
    let Some(value) = fast(thread, StackRef::as_values(&slots[1..])) else { return false };
    // SAFETY: a handler runs, so the thread has an innermost record. What is released may run a destructor, so
    // `ip` is saved. The callable goes last, as in CPython.
    unsafe { (*current(thread)).ip = ip };
    for slot in slots.iter_mut().rev() {
        let held = *slot;
        if word::is_owning(held.word()) {
            *slot = StackRef::UNBOUND;
            // SAFETY: the slot has given the word up.
            unsafe { held.release(thread) };
        }
    }
    slots[0] = StackRef::from_value(value);
    true
}

fn call_native(step: &mut Step, word: Word) -> Run<Flow> {
    let callable = step.view(word.a());
    let native: &Object<NativeFunction> = callable.downcast_ref().expect("looked at before");
    let arguments = Args::positional(step.views(word.a() + 1, word.b()));
    let result = invoke(step, callable, native.method, arguments)?;
    step.release_all(word.a(), word.b() + 1);
    step.put(word.a(), result);
    Ok(Flow::Next)
}

fn call_native_method(step: &mut Step, word: Word) -> Run<Flow> {
    let callable = step.view(word.a());
    let method: &Object<MethodDescriptor> = callable.downcast_ref().expect("looked at before");
    if word.b() == 1
        && method.method.intrinsic == Some(Intrinsic::ListAppend)
        && let Some(list) = step.view(word.a() + 1).downcast_ref::<List>()
    {
        let item = step.take(word.a() + 2);
        list.push(item)?;
        step.release_all(word.a(), 2);
        step.put(word.a(), Value::NONE);
        return Ok(Flow::Next);
    }
    let arguments = Args::positional(step.views(word.a() + 1, word.b() + 1));
    let result = invoke(step, callable, method.method, arguments)?;
    step.release_all(word.a(), word.b() + 2);
    step.put(word.a(), result);
    Ok(Flow::Next)
}
