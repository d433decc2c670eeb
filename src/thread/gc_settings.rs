//! The collector's switches and counters, which every thread may read at any time (D-42).
//!
//! Each is an atomic of its own; the per-generation statistics are one snapshot under a small lock. When to
//! collect is decided here, because allocation asks (B-58 to B-68); how is the collector's business.

use crate::sync::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Mutex, Ordering::Relaxed};

/// What a generation's collections have done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GenerationStats {
    /// Collections run.
    pub collections: u64,
    /// Objects found unreachable and reclaimed.
    pub collected: u64,
    /// Objects found unreachable and kept.
    pub uncollectable: u64,
    /// Objects looked at.
    pub candidates: u64,
    /// Seconds spent.
    pub duration: f64,
}

/// The collector's settings of one runtime.
pub struct GcSettings {
    /// Whether automatic collections run.
    pub enabled: AtomicBool,
    /// Whether a collection is running.
    pub collecting: AtomicBool,
    /// Whether memory is short. Then a collection is due whatever the counters say.
    pub is_short: AtomicBool,
    /// How many shortages there have been since a collection last freed enough memory.
    pub shortages: AtomicU32,
    /// The debug flags, any integer (B-116).
    pub debug: AtomicI64,
    /// The three thresholds.
    pub thresholds: [AtomicI64; 3],
    /// The three counters; the first one counts net allocations.
    pub counts: [AtomicI64; 3],
    /// Objects that survived the last full collection.
    pub long_lived_total: AtomicI64,
    /// How many objects the last collection had to visit.
    pub walked: AtomicI64,
    /// Objects set aside by `gc.freeze`.
    pub frozen: AtomicI64,
    /// The number from which threads go on numbering births after the last collection. Wraps around.
    pub births: AtomicU32,
    /// Collect at the safepoint after every so many net allocations; 0 = as scheduled. Set it before the
    /// first thread registers.
    pub stress: AtomicU32,
    /// Whether the heap is verified around each collection.
    pub verify: AtomicBool,
    /// Pauses made so far.
    pub pauses: AtomicU64,
    /// Statistics by generation.
    pub stats: Mutex<[GenerationStats; 3]>,
}

impl Default for GcSettings {
    fn default() -> Self {
        GcSettings {
            enabled: AtomicBool::new(true),
            collecting: AtomicBool::new(false),
            is_short: AtomicBool::new(false),
            shortages: AtomicU32::new(0),
            debug: AtomicI64::new(0),
            thresholds: [2000, 10, 10].map(AtomicI64::new),
            counts: [0; 3].map(AtomicI64::new),
            long_lived_total: AtomicI64::new(0),
            walked: AtomicI64::new(0),
            frozen: AtomicI64::new(0),
            births: AtomicU32::new(0),
            stress: AtomicU32::new(0),
            verify: AtomicBool::new(false),
            pauses: AtomicU64::new(0),
            stats: Mutex::default(),
        }
    }
}

/// By how many allocations a thread's private balance may differ from what the shared counter knows (CPython:
/// `LOCAL_ALLOC_COUNT_THRESHOLD`).
const BALANCE_STEP: u32 = 512;

/// The largest step that `--gc-stress` may ask for; with it, births can still be compared after the number
/// wraps around.
const MAX_BALANCE_STEP: i32 = 1 << 28;

/// How many objects a heap may have before `--gc-stress` collects less often.
/// The larger the heap is, the less often. Otherwise the collections of a program that builds a chain of a hundred
/// thousand tuples would visit five billion objects.
const STRESSED_AT_ONCE: i64 = 2048;

impl GcSettings {
    /// Tells whether `--gc-stress` asks for a collection: at every safepoint on a small heap, seldom on a large
    /// one.
    pub fn is_stress_due(&self) -> bool {
        let (allocated, walked) = (self.counts[0].load(Relaxed), self.walked.load(Relaxed));
        let share = walked / STRESSED_AT_ONCE;
        self.enabled.load(Relaxed) && allocated >= share.saturating_mul(share)
    }

    /// Returns by how many allocations a thread's private balance may differ.
    pub fn balance_step(&self) -> i32 {
        match self.stress.load(Relaxed) {
            0 => BALANCE_STEP as i32,
            every => i32::try_from(every).unwrap_or(MAX_BALANCE_STEP).min(MAX_BALANCE_STEP),
        }
    }

    /// Tells whether an automatic collection is due (B-62).
    pub fn should_collect(&self) -> bool {
        let (count, threshold) = (self.counts[0].load(Relaxed), self.thresholds[0].load(Relaxed));
        if !self.enabled.load(Relaxed) || threshold == 0 {
            return false;
        }
        if self.is_short.load(Relaxed) {
            return true;
        }
        // A second threshold of 0 switches the quarter rule off.
        let has_no_quarter_rule = self.thresholds[1].load(Relaxed) == 0;
        count > threshold && (has_no_quarter_rule || count > self.long_lived_total.load(Relaxed) / 4)
    }

    /// Adds a thread's private balance to the first counter, which never goes below zero (B-68).
    pub fn add_balance(&self, balance: i32) {
        let add = |count: i64| Some((count + i64::from(balance)).max(0));
        // The closure always answers, so the update cannot fail.
        let _ = self.counts[0].fetch_update(Relaxed, Relaxed, add);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B-58, B-62: defaults, strict comparison, and the quarter rule.
    #[test]
    fn a_collection_is_due_above_the_threshold_and_a_quarter_of_the_survivors() {
        let gc = GcSettings::default();
        gc.add_balance(2000);
        assert!(!gc.should_collect());
        gc.add_balance(1);
        assert!(gc.should_collect());
        gc.long_lived_total.store(100_000, Relaxed);
        assert!(!gc.should_collect());
        gc.counts[0].store(25_001, Relaxed);
        assert!(gc.should_collect());
        gc.counts[0].store(2001, Relaxed);
        gc.thresholds[1].store(0, Relaxed);
        assert!(gc.should_collect());
        gc.enabled.store(false, Relaxed);
        assert!(!gc.should_collect());
    }

    /// B-68: the first counter never goes below zero.
    #[test]
    fn a_negative_balance_stops_at_zero() {
        let gc = GcSettings::default();
        gc.add_balance(-512);
        assert_eq!(gc.counts[0].load(Relaxed), 0);
    }
}
