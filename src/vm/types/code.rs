//! What scripts see of code: its type.

use crate::bytecode::InstructionPosition;
use crate::thread::{Thread, ThreadState};
use crate::types::object::bytes_like::new_bytes;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Comparison, ErrorKind, Kind, List, NativeAttribute, NativeMethod, Object, Ref, Run,
    Slots, Str, TypeSpec, Value,
};
use crate::vm::code::Code;
use crate::vm::code_encode::{self, UNIT_BYTES};
use crate::vm::types::code_names;
use crate::vm::types::{code_compare, code_replace};

fn code(value: &Value) -> &Object<Code> {
    value.downcast_ref().expect("the slot belongs to code")
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let unit = &code(value).unit;
    let address = code(value).raw().address();
    let text = format!(
        "<code object {} at {address:#x}, file \"{}\", line {}>",
        unit.name, unit.filename, unit.first_line
    );
    Ok(thread.new_string(text))
}

fn compare(_thread: &mut Thread, left: &Value, right: &Value, how: Comparison) -> Run<Value> {
    let equals = match (how, right.downcast_ref::<Code>()) {
        (Comparison::Equal, Some(right)) => code_compare::is_same(&code(left).unit, &right.unit),
        (Comparison::NotEqual, Some(right)) => !code_compare::is_same(&code(left).unit, &right.unit),
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    Ok(Value::bool(equals))
}

/// A tuple of names.
fn names(thread: &ThreadState, names: &[Ref<Str>]) -> Value {
    thread.new_tuple(names.iter().map(|name| name.as_value().clone()).collect())
}

/// Returns an iterator over rows, which are all made at once because there are few.
fn iterate(thread: &mut Thread, rows: Vec<Value>) -> Run<Value> {
    let list = thread.alloc(List::new(rows)).into_value();
    crate::protocol::iter(thread, &list)
}

fn line_value(thread: &ThreadState, line: Option<u32>) -> Value {
    line.map_or(Value::NONE, |line| thread.new_int(line.into()))
}

/// Implements `code.co_lines()`: yields for each run of instructions of one line where it begins and ends, as
/// offsets in bytes, and the line.
fn lines(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [this] = arguments.exactly();
    let mut ranges: Vec<(u32, u32, Option<u32>)> = Vec::new();
    let mut at = 0;
    for (count, position) in code_encode::units(&code(this).unit) {
        let (end, line) = (at + count * UNIT_BYTES, position.map(|position| position.line));
        match ranges.last_mut() {
            Some((_, last, known)) if *known == line => *last = end,
            _ => ranges.push((at, end, line)),
        }
        at = end;
    }
    let row = |(start, end, line): (u32, u32, Option<u32>)| {
        let line = line_value(thread, line);
        thread.new_tuple(vec![thread.new_int(start.into()), thread.new_int(end.into()), line])
    };
    let rows = ranges.into_iter().map(row).collect();
    iterate(thread, rows)
}

/// `code.co_positions()`: lines and columns of each unit of `co_code`.
fn positions(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [this] = arguments.exactly();
    let mut rows = Vec::new();
    for (count, position) in code_encode::units(&code(this).unit) {
        let parts = match position {
            None => vec![Value::NONE; 4],
            Some(InstructionPosition { line, end_line, column, end_column }) => {
                [line, end_line, column, end_column].map(|part| thread.new_int(part.into())).to_vec()
            }
        };
        let row = thread.new_tuple(parts);
        rows.extend((0..count).map(|_| row.clone()));
    }
    iterate(thread, rows)
}

/// `code.co_branches()`: where each branch is, and its two ways.
fn branches(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [this] = arguments.exactly();
    let rows = code_encode::branches(&code(this).unit);
    let row = |parts: [u32; 3]| thread.new_tuple(parts.map(|part| thread.new_int(part.into())).to_vec());
    let rows = rows.into_iter().map(row).collect();
    iterate(thread, rows)
}

/// Makes the getter of a number of the unit.
macro_rules! number {
    ($name:literal, |$code:ident| $number:expr) => {
        NativeAttribute::field($name, |thread, value| {
            let $code = code(value);
            Ok(thread.new_int(i64::from($number)))
        })
    };
}

/// Makes the getter of bytes that are computed from the unit.
macro_rules! bytes {
    ($name:literal, $make:path) => {
        NativeAttribute::read_only($name, |thread, value| {
            let bytes = $make(&code(value).unit);
            Ok(new_bytes(thread, bytes))
        })
    };
}

/// `code`
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Code,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<Code>,
    slots: Slots {
        repr: Some(repr),
        compare: Some(compare),
        hash: Some(|_, value| Ok(code_compare::hash(&code(value).unit))),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("co_branches", "", branches),
        NativeMethod::new("co_lines", "", lines),
        NativeMethod::new("co_positions", "", positions),
        NativeMethod::new("replace", "*args, **attributes", code_replace::replace),
        NativeMethod::new("__replace__", "*args, **attributes", code_replace::replace),
    ],
    attributes: &[
        NativeAttribute::field("co_name", |_, value| Ok(code(value).texts[0].clone())),
        NativeAttribute::field("co_qualname", |_, value| Ok(code(value).texts[1].clone())),
        NativeAttribute::field("co_filename", |_, value| Ok(code(value).texts[2].clone())),
        number!("co_firstlineno", |code| code.unit.first_line),
        number!("co_argcount", |code| code.unit.arg_count),
        number!("co_posonlyargcount", |code| code.unit.posonly_count),
        number!("co_kwonlyargcount", |code| code.unit.kwonly_count),
        number!("co_nlocals", |code| code_names::locals(code).len() as u32),
        // The bits above are the compiler's own.
        number!("co_flags", |code| code.unit.flags.bits() & 0xffff),
        number!("co_stacksize", |code| code.unit.max_stack),
        bytes!("co_code", code_encode::code_bytes),
        NativeAttribute::read_only("co_lnotab", |thread, value| {
            let text = "co_lnotab is deprecated, use co_lines instead.";
            (thread.known().upper_floors.warn)(thread, ErrorKind::DeprecationWarning, text)?;
            Ok(new_bytes(thread, code_encode::line_steps(&code(value).unit)))
        }),
        bytes!("co_linetable", code_encode::line_table).as_field(),
        bytes!("co_exceptiontable", code_encode::exception_table).as_field(),
        NativeAttribute::field("co_consts", |thread, value| {
            Ok(thread.new_tuple(code(value).constants().to_vec()))
        }),
        NativeAttribute::field("co_names", |thread, value| Ok(names(thread, code(value).names()))),
        NativeAttribute::read_only("co_varnames", |thread, value| {
            Ok(names(thread, &code_names::locals(code(value))))
        }),
        NativeAttribute::read_only("co_cellvars", |thread, value| {
            Ok(names(thread, &code_names::cells(code(value))))
        }),
        NativeAttribute::read_only("co_freevars", |thread, value| {
            let code = code(value);
            Ok(names(thread, &code.variables[code.base as usize - code.unit.free_names.len()..]))
        }),
    ],
    doc: "",
};
