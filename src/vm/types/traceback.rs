//! What scripts see of tracebacks: their type.

use crate::protocol;
use crate::thread::Thread;
use crate::types::traceback::{self, Place, Traceback};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeAttribute, Object, Raised, Run, Signature, Slots, TypeSpec, Value,
};
use crate::vm::code_encode;
use crate::vm::frame::object::FrameObject;

fn payload(value: &Value) -> &Object<Traceback> {
    value.downcast_ref().expect("the slot belongs to tracebacks")
}

fn frame(value: &Value) -> &Object<FrameObject> {
    payload(value).frame.downcast_ref().expect("a traceback is made with a frame")
}

fn get_next(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let next = payload(value).next.get();
    Ok(if next.is_unbound() { Value::NONE } else { next })
}

fn set_next(thread: &mut Thread, value: &Value, next: Option<&Value>) -> Run<()> {
    let Some(next) = next else { return Err(Raised::type_error("can't delete tb_next attribute")) };
    if !next.is_none() && next.kind() != Kind::Traceback {
        let given = protocol::type_name(thread, next);
        return Err(Raised::type_error(format_args!("expected traceback object, got '{given}'")));
    }
    let mut link = next.clone();
    while link.kind() == Kind::Traceback {
        if link.is(value) {
            return Err(Raised::value_error("traceback loop detected"));
        }
        link = payload(&link).next.get();
    }
    drop(payload(value).next.set(next.clone()));
    Ok(())
}

/// Returns the instruction at which a traceback was recorded, if its code has it.
pub fn instruction(traceback: &Traceback, frame: &FrameObject) -> Option<u32> {
    match traceback.place {
        Place::Instruction(instruction) => Some(instruction),
        Place::Offset(offset) => code_encode::instruction_at(&frame.code.unit, offset.into()),
    }
}

fn get_lasti(thread: &mut Thread, value: &Value) -> Run<Value> {
    let lasti = match payload(value).place {
        Place::Instruction(instruction) => {
            code_encode::offset_of(&frame(value).code.unit, instruction).into()
        }
        Place::Offset(offset) => i64::from(offset),
    };
    Ok(thread.new_int(lasti))
}

/// Computes `tb_lineno`; for a traceback made with -1 from the code.
fn get_line(thread: &mut Thread, value: &Value) -> Run<Value> {
    let line = match payload(value).line {
        -1 => {
            let frame = frame(value);
            let position = instruction(payload(value), frame)
                .map(|instruction| frame.code.unit.positions[instruction as usize].line);
            match position {
                Some(line) if line > 0 => i64::from(line),
                _ => return Ok(Value::NONE),
            }
        }
        line => i64::from(line),
    };
    Ok(thread.new_int(line))
}

/// Returns a number that must fit a C `int` as in CPython.
fn small(thread: &mut Thread, value: &Value) -> Run<i32> {
    let index = protocol::index(thread, value)?;
    let number = index.as_i64().and_then(|number| i32::try_from(number).ok());
    number.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))
}

/// `traceback(tb_next, tb_frame, tb_lasti, tb_lineno)`
fn new(thread: &mut Thread, _class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    const SIGNATURE: Signature = Signature::new("tb_next, tb_frame, tb_lasti, tb_lineno");
    let given = SIGNATURE.bind("traceback", arguments)?;
    let [next, frame, lasti, line] = given.map(|value| value.expect("all are required"));
    if frame.kind() != Kind::Frame {
        let given = protocol::argument_kind(thread, frame);
        return Err(Raised::type_error(format_args!(
            "traceback() argument 'tb_frame' must be frame, not {given}"
        )));
    }
    let (lasti, line) = (small(thread, lasti)?, small(thread, line)?);
    if !next.is_none() && next.kind() != Kind::Traceback {
        let given = protocol::type_name(thread, next);
        return Err(Raised::type_error(format_args!("expected traceback object or None, got '{given}'")));
    }
    Ok(traceback::new(thread, next.clone(), frame.clone(), Place::Offset(lasti), line))
}

/// `traceback`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Traceback,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Traceback>,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
    methods: &[],
    attributes: &[
        NativeAttribute::new("tb_next", get_next, set_next),
        NativeAttribute::field("tb_frame", |_, value| Ok(payload(value).frame.clone())),
        NativeAttribute::field("tb_lasti", get_lasti),
        NativeAttribute::read_only("tb_lineno", get_line),
    ],
    doc: "",
};
