//! One collection: what its phases hand to each other, and what it leaves in the counters.

use std::time::Instant;

use super::edges::adopt;
use super::marker::Marker;
use super::noted::Noted;
use super::watched::{Found, Watched, is_heard_of, oldest_first};
use crate::heap::{self, ListedPages};
use crate::life;
use crate::memory;
use crate::object::{GcBits, RawObject};
use crate::protocol;
use crate::sync::Ordering::{AcqRel, Relaxed, Release};
use crate::thread::{Thread, WorldStopped};
use crate::value::Value;

bitflags::bitflags! {
    /// What `gc.set_debug` takes; unknown bits are kept (B-116).
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct DebugFlags: i64 {
        /// Print a line at the start and the end of each collection.
        const STATS = 1;
        /// Print each object that is collected.
        const COLLECTABLE = 2;
        /// Print each object that cannot be.
        const UNCOLLECTABLE = 4;
        /// Keep what would be collected in `gc.garbage`.
        const SAVEALL = 32;
    }
}

/// Why a collection runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Enough was allocated.
    Heap,
    /// The program asked, or `--gc-stress` did.
    Manual,
    /// The program ends: deferral ends with it, callbacks are not told.
    Shutdown,
}

/// What a collection found.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Objects that were cleared.
    pub collected: usize,
    /// Objects left alone because of a legacy finalizer among them.
    pub uncollectable: usize,
}

/// A collection under way.
///
/// The pages list the objects that it looks at closely: first those without a mark, then the trash, each of which the
/// list holds one count of. What is let off loses the mark of trash, and stays listed until the world runs.
pub(super) struct Cycle {
    /// Why it runs.
    pub reason: Reason,
    /// The generation asked for; the whole heap is looked at whatever it is (B-65).
    pub generation: usize,
    /// The debug flags as they were at the start.
    pub debug: DebugFlags,
    /// Whether `gc.freeze` has set objects aside.
    pub has_frozen: bool,
    /// What is reachable.
    pub marker: Marker,
    /// The number that births go on from.
    pub births: u32,
    /// Trash that script code may hear of.
    pub watched: Watched,
    /// The pages that list objects: after the second pause, and after the first if they have to be walked over with the
    /// world running.
    pub pages: ListedPages,
    /// Trash with a legacy finalizer, and what hangs off it, one count each.
    pub uncollectable: Vec<Value>,
    /// Weak references whose callbacks are to be called, alive.
    pub callbacks: Noted,
    /// Whether script code may have run since the trash was gathered.
    pub ran_script: bool,
    /// How many objects of the trash the collection does not free: what finalizers let go.
    pub freed: usize,
    /// How many objects were cleared.
    pub collected: usize,
    /// How many objects are sealed, and so reachable without a walk.
    pub sealed: usize,
    /// Debug text, printed once the world runs (B-119).
    pub text: String,
    started: Instant,
}

impl Cycle {
    /// Begins a collection, unless one runs already or an automatic one is no longer due.
    pub fn begin(thread: &mut Thread, generation: usize, reason: Reason) -> Option<Cycle> {
        let settings = &thread.runtime().gc;
        if settings.collecting.swap(true, AcqRel) {
            return None;
        }
        if reason == Reason::Heap && !settings.should_collect() {
            settings.collecting.store(false, Release);
            return None;
        }
        // The collector's own frees and those of other threads are counted against this balance (B-68).
        life::flush_balance(thread);
        settings.counts[0].store(0, Relaxed);
        for count in settings.counts[1..=generation.max(1)].iter().take(generation) {
            count.store(0, Relaxed);
        }
        if let Some(next) = settings.counts.get(generation + 1) {
            next.fetch_add(1, Relaxed);
        }
        let debug = DebugFlags::from_bits_retain(settings.debug.load(Relaxed));
        let mut text = String::new();
        if debug.contains(DebugFlags::STATS) {
            text = format!("gc: collecting generation {generation}...\n");
        }
        Some(Cycle {
            reason,
            generation,
            debug,
            has_frozen: settings.frozen.load(Relaxed) > 0,
            marker: Marker::default(),
            births: 0,
            watched: Watched::default(),
            pages: ListedPages::default(),
            uncollectable: Vec::new(),
            callbacks: Noted::default(),
            ran_script: false,
            freed: 0,
            collected: 0,
            sealed: 0,
            text,
            started: Instant::now(),
        })
    }

    /// Seconds since the collection began.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Writes the results into the settings, before the callbacks hear of them (B-124).
    pub fn finish(&mut self, thread: &mut Thread) -> Outcome {
        let outcome = Outcome { collected: self.collected, uncollectable: self.uncollectable.len() };
        let settings = &thread.runtime().gc;
        // Untracked survivors count as well: a walk over a million texts must not follow every
        // two thousand allocations.
        settings.walked.store(self.marker.marked as i64, Relaxed);
        settings.long_lived_total.store((self.marker.marked + self.sealed) as i64, Relaxed);
        let mut stats = settings.stats.lock();
        let generation = &mut stats[self.generation];
        generation.collections += 1;
        generation.collected += outcome.collected as u64;
        generation.uncollectable += outcome.uncollectable as u64;
        generation.candidates += (self.marker.tracked + self.collected) as u64;
        generation.duration += self.started.elapsed().as_secs_f64();
        drop(stats);
        outcome
    }

    /// Lets the next collection begin.
    pub fn end(self, thread: &mut Thread) {
        // What the collector freed itself is not subtracted from the count of allocations (B-68).
        thread.take_balance();
        thread.runtime().gc.collecting.store(false, Release);
        // What the legacy finalizers' objects still hold is given up outside of the collection.
        drop(self);
    }

    /// Whether an object is trash that script code may hear of: all of it if the program is shown what is collected.
    pub fn is_heard_of(&self, object: RawObject) -> bool {
        object.has(GcBits::UNREACHABLE) && (is_heard_of(object) || !self.debug.is_empty())
    }

    /// Finds the trash that script code may hear of, which was counted before.
    pub fn watch(&mut self, stopped: &WorldStopped<'_>, heard_of: usize) {
        // What was found before goes first: there may be no memory for both.
        self.watched = Watched::default();
        self.watched = Watched::find(stopped, self.births, heard_of, |object| self.is_heard_of(object));
        if matches!(self.watched, Watched::Marked) {
            self.pages = ListedPages::of(stopped);
        }
    }

    /// Shows the trash that script code may hear of, as long as it is trash, the oldest first.
    pub fn for_each_watched(&self, see: impl FnMut(RawObject)) {
        self.watched.for_each(self.marked(), see);
    }

    /// What it takes to find watched trash that is not in a list.
    pub fn marked(&self) -> Found<'_> {
        Found { pages: &self.pages, births: self.births }
    }

    /// Takes off the list what no longer carries the mark of trash, with the count that the list held, in order of
    /// birth; without memory for it, it is forgotten later.
    pub fn take_unmarked(&mut self, stopped: &WorldStopped<'_>) -> Vec<Value> {
        let mut count = 0;
        heap::for_each_listed(stopped, |_, object| count += usize::from(!object.has(GcBits::UNREACHABLE)));
        let Ok(mut unmarked) = memory::with_room(count) else { return Vec::new() };
        heap::for_each_listed(stopped, |page, object| {
            if !object.has(GcBits::UNREACHABLE) {
                page.unlist(object);
                unmarked.push(adopt(object));
            }
        });
        let birth = |value: &Value| value.as_raw().expect("trash is objects").scratch();
        unmarked.sort_unstable_by_key(|value| oldest_first(self.births, birth(value)));
        unmarked
    }
}

/// Notes an object in the debug text; without memory for it, it is left out.
pub(super) fn note(text: &mut String, thread: &Thread, what: &str, value: &Value) {
    let object = value.as_raw().expect("trash is objects");
    let line = format!("gc: {what} <{} {:#x}>\n", protocol::type_name(thread, value), object.address());
    let _ = memory::push_str(text, &line);
}
