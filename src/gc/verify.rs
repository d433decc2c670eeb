//! The audit of the heap, for tests: checks that every reference count agrees with the references that exist,
//! that every header is in order, and that nothing that can still be reached was cleared.
//!
//! With all threads stopped, the references inside the heap are counted anew, for each object. An object whose
//! reference count is lower than the number of references to it would be freed too early: that is a fault. An
//! object whose reference count is higher is held from outside the heap (by native code, or by a frame), which
//! is no fault in itself. For a class, the references in its own words are added to those counted by its id in
//! the tables of all threads.

use rustc_hash::{FxHashMap, FxHashSet};

use super::edges::{as_class, for_each_edge};
use super::seal::{is_sealed, refers_to_immortals};
use crate::heap::{self, Page};
use crate::life;
use crate::memory::{self, OutOfMemory};
use crate::object::{GcBits, RawObject, SharedState, TypeFlags};
use crate::sync::Ordering::Relaxed;
use crate::thread::{Thread, WorldStopped, world};
use crate::value::{Shape, word};

/// A fault that the audit found in one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Its type.
    pub type_name: &'static str,
    /// Its address.
    pub address: usize,
    /// What is wrong.
    pub what: String,
}

/// Stops the world and checks the whole heap; returns the faults.
///
/// Counts are checked as they are, without folding or draining anything first: the check must not repair what a
/// phase has left out.
///
/// Fails with `OutOfMemory` if there is no room to list the objects; then nothing was checked.
pub fn verify(thread: &mut Thread) -> Result<Vec<Fault>, OutOfMemory> {
    // Between its pauses a finalizer may well hold trash, and it is let off then.
    let is_collecting = thread.runtime().gc.collecting.load(Relaxed);
    audit(thread, !is_collecting, Extent::Whole)
}

/// How much of the heap an audit looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// All but the sealed objects: what they say does not change.
    Unsealed,
}

/// Checks the heap as `verify` does; with `is_settled` nothing reachable may have the mark of trash.
///
/// The tables of the audit are not part of the program, so requests for memory made here do not count for
/// `gcx.fail_allocation`.
pub(super) fn audit(
    thread: &mut Thread,
    is_settled: bool,
    extent: Extent,
) -> Result<Vec<Fault>, OutOfMemory> {
    memory::without_faults(|| audit_now(thread, is_settled, extent))
}

fn audit_now(thread: &mut Thread, is_settled: bool, extent: Extent) -> Result<Vec<Fault>, OutOfMemory> {
    let stopped = world::stop(thread);
    let mut audit = Audit::default();
    if audit.objects.try_reserve(stopped.runtime().pool().most_objects()).is_err() {
        stopped.resume();
        return Err(OutOfMemory);
    }
    heap::clear_marks(&stopped);
    heap::for_each_page(&stopped, |page| {
        page.unsealed_blocks().for_each(|object| audit.enter(page, object));
        if extent == Extent::Whole {
            page.blocks()
                .filter(|&object| page.is_sealed(object))
                .for_each(|object| audit.enter(page, object));
        }
    });
    let objects = std::mem::take(&mut audit.objects);
    for &(object, _) in &objects {
        let is_trash = object.has(GcBits::UNREACHABLE);
        for_each_edge(&stopped, object, |child| audit.refer(child, !is_trash));
    }
    for state in stopped.threads() {
        stopped.visit_stack(state, &mut |word| {
            if let Some(object) = word::to_raw(word)
                && !word::is_deferred(word)
            {
                audit.refer(object, true);
            }
        });
    }
    audit.check(&stopped, &objects, is_settled);
    objects.iter().for_each(|&(object, birth)| object.set_scratch(birth));
    stopped.resume();
    Ok(audit.faults)
}

/// The references of a stopped heap, counted anew in the objects' scratch words. Live objects have a mark.
#[derive(Default)]
struct Audit {
    /// Every object that is alive, and the number of its birth.
    objects: Vec<(RawObject, u32)>,
    /// Objects whose last reference is gone.
    dying: FxHashSet<RawObject>,
    /// References to objects that are not alive, counted by object.
    dangling: FxHashMap<RawObject, i64>,
    /// Objects that something other than trash refers to.
    reachable: FxHashSet<RawObject>,
    faults: Vec<Fault>,
}

impl Audit {
    /// Adds an object to the audit, unless it is dying.
    #[inline(always)]
    fn enter(&mut self, page: &Page, object: RawObject) {
        // What is being torn down has given its references up, or is about to; a destructor of one of its
        // fields may be what collects.
        if is_dying(object) {
            self.dying.insert(object);
        } else {
            page.mark(object);
            self.objects.push((object, object.scratch()));
            object.set_scratch(0);
        }
    }

    /// Counts one reference to an object.
    fn refer(&mut self, object: RawObject, from_living: bool) {
        if !is_live(object) {
            *self.dangling.entry(object).or_default() += 1;
            return;
        }
        if object.is_immortal() {
            return;
        }
        object.set_scratch(object.scratch().saturating_add(1));
        if from_living && object.has(GcBits::UNREACHABLE) {
            self.reachable.insert(object);
        }
    }

    /// Notes that something is wrong with an object.
    fn fault(&mut self, object: RawObject, what: String) {
        let type_name = object.type_info().name;
        self.faults.push(Fault { type_name, address: object.address(), what });
    }

    /// Checks every object, and the tables beside the heap.
    fn check(&mut self, stopped: &WorldStopped<'_>, objects: &[(RawObject, u32)], is_settled: bool) {
        self.check_blocks(stopped);
        self.check_ids(stopped);
        for &(object, _) in objects {
            check_header(object, &mut |object, what| self.fault(object, what));
            if is_settled && self.reachable.contains(&object) {
                self.fault(object, "was cleared as trash, but is reachable".to_owned());
            }
            if object.type_info().has(TypeFlags::COUNTS_CLASS) {
                self.check_class_of(object);
            }
            if object.is_immortal() {
                if is_sealed(object) && !refers_to_immortals(stopped, object) {
                    self.fault(object, "is sealed, but refers to what may die".to_owned());
                }
                continue;
            }
            let counted = life::count_without_bias(object) + per_thread(stopped, object);
            let references = i64::from(object.scratch());
            if counted < references {
                self.fault(object, format!("counted {counted} times, referred to {references} times"));
            }
        }
    }

    /// Checks that no reference, strong or weak, leads to a free block.
    fn check_blocks(&mut self, stopped: &WorldStopped<'_>) {
        let freed = |object: &RawObject, what: String| Fault {
            type_name: "freed block",
            address: object.address(),
            what,
        };
        for (object, references) in &self.dangling {
            self.faults.push(freed(object, format!("{references} references lead to it")));
        }
        stopped.runtime().weak.for_each(|referent, weakrefs| {
            for object in std::iter::once(referent).chain(weakrefs.iter()) {
                if !is_live(object) && !self.dying.contains(&object) {
                    self.faults.push(freed(&object, "it is in the table of weak references".to_owned()));
                }
            }
        });
    }

    /// Checks that the per-thread tables count only for classes that are alive and have that id (B-34).
    fn check_ids(&mut self, stopped: &WorldStopped<'_>) {
        let ids = &stopped.runtime().unique_ids;
        for id in 1..=u32::try_from(ids.slots()).expect("ids have 32 bits") {
            let count: i64 = stopped.threads().map(|thread| thread.counts.get(id)).sum();
            match ids.object_of(id) {
                Some(object) if !is_live(object) && !self.dying.contains(&object) => {
                    self.faults.push(Fault {
                        type_name: "freed block",
                        address: object.address(),
                        what: format!("it has the id {id}"),
                    })
                }
                Some(object) if as_class(object).is_none_or(|class| class.unique_id.load(Relaxed) != id) => {
                    self.fault(object, format!("does not know its id {id}"));
                }
                None if count != 0 => self.faults.push(Fault {
                    type_name: "per-thread counts",
                    address: 0,
                    what: format!("{count} for the id {id}, which nobody has"),
                }),
                Some(_) | None => {}
            }
        }
    }

    /// Checks that the class of an instance is alive, is counted in the right place, and was not cleared.
    fn check_class_of(&mut self, object: RawObject) {
        let class = Shape::of(object).class();
        if !is_live(class.raw()) {
            self.fault(object, "its class is gone".to_owned());
        } else if object.type_info().count_id.load(Relaxed) != class.unique_id.load(Relaxed) {
            self.fault(object, "counts its class by another id".to_owned());
        } else if class.mro.get().is_none() && !object.has(GcBits::UNREACHABLE) {
            self.fault(object, "its class was cleared as trash".to_owned());
        }
    }
}

/// Tells whether an object has the mark that the audit gives to live objects.
fn is_live(object: RawObject) -> bool {
    Page::of(object).is_marked(object)
}

/// Returns how many references to an object the per-thread tables count.
fn per_thread(stopped: &WorldStopped<'_>, object: RawObject) -> i64 {
    match as_class(object).map_or(0, |class| class.unique_id.load(Relaxed)) {
        0 => 0,
        id => stopped.threads().map(|thread| thread.counts.get(id)).sum(),
    }
}

/// Tells whether an object's last reference is gone. The bias of a deferred object does not count.
fn is_dying(object: RawObject) -> bool {
    !object.is_immortal() && object.counts().total() == 0
}

/// Checks what must hold of every header outside of a collection (B-5).
fn check_header(object: RawObject, fault: &mut impl FnMut(RawObject, String)) {
    let counts = object.counts();
    if object.is_immortal() {
        return;
    }
    if (counts.owner() == 0) != (counts.shared().state() == SharedState::Merged) {
        fault(
            object,
            format!(
                "owner {} and merged {} disagree",
                counts.owner(),
                (counts.shared().state() == SharedState::Merged)
            ),
        );
    }
    if (counts.shared().state() == SharedState::Merged) && counts.local() != 0 {
        fault(object, format!("merged, but the local count is {}", counts.local()));
    }
    if object.has(GcBits::UNREFERENCED) && !object.has(GcBits::UNREACHABLE) {
        fault(object, "has a bit of trash, but is none".to_owned());
    }
}
