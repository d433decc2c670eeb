//! What many native methods begin with: splitting `self` off the arguments, checking the arguments of `__new__`,
//! `__init__` and `__format__`, and making an instance of a class.

use crate::protocol::{self, shape_of};
use crate::thread::{Thread, ThreadState};
use crate::types::object::instance;
use crate::value::{Args, Class, Kind, Object, Payload, Raised, Ref, Run, Signature, Str, Value};

/// Returns the `self` of a native method and the arguments that follow it.
///
/// Panics if `self` is of another type: the method descriptor has checked it.
#[inline]
pub fn split_self<'a, T: Payload>(args: Args<'a>) -> (&'a Object<T>, Args<'a>) {
    let this = args.get(0).and_then(Value::downcast_ref::<T>);
    (this.expect("a method descriptor checks `self`"), args.skip_first())
}

/// Returns the payload of an operand, for a slot function, which is called with an instance of its own type.
#[inline(always)]
pub fn own<T: Payload>(value: &Value) -> &Object<T> {
    value.downcast_ref::<T>().expect("a slot is called with an instance of its type")
}

/// Returns the positional arguments of `__new__` of a built-in type that takes no others. Raises `TypeError` if
/// they do not fit.
///
/// A class with an `__init__` of its own may be called with keywords, which are for that.
pub fn new_arguments<'a>(
    thread: &ThreadState,
    class: &Object<Class>,
    signature: &Signature,
    args: Args<'a>,
) -> Run<&'a [Value]> {
    let builtin = thread.known().class(class.kind);
    let is_own = class.slots().origins.init != builtin.slots().origins.init;
    if matches!(class.kind, Kind::Set | Kind::FrozenSet) && !signature.takes(args) && !args.has_keywords() {
        // Of positions these complain by the name of the class that was called.
        signature.check(&class.name_text(), args)?;
    }
    positional_arguments(class.kind, is_own, signature, args)
}

/// Returns the positional arguments of `__init__` of a built-in type that takes no others. Raises `TypeError`
/// if they do not fit.
///
/// A class with a `__new__` of its own may be called with keywords, which were for that.
pub fn init_arguments<'a>(
    thread: &ThreadState,
    value: &Value,
    signature: &Signature,
    args: Args<'a>,
) -> Run<&'a [Value]> {
    let class = shape_of(thread, value).class();
    let builtin = thread.known().class(class.kind);
    let is_own = class.slots().origins.new != builtin.slots().origins.new;
    positional_arguments(class.kind, is_own, signature, args)
}

fn positional_arguments<'a>(
    kind: Kind,
    ignores_names: bool,
    signature: &Signature,
    args: Args<'a>,
) -> Run<&'a [Value]> {
    let args = if ignores_names { args.without_keywords() } else { args };
    let name = kind.name().rsplit('.').next().expect("a name has a last part");
    signature.check(name, args)?;
    Ok(args.positionals())
}

/// Makes the error of a constructor for too many arguments, none of which has a name.
#[cold]
pub fn too_many_by_position(class: &str, most: usize, args: Args<'_>) -> Raised {
    let given = args.count();
    Raised::type_error(format_args!("{class} expected at most {most} arguments, got {given}"))
}

/// Makes an instance of a built-in class or one derived from it.
pub fn instantiate<T: Payload>(thread: &ThreadState, class: &Object<Class>, payload: T) -> Ref<T> {
    thread.alloc_shaped(class.root_shape(), payload, attribute_capacity(class))
}

/// How many attribute words a new instance of a class gets.
pub fn attribute_capacity(class: &Object<Class>) -> u16 {
    if class.root_shape().has_attributes() { instance::capacity_of_next(class) } else { 0 }
}

/// Returns the value and the specification that `__format__` is called with. Raises `TypeError` if the
/// specification is no `str`.
pub fn format_arguments<'a>(thread: &Thread, args: Args<'a>) -> Run<(&'a Value, &'a str)> {
    let [value, spec] = args.exactly();
    match spec.downcast_ref::<Str>() {
        Some(spec) => Ok((value, spec.as_str())),
        None => {
            let given = protocol::argument_kind(thread, spec);
            Err(Raised::type_error(format_args!("__format__() argument must be str, not {given}")))
        }
    }
}
