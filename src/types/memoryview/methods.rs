//! The methods of memory views.

use crate::protocol;
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::bytes::methods::{hex_separator, hex_text};
use crate::types::memoryview::subscript::{item, to_list};
use crate::types::memoryview::{another, cast::cast, copied, release, to_bytes, view_of};
use crate::types::object::buffer::flags_of;
use crate::types::object::method_arguments::split_self;
use crate::types::sequence::{same_or_equal, search_bounds};
use crate::types::str::text_args::integer;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::payload::memory_view::Layout;
use crate::value::{Args, ErrorKind, MemoryView, NativeMethod, Raised, Run, Str, Value};

/// The methods.
pub const METHODS: &[NativeMethod] = &[
    NativeMethod::new("release", "", |_, args| {
        let (view, _) = split_self::<MemoryView>(args);
        release(view)?;
        Ok(Value::NONE)
    }),
    NativeMethod::new("tobytes", "order='C'", tobytes),
    NativeMethod::new("hex", "sep=<unrepresentable>, bytes_per_sep=1", hex),
    NativeMethod::new("tolist", "", |thread, args| {
        let [view] = args.exactly();
        to_list(thread, view)
    }),
    NativeMethod::new("cast", "format, shape=<unrepresentable>", cast),
    NativeMethod::new("toreadonly", "", |thread, args| {
        let (view, _) = split_self::<MemoryView>(args);
        let held = view.held()?;
        another(thread, view, held, Layout { is_readonly: true, ..view.layout.clone() })
    }),
    NativeMethod::class("_from_flags", "object, flags", from_flags),
    NativeMethod::new("count", "value, /", count),
    NativeMethod::new("index", "value, start=0, stop=sys.maxsize, /", index),
    NativeMethod::new("__enter__", "", |_, args| {
        let (view, _) = split_self::<MemoryView>(args);
        view.held()?;
        Ok(view.to_value())
    }),
    NativeMethod::new("__exit__", "*exc_info", |_, args| {
        let (view, _) = split_self::<MemoryView>(args);
        release(view)?;
        Ok(Value::NONE)
    }),
    NativeMethod::class("__class_getitem__", "object, /", class_getitem),
];

fn tobytes(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (view, rest) = split_self::<MemoryView>(args);
    let wrong = || Raised::value_error("order must be 'C', 'F' or 'A'");
    let order = match rest.options() {
        [Some(order)] if !order.is_none() => match order.downcast_ref::<Str>() {
            Some(order) => Some(order.as_str()),
            None => {
                let given = protocol::argument_kind(thread, order);
                return Err(Raised::type_error(format_args!(
                    "tobytes() argument 'order' must be str or None, not {given}"
                )));
            }
        },
        _ => None,
    };
    view.held()?;
    let fortran = match order {
        None | Some("C") => false,
        Some("F") => true,
        // As it is in memory.
        Some("A") => view.layout.is_contiguous(true) && !view.layout.is_contiguous(false),
        Some(_) => return Err(wrong()),
    };
    to_bytes(thread, view, fortran)
}

fn hex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (view, rest) = split_self::<MemoryView>(args);
    let [separator, group] = rest.options();
    view.held()?;
    let group = match group {
        Some(group) => integer(thread, group)?,
        None => 1,
    };
    let bytes = copied(view, false)?;
    let separator = match separator {
        // Relaxed: the view cannot be released while its separator is asked, in this thread.
        Some(separator) => {
            view.exports.fetch_add(1, Ordering::Relaxed);
            let asked = hex_separator(thread, separator);
            view.exports.fetch_sub(1, Ordering::Relaxed);
            Some(asked?)
        }
        None => None,
    };
    let text = hex_text(&bytes, separator, group)?;
    Ok(thread.new_string(text))
}

fn from_flags(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [_, object, flags] = args.exactly();
    let flags = flags_of(thread, flags)?;
    view_of(thread, object, flags)
}

fn count(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [view, wanted] = args.exactly();
    let iterator = protocol::iter(thread, view)?;
    let mut count = 0;
    while let Some(item) = protocol::next(thread, &iterator)? {
        count += usize::from(same_or_equal(thread, &item, wanted)?);
    }
    Ok(thread.new_usize(count))
}

fn index(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (view, rest) = split_self::<MemoryView>(args);
    let [wanted, limits @ ..] = rest.positionals() else { unreachable!("one argument at least") };
    view.held()?;
    let len = match *view.layout.shape {
        [] => return Err(Raised::type_error("invalid lookup on 0-dim memory")),
        [len] => len,
        _ => {
            return Err(Raised::new(
                ErrorKind::NotImplementedError,
                "multi-dimensional lookup is not implemented",
            ));
        }
    };
    let (start, stop) = search_bounds(thread, limits, || len)?;
    for position in start..stop.min(len) {
        protocol::check_interrupt(thread)?;
        let item = item(thread, view, position as isize)?;
        if same_or_equal(thread, &item, wanted)? {
            return Ok(thread.new_usize(position));
        }
    }
    Err(Raised::value_error("memoryview.index(x): x not found"))
}
