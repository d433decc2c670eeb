//! The frame as scripts see it: made when a traceback, `sys._getframe` or `gi_frame` captures a frame.
//!
//! | the frame | where its variables are | `f_back` |
//! |---|---|---|
//! | runs | on the value stack; the object points at the record | the record below |
//! | waits in a generator | in the generator's window; the object points at the generator | none |
//! | is over | in the object, as counted references, if anybody held it when the frame ended | kept by the object |
//!
//! Neither pointer is counted: the record and the window own the object, and part from it when they end.
//! That variables are counted afterwards makes an exception stored in a local of its own frame a cycle (B-77).
//! What scripts see is in `vm/types/frame.rs`; `variables.rs` finds variables by name.

use crate::bytecode::CodeFlags;
use crate::life;
use crate::memory;
use crate::object::word as object_word;
use crate::sync::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use crate::thread::ThreadState;
use crate::value::word::{self, Word};
use crate::value::{Dict, Guarded, Kind, Object, Payload, Ref, Slot, StackRef, Trace, Value};
use crate::vm::code::Code;
use crate::vm::frame::aside::Aside;
use crate::vm::frame::generator::Generator;
use crate::vm::frame::{Frame, FrameFlags, Interpreter};
use crate::vm::function::Function;

/// The payload of a frame object.
pub struct FrameObject {
    /// What the frame runs, or ran.
    pub code: Ref<Code>,
    /// The function that was called. It has the namespaces of the frame's module and of its built-in names.
    pub function: Ref<Function>,
    /// The record, while the frame runs.
    live: AtomicPtr<Frame>,
    /// The generator, while the frame waits in it.
    waiting: AtomicPtr<Object<Generator>>,
    /// The instruction at which the frame ended.
    instruction: AtomicU32,
    /// The variables of a frame that is over.
    pub(super) variables: Guarded<Vec<Value>>,
    /// The frame that called a finished frame.
    back: Slot,
    /// What few frames have.
    pub(super) aside: Guarded<Option<Box<Aside>>>,
    /// `f_trace_lines`: whether its trace function is told of each line.
    pub trace_lines: AtomicBool,
    /// `f_trace_opcodes`: whether it is told of each instruction.
    pub trace_opcodes: AtomicBool,
}

impl Trace for FrameObject {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.code.show::<ALL>(visit);
        self.function.show::<ALL>(visit);
        self.variables.show::<ALL>(visit);
        self.aside.show::<ALL>(visit);
        self.back.show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        self.code.take(taken);
        self.function.take(taken);
        // The last variable goes first, as when a frame is left.
        self.variables.get_mut().reverse();
        self.variables.take(taken);
        self.aside.take(taken);
        self.back.take(taken);
    }
}

impl Payload for FrameObject {
    const KIND: Kind = Kind::Frame;
    const HAS_ATTRIBUTES: bool = false;
}

/// Returns the object of the frame that is `depth` calls outside of the running one, if there are so many.
pub fn at_depth(thread: &ThreadState, depth: usize) -> Option<Ref<FrameObject>> {
    let frame = Interpreter::of(thread).frames(thread).nth(depth)?;
    Some(of(thread, frame))
}

/// Returns the object of a running frame. It is made on first use and held by the record until the frame ends.
pub(in crate::vm) fn of(thread: &ThreadState, frame: *mut Frame) -> Ref<FrameObject> {
    // SAFETY: the caller passes a record of this thread's running frames.
    let record = unsafe { &mut *frame };
    if !record.flags.contains(FrameFlags::OBJECT) {
        let made = new(thread, record.code().ordinary().to_ref(), record.function().to_ref());
        made.live.store(frame, Ordering::Release);
        record.object = made.into_value().into_word();
        record.flags |= FrameFlags::OBJECT;
    }
    // SAFETY: a record with the flag owns a count of a frame object, so the object is alive and of this kind.
    unsafe {
        let object = object_word::object(record.object);
        life::retain_with(thread, object);
        Ref::from_value_unchecked(Value::from_raw(object))
    }
}

/// Returns the object of a frame that is suspended in a generator, whose window holds it.
pub(in crate::vm) fn of_waiting(thread: &ThreadState, generator: &Object<Generator>) -> Ref<FrameObject> {
    let function = &generator.function;
    let made = new(thread, function.code.clone(), (**function).clone());
    made.wait(generator);
    made
}

fn new(thread: &ThreadState, code: Ref<Code>, function: Ref<Function>) -> Ref<FrameObject> {
    thread.alloc(FrameObject {
        code,
        function,
        live: AtomicPtr::default(),
        waiting: AtomicPtr::default(),
        instruction: AtomicU32::new(0),
        variables: Guarded::new(Vec::new()),
        aside: Guarded::new(None),
        back: Slot::new(Value::NONE),
        trace_lines: AtomicBool::new(true),
        trace_opcodes: AtomicBool::new(false),
    })
}

/// Releases the variables of a frame, the last one first.
pub(in crate::vm) fn release_last_first(mut variables: Vec<Value>) {
    while let Some(variable) = variables.pop() {
        drop(variable);
    }
}

/// Separates a frame that ends from its object. If anybody else holds the object, it takes over variables,
/// namespace and caller. Called before the frame's slots are released.
pub(in crate::vm) fn leave(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the caller passes the innermost record, which is about to end.
    let record = unsafe { &mut *frame };
    record.flags -= FrameFlags::OBJECT;
    // SAFETY: the record owned a count of a frame object and gives it up here.
    let (raw, object): (_, Ref<FrameObject>) = unsafe {
        let raw = object_word::object(std::mem::replace(&mut record.object, word::UNBOUND));
        (raw, Ref::from_value_unchecked(Value::from_raw(raw)))
    };
    if record.code().has_late_writers() {
        object.do_late_writes(thread, record, None);
    }
    object.instruction.store(record.instruction(), Ordering::Relaxed);
    object.live.store(std::ptr::null_mut(), Ordering::Release);
    if life::count_of(raw) == 1 {
        return;
    }
    let count = record.code().base as usize;
    // Without memory for so many, they are gone as those of any frame that ends.
    if let Ok(mut variables) = memory::with_room(count) {
        // SAFETY: variable slots of a frame always hold a word; this one gives it up and is left unbound.
        variables.extend((0..count).map(|slot| unsafe {
            std::mem::replace(&mut *record.fp.add(slot), StackRef::UNBOUND).into_owned(thread)
        }));
        object.with(|object| &object.variables, |held| *held = variables);
    }
    if record.flags.contains(FrameFlags::NAMESPACE) {
        object.set_aside(|aside| &mut aside.namespace, record.namespace().retain(thread));
    }
    // The frame of a generator has no caller but while it runs. Where memory is short the callers are left out, as
    // in tracebacks: each would make an object for the next.
    if !record.flags.contains(FrameFlags::GENERATOR)
        && !thread.breaker.is_memory_short()
        && let Some(caller) = caller_of(frame)
    {
        drop(object.back.set_with(thread, of(thread, caller).into_value()));
    }
}

/// Returns the record of the frame that a running frame will return to.
fn caller_of(frame: *mut Frame) -> Option<*mut Frame> {
    // SAFETY: below the record of a frame lies at least the bottom.
    unsafe {
        let below = frame.sub(1);
        (!(*below).is_bottom()).then_some(below)
    }
}

impl Object<FrameObject> {
    /// Records that the frame is suspended in a generator, which holds this object.
    pub(in crate::vm) fn wait(&self, generator: &Object<Generator>) {
        self.live.store(std::ptr::null_mut(), Ordering::Release);
        self.waiting.store((&raw const *generator).cast_mut(), Ordering::Release);
    }

    /// Records that the frame runs.
    pub(in crate::vm) fn run(&self, frame: *mut Frame) {
        self.waiting.store(std::ptr::null_mut(), Ordering::Release);
        self.live.store(frame, Ordering::Release);
    }

    /// Records that the generator has ended without running to its end; its variables have moved here or were
    /// released.
    pub(in crate::vm) fn retire(&self, instruction: u32) {
        self.instruction.store(instruction, Ordering::Relaxed);
        self.waiting.store(std::ptr::null_mut(), Ordering::Release);
    }

    /// Takes over the variables of a finished frame.
    pub(in crate::vm) fn keep(&self, variables: Vec<Value>) {
        self.with(|object| &object.variables, |held| *held = variables);
    }

    /// Returns the instruction that is running, or was run last.
    pub fn instruction(&self) -> u32 {
        if let Some(record) = self.record() {
            return record.instruction();
        }
        match self.generator() {
            Some(generator) => generator.instruction(),
            None => self.instruction.load(Ordering::Relaxed),
        }
    }

    /// The record, while the frame runs.
    pub(super) fn record(&self) -> Option<&Frame> {
        // SAFETY: `leave` and `wait` clear the pointer before the record is used for another frame.
        unsafe { self.live.load(Ordering::Acquire).as_ref() }
    }

    /// The generator, while the frame waits in it.
    pub fn generator(&self) -> Option<&Object<Generator>> {
        // SAFETY: the generator's window owns this object, and `part` clears the pointer before it dies.
        unsafe { self.waiting.load(Ordering::Acquire).as_ref() }
    }

    /// `f_generator`: the generator whose frame this is, running or waiting; `None` for any other frame.
    pub fn own_generator(&self) -> Value {
        if let Some(generator) = self.generator() {
            return generator.to_value();
        }
        match self.record() {
            // SAFETY: the slot of the callable of such a frame holds its generator.
            Some(record) if record.flags.contains(FrameFlags::GENERATOR) => unsafe {
                StackRef::from_word((*record.fp.sub(1)).word()).as_value().clone()
            },
            _ => Value::NONE,
        }
    }

    /// Whether the frame runs and has a record.
    pub fn is_at(&self, record: *const Frame) -> bool {
        !record.is_null() && std::ptr::eq(self.live.load(Ordering::Acquire), record)
    }

    /// Whether the frame runs.
    pub fn runs(&self) -> bool {
        self.record().is_some()
    }

    /// `f_back`: the frame that called this one, or `None`.
    pub fn back(&self, thread: &ThreadState) -> Value {
        match self.live.load(Ordering::Acquire) {
            frame if frame.is_null() => self.back.get(),
            frame => caller_of(frame).map_or(Value::NONE, |caller| of(thread, caller).into_value()),
        }
    }

    /// Releases the variables of a finished frame, and the namespace if it had its own.
    pub fn drop_variables(&self, thread: &ThreadState) {
        self.clear_aside();
        release_last_first(self.with(
            |object| &object.aside,
            |aside| aside.as_deref_mut().map(|aside| std::mem::take(&mut aside.replaced)).unwrap_or_default(),
        ));
        release_last_first(self.with(|object| &object.variables, std::mem::take));
        if !self.code.unit.flags.contains(CodeFlags::OPTIMIZED) {
            self.set_aside(|aside| &mut aside.namespace, thread.alloc(Dict::default()).into_value());
        }
    }

    /// Returns one of the rare fields, unbound if it was never set.
    pub fn aside(&self, field: impl FnOnce(&Aside) -> &Value) -> Value {
        self.with(
            |object| &object.aside,
            |aside| aside.as_deref().map_or(Value::UNBOUND, |aside| field(aside).clone()),
        )
    }

    /// Sets one of the rare fields and releases what it held.
    pub fn set_aside(&self, field: impl FnOnce(&mut Aside) -> &mut Value, value: Value) {
        let put =
            |aside: &mut Option<Box<Aside>>| std::mem::replace(field(aside.get_or_insert_default()), value);
        drop(self.with(|object| &object.aside, put));
    }

    /// Releases what the rare fields hold, but not values that operands may defer to.
    pub(super) fn clear_aside(&self) {
        let take = |aside: &mut Aside| {
            [&mut aside.trace, &mut aside.extra, &mut aside.namespace].map(std::mem::take)
        };
        drop(self.with(|object| &object.aside, |aside| aside.as_deref_mut().map(take)));
    }
}
