//! How an object shows its bytes: `__buffer__` and `__release_buffer__`, for native types and classes of the script.
//!
//! Whoever needs the bytes of any object calls [`acquire`], which returns a `memoryview`, and [`release`] at the end.
//! The flags of a request are those of `inspect.BufferFlags`.

use crate::protocol::{self, call_special_method, class_lookup, lend, shape_of, slots_of, type_name};
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::object::method_arguments::own;
use crate::value::payload::memory_view::Layout;
use crate::value::{
    Args, BufferWrapper, ByteArray, Bytes, ErrorKind, Kind, Known, ManagedBuffer, MemoryView, Object, Raised,
    Ref, Run, Slot, StackRef, Value,
};

/// The request for plain bytes.
pub const SIMPLE: i32 = 0;
/// The request for bytes that can be changed.
pub const WRITABLE: i32 = 1;
/// The bit of a request for the format of the items.
const FORMAT: i32 = 4;
/// The bits of a request for the shape, and for strides.
const SHAPE: i32 = 8;
const STRIDES: i32 = 0x18;
/// The bits of a request that asks for items in the order of C, of Fortran, or of either.
const C_CONTIGUOUS: i32 = 0x38;
const F_CONTIGUOUS: i32 = 0x58;
const ANY_CONTIGUOUS: i32 = 0x98;
/// The request for whatever the object has to show.
pub const FULL_RO: i32 = 0x11c;

/// Returns the flags of a request from an argument of `__buffer__`.
/// Raises `TypeError` if it is no integer, `OverflowError` if it is too large, and what `__index__` raises.
pub fn flags_of(thread: &mut Thread, flags: &Value) -> Run<i32> {
    let index = protocol::index(thread, flags)?;
    let Some(flags) = index.as_i64() else {
        return Err(Raised::overflow_error("Python int too large to convert to C ssize_t"));
    };
    i32::try_from(flags).map_err(|_| Raised::overflow_error("buffer flags out of range"))
}

/// Asks a bytes-like object for a view of its bytes; `None` if it is not bytes-like.
/// Raises `BufferError` if it has no view of the form that `flags` request, `TypeError` if `__buffer__` returns no
/// view, and what `__buffer__` raises.
pub fn acquire(thread: &mut Thread, value: &Value, flags: i32) -> Run<Option<Ref<MemoryView>>> {
    let Some(operation) = slots_of(thread, value).buffer else { return Ok(None) };
    let shown = operation(thread, value, flags)?;
    match shown.downcast::<MemoryView>() {
        Ok(view) => Ok(Some(view)),
        Err(_) => Err(not_a_view()),
    }
}

#[cold]
fn not_a_view() -> Raised {
    Raised::type_error("__buffer__ returned non-memoryview object")
}

/// Ends a view that `acquire` returned. Errors of `__release_buffer__` are reported, not raised.
pub fn release(view: &Object<MemoryView>) {
    drop(view.release());
}

/// `bytes.__buffer__`. Raises `BufferError` if the bytes are to be changed.
pub fn of_bytes(thread: &mut Thread, value: &Value, flags: i32) -> Run<Value> {
    if flags & WRITABLE != 0 {
        return Err(Raised::new(ErrorKind::BufferError, "Object is not writable."));
    }
    let len = own::<Bytes>(value).as_slice().len();
    Ok(view_all(thread, value.clone(), value.clone(), Layout::bytes(len, true)))
}

/// `bytearray.__buffer__`. Raises nothing.
pub fn of_byte_array(thread: &mut Thread, value: &Value, _flags: i32) -> Run<Value> {
    // Counted before the length is read, so that it stays.
    let held = ManagedBuffer::new(value.clone(), value.clone());
    let layout = Layout::bytes(own::<ByteArray>(value).len(), false);
    let held = thread.alloc(held);
    Ok(thread.alloc(MemoryView::new(held, layout)).into_value())
}

fn view_all(thread: &Thread, exporter: Value, storage: Value, layout: Layout) -> Value {
    let held = thread.alloc(ManagedBuffer::new(exporter, storage));
    thread.alloc(MemoryView::new(held, layout)).into_value()
}

/// `memoryview.__buffer__`: a view whose `obj` is the view that was asked. Raises `ValueError` if that was released or
/// is restricted, `BufferError` if it cannot be shown in the requested form.
pub fn of_view(thread: &mut Thread, value: &Value, flags: i32) -> Run<Value> {
    let view = own::<MemoryView>(value);
    let held = view.held()?;
    check_restricted(view)?;
    let layout = requested(&view.layout, flags)?;
    Ok(view_all(thread, value.clone(), held.storage().clone(), layout))
}

/// Checks that other views may be made of a view. Raises `ValueError` if it is restricted.
pub fn check_restricted(view: &Object<MemoryView>) -> Run<()> {
    // Relaxed: the view is known to one thread while it is restricted.
    if view.is_restricted.load(Ordering::Relaxed) {
        return Err(Raised::value_error("cannot create new view on restricted memoryview"));
    }
    Ok(())
}

/// Returns the layout of a new view of the same bytes, in the form that `flags` request.
/// Raises `BufferError` if the bytes do not lie as the flags ask, or may not be changed.
pub fn requested(layout: &Layout, flags: i32) -> Run<Layout> {
    let asks = |bits: i32| flags & bits == bits;
    let (is_c, is_fortran) = (layout.is_contiguous(false), layout.is_contiguous(true));
    let refused = |what: &str| {
        Err(Raised::new(ErrorKind::BufferError, format_args!("memoryview: underlying buffer is not {what}")))
    };
    if flags & WRITABLE != 0 && layout.is_readonly {
        return refused("writable");
    }
    if asks(C_CONTIGUOUS) && !is_c {
        return refused("C-contiguous");
    }
    if asks(F_CONTIGUOUS) && !is_fortran {
        return refused("Fortran contiguous");
    }
    if asks(ANY_CONTIGUOUS) && !is_c && !is_fortran {
        return refused("contiguous");
    }
    if !asks(STRIDES) && !is_c {
        return refused("C-contiguous");
    }
    if asks(SHAPE) {
        return Ok(layout.clone());
    }
    if asks(FORMAT) {
        let message = "memoryview: cannot cast to unsigned bytes if the format flag is present";
        return Err(Raised::new(ErrorKind::BufferError, message));
    }
    Ok(Layout { offset: layout.offset, ..Layout::bytes(layout.byte_count(), layout.is_readonly) })
}

/// Calls `__buffer__` of a class of the script, and makes a view of the view that it returns.
/// Raises `TypeError` if it returns no view, `ValueError` if that was released or is restricted, `BufferError` if it
/// cannot have the requested form, and what `__buffer__` raises.
pub fn of_script(thread: &mut Thread, value: &Value, flags: i32) -> Run<Value> {
    let name = &thread.known().names().buffer;
    let given = thread.new_int(i64::from(flags));
    let given = Args::positional(std::slice::from_ref(&given));
    let shown = protocol::call_required_method(thread, value, name, given)?;
    let Ok(inner) = shown.downcast::<MemoryView>() else { return Err(not_a_view()) };
    let held = inner.held()?;
    check_restricted(&inner)?;
    let (layout, storage) = (requested(&inner.layout, flags)?, held.storage().clone());
    // Relaxed: whoever releases the view asks for the number in the thread that does.
    inner.exports.fetch_add(1, Ordering::Relaxed);
    let wrapper = BufferWrapper { view: Slot::new(inner.into_value()), exporter: Slot::new(value.clone()) };
    let wrapper = thread.alloc(wrapper).into_value();
    Ok(view_all(thread, wrapper, storage, layout))
}

/// The finalizer of a managed buffer: tells the exporter of a class of the script that the view has ended. Raises
/// nothing; errors of `__release_buffer__` are reported.
pub fn finalize(thread: &mut Thread, value: &Value) -> Run<()> {
    let held = own::<ManagedBuffer>(value);
    match held.exporter.downcast_ref::<BufferWrapper>() {
        Some(wrapper) => release_wrapper(thread, wrapper),
        None if has_scripted_release(thread, &held.exporter) => {
            let exporter = held.exporter.clone();
            release_restricted(thread, &exporter, held);
        }
        None => {}
    }
    Ok(())
}

/// Tells the object behind a wrapper, once, that the view has ended.
fn release_wrapper(thread: &mut Thread, wrapper: &Object<BufferWrapper>) {
    let inner = wrapper.view.set(Value::UNBOUND);
    let exporter = wrapper.exporter.set(Value::UNBOUND);
    let Some(view) = inner.downcast_ref::<MemoryView>() else { return };
    view.exports.fetch_sub(1, Ordering::Relaxed);
    // A view of the object itself tells it when that view is released.
    let shows_itself =
        view.held().is_ok_and(|held| exporter.as_raw().is_some() && held.exporter.is(&exporter));
    if !shows_itself && has_scripted_release(thread, &exporter) {
        call_release(thread, &exporter, &inner);
    }
}

/// Calls `__release_buffer__` with a view that lasts for the call only.
fn release_restricted(thread: &mut Thread, exporter: &Value, held: &ManagedBuffer) {
    let layout = Layout::bytes(held.with_storage(<[u8]>::len), held.storage().kind() == Kind::Bytes);
    let shown = view_all(thread, Value::NONE, held.storage().clone(), layout);
    if let Some(view) = shown.downcast_ref::<MemoryView>() {
        // Relaxed: nobody else knows of the view yet.
        view.is_restricted.store(true, Ordering::Relaxed);
        call_release(thread, exporter, &shown);
        release(view);
    }
}

fn has_scripted_release(thread: &Thread, exporter: &Value) -> bool {
    let found = class_lookup(shape_of(thread, exporter).class(), &thread.known().names().release_buffer);
    found.is_some_and(|found| found.kind() != Kind::SlotWrapper)
}

fn call_release(thread: &mut Thread, exporter: &Value, view: &Value) {
    if let Err(raised) = release_by_script(thread, exporter, view) {
        let name = type_name(thread, exporter);
        let message = format!("Exception ignored in __release_buffer__ of {name}");
        Known::report_unraisable(thread, raised, Some(&message), None);
    }
}

/// `__release_buffer__` of a class of the script. Raises what the method raises.
pub fn release_by_script(thread: &mut Thread, exporter: &Value, view: &Value) -> Run<()> {
    let name = &thread.known().names().release_buffer;
    let lent = lend([view]);
    match call_special_method(thread, exporter, name, Args::positional(StackRef::as_values(&lent))) {
        Some(result) => result.map(drop),
        None => Ok(()),
    }
}

/// `__release_buffer__` of a native type: ends a view of the object. Raises `TypeError` if the argument is no view,
/// `ValueError` if it is a view of another object.
pub fn release_native(_thread: &mut Thread, value: &Value, view: &Value) -> Run<()> {
    let Some(view) = view.downcast_ref::<MemoryView>() else {
        return Err(Raised::type_error("expected a memoryview object"));
    };
    let Ok(held) = view.held() else { return Ok(()) };
    if held.exporter.is_none() {
        return Ok(());
    }
    if !held.exporter.is(value) {
        return Err(Raised::value_error("memoryview's buffer is not this object"));
    }
    drop(held);
    release(view);
    Ok(())
}
