//! Tracebacks: the frames an exception came through, innermost last.

use crate::object::TypeFlags;
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::value::{
    ClassFlags, Kind, NativeAttribute, Object, Payload, Raised, Run, Slot, Slots, TypeSpec, Value, alloc,
};

/// The payload of a traceback: one frame, and the next one inwards.
pub struct Traceback {
    /// `tb_next`, or `None`.
    pub next: Slot,
    /// `tb_frame`.
    pub frame: Value,
    /// `tb_lasti`: the instruction that raised.
    pub lasti: u32,
    /// `tb_lineno`.
    pub line: u32,
}

references!(Traceback { next, frame });

impl Payload for Traceback {
    const KIND: Kind = Kind::Traceback;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::TAKEN_WHOLE);
}

/// Makes a traceback.
pub fn new(thread: &ThreadState, next: Value, frame: Value, lasti: u32, line: u32) -> Value {
    thread.alloc(Traceback { next: Slot::new(next), frame, lasti, line }).into_value()
}

fn traceback(value: &Value) -> &Object<Traceback> {
    value.downcast_ref().expect("the slot belongs to tracebacks")
}

fn get_next(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let next = traceback(value).next.get();
    Ok(if next.is_unbound() { Value::NONE } else { next })
}

fn set_next(_thread: &mut Thread, value: &Value, next: Option<&Value>) -> Run<()> {
    let Some(next) = next.filter(|next| next.is_none() || next.kind() == Kind::Traceback) else {
        return Err(Raised::type_error("expected traceback object or None"));
    };
    let mut link = next.clone();
    while link.kind() == Kind::Traceback {
        if link.is(value) {
            return Err(Raised::value_error("traceback loop detected"));
        }
        link = traceback(&link).next.get();
    }
    drop(traceback(value).next.set(next.clone()));
    Ok(())
}

fn get_frame(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(traceback(value).frame.clone())
}

fn get_lasti(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_int(i64::from(traceback(value).lasti)))
}

fn get_line(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_int(i64::from(traceback(value).line)))
}

/// `traceback`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Traceback,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<Traceback>,
    slots: Slots::EMPTY,
    methods: &[],
    attributes: &[
        NativeAttribute::new("tb_next", get_next, set_next),
        NativeAttribute::read_only("tb_frame", get_frame),
        NativeAttribute::read_only("tb_lasti", get_lasti),
        NativeAttribute::read_only("tb_lineno", get_line),
    ],
    doc: "",
};
