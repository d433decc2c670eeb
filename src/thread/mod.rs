//! Thread state, registry, breaker, world, QSBR, merge queues and ids.
//!
//! A `Runtime` owns everything; the only static is one thread-local pointer to the `ThreadState` of the
//! running thread. Upward calls go through `Hooks`. Start with `state`, then `world` for how threads are
//! stopped.

mod breaker;
mod current;
mod gc_settings;
mod hooks;
mod index_pool;
mod merge_queue;
mod pause;
mod per_thread_counts;
mod place;
mod qsbr;
mod registration;
mod runtime;
mod section;
mod state;
mod unique_ids;
mod waiting;
pub mod world;

pub use breaker::{Breaker, BreakerBits};
pub use current::{current_ptr, with_current};
pub use gc_settings::{GcSettings, GenerationStats};
pub use hooks::Hooks;
pub use index_pool::IndexPool;
pub use merge_queue::{Handover, MergeQueues};
pub use pause::RunState;
pub use per_thread_counts::{PerThreadCounts, align_births, merge_per_thread_counts};
pub use place::{FrameHead, Place};
pub use qsbr::{Qsbr, QsbrSlot};
pub use registration::{Registration, forget_sharing};
pub use runtime::{Events, Runtime};
pub use section::{PairSection, Parking, Section};
pub(crate) use state::Late;
pub use state::{Delayed, DelayedWork, Teardown, Thread, ThreadState};
pub use unique_ids::UniqueIds;
pub use waiting::{Alarm, Direction};
pub use world::{World, WorldStopped};
