//! `code.replace(…)`: a copy of code with other names, constants or lines.
//!
//! The copy is verified again, and what the verifier does not check must stay the same: which instructions run,
//! which locals are bound on entry, how many variables are shared. An argument that would change one of these
//! raises `ValueError`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::bytecode::{CodeFlags, CodeUnit, Const, verify};
use crate::protocol;
use crate::thread::Thread;
use crate::value::{
    Args, Bytes, Complex, ErrorKind, FrozenSet, Integer, Kind, Object, Raised, Ref, Run, Str, Tuple, Value,
};
use crate::vm::code::Code;
use crate::vm::code_encode;
use crate::vm::machine::Machine;
use crate::vm::types::code_names;

/// `code.replace(**attributes)`. Raises `TypeError` for an unknown attribute or a value of the wrong type,
/// `ValueError` for a change that is not possible.
pub fn replace(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let code = arguments.get(0).and_then(Value::downcast_ref::<Code>).expect("a method gets `self`");
    if arguments.positionals().len() > 1 {
        return Err(Raised::type_error("replace() takes no positional arguments"));
    }
    let mut unit = CodeUnit::clone(&code.unit);
    let mut constants = code.constants().to_vec();
    for (name, value) in arguments.keywords() {
        let name = name.downcast_ref::<Str>().expect("keyword names are text");
        change(thread, code, &mut unit, &mut constants, name.as_str(), value)?;
    }
    check(&code.unit, &unit)?;
    let unit = Arc::new(unit);
    let fuse = Machine::of(thread).options.fuse;
    let made = Code::with_constants(thread, &unit, constants.into(), fuse)?;
    Ok(thread.alloc(made).into_value())
}

/// Replaces one attribute.
fn change(
    thread: &mut Thread,
    code: &Code,
    unit: &mut CodeUnit,
    constants: &mut Vec<Value>,
    name: &str,
    value: &Value,
) -> Run<()> {
    match name {
        "co_argcount" => unit.arg_count = count(thread, value, name)?,
        "co_posonlyargcount" => unit.posonly_count = count(thread, value, name)?,
        "co_kwonlyargcount" => unit.kwonly_count = count(thread, value, name)?,
        "co_nlocals" => {
            if count(thread, value, name)? as usize != code_names::locals(code).len() {
                return Err(Raised::value_error("code: co_nlocals != len(co_varnames)"));
            }
        }
        "co_stacksize" => {
            let size = count(thread, value, name)?;
            if size != unit.max_stack {
                return Err(fixed(name));
            }
        }
        "co_flags" => {
            let flags = count(thread, value, name)?;
            let known = CodeFlags::from_bits_truncate(flags & 0xffff);
            if known.bits() != flags & 0xffff {
                return Err(fixed(name));
            }
            unit.flags = known | CodeFlags::from_bits_truncate(unit.flags.bits() & !0xffff);
        }
        "co_firstlineno" => move_to_line(unit, count(thread, value, name)?),
        "co_code" => same_bytes(thread, value, name, &code_encode::code_bytes(unit))?,
        "co_linetable" => same_bytes(thread, value, name, &code_encode::line_table(unit))?,
        "co_exceptiontable" => same_bytes(thread, value, name, &code_encode::exception_table(unit))?,
        "co_consts" => {
            let given = tuple(thread, value, name)?;
            unit.consts = given
                .iter()
                .zip(0..)
                .map(|(value, index)| constant(thread, value, unit.consts.get(index)))
                .collect::<Run<_>>()?;
            *constants = given.to_vec();
        }
        "co_names" => unit.names = texts(thread, value, name)?,
        "co_varnames" => {
            let new = texts(thread, value, name)?;
            rename(unit.local_names.iter_mut(), &code_names::locals(code), &new)?;
        }
        "co_freevars" => unit.free_names = texts(thread, value, name)?,
        "co_cellvars" => {
            let new = texts(thread, value, name)?;
            let cells = unit.cell_names.iter_mut().map(|cell| &mut cell.name);
            rename(cells, &code_names::cells(code), &new).map_err(|_| fixed(name))?;
        }
        "co_filename" => unit.filename = text(thread, value, name)?,
        "co_name" => unit.name = text(thread, value, name)?,
        "co_qualname" => unit.qualname = text(thread, value, name)?,
        _ => {
            return Err(Raised::type_error(format_args!(
                "replace() got an unexpected keyword argument '{name}'"
            )));
        }
    }
    Ok(())
}

/// Gives each variable the new name that is where its old name is. Raises `ValueError` if these are not as many.
fn rename<'a>(
    variables: impl Iterator<Item = &'a mut Arc<str>>,
    old: &[Ref<Str>],
    new: &[Arc<str>],
) -> Run<()> {
    if old.len() != new.len() {
        return Err(other_frame());
    }
    let new: FxHashMap<&str, &Arc<str>> = old.iter().map(|name| name.as_str()).zip(new).collect();
    for name in variables {
        if let Some(&to) = new.get(&**name) {
            *name = to.clone();
        }
    }
    Ok(())
}

/// Moves the code so that it begins at another line, with all its lines.
fn move_to_line(unit: &mut CodeUnit, first: u32) {
    let moved = |line: u32| line.wrapping_sub(unit.first_line).wrapping_add(first);
    for position in unit.positions.iter_mut().filter(|position| position.line != 0) {
        (position.line, position.end_line) = (moved(position.line), moved(position.end_line));
    }
    unit.first_line = first;
}

/// Raises `ValueError` for a change that the verifier would not notice, then verifies the new code.
fn check(old: &CodeUnit, new: &CodeUnit) -> Run<()> {
    let free_to_change = CodeFlags::NESTED | CodeFlags::ITERABLE_COROUTINE;
    let same_frame = new.parameter_slots() == old.parameter_slots()
        && new.flags - free_to_change == old.flags - free_to_change
        && new.local_names.len() == old.local_names.len()
        && new.free_names.len() == old.free_names.len();
    if !same_frame {
        return Err(other_frame());
    }
    verify(new).map_err(|malformed| Raised::value_error(format_args!("code: {}", malformed.problem)))?;
    Ok(())
}

fn other_frame() -> Raised {
    Raised::value_error("code: the variables of its frame cannot be replaced")
}

fn fixed(name: &str) -> Raised {
    Raised::value_error(format_args!("code: {name} cannot be replaced"))
}

fn wrong_type(thread: &Thread, value: &Value, name: &str, wanted: &str) -> Raised {
    let given = protocol::argument_kind(thread, value);
    Raised::type_error(format_args!("replace() argument '{name}' must be {wanted}, not {given}"))
}

/// Returns a count, which must fit a C `int` as in CPython.
fn count(thread: &mut Thread, value: &Value, name: &str) -> Run<u32> {
    let index = protocol::index(thread, value)?;
    let number = index.as_i64().and_then(|number| i32::try_from(number).ok());
    let number = number.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))?;
    u32::try_from(number).map_err(|_| Raised::value_error(format_args!("{name} must be a positive integer")))
}

fn text(thread: &Thread, value: &Value, name: &str) -> Run<Arc<str>> {
    match value.downcast_ref::<Str>() {
        Some(text) => Ok(text.as_str().into()),
        None => Err(wrong_type(thread, value, name, "str")),
    }
}

fn tuple<'a>(thread: &Thread, value: &'a Value, name: &str) -> Run<&'a [Value]> {
    match value.downcast_ref::<Tuple>() {
        Some(tuple) => Ok(tuple.items()),
        None => Err(wrong_type(thread, value, name, "tuple")),
    }
}

fn texts(thread: &Thread, value: &Value, name: &str) -> Run<Vec<Arc<str>>> {
    let item = |item: &Value| match item.downcast_ref::<Str>() {
        Some(text) => Ok(text.as_str().into()),
        None => Err(Raised::new(ErrorKind::SystemError, "non-string found in code slot")),
    };
    tuple(thread, value, name)?.iter().map(item).collect()
}

fn same_bytes(thread: &Thread, value: &Value, name: &str, own: &[u8]) -> Run<()> {
    match value.downcast_ref::<Bytes>() {
        Some(bytes) if bytes.as_slice() == own => Ok(()),
        Some(_) => Err(fixed(name)),
        None => Err(wrong_type(thread, value, name, "bytes")),
    }
}

/// Converts a value to a constant; code may replace only code that shares as many variables.
fn constant(thread: &Thread, value: &Value, old: Option<&Const>) -> Run<Const> {
    let refused = || {
        let given = protocol::type_name(thread, value);
        Raised::type_error(format_args!("code: a '{given}' object cannot be a constant"))
    };
    if let Some(Const::Code(old)) = old {
        return match value.downcast_ref::<Code>() {
            Some(code) if code.unit.free_names.len() == old.free_names.len() => {
                Ok(Const::Code(code.unit.clone()))
            }
            _ => Err(fixed("co_consts")),
        };
    }
    if value.is_none() {
        return Ok(Const::None);
    }
    if value.is(&Value::ELLIPSIS) {
        return Ok(Const::Ellipsis);
    }
    if !protocol::shape_of(thread, value).is_builtin() {
        return Err(refused());
    }
    let items =
        |items: &[Value]| items.iter().map(|item| constant(thread, item, None)).collect::<Run<Vec<Const>>>();
    Ok(match value.kind() {
        Kind::Bool => Const::bool(value.is(&Value::TRUE)),
        Kind::Int => match value.as_integer() {
            Some(Integer::Small(number)) => Const::Int(number),
            Some(Integer::Big(number)) => match i64::try_from(number) {
                Ok(number) => Const::Int(number),
                Err(_) => Const::BigInt(Arc::new(number.clone())),
            },
            None => return Err(refused()),
        },
        Kind::Float => Const::Float(value.as_float_exact().ok_or_else(refused)?),
        Kind::Complex => match value.downcast_ref::<Complex>() {
            Some(complex) => Const::Complex(complex.real, complex.imag),
            None => return Err(refused()),
        },
        Kind::Str => Const::str(value.downcast_ref::<Str>().ok_or_else(refused)?.as_str()),
        Kind::Bytes => Const::Bytes(value.downcast_ref::<Bytes>().ok_or_else(refused)?.as_slice().into()),
        Kind::Tuple => {
            Const::Tuple(items(value.downcast_ref::<Tuple>().ok_or_else(refused)?.items())?.into())
        }
        Kind::FrozenSet => {
            let set: &Object<FrozenSet> = value.downcast_ref().ok_or_else(refused)?;
            let members = crate::value::AnySet::Frozen(set).snapshot()?;
            let members: Vec<Value> = members.into_iter().map(|(_, member)| member).collect();
            Const::FrozenSet(items(&members)?.into())
        }
        Kind::Code => Const::Code(value.downcast_ref::<Code>().ok_or_else(refused)?.unit.clone()),
        _ => return Err(refused()),
    })
}
