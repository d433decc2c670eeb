//! Calls of classes written in the script: the instance is made here and `__init__` is entered above it.
//!
//! This works for classes whose call consists of just these steps; any other goes through its metaclass. See
//! `call.rs` for how the slots lie.

use crate::bytecode::Word;
use crate::object::GcBits;
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::types::exception;
use crate::types::object::instance::{self, Instance};
use crate::value::word;
use crate::value::{Class, ClassFlags, Kind, Object, Origin, Run, StackRef, Value};
use crate::vm::call::enter::{fits, push, too_deep};
use crate::vm::code::Entry;
use crate::vm::frame::{FrameFlags, current, get, put};
use crate::vm::function::Function;
use crate::vm::run::dispatch::{Flow, go};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{block, object, safepoint};
use crate::vm::run::ops::call::{call_slow, enter_function, shift};
use crate::vm::run::step::Step;

hot! {
    /// Calls a class of the script: enters its `__init__` if this site has recorded it.
    #[inline(never)]
    fn construct(ip, fp, k, thread, word, w) {
        if !begun(ip, fp, k, thread, word) {
            return call_slow(ip, fp, k, thread, word);
        }
        let record = current(thread);
        let (entry, callee_fp, block) = ((*record).ip, fp.add(w.a() + 2), (*record).k);
        if thread.breaker.is_set() {
            return safepoint(entry, callee_fp, block, thread, 0);
        }
        go(entry, callee_fp, block, thread)
    }
}

/// Makes the instance and pushes the frame of an `__init__` with exactly these parameters; does nothing if that
/// is impossible.
///
/// # Safety
/// See `vm/run/dispatch.rs`; what is called is a class.
#[inline(never)]
unsafe fn begun(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> bool {
    let w = Word::from_bits(word);
    let (first, count) = (w.a(), w.b());
    // SAFETY: see `vm/run/dispatch.rs`; an entry's word leads to a function, and its class keeps that alive.
    unsafe {
        let class = &*object(get(fp, first)).at::<Object<Class>>(0);
        let Some(entry) = Entry::find(block(k, w.c() + 2), class.root_shape().id()) else { return false };
        if class.kind != Kind::Object || !word::is_pointer(entry.word) || thread.is_multi() {
            return false;
        }
        let (init, callee_fp) = (object(entry.word), fp.add(first + 2));
        let function = &*init.at::<Object<Function>>(0);
        if !init.has(GcBits::DEFERRED)
            || function.code.exact_arguments as usize != count + 1
            || !fits(thread, callee_fp, &function.code)
        {
            return false;
        }
        (*current(thread)).ip = ip;
        let held = StackRef::from_word(get(fp, first));
        let made = instance::allocate(thread, class, Instance).into_value().into_word();
        for index in (1..=count).rev() {
            put(fp, first + 2 + index, get(fp, first + index));
        }
        put(fp, first, made);
        put(fp, first + 1, word::deferred(entry.word));
        put(fp, first + 2, word::deferred(made));
        // The instance keeps the class alive, and the class its `__init__`.
        held.release(thread);
        push(thread, function, callee_fp, count + 1, FrameFlags::INIT);
    }
    true
}

/// Calls a class written in the script whose instances `object.__new__` makes: allocates here, then enters
/// `__init__`. Raises `TypeError` for arguments that do not fit, `RecursionError`, and what calling the class raises.
pub(super) fn instantiate(
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
            let Some(init) = init_to_enter(step, class) else { return Ok(None) };
            if let Some(site) = site {
                step.code()
                    .remember(site + 2, Entry { id: root.id(), number: 0, word: init, extra: 0, next: 0 });
            }
            init
        }
    };
    if word::owning(init) == word::UNBOUND {
        // `BaseException` takes what positional arguments it gets, `object` none.
        if count > 0 && (class.kind == Kind::Object || !names.is_empty()) {
            return Ok(None);
        }
        let made = make(step, class, step.views(callable + 1, count))?;
        step.release_all(callable, count + 1);
        step.put(to, made);
        return Ok(Some(Flow::Next));
    }
    // Asked before the instance is made: one whose `__init__` cannot run should not die here.
    let initializer = StackRef::from_word(word::deferred(init));
    let body: &Object<Function> = initializer.as_value().downcast_ref().expect("checked when it was cached");
    // SAFETY: the slot lies on the value stack; `fits` computes addresses and compares them.
    if !unsafe { fits(step, step.slot_at(to + 2), &body.code) } {
        return Err(too_deep());
    }
    let made = make(step, class, step.views(callable + 1, count - names.len()))?;
    let this = word::deferred(made.word());
    // The instance keeps the class alive, and the class its `__init__`.
    let class_held = step.take(callable);
    shift(step, callable + 1, count, to + 2 - callable);
    step.put(to, made);
    step.put_word(to + 2, this);
    // SAFETY: found in the class, which is alive.
    let init = StackRef::from_word(init);
    let is_deferred = init.as_raw().is_some_and(|raw| raw.has(GcBits::DEFERRED));
    // The program may replace `__init__` while it runs.
    step.put_word(to + 1, if is_deferred { init.word() } else { init.retain(step).into_word() });
    let function: &Object<Function> = step.view(to + 1).downcast_ref().expect("checked when it was cached");
    drop(class_held);
    enter_function(step, function, to + 1, count + 1, names, FrameFlags::INIT).map(Some)
}

/// Makes an instance as the inherited `__new__` of its class does.
fn make(step: &Step, class: &Object<Class>, arguments: &[Value]) -> Run<Value> {
    match class.kind {
        Kind::Exception => exception::allocate(step, class, arguments),
        _ => Ok(instance::allocate(step, class, Instance).into_value()),
    }
}

/// Returns the `__init__` of a class whose metaclass is `type` and whose `__new__` is that of `object` or
/// `BaseException`; `UNBOUND` if it inherits the `__init__` of the same class.
///
/// The origins are asked and not the attributes: `Exception` has a `__new__` of its own to show, which does the same.
fn init_to_enter(step: &Step, class: &Object<Class>) -> Option<u64> {
    let origins = &class.slots().origins;
    let base = match class.kind {
        Kind::Object | Kind::Exception => Origin::Type(class.kind),
        _ => return None,
    };
    if !class.flags().contains(ClassFlags::SCRIPT)
        || class.flags().contains(ClassFlags::ABSTRACT)
        || origins.new != base
        || !class.shape().is_builtin()
        || class.root_shape().id() == 0
    {
        return None;
    }
    if origins.init == base {
        return Some(word::UNBOUND);
    }
    let init = protocol::class_lookup(class, &step.known().names().init)?;
    (init.kind() == Kind::Function).then(|| word::deferred(init.word()))
}
