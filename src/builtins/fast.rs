//! Fast paths of built-in functions, for the commonest kinds of arguments (see
//! [`FastFn`](crate::value::FastFn)).

use crate::protocol::{is_instance_by_class_alone, is_instance_of};
use crate::text::stored;
use crate::thread::ThreadState;
use crate::value::{Class, Dict, Kind, List, Set, Str, Tuple, Value};

/// `len(object)` of a built-in container.
pub fn len(_thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [object] = arguments else { return None };
    let len = match object.kind() {
        Kind::List => object.downcast_exact::<List>()?.len(),
        Kind::Str => object.downcast_exact::<Str>()?.char_count(),
        Kind::Tuple => object.downcast_exact::<Tuple>()?.items().len(),
        Kind::Dict => object.downcast_exact::<Dict>()?.len(),
        Kind::Set => object.downcast_exact::<Set>()?.with(|set| &set.table, |table| table.len()),
        _ => return None,
    };
    Value::small_int(len as i64)
}

/// `ord(char)`
pub fn ord(_thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [text] = arguments else { return None };
    let text = text.downcast_exact::<Str>()?.as_str();
    if let [byte] = text.as_bytes() {
        return Value::small_int(i64::from(*byte));
    }
    Value::small_int(i64::from(stored::only(text)?))
}

/// `chr(code)` of ASCII.
pub fn chr(thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [code] = arguments else { return None };
    let byte = u8::try_from(code.as_small_int()?).ok().filter(u8::is_ascii)?;
    Some(thread.known().ascii(byte))
}

/// `isinstance(object, class)`, if no hook has to be called.
pub fn isinstance(thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [object, class] = arguments else { return None };
    let class = class.downcast_ref::<Class>()?;
    is_instance_by_class_alone(thread, object, class)
        .then(|| Value::bool(is_instance_of(thread, object, class)))
}
