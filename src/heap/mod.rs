//! Size classes, pages and per-thread heaps for object blocks.
//!
//! ```text
//! Pool (one a runtime)  ── segments of 2 MiB ── pages of 64 KiB: [Page header | block | block | …]
//! ThreadHeap (one a thread) ── free[class] → block → block → …
//! ```
//! The page of a block is a mask away. A block whose first word is null is free or uninitialised; a free
//! block keeps its list link in its second word. Start with `thread_heap` for the fast path, `pool` for what
//! the threads share, `page` for the layout.

mod listed;
mod page;
mod pool;
mod reclaim;
mod segment;
mod size_class;
mod thread_heap;
mod visit;

pub use listed::{ListedPages, for_each_listed};
pub use page::{Blocks, FreeBlock, Page};
pub use pool::{Pool, PoolStats};
pub use size_class::{CLASSES, LARGEST_BLOCK_BYTES, SizeClass};
pub use thread_heap::ThreadHeap;
pub use visit::{Stopped, clear_marks, for_each_page, prepare_marks, seal_marked};
