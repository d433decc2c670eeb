//! What few frame objects have: it lies behind one word, so that those of tracebacks stay small and die cheaply.

use crate::references;
use crate::value::Value;

/// The rare fields of a frame object. Each is unbound until it is set.
#[derive(Default)]
pub struct Aside {
    /// What locals held before programs set them by `f_locals` while the frame ran: operands may defer to them.
    pub(super) replaced: Vec<Value>,
    /// A dict of what programs keep in `f_locals` besides variables.
    pub(super) extra: Value,
    /// The namespace of a finished frame that had its own.
    pub(super) namespace: Value,
    /// `f_trace`: the function that is told of what the frame does next.
    pub trace: Value,
}

references!(Aside { replaced, extra, namespace, trace });
