//! One collection: what its phases pass to each other, and the counters that it updates.

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
    /// The program ends: every object counts all its references from then on, and `gc.callbacks` are not
    /// called.
    Shutdown,
}

/// What a collection found.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Objects that were cleared.
    pub collected: usize,
    /// Objects that were left alone, because a legacy finalizer is among what refers to them.
    pub uncollectable: usize,
}

/// A collection that is running.
///
/// The pages list the objects that it examines: first those without a mark, then the trash. The list holds one
/// reference to each object of the trash. An object that turns out not to be trash loses the mark of trash, and
/// stays listed until the world runs.
pub(super) struct Cycle {
    /// Why it runs.
    pub reason: Reason,
    /// The generation asked for. Whatever it is, the whole heap is collected (B-65).
    pub generation: usize,
    /// The debug flags as they were at the start.
    pub debug: DebugFlags,
    /// Whether `gc.freeze` has set objects aside.
    pub has_frozen: bool,
    /// Marks what is reachable.
    pub marker: Marker,
    /// The number from which births continue.
    pub births: u32,
    /// The objects of the trash that script code may hear of.
    pub watched: Watched,
    /// The pages that list objects: known after the second pause, and after the first if they have to be
    /// visited while the world runs.
    pub pages: ListedPages,
    /// Objects of the trash with a legacy finalizer, and what is reachable from them, one reference each.
    pub uncollectable: Vec<Value>,
    /// The weak references whose callbacks are to be called, each kept alive.
    pub callbacks: Noted,
    /// Whether script code may have run since the trash was found.
    pub ran_script: bool,
    /// How many objects of the trash this collection does not count, because finalizers released them.
    pub freed: usize,
    /// How many objects were cleared.
    pub collected: usize,
    /// How many objects are sealed, and so known to be reachable.
    pub sealed: usize,
    /// Debug text, printed once the world runs (B-119).
    pub text: String,
    started: Instant,
}

impl Cycle {
    /// Begins a collection; `None` if one is running already, or an automatic one is no longer due.
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

    /// Writes the results into the settings, before the callbacks are called (B-124).
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

    /// Ends the collection, so that another one can begin.
    pub fn end(self, thread: &mut Thread) {
        // What the collector freed itself is not subtracted from the count of allocations (B-68).
        thread.take_balance();
        thread.runtime().gc.collecting.store(false, Release);
        // What the legacy finalizers' objects still hold is given up outside of the collection.
        drop(self);
    }

    /// Tells whether an object is trash that script code may hear of. With debug flags that is all trash.
    pub fn is_heard_of(&self, object: RawObject) -> bool {
        object.has(GcBits::UNREACHABLE) && (is_heard_of(object) || !self.debug.is_empty())
    }

    /// Finds the objects of the trash that script code may hear of; `heard_of` is how many there are.
    pub fn watch(&mut self, stopped: &WorldStopped<'_>, heard_of: usize) {
        // What was found before goes first: there may be no memory for both.
        self.watched = Watched::default();
        self.watched = Watched::find(stopped, self.births, heard_of, |object| self.is_heard_of(object));
        if matches!(self.watched, Watched::Marked) {
            self.pages = ListedPages::of(stopped);
        }
    }

    /// Calls `see` with each such object that is still trash, in order of birth.
    pub fn for_each_watched(&self, see: impl FnMut(RawObject)) {
        self.watched.for_each(self.marked(), see);
    }

    /// Returns what is needed to find such objects again if there is no list of them.
    pub fn marked(&self) -> Found<'_> {
        Found { pages: &self.pages, births: self.births }
    }

    /// Removes objects that are no longer trash from the list and returns them, in order of birth.
    /// Each comes with the reference that the list held. If there is no memory for the result, they are released
    /// later.
    pub fn take_unmarked(&mut self, stopped: &WorldStopped<'_>) -> Vec<Value> {
        let mut count = 0;
        heap::for_each_listed(stopped, |_, object| count += usize::from(!object.has(GcBits::UNREACHABLE)));
        let Ok(mut unmarked) = memory::with_room(count) else { return Vec::new() };
        heap::for_each_listed(stopped, |page, object| {
            if !object.has(GcBits::UNREACHABLE) {
                page.unlist(object);
                // SAFETY: the list held a count of each trash object, and no longer has this one.
                unmarked.push(unsafe { adopt(object) });
            }
        });
        let birth = |value: &Value| value.as_raw().expect("trash is objects").scratch();
        unmarked.sort_unstable_by_key(|value| oldest_first(self.births, birth(value)));
        unmarked
    }
}

/// Adds a line about an object to the debug text; it is left out if there is no memory for it.
pub(super) fn note(text: &mut String, thread: &Thread, what: &str, value: &Value) {
    let object = value.as_raw().expect("trash is objects");
    let line = format!("gc: {what} <{} {:#x}>\n", protocol::type_name(thread, value), object.address());
    let _ = memory::push_str(text, &line);
}
