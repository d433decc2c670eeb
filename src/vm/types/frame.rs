//! What scripts see of frames: their type.

use crate::protocol;
use crate::sync::{AtomicBool, Ordering};
use crate::thread::Thread;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Raised, Run, Slots, TypeSpec, Value,
};
use crate::vm::code_encode;
use crate::vm::frame::Interpreter;
use crate::vm::frame::generator::Status;
use crate::vm::frame::object::FrameObject;
use crate::vm::frame::tracing::Place;
use crate::vm::types::{frame_jump, frame_locals};

/// `frame`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Frame,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<FrameObject>,
    slots: Slots { repr: Some(repr), ..Slots::EMPTY },
    methods: &[NativeMethod::new("clear", "", clear)],
    attributes: &[
        NativeAttribute::read_only("f_back", |thread, value| Ok(payload(value).back(thread))),
        NativeAttribute::read_only("f_builtins", |_, value| Ok(payload(value).function.builtins.to_value())),
        NativeAttribute::read_only("f_code", |_, value| Ok(payload(value).code.to_value())),
        NativeAttribute::read_only("f_generator", |_, value| Ok(payload(value).own_generator())),
        NativeAttribute::read_only("f_globals", |_, value| Ok(payload(value).function.globals.to_value())),
        NativeAttribute::read_only("f_lasti", |thread, value| {
            let frame = payload(value);
            let instruction = match told_place(thread, frame) {
                Some(Place::Entry) => return Ok(thread.new_int(0)),
                Some(Place::Instruction(instruction, _)) => instruction,
                None => frame.instruction(),
            };
            Ok(thread.new_int(code_encode::offset_of(&frame.code.unit, instruction).into()))
        }),
        NativeAttribute::new(
            "f_lineno",
            |thread, value| {
                Ok(line(thread, payload(value)).map_or(Value::NONE, |line| thread.new_int(line.into())))
            },
            set_line,
        ),
        NativeAttribute::read_only("f_locals", |thread, value| {
            Ok(match payload(value).namespace(thread) {
                Some(namespace) => namespace,
                None => frame_locals::of(thread, payload(value)),
            })
        }),
        NativeAttribute::new(
            "f_trace",
            |_, value| {
                let trace = payload(value).aside(|aside| &aside.trace);
                Ok(if trace.is_unbound() { Value::NONE } else { trace })
            },
            |_, value, new| {
                payload(value).set_aside(|aside| &mut aside.trace, new.cloned().unwrap_or(Value::NONE));
                Ok(())
            },
        ),
        NativeAttribute::new(
            "f_trace_lines",
            |_, value| Ok(Value::bool(payload(value).trace_lines.load(Ordering::Relaxed))),
            |_, value, new| set_flag(&payload(value).trace_lines, new),
        ),
        NativeAttribute::new(
            "f_trace_opcodes",
            |_, value| Ok(Value::bool(payload(value).trace_opcodes.load(Ordering::Relaxed))),
            |_, value, new| match new {
                None => Err(not_deleted("f_trace_opcodes")),
                new => set_flag(&payload(value).trace_opcodes, new),
            },
        ),
    ],
    doc: "",
};

fn payload(value: &Value) -> &Object<FrameObject> {
    value.downcast_ref::<FrameObject>().expect("slots are called with an instance of their type")
}

/// Returns where a frame is whose trace function is running on this thread.
fn told_place(thread: &Thread, frame: &Object<FrameObject>) -> Option<Place> {
    let tracing = &Interpreter::of(thread).tracing;
    tracing.place.get().filter(|_| frame.is_at(tracing.frame.get()))
}

/// Returns the line that is running or was run last, if the instruction belongs to one.
/// While the frame's trace function runs, it is the line that the function was told of.
fn line(thread: &Thread, frame: &Object<FrameObject>) -> Option<u32> {
    match told_place(thread, frame) {
        Some(Place::Entry) => return Some(code_encode::entry_position(&frame.code.unit).line),
        Some(Place::Instruction(_, line)) => return Some(line),
        None => {}
    }
    Some(frame.code.unit.positions[frame.instruction() as usize].line).filter(|&line| line > 0)
}

fn set_line(thread: &mut Thread, frame: &Value, new: Option<&Value>) -> Run<()> {
    let Some(new) = new else { return Err(not_deleted("f_lineno")) };
    if new.kind() != Kind::Int || !protocol::shape_of(thread, new).is_builtin() {
        return Err(Raised::value_error("lineno must be an integer"));
    }
    let line = new.as_i64().and_then(|line| i32::try_from(line).ok());
    let line = line.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))?;
    frame_jump::jump(thread, payload(frame), line.into())
}

fn not_deleted(name: &str) -> Raised {
    Raised::attribute_error(format_args!("attribute '{name}' of 'frame' objects cannot be deleted"))
}

fn set_flag(flag: &AtomicBool, new: Option<&Value>) -> Run<()> {
    match new {
        Some(new) if new.kind() == Kind::Bool => {
            flag.store(new.is(&Value::TRUE), Ordering::Relaxed);
            Ok(())
        }
        Some(_) => Err(Raised::type_error("attribute value type must be bool")),
        None => Err(Raised::type_error("can't delete numeric/char attribute")),
    }
}

/// `frame.clear()`: ends a generator that has not begun, or drops the variables of a finished frame. Raises
/// `RuntimeError` for a frame that runs or waits.
fn clear(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [frame] = arguments.exactly();
    let frame = payload(frame);
    let executes = || Raised::runtime_error("cannot clear an executing frame");
    if frame.runs() {
        return Err(executes());
    }
    if let Some(generator) = frame.generator() {
        if generator.status() == Status::Running {
            return Err(executes());
        }
        if generator.status() == Status::Suspended {
            return Err(Raised::runtime_error("cannot clear a suspended frame"));
        }
        // As if it were dropped: a coroutine that nobody has awaited warns.
        let generator = generator.to_value();
        if let Some(finalize) = protocol::slots_of(thread, &generator).finalize {
            finalize(thread, &generator)?;
        }
        // As after any end, the variables stay for whoever looks at the frame.
        return Ok(Value::NONE);
    }
    frame.drop_variables(thread);
    Ok(Value::NONE)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let frame = payload(value);
    let address = frame.raw().address();
    let file = protocol::repr(thread, &frame.code.texts[2].clone())?;
    let text = format!(
        "<frame at {address:#x}, file {}, line {}, code {}>",
        file.as_str(),
        line(thread, frame).map_or("None".to_owned(), |line| line.to_string()),
        frame.code.unit.name
    );
    Ok(thread.new_string(text))
}
