//! Exceptions: the payload, raising and making them, and what `BaseException` can do.
//!
//! One payload serves every class. What only some classes have (`StopIteration.value`, `OSError.errno`)
//! is a row of `fields`, laid out in `places.rs` and filled in `fields.rs`; attributes a program adds lie in inline
//! words. The other files are single classes of errors. Begin with `Exception` here.

pub mod errno;
pub mod fields;
pub mod group;
pub mod places;
pub mod reduce;
pub mod syntax_error;
pub mod unicode;

use crate::memory::{self, OutOfMemory};
use crate::object::TypeFlags;
use crate::protocol::{self, call, collect, is_instance_of, type_name};
use crate::sync::{AtomicBool, Ordering};
use crate::thread::{Thread, ThreadState};
use crate::types::object::{self, instance};
use crate::value::word::Word;
use crate::value::{
    Args, Class, ClassFlags, ErrorKind, Guarded, Kind, List, Message, NativeAttribute, NativeMethod, Object,
    Payload, Pending, Raised, Ref, Run, Slot, Slots, Str, Trace, Tuple, TypeSpec, Value, alloc,
};

/// The payload of every exception. Slots that were never set are unbound.
pub struct Exception {
    /// `args`, a tuple.
    pub args: Slot,
    /// `__context__`: what was being handled when this was raised.
    pub context: Slot,
    /// `__cause__`: what `raise … from` named.
    pub cause: Slot,
    /// `__traceback__`.
    pub traceback: Slot,
    /// `__suppress_context__`.
    pub suppress_context: AtomicBool,
    /// What only this class of exceptions has, by position.
    pub fields: Guarded<Option<Box<[Value]>>>,
}

impl Trace for Exception {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        let slots = [&self.args, &self.context, &self.cause, &self.traceback];
        slots.into_iter().for_each(|slot| slot.show::<ALL>(visit));
        self.fields.show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        let slots = [&mut self.args, &mut self.context, &mut self.cause, &mut self.traceback];
        slots.into_iter().for_each(|slot| slot.take(taken));
        // The row goes as a whole, so that nothing is left to drop.
        if let Some(mut row) = self.fields.get_mut().take() {
            row.take(taken);
        }
    }
}

impl Payload for Exception {
    const KIND: Kind = Kind::Exception;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::TAKEN_WHOLE);
}

impl Exception {
    fn new(args: Value) -> Exception {
        Exception {
            args: Slot::new(args),
            context: Slot::empty(),
            cause: Slot::empty(),
            traceback: Slot::empty(),
            suppress_context: AtomicBool::new(false),
            fields: Guarded::new(None),
        }
    }
}

impl Object<Exception> {
    /// Returns the arguments that the exception was made with.
    pub fn arguments(&self) -> Vec<Value> {
        self.args.get().downcast_ref::<Tuple>().map_or(Vec::new(), |args| args.items().to_vec())
    }

    /// A field by position; `None` (the script's) while it is not set.
    pub fn field(&self, index: usize) -> Value {
        self.with(
            |exception| &exception.fields,
            |fields| fields.as_ref().and_then(|fields| fields.get(index)).cloned().unwrap_or(Value::NONE),
        )
    }

    /// Sets a field by position.
    pub fn set_field(&self, index: usize, value: Value) {
        let old = self.with(
            |exception| &exception.fields,
            |fields| {
                let mut row = fields.take().map(Vec::from).unwrap_or_default();
                if row.len() <= index {
                    row.resize(index + 1, Value::NONE);
                }
                let old = std::mem::replace(&mut row[index], value);
                *fields = Some(row.into_boxed_slice());
                old
            },
        );
        drop(old);
    }
}

impl Exception {
    /// `__suppress_context__`: the context is not shown.
    pub fn suppress_context(&self) -> bool {
        self.suppress_context.load(Ordering::Relaxed)
    }
}

/// The payload of a value that is an exception.
pub fn payload(value: &Value) -> &Object<Exception> {
    value.downcast_ref().expect("the slot belongs to exceptions")
}

/// Makes the exception object of a raised error. An error that was raised as an object is that object.
pub fn instance(thread: &mut Thread, raised: Raised) -> Value {
    match raised.into_pending() {
        Pending::Instance(exception) | Pending::Unwound(exception) => exception,
        Pending::Message(kind, text) => {
            let text = thread.new_string(text);
            make_builtin(thread, kind, &[text])
        }
        Pending::Missing(kind, text, name, owner) => {
            let text = text.map_or_else(|| no_attribute(thread, &name, &owner), Ok);
            let Ok(text) = text else { return make_builtin(thread, ErrorKind::MemoryError, &[]) };
            let text = thread.new_string(text);
            let exception = make_builtin(thread, kind, &[text]);
            fields::set_missing(payload(&exception), name, owner);
            exception
        }
        Pending::Arguments(kind, arguments) => make_builtin(thread, kind, &arguments),
    }
}

/// The message of an `AttributeError` of an ordinary object.
fn no_attribute(thread: &Thread, name: &Value, owner: &Value) -> Result<String, OutOfMemory> {
    let name = name.downcast_ref::<Str>().map_or("", |name| name.as_str());
    memory::formatted(format_args!("'{}' object has no attribute '{name}'", type_name(thread, owner)))
}

/// Makes an exception of a built-in class; runs no script code.
pub fn make_builtin(thread: &mut Thread, kind: ErrorKind, arguments: &[Value]) -> Value {
    let args = tuple_of(thread, arguments);
    let exception = instance::allocate(thread, thread.known().error(kind), Exception::new(args));
    fields::fill(thread, kind, &exception, arguments);
    exception.into_value()
}

/// Raises `ImportError` or `ModuleNotFoundError` with the module's name.
pub fn import_error(
    thread: &mut Thread,
    kind: ErrorKind,
    message: impl Message,
    name: Option<&str>,
) -> Raised {
    let message = match message.text() {
        Ok(text) => thread.new_string(text),
        Err(memory) => return memory.into(),
    };
    let exception = make_builtin(thread, kind, &[message]);
    if let Some(name) = name {
        payload(&exception).set_field(places::import_error::name::PLACE, thread.new_str(name));
    }
    Raised::instance(exception)
}

/// Tells whether an exception is a part of another one, a group, which `split` took out of it: both have the same
/// traceback, cause and context.
pub fn is_part_of(exception: &Value, group: &Value) -> bool {
    let same = |one: Value, other: Value| one.is(&other) || is_nothing(&one) && is_nothing(&other);
    let (exception, group) = (payload(exception), payload(group));
    same(exception.traceback.get(), group.traceback.get())
        && same(exception.cause.get(), group.cause.get())
        && same(exception.context.get(), group.context.get())
}

fn is_nothing(value: &Value) -> bool {
    value.is_none() || value.is_unbound()
}

/// Returns the lines of `__notes__`, as a traceback shows them, each with its line end.
pub fn notes(thread: &mut Thread, exception: &Value) -> Vec<String> {
    let line = |text: &str| memory::formatted(format_args!("{text}\n")).unwrap_or_default();
    let notes = match protocol::find_attr(thread, exception, &thread.known().names().notes) {
        Ok(Some(notes)) if !notes.is_none() => notes,
        Ok(_) => return Vec::new(),
        Err(raised) => {
            let error = instance(thread, raised);
            let shown = match protocol::repr(thread, &error) {
                Ok(error) => line(&format!("Ignored error getting __notes__: {}", error.as_str())),
                Err(_) => line("Ignored error getting __notes__: <__notes__ repr() failed>"),
            };
            return vec![shown];
        }
    };
    if !matches!(notes.kind(), Kind::List | Kind::Tuple | Kind::Range) {
        return match protocol::repr(thread, &notes) {
            Ok(notes) => vec![line(notes.as_str())],
            Err(_) => vec![line("<__notes__ repr() failed>")],
        };
    }
    let notes = protocol::collect(thread, &notes).unwrap_or_default();
    let mut lines = Vec::new();
    for note in notes {
        match protocol::str(thread, &note) {
            Ok(note) => lines.push(line(note.as_str())),
            Err(_) => lines.push(line("<note str() failed>")),
        }
    }
    lines
}

fn tuple_of(thread: &ThreadState, values: &[Value]) -> Value {
    match values {
        [] => thread.known().empty_tuple(),
        values => thread.allocate_tuple(values.iter().cloned(), values.len()).into_value(),
    }
}

/// Whether a value is a class of exceptions.
pub fn is_class(value: &Value) -> bool {
    value.downcast_ref::<Class>().is_some_and(|class| class.flags().contains(ClassFlags::EXCEPTION))
}

/// Makes the exception that `raise value` raises: an exception is itself, a class is called without arguments.
/// Raises `TypeError` if the value is neither, and what the call raises.
pub fn make(thread: &mut Thread, value: &Value) -> Run<Value> {
    if value.kind() == Kind::Exception {
        return Ok(value.clone());
    }
    if !is_class(value) {
        return Err(Raised::type_error("exceptions must derive from BaseException"));
    }
    let made = call(thread, value, Args::positional(&[]))?;
    if made.kind() == Kind::Exception {
        return Ok(made);
    }
    let (class, given) = (protocol::repr(thread, value)?, type_name(thread, &made));
    Err(Raised::type_error(format_args!(
        "calling {} should have returned an instance of BaseException, not {given}",
        class.as_str()
    )))
}

/// Adds a note to an error and returns it, or the error that adding raises, with the first one as its context.
pub fn with_note(thread: &mut Thread, error: Raised, note: &str) -> Raised {
    let error = instance(thread, error);
    let note = thread.new_str(note);
    match append_note(thread, &error, &note) {
        Ok(()) => Raised::instance(error),
        Err(raised) => {
            let raised = instance(thread, raised);
            drop(payload(&raised).context.set(error));
            Raised::instance(raised)
        }
    }
}

/// Whether an exception is an instance of a built-in error class.
pub fn is_kind(thread: &ThreadState, exception: &Value, kind: ErrorKind) -> bool {
    is_instance_of(thread, exception, thread.known().error(kind))
}

/// `BaseException.__new__`. Raises `MemoryError`.
pub(super) fn new(thread: &mut Thread, class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    allocate(thread, class, arguments.positionals())
}

/// Makes an exception as `BaseException.__new__` does of positional arguments. Raises `MemoryError` if there is
/// no room for them.
pub fn allocate(thread: &ThreadState, class: &Object<Class>, arguments: &[Value]) -> Run<Value> {
    let args = thread.try_tuple_of(arguments.iter().cloned(), arguments.len())?;
    Ok(instance::allocate(thread, class, Exception::new(args)).into_value())
}

/// `BaseException.__init__`. Raises `TypeError` for keyword arguments, `MemoryError`.
pub fn init(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    if arguments.has_keywords() {
        return Err(Raised::type_error(format_args!(
            "{}() takes no keyword arguments",
            type_name(thread, value)
        )));
    }
    set_positionals(thread, value, arguments)
}

/// Sets `args`, unless `__new__` has set it to the same arguments. Raises `MemoryError`.
pub fn set_positionals(thread: &Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    let (args, given) = (payload(value).args.get(), arguments.positionals());
    let known = args.downcast_ref::<Tuple>().map_or(&[][..], |args| args.items());
    if known.len() == given.len() && known.iter().zip(given).all(|(known, given)| known.is(given)) {
        return Ok(());
    }
    let args = thread.try_tuple_of(given.iter().cloned(), given.len())?;
    drop(payload(value).args.set(args));
    Ok(())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = type_name(thread, value);
    let args = payload(value).args.get();
    let (open, shown, close) = match args.downcast_ref::<Tuple>().map(|args| args.items()) {
        Some([only]) => ("(", protocol::repr(thread, only)?, ")"),
        _ => ("", protocol::repr(thread, &args)?, ""),
    };
    let pieces = [&name, open, shown.as_str(), close];
    let mut text = memory::text_with_room(pieces.iter().map(|piece| piece.len()).sum())?;
    pieces.iter().for_each(|piece| text.push_str(piece));
    Ok(thread.new_string(text))
}

/// Returns `str(exception)`: an empty text, the `str` of the only argument, or the `repr` of all. Raises what
/// these raise.
pub fn str(thread: &mut Thread, value: &Value) -> Run<Value> {
    let args = payload(value).args.get();
    match args.downcast_ref::<Tuple>().map(|args| args.items()) {
        Some([]) => Ok(thread.new_str("")),
        Some([only]) => protocol::str(thread, only).map(Ref::into_value),
        _ => protocol::repr(thread, &args).map(Ref::into_value),
    }
}

fn or_none(value: Value) -> Value {
    if value.is_unbound() { Value::NONE } else { value }
}

fn get_args(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(payload(value).args.get())
}

fn set_args(thread: &mut Thread, value: &Value, args: Option<&Value>) -> Run<()> {
    let Some(args) = args else { return Err(Raised::type_error("args may not be deleted")) };
    let items = collect(thread, args)?;
    drop(payload(value).args.set(thread.new_tuple(items)));
    Ok(())
}

fn get_context(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(or_none(payload(value).context.get()))
}

fn set_context(_thread: &mut Thread, value: &Value, context: Option<&Value>) -> Run<()> {
    let context =
        checked(context, "__context__", "exception context must be None or derive from BaseException")?;
    drop(payload(value).context.set(context));
    Ok(())
}

fn get_cause(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(or_none(payload(value).cause.get()))
}

fn set_cause(_thread: &mut Thread, value: &Value, cause: Option<&Value>) -> Run<()> {
    let cause = checked(cause, "__cause__", "exception cause must be None or derive from BaseException")?;
    drop(payload(value).cause.set(cause));
    payload(value).suppress_context.store(true, Ordering::Relaxed);
    Ok(())
}

fn checked(given: Option<&Value>, name: &str, message: &str) -> Run<Value> {
    match given {
        None => Err(Raised::type_error(format_args!("{name} may not be deleted"))),
        Some(given) if given.is_none() || given.kind() == Kind::Exception => Ok(given.clone()),
        Some(_) => Err(Raised::type_error(message)),
    }
}

fn get_traceback(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(or_none(payload(value).traceback.get()))
}

fn set_traceback(_thread: &mut Thread, value: &Value, traceback: Option<&Value>) -> Run<()> {
    match traceback {
        None => Err(Raised::type_error("__traceback__ may not be deleted")),
        Some(traceback) if traceback.is_none() || traceback.kind() == Kind::Traceback => {
            drop(payload(value).traceback.set(traceback.clone()));
            Ok(())
        }
        Some(_) => Err(Raised::type_error("__traceback__ must be a traceback or None")),
    }
}

fn get_suppress(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(Value::bool(payload(value).suppress_context.load(Ordering::Relaxed)))
}

fn set_suppress(_thread: &mut Thread, value: &Value, suppress: Option<&Value>) -> Run<()> {
    let Some(suppress) = suppress else {
        return Err(Raised::type_error("can't delete numeric/char attribute"));
    };
    let Some(suppress) = suppress.as_bool() else {
        return Err(Raised::type_error("attribute value type must be bool"));
    };
    payload(value).suppress_context.store(suppress, Ordering::Relaxed);
    Ok(())
}

fn with_traceback(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value, traceback] = arguments.exactly();
    set_traceback(thread, value, Some(traceback))?;
    Ok(value.clone())
}

fn add_note(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value, note] = arguments.exactly();
    if note.downcast_ref::<Str>().is_none() {
        let given = type_name(thread, note);
        return Err(Raised::type_error(format_args!("add_note() argument must be str, not {given}")));
    }
    append_note(thread, value, note)?;
    Ok(Value::NONE)
}

/// Appends a text to `__notes__`, which is made if it is missing. Raises `TypeError` if it is no list, and what reading
/// and assigning the attribute raises.
fn append_note(thread: &mut Thread, exception: &Value, note: &Value) -> Run<()> {
    let name = &thread.known().names().notes;
    match protocol::find_attr(thread, exception, name)? {
        Some(notes) => match notes.downcast_ref::<List>() {
            Some(notes) => Ok(notes.push(note.clone())?),
            None => Err(Raised::type_error("Cannot add note: __notes__ is not a list")),
        },
        None => {
            let notes = thread.alloc(List::new(vec![note.clone()])).into_value();
            protocol::set_attr(thread, exception, name, &notes)
        }
    }
}

/// `BaseException`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Exception,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT).union(ClassFlags::EXCEPTION),
    info: alloc::type_info::<Exception>,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), str: Some(str), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("with_traceback", "tb, /", with_traceback),
        NativeMethod::new("add_note", "note, /", add_note),
        NativeMethod::new("__reduce__", "", reduce::reduce),
        NativeMethod::new("__setstate__", "state, /", reduce::set_state),
    ],
    attributes: &[
        NativeAttribute::new("args", get_args, set_args),
        NativeAttribute::new("__context__", get_context, set_context),
        NativeAttribute::new("__cause__", get_cause, set_cause),
        NativeAttribute::new("__traceback__", get_traceback, set_traceback),
        NativeAttribute::new("__suppress_context__", get_suppress, set_suppress).as_field(),
        NativeAttribute::new("__dict__", object::get_dict, object::set_dict),
    ],
    doc: "",
};
