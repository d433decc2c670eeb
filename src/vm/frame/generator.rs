//! Generators: a frame whose window is kept in the heap while it is suspended.
//!
//! Coroutines and asynchronous generators are the same, with classes of their own: their objects have this payload.
//!
//! Suspending copies variables and live operands into the generator, where deferred references become owned;
//! resuming moves them back onto the value stack, above the resuming frame. While the generator runs, the
//! object holds no slots.

use crate::bytecode::{CodeFlags, Word};
use crate::memory;
use crate::object::GcBits;
use crate::references;
use crate::thread::ThreadState;
use crate::value::word;
use crate::value::{Guarded, Kind, Object, Payload, Run, Slot, StackRef, Steady, Trace, Value};
use crate::vm::frame::object::{self, FrameObject, release_last_first};
use crate::vm::frame::{Frame, FrameFlags, Interpreter, get, put};
use crate::vm::function::Function;

/// What state a generator is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Not resumed yet.
    Created,
    /// At a `yield`.
    Suspended,
    /// Its frame is on some thread's stack.
    Running,
    /// Returned, raised or closed.
    Finished,
}

/// The payload of a generator.
pub struct Generator {
    /// The function it runs.
    pub function: Steady<Function>,
    /// `__name__`.
    pub name: Slot,
    /// `__qualname__`.
    pub qualname: Slot,
    /// The window.
    pub window: Guarded<Window>,
    /// Of a coroutine, where it was made (`cr_origin`); of an asynchronous generator, the hook that ends it when it is
    /// dropped; else unbound.
    pub origin_or_finalizer: Slot,
}

references!(Generator { function, name, qualname, window, origin_or_finalizer });

impl Payload for Generator {
    const KIND: Kind = Kind::Generator;
    const HAS_ATTRIBUTES: bool = false;

    #[inline(always)]
    fn is_of(kind: Kind) -> bool {
        matches!(kind, Kind::Generator | Kind::Coroutine | Kind::AsyncGenerator)
    }
}

bitflags::bitflags! {
    /// What is known of an asynchronous generator besides its status.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct AsyncState: u8 {
        /// Somebody awaits what `asend`, `athrow` or `aclose` returned: nobody else may.
        const AWAITED = 1;
        /// It was closed or has ended.
        const CLOSED = 1 << 1;
        /// The hooks of the thread have seen it.
        const HOOKED = 1 << 2;
    }
}

/// What a suspended generator keeps.
pub struct Window {
    /// The state.
    pub status: Status,
    /// The word to continue with.
    pub(in crate::vm) ip: *const Word,
    /// The slots, from local 0.
    pub(in crate::vm) slots: Vec<Value>,
    /// The exception it was handling, or unbound.
    pub(in crate::vm) handled: Value,
    /// Its frame object, or unbound.
    pub(in crate::vm) object: Value,
    /// The slot of the iterator that `yield from` delegates to, if the generator waits in a `yield from`.
    pub(in crate::vm) delegate: Option<u32>,
    /// Of an asynchronous generator.
    pub(in crate::vm) asynchronous: AsyncState,
}

impl Window {
    /// Tells whether resuming only has to move the slots.
    /// That is so if no exception is handled and there is no frame object.
    #[inline(always)]
    pub(in crate::vm) fn waits(&self) -> bool {
        matches!(self.status, Status::Created | Status::Suspended)
            && self.handled.is_unbound()
            && self.object.is_unbound()
    }

    /// Moves the slots to a frame and returns how many there are.
    ///
    /// # Safety
    /// The frame's window fits on the value stack.
    #[inline(always)]
    pub(in crate::vm) unsafe fn move_in(&mut self, fp: *mut StackRef) -> usize {
        let count = self.slots.len();
        let from = self.slots.as_ptr().cast::<StackRef>();
        let mut index = 0;
        // SAFETY: the caller promises that the window fits on the value stack; words and counts move there.
        unsafe {
            while index < count {
                // Usually a handful: keeps the optimiser from a call of `memcpy`.
                #[cfg(not(miri))]
                std::arch::asm!("", options(nomem, nostack, preserves_flags));
                *fp.add(index) = *from.add(index);
                index += 1;
            }
            self.slots.set_len(0);
        }
        self.status = Status::Running;
        self.delegate = None;
        count
    }

    /// Moves the slots of a frame below `end` into the window, deferred references becoming owned, if that
    /// takes no more than plain stores. Returns false if it was not done; some slots may be owned then.
    ///
    /// # Safety
    /// The slots are live. If it was done they are stale.
    #[inline(always)]
    pub(in crate::vm) unsafe fn move_out(
        &mut self,
        thread: &ThreadState,
        fp: *mut StackRef,
        end: usize,
    ) -> bool {
        if self.slots.capacity() < end {
            return false;
        }
        let to = self.slots.as_mut_ptr().cast::<u64>();
        let mut index = 0;
        // SAFETY: the caller promises that the slots are live; the capacity of the vector was tested above.
        unsafe {
            while index < end {
                let held = get(fp, index);
                if word::is_deferred(held) {
                    if !crate::object::word::object(held).counts().retain_fast(thread.id) {
                        return false;
                    }
                    put(fp, index, word::owning(held));
                }
                *to.add(index) = word::owning(held);
                index += 1;
            }
            self.slots.set_len(end);
        }
        self.status = Status::Suspended;
        true
    }
}

// SAFETY: `ip` leads into the code, which the function keeps alive.
unsafe impl Send for Window {}

impl Trace for Window {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(u64)) {
        self.slots.show::<ALL>(visit);
        self.handled.show::<ALL>(visit);
        self.object.show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<u64>) {
        // A generator whose cycle is broken never runs again.
        let is_unstarted = self.status == Status::Created;
        self.status = Status::Finished;
        if let Some(object) = self.object.downcast_ref::<FrameObject>() {
            let last = object.code.instruction_of(self.ip) + u32::from(is_unstarted);
            object.retire(last);
            // Who else holds the frame finds its variables there, unless a collection takes both.
            if crate::life::count_of(object.raw()) > 1 && !object.raw().has(GcBits::UNREACHABLE) {
                let variables = self.slots.len().min(object.code.base as usize);
                crate::value::take_items(&mut self.slots[variables..], taken);
                self.slots.truncate(variables);
                object.keep(std::mem::take(&mut self.slots));
            }
        }
        // The last variable goes first, as when a frame is left.
        self.slots.reverse();
        Trace::take(&mut self.slots, taken);
        Trace::take(&mut self.handled, taken);
        Trace::take(&mut self.object, taken);
    }
}

impl Object<Generator> {
    /// Returns the state.
    #[inline]
    pub fn status(&self) -> Status {
        self.with(|generator| &generator.window, |window| window.status)
    }
}

impl Object<Generator> {
    /// What CPython's messages call it: by the kind of object, not by its class.
    pub fn noun(&self) -> &'static str {
        match self.shape().kind {
            Kind::Coroutine => "coroutine",
            Kind::AsyncGenerator => "async generator",
            _ => "generator",
        }
    }

    /// Whether it is a coroutine.
    pub fn is_coroutine(&self) -> bool {
        self.shape().kind == Kind::Coroutine
    }

    /// Whether it may be awaited: it is a coroutine, or a generator whose code says so (`types.coroutine`).
    pub fn may_be_awaited(&self) -> bool {
        self.is_coroutine()
            || self.shape().kind == Kind::Generator
                && self.function.code.unit.flags.contains(CodeFlags::ITERABLE_COROUTINE)
    }

    /// Tells whether an asynchronous generator is in a state.
    pub fn is_in(&self, state: AsyncState) -> bool {
        self.with(|generator| &generator.window, |window| window.asynchronous.contains(state))
    }

    /// Notes a state of an asynchronous generator, or takes it back.
    pub fn set_state(&self, state: AsyncState, holds: bool) {
        self.with(|generator| &generator.window, |window| window.asynchronous.set(state, holds));
    }

    /// The instruction where it waits.
    pub fn instruction(&self) -> u32 {
        self.function.code.instruction_of(self.with(|generator| &generator.window, |window| window.ip))
    }

    /// Returns its variables, if it is suspended. Raises `MemoryError`.
    pub fn variables(&self) -> Run<Vec<Value>> {
        let count = self.function.code.base as usize;
        let copy = |slots: &[Value]| memory::copy(&slots[..count.min(slots.len())]);
        Ok(self.with(|generator| &generator.window, |window| copy(&window.slots))?)
    }
}

/// Returns the frame object of a generator; `None` once it has finished.
pub fn frame_of(thread: &ThreadState, generator: &Object<Generator>) -> Value {
    let status = generator.status();
    if status == Status::Finished {
        return Value::NONE;
    }
    let runs = |frame: &*mut Frame| {
        // SAFETY: a record of this thread's running frames, whose callable's slot holds a word.
        let (flags, holder) = unsafe { ((**frame).flags, (*(**frame).fp.sub(1)).word()) };
        flags.contains(FrameFlags::GENERATOR)
            && word::to_raw(holder).is_some_and(|holder| holder == generator.raw())
    };
    if status == Status::Running
        && let Some(frame) = Interpreter::of(thread).frames(thread).find(runs)
    {
        return object::of(thread, frame).into_value();
    }
    let known = generator.with(|generator| &generator.window, |window| window.object.clone());
    if !known.is_unbound() {
        return known;
    }
    let made = object::of_waiting(thread, generator);
    let kept = generator.with(
        |generator| &generator.window,
        |window| {
            let keeps = window.status == status && window.object.is_unbound();
            if keeps {
                window.object = made.to_value();
            }
            keeps
        },
    );
    if kept {
        return made.into_value();
    }
    // Making the object ran script code that went on with the generator.
    made.retire(0);
    frame_of(thread, generator)
}

/// Returns the iterator to which a suspended `yield from` delegates.
pub fn delegate_of(generator: &Object<Generator>) -> Option<Value> {
    generator.with(
        |generator| &generator.window,
        |window| match window.status {
            Status::Suspended => window.delegate.and_then(|slot| window.slots.get(slot as usize).cloned()),
            _ => None,
        },
    )
}

/// Marks a generator as running while native code calls its delegate, or as suspended again.
pub fn set_running(generator: &Object<Generator>, runs: bool) {
    let (from, to) = match runs {
        true => (Status::Suspended, Status::Running),
        false => (Status::Running, Status::Suspended),
    };
    generator.with(
        |generator| &generator.window,
        |window| {
            if window.status == from {
                window.status = to;
            }
        },
    );
}

/// Runs `action` while a suspended generator is marked as running.
pub fn while_running<R>(generator: &Object<Generator>, action: impl FnOnce() -> R) -> R {
    set_running(generator, true);
    let result = action();
    set_running(generator, false);
    result
}

/// Marks a generator that was never resumed as finished, so that it does not run.
pub fn end_unstarted(generator: &Object<Generator>) {
    // As in CPython, its frame then seems to have begun.
    let instruction = generator.instruction() + 1;
    let (mut slots, object) = generator.with(
        |generator| &generator.window,
        |window| {
            window.status = Status::Finished;
            (std::mem::take(&mut window.slots), std::mem::take(&mut window.object))
        },
    );
    if let Some(object) = object.downcast_ref::<FrameObject>() {
        object.retire(instruction);
        if crate::life::count_of(object.raw()) > 1 {
            slots.truncate(generator.function.code.base as usize);
            object.keep(std::mem::take(&mut slots));
        }
    }
    release_last_first(slots);
}
