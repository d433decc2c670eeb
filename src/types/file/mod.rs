//! Files: what `open` gives, one type for text and three for bytes; and standard streams (`stream.rs`).
//!
//! The state of an open file is taken out of the object while an operation runs, so that no lock is held
//! during a system call and no script code runs meanwhile. Decoding is in `text.rs`, buffers and
//! system calls in `bytes.rs` and `descriptor.rs`, the methods in `methods.rs`, `open` itself in `open.rs`, where to
//! begin. What the system knows of files is in `status.rs`, the iterator over a folder in
//! `folder.rs`.

pub mod bytes;
pub mod descriptor;
pub mod folder;
pub mod methods;
#[expect(
    unsafe_code,
    reason = "programs name open files by numbers, of which the system alone knows the owners"
)]
pub mod number;
pub mod open;
pub mod readinto;
pub mod status;
pub mod stream;
pub mod text;
pub mod unsupported;

use crate::memory;
use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::file::bytes::Bytes;
use crate::types::file::methods::{ATTRIBUTES, METHODS, TEXT_ATTRIBUTES, iter, next};
use crate::types::file::readinto::BINARY_METHODS;
use crate::types::file::text::Text;
use crate::types::file::unsupported::unsupported;
use crate::value::alloc::type_info;
use crate::value::{
    ClassFlags, ErrorKind, Guarded, Kind, Known, NativeAttribute, NativeMethod, Object, Payload, Raised, Run,
    Slots, TypeSpec, Value,
};

/// The number of the type of text files.
const TEXT: usize = 0;
/// The number of the type of binary files that are read.
const READER: usize = 1;
/// The number of the type of binary files that are written.
const WRITER: usize = 2;
/// The number of the type of binary files that are read and written.
const RANDOM: usize = 3;

/// The payload of a file of any sort.
pub struct File<const SORT: usize> {
    /// What files of all types have.
    parts: Parts,
}

/// What files of all types have.
pub struct Parts {
    name: Value,
    mode: Box<str>,
    described: Described,
    state: Guarded<Place>,
}

/// What a file tells about itself, whether open or closed; binary files have no encoding.
pub struct Described {
    /// `encoding`.
    pub encoding: Box<str>,
    /// `errors`.
    pub errors: Box<str>,
    /// `line_buffering`.
    pub writes_lines: bool,
    /// Whether it was opened for reading, and for writing.
    pub access: (bool, bool),
}

/// The state of an open file.
pub struct State {
    /// Buffers and the file of the system.
    pub bytes: Bytes,
    /// How the bytes are decoded; `None` for a binary file.
    pub text: Option<Text>,
    /// Whether it can be read.
    pub reads: bool,
    /// Whether it can be written.
    pub writes: bool,
}

/// Where the state is: here, taken out by an operation that is running, or dropped with the closed file.
enum Place {
    Open(Box<State>),
    Busy,
    Closed,
}

impl crate::value::Trace for Place {
    fn show<const ALL: bool>(&self, _visit: &mut dyn FnMut(u64)) {}
    fn take(&mut self, _taken: &mut Vec<u64>) {}
}

references!(Parts { name, state });
references!(File<TEXT> { parts });
references!(File<READER> { parts });
references!(File<WRITER> { parts });
references!(File<RANDOM> { parts });

impl Payload for File<TEXT> {
    const KIND: Kind = Kind::File;
}

impl Payload for File<READER> {
    const KIND: Kind = Kind::BufferedReader;
}

impl Payload for File<WRITER> {
    const KIND: Kind = Kind::BufferedWriter;
}

impl Payload for File<RANDOM> {
    const KIND: Kind = Kind::BufferedRandom;
}

/// Makes the object of an open file.
pub fn new(thread: &Thread, name: &Value, mode: &str, state: State) -> Value {
    let (reads, writes, is_text) = (state.reads, state.writes, state.text.is_some());
    let mode = if is_text { mode.to_owned() } else { binary_mode(mode) };
    let text = state.text.as_ref();
    let described = Described {
        encoding: text.map_or_else(Box::default, |text| text.encoding.clone()),
        errors: text.map_or_else(Box::default, |text| text.errors.clone()),
        writes_lines: text.is_some_and(|text| text.writes_lines),
        access: (reads, writes),
    };
    let state = Guarded::new(Place::Open(Box::new(state)));
    let parts = Parts { name: name.clone(), mode: mode.into(), described, state };
    match (is_text, reads, writes) {
        (true, ..) => thread.alloc(File::<TEXT> { parts }).into_value(),
        (false, true, true) => thread.alloc(File::<RANDOM> { parts }).into_value(),
        (false, true, false) => thread.alloc(File::<READER> { parts }).into_value(),
        (false, false, _) => thread.alloc(File::<WRITER> { parts }).into_value(),
    }
}

/// The mode of a binary file as CPython shows it: `wb+` is shown as `rb+`.
fn binary_mode(mode: &str) -> String {
    let kind = mode.chars().find(|letter| "rwax".contains(*letter)).unwrap_or('r');
    match (kind, mode.contains('+')) {
        ('w' | 'r', true) => "rb+".to_owned(),
        (kind, true) => format!("{kind}b+"),
        (kind, false) => format!("{kind}b"),
    }
}

fn object<const SORT: usize>(value: &Value) -> &Object<File<SORT>>
where
    File<SORT>: Payload,
{
    value.downcast_ref().expect("the method belongs to files of this sort")
}

fn with_place<R>(value: &Value, action: impl FnOnce(&mut Place) -> R) -> R {
    match value.kind() {
        Kind::File => object::<TEXT>(value).with(|file| &file.parts.state, action),
        Kind::BufferedReader => object::<READER>(value).with(|file| &file.parts.state, action),
        Kind::BufferedWriter => object::<WRITER>(value).with(|file| &file.parts.state, action),
        _ => object::<RANDOM>(value).with(|file| &file.parts.state, action),
    }
}

fn parts(value: &Value) -> &Parts {
    match value.kind() {
        Kind::File => &object::<TEXT>(value).parts,
        Kind::BufferedReader => &object::<READER>(value).parts,
        Kind::BufferedWriter => &object::<WRITER>(value).parts,
        _ => &object::<RANDOM>(value).parts,
    }
}

/// Whether the file is text.
pub fn is_text(value: &Value) -> bool {
    value.kind() == Kind::File
}

/// Whether the file was closed.
pub fn is_closed(value: &Value) -> bool {
    with_place(value, |place| matches!(place, Place::Closed))
}

/// Makes the error of an operation on a closed file; `doing` is what a binary file was asked to do.
fn closed(value: &Value, doing: &str) -> Raised {
    Raised::value_error(match is_text(value) || doing.is_empty() {
        true => "I/O operation on closed file.".to_owned(),
        false => format!("{doing} of closed file"),
    })
}

/// Runs `action` on the state of an open file. Raises `ValueError` if the file is closed, `RuntimeError` if
/// another thread is using it, and what `action` raises.
pub fn with_state<R>(
    thread: &mut Thread,
    value: &Value,
    doing: &str,
    action: impl FnOnce(&mut Thread, &mut State) -> Run<R>,
) -> Run<R> {
    let mut state = match with_place(value, |place| match place {
        Place::Closed => Place::Closed,
        _ => std::mem::replace(place, Place::Busy),
    }) {
        Place::Open(state) => state,
        Place::Busy => return Err(Raised::runtime_error("the file is in use by another thread")),
        Place::Closed => return Err(closed(value, doing)),
    };
    let result = action(thread, &mut state);
    drop(with_place(value, |place| std::mem::replace(place, Place::Open(state))));
    result
}

/// Writes the buffer and closes the file; does nothing if it is closed. Raises what writing raises.
pub fn close(thread: &mut Thread, value: &Value) -> Run<()> {
    if is_closed(value) {
        return Ok(());
    }
    let written = with_state(thread, value, "", |thread, state| state.bytes.flush(thread));
    let state = with_place(value, |place| std::mem::replace(place, Place::Closed));
    thread.detached(|| drop(state));
    written
}

/// Ends a file that is dropped and was not closed: warns of it, writes what waits to be written and closes it. What fails
/// is reported, since nobody can catch it.
fn finalize(thread: &mut Thread, value: &Value) -> Run<()> {
    if is_closed(value) {
        return Ok(());
    }
    let ended = warn_of_open_file(thread, value);
    for result in [ended, close(thread, value)] {
        if let Err(error) = result {
            let what = "Exception ignored while finalizing file";
            Known::report_unraisable(thread, error, Some(what), Some(value));
        }
    }
    Ok(())
}

/// Warns that a file was not closed. Raises the warning if a filter says so.
fn warn_of_open_file(thread: &mut Thread, value: &Value) -> Run<()> {
    let shown = protocol::repr(thread, value)?;
    let text = memory::formatted(format_args!("unclosed file {}", shown.as_str()))?;
    (thread.known().upper_floors.warn)(thread, ErrorKind::ResourceWarning, &text)
}

impl State {
    /// Raises `UnsupportedOperation` if the file is only written.
    pub fn check_reads(&self, thread: &mut Thread, doing: &str) -> Run<()> {
        match (self.reads, &self.text) {
            (true, _) => Ok(()),
            (false, Some(_)) => Err(unsupported(thread, "not readable")),
            (false, None) => Err(unsupported(thread, doing)),
        }
    }

    /// Raises `UnsupportedOperation` if the file is only read.
    pub fn check_writes(&self, thread: &mut Thread, doing: &str) -> Run<()> {
        match (self.writes, &self.text) {
            (true, _) => Ok(()),
            (false, Some(_)) if doing == "write" => Err(unsupported(thread, "not writable")),
            (false, _) => Err(unsupported(thread, doing)),
        }
    }
}

/// `name`.
pub fn name(value: &Value) -> &Value {
    &parts(value).name
}

/// Returns what a file tells about itself.
pub fn described(value: &Value) -> &Described {
    &parts(value).described
}

/// `mode`.
pub fn mode(value: &Value) -> &str {
    &parts(value).mode
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = protocol::repr(thread, name(value))?;
    let (kind, name) = (value.kind().name(), name.as_str());
    if !is_text(value) {
        return Ok(thread.new_string(memory::formatted(format_args!("<{kind} name={name}>"))?));
    }
    let (encoding, mode) = (&described(value).encoding, mode(value));
    Ok(thread.new_string(memory::formatted(format_args!(
        "<{kind} name={name} mode='{mode}' encoding='{encoding}'>"
    ))?))
}

const SLOTS: Slots =
    Slots { repr: Some(repr), iter: Some(iter), next: Some(next), finalize: Some(finalize), ..Slots::EMPTY };

const fn spec<const SORT: usize>(
    methods: &'static [NativeMethod],
    attributes: &'static [NativeAttribute],
) -> TypeSpec
where
    File<SORT>: Payload,
{
    TypeSpec {
        kind: <File<SORT> as Payload>::KIND,
        base: Kind::Object,
        flags: ClassFlags::WEAKREFABLE,
        info: type_info::<File<SORT>>,
        slots: SLOTS,
        methods,
        attributes,
        doc: "",
    }
}

/// The table of text files.
pub const SPEC: TypeSpec = spec::<TEXT>(METHODS, TEXT_ATTRIBUTES);
/// The table of binary files that are read.
pub const READER_SPEC: TypeSpec = spec::<READER>(&BINARY_METHODS, ATTRIBUTES);
/// The table of binary files that are written.
pub const WRITER_SPEC: TypeSpec = spec::<WRITER>(&BINARY_METHODS, ATTRIBUTES);
/// The table of binary files that are read and written.
pub const RANDOM_SPEC: TypeSpec = spec::<RANDOM>(&BINARY_METHODS, ATTRIBUTES);
