//! How a thread leaves the runtime without losing an object (B-18, B-142).

use super::merge::merge_all;
use super::{merge_queue, process_delayed};
use crate::thread::Registration;

/// Ends the running thread's membership in the runtime. The floors above have released what they held for it.
pub fn leave(mut registration: Registration) {
    let thread = registration.thread();
    merge_queue(thread);
    thread.quiescent();
    process_delayed(thread);
    // Under the bucket's lock either the queue is empty and we are gone, or there is more to do.
    while let Err(queued) = registration.leave_merge_queue() {
        merge_all(registration.thread(), queued);
    }
}
