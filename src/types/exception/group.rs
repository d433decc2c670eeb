//! Groups of exceptions: making one, taking it apart, and `ExceptionGroup`, the class with two parents.
//!
//! A group of nothing but `Exception`s is an `ExceptionGroup`, itself an `Exception`; any other is a
//! `BaseExceptionGroup`. The fields are `message` and `exceptions`, a tuple.

use crate::memory;
use crate::protocol;
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::exception::places::group::{exceptions, message};
use crate::types::exception::{self, payload};
use crate::types::object::instance;
use crate::types::sequence::is_sequence;
use crate::value::{
    Args, Class, ErrorKind, Kind, List, NativeMethod, Object, Raised, Ref, Run, Signature, Str, Style, Tuple,
    Value,
};

/// Returns the exceptions directly in a group.
pub fn members(group: &Value) -> Vec<Value> {
    payload(group)
        .field(exceptions::PLACE)
        .downcast_ref::<Tuple>()
        .map_or(Vec::new(), |members| members.items().to_vec())
}

/// Whether a value is a group of exceptions.
pub fn is_group(thread: &Thread, value: &Value) -> bool {
    protocol::is_instance_of(thread, value, thread.known().error(ErrorKind::BaseExceptionGroup))
}

/// `BaseExceptionGroup.__new__(message, exceptions)`.
/// Raises `TypeError` or `ValueError` for arguments that are no text and no sequence of exceptions, and what
/// iterating over the sequence and its `repr` raise.
pub fn new(thread: &mut Thread, class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    const SIGNATURE: Signature = Signature::new("message, exceptions, /").styled(Style::Parsed);
    let name = "BaseExceptionGroup.__new__()";
    SIGNATURE.check("BaseExceptionGroup.__new__", arguments.without_keywords())?;
    let [message, given] = arguments.without_keywords().exactly();
    if message.downcast_ref::<Str>().is_none() {
        let given = protocol::argument_kind(thread, message);
        return Err(Raised::type_error(format_args!("{name} argument 1 must be str, not {given}")));
    }
    if !is_sequence(thread, given) {
        return Err(Raised::type_error("second argument (exceptions) must be a sequence"));
    }
    let exceptions = protocol::collect(thread, given)?;
    if exceptions.is_empty() {
        return Err(Raised::value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    if let Some(position) = exceptions.iter().position(|exception| exception.kind() != Kind::Exception) {
        return Err(Raised::value_error(format_args!(
            "Item {position} of second argument (exceptions) is not an exception"
        )));
    }
    let class = class_for(thread, class, &exceptions)?;
    // A sequence of another type is shown as it is now, whatever becomes of it.
    let shown = match given.kind() {
        Kind::List | Kind::Tuple => None,
        _ => Some(protocol::repr(thread, given)?.into_value()),
    };
    let Some(base_new) = thread.known().error(ErrorKind::BaseException).slots().new else {
        return Err(Raised::type_error("cannot create exceptions"));
    };
    let made = base_new(thread, &class, arguments)?;
    payload(&made).set_field(message::PLACE, message.clone());
    payload(&made).set_field(exceptions::PLACE, thread.new_tuple(exceptions));
    if let Some(shown) = shown {
        payload(&made).set_field(SHOWN, shown);
    }
    Ok(made)
}

/// The place of the `repr` of the sequence that a group was made of, if that was no list or tuple.
const SHOWN: usize = exceptions::PLACE + 1;

/// Returns `repr(group)`: its message, and its exceptions as a sequence of the type it was made of. Raises what
/// `repr` of these raises.
pub fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let group = payload(value);
    let shown = match group.field(SHOWN).downcast::<Str>() {
        Ok(shown) => shown,
        Err(_) => {
            let was_list = match group.args.get().downcast_ref::<Tuple>().map(|args| args.items()) {
                Some([_, exceptions]) => exceptions.downcast_exact::<List>().is_some(),
                _ => false,
            };
            let exceptions = match was_list {
                true => thread.alloc(List::new(members(value))).into_value(),
                false => group.field(exceptions::PLACE),
            };
            protocol::repr(thread, &exceptions)?
        }
    };
    let message = protocol::repr(thread, &group.field(message::PLACE))?;
    let class = protocol::type_name(thread, value);
    let text = memory::formatted(format_args!("{class}({}, {})", message.as_str(), shown.as_str()))?;
    Ok(thread.new_string(text))
}

/// Returns the class of a group of these exceptions: `ExceptionGroup` if all are `Exception`s.
fn class_for(thread: &Thread, class: &Object<Class>, exceptions: &[Value]) -> Run<Ref<Class>> {
    let known = thread.known();
    let exception_class = known.error(ErrorKind::Exception);
    let all_ordinary =
        exceptions.iter().all(|exception| protocol::is_instance_of(thread, exception, exception_class));
    let group = known.exception_group.get();
    if class.raw() == known.error(ErrorKind::BaseExceptionGroup).raw() {
        return Ok(group.filter(|_| all_ordinary).map_or_else(|| class.to_ref(), |group| group.to_ref()));
    }
    if !all_ordinary && class.is_subclass_of(exception_class) {
        let name = match group {
            Some(group) if group.raw() == class.raw() => "an ExceptionGroup".to_owned(),
            _ => format!("'{}'", class.name_text()),
        };
        return Err(Raised::type_error(format_args!("Cannot nest BaseExceptions in {name}")));
    }
    Ok(class.to_ref())
}

/// Returns `str(group)`: the message and the number of exceptions. Raises what `str` of the message raises.
pub fn str(thread: &mut Thread, value: &Value) -> Run<Value> {
    let message = protocol::str(thread, &payload(value).field(message::PLACE))?;
    let count = members(value).len();
    let plural = if count == 1 { "" } else { "s" };
    Ok(thread
        .new_string(memory::formatted(format_args!("{} ({count} sub-exception{plural})", message.as_str()))?))
}

/// Makes a group without a message of a sequence of exceptions. Raises what the constructor raises.
pub fn of(thread: &mut Thread, exceptions: Value) -> Run<Value> {
    let class = thread.known().error(ErrorKind::BaseExceptionGroup).to_value();
    let arguments = [thread.new_str(""), exceptions];
    protocol::call(thread, &class, Args::positional(&arguments))
}

/// Returns the part of a group that holds the leaves of some exceptions, with the group's nesting; `None` for no
/// leaves. Raises what `derive` raises, `TypeError` if it returns no group, `RecursionError` for groups nested too
/// deeply, `KeyboardInterrupt`, `MemoryError`.
pub fn projection(thread: &mut Thread, group: &Value, kept: &[Value]) -> Run<Option<Value>> {
    let (mut leaves, mut pending) = (Vec::new(), kept.to_vec());
    while let Some(exception) = pending.pop() {
        protocol::check_interrupt(thread)?;
        match is_group(thread, &exception) {
            true => pending.extend(members(&exception)),
            false => leaves.push(exception),
        }
    }
    let [found, _] = split_recursively(thread, group, &Matcher::These(&leaves))?;
    Ok(found)
}

/// What selects exceptions: a class, a tuple of classes, a function, or a list of exceptions.
enum Matcher<'a> {
    Classes(&'a [Value]),
    Function(&'a Value),
    These(&'a [Value]),
}

impl<'a> Matcher<'a> {
    fn of(thread: &Thread, value: &'a Value) -> Run<Matcher<'a>> {
        let is_callable = protocol::slots_of(thread, value).call.is_some();
        if value.kind() != Kind::Class && is_callable {
            return Ok(Matcher::Function(value));
        }
        let classes =
            value.downcast_ref::<Tuple>().map_or(std::slice::from_ref(value), |tuple| tuple.items());
        if classes.iter().all(exception::is_class) {
            return Ok(Matcher::Classes(classes));
        }
        Err(Raised::type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }

    fn fits(&self, thread: &mut Thread, exception: &Value) -> Run<bool> {
        match self {
            Matcher::Classes(classes) => Ok(classes
                .iter()
                .filter_map(Value::downcast_ref::<Class>)
                .any(|class| protocol::is_instance_of(thread, exception, class))),
            Matcher::These(leaves) => Ok(leaves.iter().any(|leaf| leaf.is(exception))),
            Matcher::Function(function) => {
                let answer =
                    protocol::call(thread, function, Args::positional(std::slice::from_ref(exception)))?;
                protocol::is_true(thread, &answer)
            }
        }
    }
}

/// Splits an exception into the part that matches and the rest; both keep the nesting of groups.
fn split_recursively(
    thread: &mut Thread,
    exception: &Value,
    matcher: &Matcher<'_>,
) -> Run<[Option<Value>; 2]> {
    if matcher.fits(thread, exception)? {
        return Ok([Some(exception.clone()), None]);
    }
    if !is_group(thread, exception) {
        return Ok([None, Some(exception.clone())]);
    }
    protocol::check_recursion(thread, "in exceptiongroup_split_recursive")?;
    let (mut fitting, mut others) = (Vec::new(), Vec::new());
    for member in members(exception) {
        let [fits, rest] = split_recursively(thread, &member, matcher)?;
        fitting.extend(fits);
        others.extend(rest);
    }
    Ok([subset(thread, exception, fitting)?, subset(thread, exception, others)?])
}

/// Makes a group like another one with some of its exceptions, by `derive`; `None` if there is no exception.
fn subset(thread: &mut Thread, group: &Value, exceptions: Vec<Value>) -> Run<Option<Value>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let exceptions = thread.alloc(List::new(exceptions)).into_value();
    let name = thread.known().intern(thread, "derive");
    let made = protocol::call_method(thread, group, &name, &[exceptions])?;
    if !is_group(thread, &made) {
        return Err(Raised::type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (from, to) = (payload(group), payload(&made));
    drop(to.traceback.set(from.traceback.get()));
    drop(to.context.set(from.context.get()));
    drop(to.cause.set(from.cause.get()));
    to.suppress_context.store(true, Ordering::Relaxed);
    let name = &thread.known().names().notes;
    if let Some(notes) =
        instance::find(group, name).and_then(|notes| Some(notes.downcast_ref::<List>()?.to_vec()))
    {
        let notes = notes?;
        let notes = thread.alloc(List::new(notes)).into_value();
        instance::store(thread, &made, name, notes)?;
    }
    Ok(Some(made))
}

fn split(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [chosen] = one(args, "split")?;
    let parts = split_recursively(thread, &args.positionals()[0], &Matcher::of(thread, chosen)?)?;
    Ok(thread.new_tuple(parts.map(|part| part.unwrap_or(Value::NONE)).to_vec()))
}

fn subgroup(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [chosen] = one(args, "subgroup")?;
    let [fitting, _] = split_recursively(thread, &args.positionals()[0], &Matcher::of(thread, chosen)?)?;
    Ok(fitting.unwrap_or(Value::NONE))
}

fn derive(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [exceptions] = one(args, "derive")?;
    let message = payload(&args.positionals()[0]).field(message::PLACE);
    let class = thread.known().error(ErrorKind::BaseExceptionGroup).to_value();
    protocol::call(thread, &class, Args::positional(&[message, exceptions.clone()]))
}

fn one<'a>(args: Args<'a>, name: &str) -> Run<[&'a Value; 1]> {
    match args.skip_first().positionals() {
        [one] => Ok([one]),
        given => Err(Raised::type_error(format_args!("{name} expected 1 argument, got {}", given.len()))),
    }
}

/// The methods of groups.
pub const METHODS: &[NativeMethod] = &[
    NativeMethod::new("split", "matcher_value, /", split),
    NativeMethod::new("subgroup", "matcher_value, /", subgroup),
    NativeMethod::new("derive", "excs, /", derive),
    NativeMethod::class("__class_getitem__", "object, /", crate::types::typing::generic_alias::class_getitem),
];
