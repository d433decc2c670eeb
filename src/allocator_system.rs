//! What the command allocates with under a sanitizer, which watches the system's allocator.

use minivm::memory::Watched;
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: Watched<System> = Watched::new(System);

/// Holds back what short requests are served from when there is no more.
pub fn hold_back() {
    ALLOCATOR.hold_back();
}
