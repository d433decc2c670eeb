//! What the methods that convert an object returned: an instance of the class that is wanted, or of a derived one.

use super::{shape_of, type_name};
use crate::thread::Thread;
use crate::value::{ErrorKind, Kind, Raised, Run, Value};

/// Accepts what a conversion method returned if it is of the wanted class. Warns if its class is derived from that.
/// `what` is the beginning of the complaint: "`__index__` returned non-int".
///
/// Raises `TypeError` for any other object, and the `DeprecationWarning` if a filter says so.
pub fn check_converted(thread: &mut Thread, made: &Value, wanted: Kind, what: &str) -> Run<()> {
    let (class, wanted) = (shape_of(thread, made).class(), thread.known().class(wanted));
    if class.raw() == wanted.raw() {
        return Ok(());
    }
    let given = type_name(thread, made);
    if !class.is_subclass_of(wanted) {
        return Err(Raised::type_error(format_args!("{what} (type {given})")));
    }
    let text = format!(
        "{what} (type {given}).  The ability to return an instance of a strict subclass of {} is deprecated, and may \
         be removed in a future version of Python.",
        wanted.name_text()
    );
    (thread.known().upper_floors.warn)(thread, ErrorKind::DeprecationWarning, &text)
}
