//! The payload of a `memoryview`, and of the object behind it that holds the viewed memory.
//!
//! ```text
//! memoryview ─┐
//!             ├─▶ managed buffer ─▶ exporter (what `obj` shows)
//! memoryview ─┘                └──▶ storage (the `bytes` or `bytearray` whose bytes are viewed)
//! ```
//!
//! All views that slices and casts make of one view share its managed buffer. As long as that lives, the storage does
//! not change its number of bytes; a view that is released lets go of it. An `array` would be one more storage: a case
//! in `with_storage` and `with_storage_mut`. What scripts can do is in `types/memoryview/`, how a view is got from an
//! object in `types/object/buffer.rs`.

use crate::memory::{self, OutOfMemory};
use crate::object::TypeFlags;
use crate::references;
use crate::sync::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use crate::value::class::kind::Kind;
use crate::value::guarded::Slot;
use crate::value::object::{Object, Payload, Ref};
use crate::value::payload::byte_array::ByteArray;
use crate::value::payload::bytes::Bytes;
use crate::value::raised::{Raised, Run};
use crate::value::trace::Trace;
use crate::value::value::Value;
use crate::value::word::Word;

/// What holds the memory of one or more views (CPython: _PyManagedBufferObject).
pub struct ManagedBuffer {
    /// What the views show as `obj`; `None` if nothing is to be shown.
    pub exporter: Value,
    /// The `bytes` or `bytearray`.
    storage: Value,
    /// Whether the storage, and an exporter that is a view itself, were told that there is a view.
    is_counted: AtomicBool,
}

impl ManagedBuffer {
    /// Holds the memory of a `bytes` or `bytearray`; whoever makes the object of it calls nothing else.
    pub fn new(exporter: Value, storage: Value) -> ManagedBuffer {
        if let Some(array) = storage.downcast_ref::<ByteArray>() {
            array.export();
        }
        if let Some(view) = exporter.downcast_ref::<MemoryView>() {
            view.exports.fetch_add(1, Ordering::Relaxed);
        }
        ManagedBuffer { exporter, storage, is_counted: AtomicBool::new(true) }
    }

    /// The `bytes` or `bytearray` whose bytes are viewed.
    pub const fn storage(&self) -> &Value {
        &self.storage
    }

    /// Tells the storage and the exporter, once, that this view of them has ended.
    fn let_go(&self) {
        // AcqRel: whatever was done through the views comes before the end of the export.
        if !self.is_counted.swap(false, Ordering::AcqRel) {
            return;
        }
        if let Some(array) = self.storage.downcast_ref::<ByteArray>() {
            array.unexport();
        }
        if let Some(view) = self.exporter.downcast_ref::<MemoryView>() {
            view.exports.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Runs `action` on all bytes of the storage; it must not run script code.
    pub fn with_storage<R>(&self, action: impl FnOnce(&[u8]) -> R) -> R {
        if let Some(array) = self.storage.downcast_ref::<ByteArray>() {
            return array.with_bytes(action);
        }
        action(self.storage.downcast_ref::<Bytes>().map_or(&[][..], |bytes| bytes.as_slice()))
    }

    /// Runs `action` on all bytes of the storage, to change them; it must not run script code. The bytes of a `bytes`
    /// cannot be changed: `action` gets none.
    pub fn with_storage_mut<R>(&self, action: impl FnOnce(&mut [u8]) -> R) -> R {
        match self.storage.downcast_ref::<ByteArray>() {
            Some(array) => array.with_bytes_mut(action),
            None => action(&mut []),
        }
    }
}

impl Trace for ManagedBuffer {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.exporter.show::<ALL>(visit);
        self.storage.show::<ALL>(visit);
    }

    /// Ends the view first: afterwards nothing is known of the objects that were told of it.
    fn take(&mut self, taken: &mut Vec<Word>) {
        self.let_go();
        Trace::take(&mut self.exporter, taken);
        Trace::take(&mut self.storage, taken);
    }
}

impl Drop for ManagedBuffer {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Payload for ManagedBuffer {
    const KIND: Kind = Kind::ManagedBuffer;
}

/// What stands between the views and an object of a class of the script with `__buffer__`: the view that its method
/// returned, and the object (CPython: _PyBufferWrapper_Type).
pub struct BufferWrapper {
    /// The view that `__buffer__` returned.
    pub view: Slot,
    /// The object that was asked.
    pub exporter: Slot,
}

references!(BufferWrapper { view, exporter });

impl Payload for BufferWrapper {
    const KIND: Kind = Kind::BufferWrapper;
}

/// The payload of a `memoryview`.
pub struct MemoryView {
    /// The managed buffer; nothing once the view was released.
    buffer: Slot,
    /// Which bytes are viewed, and as what.
    pub layout: Layout,
    /// How many others were given the bytes by this view, so that it cannot be released.
    pub exports: AtomicUsize,
    /// The hash, 0 while it is not known.
    pub hash: AtomicI64,
    /// Whether no other view can be made of this one, as it lasts for one call only.
    pub is_restricted: AtomicBool,
}

references!(MemoryView { buffer });

impl Payload for MemoryView {
    const KIND: Kind = Kind::MemoryView;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC;
}

impl MemoryView {
    /// A view of held memory.
    pub fn new(buffer: Ref<ManagedBuffer>, layout: Layout) -> MemoryView {
        MemoryView {
            buffer: Slot::new(buffer.into_value()),
            layout,
            exports: AtomicUsize::new(0),
            hash: AtomicI64::new(0),
            is_restricted: AtomicBool::new(false),
        }
    }
}

impl Object<MemoryView> {
    /// Returns what holds the memory. Raises `ValueError` if the view was released.
    pub fn held(&self) -> Run<Ref<ManagedBuffer>> {
        self.buffer
            .get()
            .downcast::<ManagedBuffer>()
            .map_err(|_| Raised::value_error("operation forbidden on released memoryview object"))
    }

    /// Tells whether the view was released.
    pub fn is_released(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Lets go of the memory. The caller drops the result, which may run script code.
    pub fn release(&self) -> Value {
        self.buffer.set(Value::UNBOUND)
    }
}

/// Which bytes of the storage a view shows, and as what.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Where in the storage the first item begins.
    pub offset: isize,
    /// The type of the items.
    pub format: Format,
    /// How many items there are in each dimension.
    pub shape: Box<[usize]>,
    /// Bytes from one item to the next in each dimension.
    pub strides: Box<[isize]>,
    /// Whether the items cannot be assigned.
    pub is_readonly: bool,
}

/// The type of the items of a view: a native format of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The character.
    pub code: u8,
    /// Whether it was given with a `@` before it.
    pub is_prefixed: bool,
}

impl Format {
    /// Unsigned bytes.
    pub const BYTES: Format = Format { code: b'B', is_prefixed: false };

    /// Reads a format; `None` if it is none.
    pub fn parse(text: &str) -> Option<Format> {
        let (code, is_prefixed) = match *text.as_bytes() {
            [code] => (code, false),
            [b'@', code] => (code, true),
            _ => return None,
        };
        let format = Format { code, is_prefixed };
        (format.item_bytes() > 0).then_some(format)
    }

    /// The format as it was given.
    pub fn text(self) -> String {
        let at = if self.is_prefixed { "@" } else { "" };
        format!("{at}{}", self.code as char)
    }

    /// Bytes of an item; 0 for what is no format.
    pub const fn item_bytes(self) -> usize {
        match self.code {
            b'c' | b'b' | b'B' | b'?' => 1,
            b'h' | b'H' | b'e' => 2,
            b'i' | b'I' | b'f' => 4,
            b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
            _ => 0,
        }
    }

    /// Whether items are single bytes.
    pub const fn is_bytes(self) -> bool {
        matches!(self.code, b'c' | b'b' | b'B')
    }
}

impl Layout {
    /// The layout of all bytes of a storage.
    pub fn bytes(len: usize, is_readonly: bool) -> Layout {
        Layout {
            offset: 0,
            format: Format::BYTES,
            shape: Box::new([len]),
            strides: Box::new([1]),
            is_readonly,
        }
    }

    /// How many dimensions.
    pub const fn dimensions(&self) -> usize {
        self.shape.len()
    }

    /// How many items.
    pub fn item_count(&self) -> usize {
        self.shape.iter().product()
    }

    /// How many bytes all items have.
    pub fn byte_count(&self) -> usize {
        self.item_count() * self.format.item_bytes()
    }

    /// Tells whether the items follow each other without gaps, in C order or in Fortran order.
    /// In C order the index of the last dimension changes fastest, in Fortran order that of the first.
    pub fn is_contiguous(&self, fortran: bool) -> bool {
        if self.item_count() == 0 {
            return true;
        }
        let mut expected = self.format.item_bytes() as isize;
        let mut fits = |dimension: usize| {
            let fits = self.shape[dimension] <= 1 || self.strides[dimension] == expected;
            expected *= self.shape[dimension] as isize;
            fits
        };
        if fortran {
            (0..self.dimensions()).all(&mut fits)
        } else {
            (0..self.dimensions()).rev().all(&mut fits)
        }
    }

    /// Copies the items out of the bytes of the storage, in the order of C or of Fortran.
    pub fn gather(&self, storage: &[u8], fortran: bool) -> Result<Vec<u8>, OutOfMemory> {
        let mut gathered = memory::with_room(self.byte_count())?;
        if self.is_contiguous(fortran) {
            let start = self.offset as usize;
            gathered.extend_from_slice(storage.get(start..start + self.byte_count()).unwrap_or_default());
            return Ok(gathered);
        }
        let item = self.format.item_bytes();
        self.for_each_offset(fortran, &mut |at| {
            gathered.extend_from_slice(storage.get(at..at + item).unwrap_or_default());
        });
        Ok(gathered)
    }

    /// Calls `see` with the offset of each item in the storage, in the order of the items: the last dimension first
    /// (or the first, in the order of Fortran).
    pub fn for_each_offset(&self, fortran: bool, see: &mut impl FnMut(usize)) {
        if self.item_count() > 0 {
            self.walk(fortran, 0, self.offset, see);
        }
    }

    fn walk(&self, fortran: bool, depth: usize, offset: isize, see: &mut impl FnMut(usize)) {
        if depth == self.dimensions() {
            return see(offset as usize);
        }
        let dimension = if fortran { self.dimensions() - 1 - depth } else { depth };
        for index in 0..self.shape[dimension] {
            self.walk(fortran, depth + 1, offset + index as isize * self.strides[dimension], see);
        }
    }
}
