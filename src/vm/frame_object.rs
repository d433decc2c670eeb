//! The frame as scripts see it: made when a traceback, or `sys._getframe`, captures a running frame.
//!
//! While the frame runs, its object only points at the record. When the frame ends and somebody still
//! holds the object, the variables move into it as counted references: that is what makes an exception
//! stored in a local of its own frame a cycle (B-77).

use crate::references;
use crate::sync::{AtomicPtr, AtomicU32, Ordering};
use crate::thread::{Thread, ThreadState};
use crate::value::alloc::type_info;
use crate::value::{
    ClassFlags, Dict, Guarded, Kind, NativeAttribute, Object, Payload, Ref, Run, Slots, StackRef, TypeSpec,
    Value,
};
use crate::vm::code::Code;
use crate::vm::frame::{self, Frame, FrameFlags, Interpreter};

/// The payload of a frame object.
pub struct FrameObject {
    /// What the frame runs, or ran.
    pub code: Ref<Code>,
    /// The namespace of its module.
    pub globals: Ref<Dict>,
    live: AtomicPtr<Frame>,
    /// Where the frame was when it ended, an instruction.
    instruction: AtomicU32,
    variables: Guarded<Vec<Value>>,
}

references!(FrameObject { code, globals, variables });

impl Payload for FrameObject {
    const KIND: Kind = Kind::Frame;
}

/// The object of the frame `depth` calls out from the running one, if there are so many.
pub fn at_depth(thread: &ThreadState, depth: usize) -> Option<Ref<FrameObject>> {
    let frame = Interpreter::of(thread).frames(thread).nth(depth)?;
    Some(of(thread, frame))
}

/// The object of a running frame; made on first use, kept by the record until the frame ends.
pub(super) fn of(thread: &ThreadState, frame: *mut Frame) -> Ref<FrameObject> {
    // SAFETY: the caller passes a record of this thread's running frames.
    let record = unsafe { &mut *frame };
    if !record.flags.contains(FrameFlags::OBJECT) {
        let made = thread.alloc(FrameObject {
            code: record.code().to_ref(),
            globals: record.function().globals.clone(),
            live: AtomicPtr::new(frame),
            instruction: AtomicU32::new(0),
            variables: Guarded::new(Vec::new()),
        });
        record.object = made.into_value().into_word();
        record.flags |= FrameFlags::OBJECT;
    }
    let object = StackRef::from_word(record.object);
    object
        .retain(thread)
        .downcast::<FrameObject>()
        .unwrap_or_else(|_| unreachable!("the record holds a frame object"))
}

/// The object of a frame that does not run: where it is, and its variables.
pub fn picture(
    thread: &ThreadState,
    code: Ref<Code>,
    globals: Ref<Dict>,
    instruction: u32,
    variables: Vec<Value>,
) -> Ref<FrameObject> {
    thread.alloc(FrameObject {
        code,
        globals,
        live: AtomicPtr::default(),
        instruction: AtomicU32::new(instruction),
        variables: Guarded::new(variables),
    })
}

/// Parts a frame that ends from its object, which takes the variables along if anybody else holds it.
/// Called before the frame's slots are released.
pub(super) fn leave(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the caller passes the innermost record, which is about to end.
    let record = unsafe { &mut *frame };
    record.flags -= FrameFlags::OBJECT;
    // SAFETY: the record owned the count and gives it up here.
    let object = unsafe { Value::from_word(std::mem::replace(&mut record.object, Value::UNBOUND.word())) };
    let raw = object.as_raw().expect("the record holds a frame object");
    let object =
        object.downcast::<FrameObject>().unwrap_or_else(|_| unreachable!("the record holds a frame object"));
    object.instruction.store(record.code().instruction_of(record.ip), Ordering::Relaxed);
    object.live.store(std::ptr::null_mut(), Ordering::Release);
    if crate::life::count_of(raw) == 1 {
        return;
    }
    let variables: Vec<Value> = (0..record.code().base as usize)
        // SAFETY: variable slots of a frame always hold a word; this one gives it up and is left unbound.
        .map(|slot| unsafe {
            std::mem::replace(&mut *record.fp.add(slot), StackRef::UNBOUND).into_owned(thread)
        })
        .collect();
    object.with(|object| &object.variables, |held| *held = variables);
}

impl Object<FrameObject> {
    /// The instruction that runs, or ran last.
    pub fn instruction(&self) -> u32 {
        match self.record() {
            Some(record) => record.code().instruction_of(record.ip),
            None => self.instruction.load(Ordering::Relaxed),
        }
    }

    /// The record, while the frame runs.
    fn record(&self) -> Option<&Frame> {
        // SAFETY: `leave` clears the pointer before the record is used for another frame.
        unsafe { self.live.load(Ordering::Acquire).as_ref() }
    }

    /// The variables that have a value, by name.
    pub fn locals(&self, thread: &mut Thread) -> Ref<Dict> {
        let values: Vec<Value> = match self.record() {
            Some(record) => (0..record.code().base as usize)
                // SAFETY: variable slots of a running frame always hold a word.
                .map(|slot| unsafe { StackRef::from_word(frame::get(record.fp, slot)) }.retain(thread))
                .collect(),
            None => self.with(|object| &object.variables, |held| held.clone()),
        };
        let locals = thread.alloc(Dict::default());
        for (name, value) in self.code.variables.iter().zip(values) {
            let value = match value.downcast_ref::<crate::types::cell::Cell>() {
                Some(cell) => cell.content.get(),
                None => value,
            };
            if !value.is_unbound() {
                drop(locals.set_str(thread, name, value));
            }
        }
        locals
    }
}

/// `frame`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Frame,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<FrameObject>,
    slots: Slots { repr: Some(repr), ..Slots::EMPTY },
    methods: &[],
    attributes: &[
        NativeAttribute::read_only("f_code", |_, value| Ok(payload(value).code.as_value().clone())),
        NativeAttribute::read_only("f_globals", |_, value| Ok(payload(value).globals.as_value().clone())),
        NativeAttribute::read_only("f_lineno", |thread, value| {
            let line = line(payload(value));
            Ok(thread.new_int(line.into()))
        }),
        NativeAttribute::read_only("f_locals", |thread, value| {
            Ok(payload(value).locals(thread).into_value())
        }),
    ],
    doc: "",
};

fn payload(value: &Value) -> &Object<FrameObject> {
    value.downcast_ref::<FrameObject>().expect("slots are called with an instance of their type")
}

fn line(frame: &Object<FrameObject>) -> u32 {
    frame.code.unit.positions[frame.instruction() as usize].line
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let frame = payload(value);
    let address = frame.raw().address();
    let unit = &frame.code.unit;
    let text = format!(
        "<frame at {address:#x}, file '{}', line {}, code {}>",
        unit.filename,
        line(frame),
        unit.name
    );
    Ok(thread.new_string(text))
}
