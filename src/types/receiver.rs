//! Small things many native methods begin with: their receiver, and a new instance of a class.

use crate::thread::ThreadState;
use crate::types::instance;
use crate::value::{Args, Class, Object, Payload, Ref, Value};

/// The receiver of a native method and the arguments without it.
///
/// Panics if the receiver is of another type: the method descriptor has checked it.
#[inline]
pub fn receiver<'a, T: Payload>(args: Args<'a>) -> (&'a Object<T>, Args<'a>) {
    let receiver = args.get(0).and_then(Value::downcast_ref::<T>);
    (receiver.expect("a method descriptor checks its receiver"), args.skip_first())
}

/// The payload of an operand that a slot of its own type was called with.
#[inline(always)]
pub fn own<T: Payload>(value: &Value) -> &Object<T> {
    value.downcast_ref::<T>().expect("a slot is called with an instance of its type")
}

/// Makes an instance of a class, built-in or derived from one.
pub fn instantiate<T: Payload>(thread: &ThreadState, class: &Object<Class>, payload: T) -> Ref<T> {
    thread.alloc_shaped(class.root_shape(), payload, attribute_capacity(class))
}

/// How many attribute words a new instance of a class gets.
pub fn attribute_capacity(class: &Object<Class>) -> u16 {
    if class.root_shape().has_attributes() { instance::capacity_of_next(class) } else { 0 }
}
