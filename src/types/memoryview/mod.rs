//! The type `memoryview`: bytes of another object, seen as items of a format in one or more dimensions.
//!
//! The payload is in `value/payload/memory_view.rs`, how an object shows its bytes in `types/object/buffer.rs`. Items
//! are read and written in `item.rs`, found by subscripts in `subscript.rs`; `compare.rs` has equality and hash,
//! `cast.rs` casts, `methods.rs` the other methods, `iterator.rs` the iterator. Begin with `subscript.rs`.
//!
//! Whatever may run script code, which may release the view, comes before the memory is looked at: `held()` is asked
//! again afterwards.

pub mod cast;
pub mod compare;
pub mod item;
pub mod iterator;
pub mod methods;
pub mod subscript;

use crate::protocol;
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::object::buffer::{self, FULL_RO};
use crate::types::object::method_arguments::own;
use crate::types::object::{address, bytes_like};
use crate::value::alloc::type_info;
use crate::value::payload::memory_view::Layout;
use crate::value::{
    Args, BufferWrapper, Class, ClassFlags, ErrorKind, Kind, ManagedBuffer, MemoryView, NativeAttribute,
    Object, Raised, Ref, Run, Signature, Slots, TypeSpec, Value,
};

/// The table of `memoryview`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::MemoryView,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<MemoryView>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(compare::hash),
        len: Some(len),
        compare: Some(compare::compare),
        get_item: Some(subscript::get_item),
        set_item: Some(subscript::set_item),
        iter: Some(iterator::iter),
        new: Some(new),
        buffer: Some(buffer::of_view),
        release_buffer: Some(buffer::release_native),
        ..Slots::EMPTY
    },
    methods: methods::METHODS,
    attributes: &[
        NativeAttribute::read_only("obj", |_, view| Ok(held(view)?.exporter.clone())),
        NativeAttribute::read_only("nbytes", |thread, view| {
            Ok(thread.new_usize(shown(view)?.layout.byte_count()))
        }),
        NativeAttribute::read_only("readonly", |_, view| Ok(Value::bool(shown(view)?.layout.is_readonly))),
        NativeAttribute::read_only("itemsize", |thread, view| {
            Ok(thread.new_usize(shown(view)?.layout.format.item_bytes()))
        }),
        NativeAttribute::read_only("format", |thread, view| {
            Ok(thread.new_string(shown(view)?.layout.format.text()))
        }),
        NativeAttribute::read_only("ndim", |thread, view| {
            Ok(thread.new_usize(shown(view)?.layout.dimensions()))
        }),
        NativeAttribute::read_only("shape", |thread, view| {
            let shape = shown(view)?.layout.shape.iter().map(|&count| thread.new_usize(count)).collect();
            Ok(thread.new_tuple(shape))
        }),
        NativeAttribute::read_only("strides", |thread, view| {
            let strides = shown(view)?.layout.strides.iter().map(|&stride| thread.new_int(stride as i64));
            Ok(thread.new_tuple(strides.collect()))
        }),
        NativeAttribute::read_only("suboffsets", |thread, view| {
            shown(view)?;
            Ok(thread.new_tuple(Vec::new()))
        }),
        NativeAttribute::read_only("c_contiguous", |_, view| {
            Ok(Value::bool(shown(view)?.layout.is_contiguous(false)))
        }),
        NativeAttribute::read_only("f_contiguous", |_, view| {
            Ok(Value::bool(shown(view)?.layout.is_contiguous(true)))
        }),
        NativeAttribute::read_only("contiguous", |_, view| {
            let layout = &shown(view)?.layout;
            Ok(Value::bool(layout.is_contiguous(false) || layout.is_contiguous(true)))
        }),
    ],
    doc: "",
};

/// The table of the objects that hold the memory of views; scripts see them only through the collector.
pub const BUFFER_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ManagedBuffer,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<ManagedBuffer>,
    slots: Slots { finalize: Some(buffer::finalize), ..Slots::EMPTY },
    methods: &[],
    attributes: &[],
    doc: "",
};

/// The table of `BufferWrapper`, the exporter of a view that `__buffer__` of a script has made.
pub const WRAPPER_SPEC: TypeSpec = TypeSpec {
    kind: Kind::BufferWrapper,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<BufferWrapper>,
    slots: Slots::EMPTY,
    methods: &[],
    attributes: &[],
    doc: "",
};

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("object");

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [object] = SIGNATURE.bind("memoryview", args)?;
    view_of(thread, object.expect("a required argument is there"), FULL_RO)
}

/// Returns a view of a bytes-like object; of a view, another one of the same memory.
/// Raises `TypeError` if it is not bytes-like, `ValueError` if it is a view that was released or is restricted, and
/// as `buffer::acquire` does.
pub fn view_of(thread: &mut Thread, object: &Value, flags: i32) -> Run<Value> {
    if let Some(view) = object.downcast_ref::<MemoryView>() {
        let held = view.held()?;
        return another(thread, view, held, view.layout.clone());
    }
    match buffer::acquire(thread, object, flags)? {
        Some(view) => Ok(view.into_value()),
        None => {
            let given = protocol::type_name(thread, object);
            Err(Raised::type_error(format_args!(
                "memoryview: a bytes-like object is required, not '{given}'"
            )))
        }
    }
}

/// Makes another view of the memory that a view holds. Raises `ValueError` if the view is restricted.
fn another(
    thread: &Thread,
    view: &Object<MemoryView>,
    held: Ref<ManagedBuffer>,
    layout: Layout,
) -> Run<Value> {
    buffer::check_restricted(view)?;
    Ok(thread.alloc(MemoryView::new(held, layout)).into_value())
}

/// Returns the payload of a view. Raises `ValueError` if it was released.
fn shown(view: &Value) -> Run<&Object<MemoryView>> {
    let view = own::<MemoryView>(view);
    view.held()?;
    Ok(view)
}

/// Returns the managed buffer of a view. Raises `ValueError` if the view was released.
fn held(view: &Value) -> Run<Ref<ManagedBuffer>> {
    own::<MemoryView>(view).held()
}

fn len(_thread: &mut Thread, view: &Value) -> Run<usize> {
    match shown(view)?.layout.shape.first() {
        Some(&count) => Ok(count),
        None => Err(Raised::type_error("0-dim memory has no length")),
    }
}

fn repr(thread: &mut Thread, view: &Value) -> Run<Value> {
    let released = if own::<MemoryView>(view).is_released() { "released " } else { "" };
    Ok(thread.new_string(format!("<{released}memory at {}>", address(view))))
}

/// Releases a view. Raises `BufferError` while anything else uses the bytes by way of this view.
fn release(view: &Object<MemoryView>) -> Run<()> {
    // Relaxed: the number is only changed by those who hold the view.
    let exports = view.exports.load(Ordering::Relaxed);
    if !view.is_released() && exports > 0 {
        let plural = if exports == 1 { "" } else { "s" };
        let message = format_args!("memoryview has {exports} exported buffer{plural}");
        return Err(Raised::new(ErrorKind::BufferError, message));
    }
    drop(view.release());
    Ok(())
}

/// Returns a copy of the items of a view as bytes, in C order or in Fortran order.
/// Raises `ValueError` if the view was released, `MemoryError`.
fn copied(view: &Object<MemoryView>, fortran: bool) -> Run<Vec<u8>> {
    let held = view.held()?;
    Ok(held.with_storage(|bytes| view.layout.gather(bytes, fortran))?)
}

/// Makes a `bytes` of the items of a view. Raises as `copied` does.
fn to_bytes(thread: &Thread, view: &Object<MemoryView>, fortran: bool) -> Run<Value> {
    Ok(bytes_like::new_bytes(thread, copied(view, fortran)?))
}
