//! The `gcx` module: a window on the heap, for people who want to see the collector work.
//!
//! Nothing like it exists in CPython; programs that import it are minivm's own.

use super::{ModuleSpec, define};
use crate::gc;
use crate::heap::Page;
use crate::memory;
use crate::object::{GcBits, SharedState};
use crate::protocol;
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::value::{Args, Dict, List, NativeMethod, Ref, Run, Value};

/// `gcx`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "gcx",
    home: "gcx",
    doc: "A window on the heap: counts, pages, threads, grace periods, and an audit of it all.",
    types: &[],
    functions: &[
        NativeMethod::function("refinfo", "object, /", refinfo),
        NativeMethod::function("verify", "", verify),
        NativeMethod::function("stats", "", stats),
        NativeMethod::function("threads", "", threads),
        NativeMethod::function("heaps", "", heaps),
        NativeMethod::function("fail_allocation", "nth, served=65536, /", fail_allocation),
    ],
    fill: |_, _| Ok(()),
};

/// A dict that is being filled.
struct Facts<'a>(&'a mut Thread, Ref<Dict>);

impl Facts<'_> {
    fn new(thread: &mut Thread) -> Facts<'_> {
        let dict = thread.alloc(Dict::default());
        Facts(thread, dict)
    }

    fn number(self, name: &str, number: i64) -> Self {
        let number = self.0.new_int(number);
        define(self.0, &self.1, name, number);
        self
    }

    fn text(self, name: &str, text: &str) -> Self {
        let text = self.0.new_str(text);
        define(self.0, &self.1, name, text);
        self
    }

    fn flag(self, name: &str, flag: bool) -> Self {
        define(self.0, &self.1, name, Value::bool(flag));
        self
    }

    fn finish(self) -> Value {
        self.1.into_value()
    }
}

/// The words of an object's header: owner, local and shared count, state, bits.
fn refinfo(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    let Some(object) = object.as_raw() else { return Ok(Value::NONE) };
    let counts = object.counts();
    let state = match counts.shared().state() {
        SharedState::Init => "init",
        SharedState::MaybeWeakref => "maybe_weakref",
        SharedState::Queued => "queued",
        SharedState::Merged => "merged",
    };
    let bits: Vec<String> = object.bits().iter_names().map(|(name, _)| name.to_ascii_lowercase()).collect();
    let facts = Facts::new(thread)
        .number("owner", counts.owner().into())
        .number("local", counts.local().into())
        .number("shared", counts.shared().count())
        .text("state", state)
        .text("bits", &bits.join(" "))
        .flag("deferred", object.has(GcBits::DEFERRED))
        .flag("immortal", object.is_immortal())
        .number("block", Page::of(object).block_bytes() as i64);
    Ok(facts.finish())
}

/// Audits the heap and returns the faults; an empty list if there are none.
fn verify(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let faults = gc::verify(thread)?;
    let texts =
        faults.iter().map(|fault| format!("{} at {:#x}: {}", fault.type_name, fault.address, fault.what));
    let texts = texts.map(|text| thread.new_string(text)).collect();
    Ok(thread.alloc(List::new(texts)).into_value())
}

/// Returns the counters of rarer events.
fn stats(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let (pauses, queued, drained, merged, delayed) = {
        let (gc, events) = (&thread.runtime().gc, &thread.runtime().events);
        (
            gc.pauses.load(Relaxed),
            events.merge_queued.load(Relaxed),
            events.merge_drained.load(Relaxed),
            events.merged_by_dropper.load(Relaxed),
            events.delayed_frees.load(Relaxed),
        )
    };
    let facts = Facts::new(thread)
        .number("pauses", pauses as i64)
        .number("merge_queued", queued as i64)
        .number("merge_drained", drained as i64)
        .number("merged_by_dropper", merged as i64)
        .number("delayed_frees", delayed as i64);
    Ok(facts.finish())
}

/// The threads of the runtime, oldest first.
fn threads(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let mut seen = Vec::new();
    thread
        .runtime()
        .world
        .for_each_thread(|thread| seen.push((thread.id, format!("{:?}", thread.run_state()))));
    let mut threads = Vec::new();
    for (id, state) in seen {
        threads.push(
            Facts::new(thread).number("id", id.into()).text("state", &state.to_ascii_lowercase()).finish(),
        );
    }
    Ok(thread.alloc(List::new(threads)).into_value())
}

/// How much memory the object heap has.
fn heaps(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let stats = thread.runtime().pool().stats();
    let pages = thread.heap.page_count();
    let facts = Facts::new(thread)
        .number("pages", pages as i64)
        .number("segments", stats.segments as i64)
        .number("abandoned", stats.abandoned as i64);
    Ok(facts.finish())
}

/// Makes the nth request for memory from here on fail (0: none); returns whether the request chosen before has
/// failed.
///
/// A request of at most `served` bytes is served all the same, and `MemoryError` is raised soon after it.
fn fail_allocation(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [nth] = [args.get(0).expect("the signature asks for it")];
    let nth = protocol::index(thread, nth)?.as_i64().unwrap_or(0).max(0);
    let served = match args.get(1) {
        Some(served) => {
            protocol::index(thread, served)?.as_i64().and_then(|bytes| usize::try_from(bytes).ok())
        }
        None => None,
    };
    memory::set_served(served.unwrap_or(memory::SERVED_BYTES));
    Ok(Value::bool(memory::arm(nth as u64)))
}
