//! What the command allocates with under a sanitizer, which watches the system's allocator.

use minivm::memory::Watched;
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: Watched<System> = Watched::new(System);

/// Nothing to set.
pub fn set_up() {}
