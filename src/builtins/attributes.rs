//! Functions about attributes: `getattr`, `setattr`, `hasattr`, `delattr`, `dir`, `vars`.

use crate::protocol;
use crate::thread::Thread;
use crate::types::list;
use crate::types::object::{expect_known_name, expect_name};
use crate::value::{Args, Dict, ErrorKind, List, NativeMethod, Raised, Run, Value};

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[
    NativeMethod::function("getattr", "object, name, default=None, /", getattr),
    NativeMethod::function("setattr", "obj, name, value, /", setattr),
    NativeMethod::function("hasattr", "obj, name, /", hasattr),
    NativeMethod::function("delattr", "obj, name, /", delattr),
    NativeMethod::function("dir", "object=None, /", dir),
    NativeMethod::function("vars", "object=None, /", vars),
];

fn getattr(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.positionals();
    let name = expect_known_name(thread, &given[1])?;
    match given.get(2) {
        None => protocol::get_attr(thread, &given[0], &name),
        Some(default) => {
            Ok(protocol::find_attr(thread, &given[0], &name)?.unwrap_or_else(|| default.clone()))
        }
    }
}

fn setattr(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object, name, value] = args.exactly();
    let name = expect_name(thread, name)?;
    protocol::set_attr(thread, object, &name, value)?;
    Ok(Value::NONE)
}

fn hasattr(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object, name] = args.exactly();
    let name = expect_known_name(thread, name)?;
    Ok(Value::bool(protocol::find_attr(thread, object, &name)?.is_some()))
}

fn delattr(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object, name] = args.exactly();
    let name = expect_known_name(thread, name)?;
    protocol::del_attr(thread, object, &name)?;
    Ok(Value::NONE)
}

fn dir(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let names = match args.positionals().first() {
        None => {
            let locals = (thread.known().upper_floors.locals)(thread)?;
            match locals.downcast_exact::<Dict>() {
                Some(locals) => locals.keys()?,
                None => {
                    let name = thread.known().intern(thread, "keys");
                    let keys = protocol::call_method(thread, &locals, &name, &[])?;
                    protocol::collect(thread, &keys).map_err(|raised| {
                        if !raised.is_kind(thread, ErrorKind::TypeError)
                            || protocol::slots_of(thread, &keys).iter.is_some()
                        {
                            return raised;
                        }
                        let (class, given) =
                            (protocol::type_name(thread, &locals), protocol::type_name(thread, &keys));
                        Raised::type_error(format_args!(
                            "{class}.keys() returned a non-iterable (type {given})"
                        ))
                    })?
                }
            }
        }
        Some(object) => {
            let name = &thread.known().names().dir;
            let Some(method) = protocol::lookup_special_method(thread, object, name)? else {
                return Err(Raised::type_error("object does not provide __dir__"));
            };
            let names = protocol::call(thread, &method, Args::positional(&[]))?;
            protocol::collect(thread, &names)?
        }
    };
    let names = thread.alloc(List::new(names));
    list::sort::sort_list(thread, &names, None, false)?;
    Ok(names.into_value())
}

fn vars(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    match args.positionals().first() {
        None => (thread.known().upper_floors.locals)(thread),
        Some(object) => {
            let name = &thread.known().names().dict;
            protocol::find_attr(thread, object, name)?
                .ok_or_else(|| Raised::type_error("vars() argument must have __dict__ attribute"))
        }
    }
}
