//! What few frame objects have: it lies behind one word, so that those of tracebacks stay small and die cheaply.

use crate::value::{Trace, Value, word};
use crate::vm::frame::late::LateWrites;

/// The rare fields of a frame object. Each is unbound until it is set.
#[derive(Default)]
pub struct Aside {
    /// What locals held before programs set them by `f_locals`: operands of a frame that runs may defer to them.
    pub(super) replaced: Vec<Value>,
    /// What programs have set while fused words run.
    pub(super) late: LateWrites,
    /// A dict of what programs keep in `f_locals` besides variables.
    pub(super) extra: Value,
    /// The namespace of a finished frame that had its own.
    pub(super) namespace: Value,
    /// `f_trace`: the function that is told of what the frame does next.
    pub trace: Value,
}

impl Trace for Aside {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(word::Word)) {
        self.trace.show::<ALL>(visit);
        self.extra.show::<ALL>(visit);
        self.replaced.show::<ALL>(visit);
        self.late.show::<ALL>(visit);
        self.namespace.show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<word::Word>) {
        Trace::take(&mut self.trace, taken);
        Trace::take(&mut self.extra, taken);
        // The last one goes first, as of any list.
        self.replaced.reverse();
        self.replaced.take(taken);
        self.late.take(taken);
        Trace::take(&mut self.namespace, taken);
    }
}
