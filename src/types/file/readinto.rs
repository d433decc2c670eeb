//! `readinto` and `readinto1` of binary files: bytes read go into memory that another object shows.

use crate::protocol;
use crate::thread::Thread;
use crate::types::file::methods::METHODS;
use crate::types::file::{is_closed, with_state};
use crate::types::object::buffer::{self, WRITABLE};
use crate::types::str::{count, gather};
use crate::value::{Args, ErrorKind, MemoryView, NativeMethod, Object, Raised, Ref, Run, Value};

const OWN_METHODS: [NativeMethod; 2] = [
    NativeMethod::new("readinto", "buffer, /", |thread, args| readinto(thread, args, "readinto", false)),
    NativeMethod::new("readinto1", "buffer, /", |thread, args| readinto(thread, args, "readinto1", true)),
];

const GROUPS: [&[NativeMethod]; 2] = [METHODS, &OWN_METHODS];

/// The methods of binary files.
pub const BINARY_METHODS: [NativeMethod; count(&GROUPS)] = gather(&GROUPS);

/// Reads into the memory that the argument shows, as many bytes as it has or, with `once`, as one system call yields.
fn readinto(thread: &mut Thread, args: Args<'_>, function: &str, once: bool) -> Run<Value> {
    let [file, target] = args.exactly();
    let view = writable(thread, target, function)?;
    let result = fill(thread, file, &view, function, once);
    buffer::release(&view);
    result
}

/// Returns a view of memory that can be changed. Raises `TypeError` if the object shows none.
fn writable(thread: &mut Thread, target: &Value, function: &str) -> Run<Ref<MemoryView>> {
    match buffer::acquire(thread, target, WRITABLE) {
        Ok(Some(view)) => Ok(view),
        Err(raised) if raised.is_kind(thread, ErrorKind::MemoryError) => Err(raised),
        Ok(None) | Err(_) => {
            let given = protocol::argument_kind(thread, target);
            Err(Raised::type_error(format_args!(
                "{function}() argument must be read-write bytes-like object, not {given}"
            )))
        }
    }
}

fn fill(
    thread: &mut Thread,
    file: &Value,
    view: &Object<MemoryView>,
    function: &str,
    once: bool,
) -> Run<Value> {
    if is_closed(file) {
        return Err(Raised::value_error(format_args!("{function} of closed file")));
    }
    let (wanted, start) = (view.layout.byte_count(), view.layout.offset as usize);
    let bytes = with_state(thread, file, function, |thread, state| {
        state.check_reads(thread, "read")?;
        if once { state.bytes.read_once(thread, wanted) } else { state.bytes.read(thread, wanted) }
    })?;
    view.held()?.with_storage_mut(|storage| {
        if let Some(place) = storage.get_mut(start..start + bytes.len()) {
            place.copy_from_slice(&bytes);
        }
    });
    Ok(thread.new_usize(bytes.len()))
}
