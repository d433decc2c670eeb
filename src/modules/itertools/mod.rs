//! The `itertools` module: iterators made of other iterators.
//!
//! Each asks for items only when it is asked for one, and holds no lock meanwhile: what it asks may come back to it, as
//! an iterator over itself does, and finds it as it was left. What an iterator has come to the end of is dropped at once.
//!
//! | file | types |
//! |---|---|
//! | `endless.rs` | `count`, `cycle`, `repeat` |
//! | `chain.rs` | `chain`, `zip_longest` |
//! | `choose.rs` | `compress`, `dropwhile`, `filterfalse`, `islice`, `takewhile` |
//! | `apply.rs` | `accumulate`, `starmap` |
//! | `group.rs` | `groupby` |
//! | `window.rs` | `batched`, `pairwise` |
//! | `arrange.rs` | `combinations`, `combinations_with_replacement`, `permutations`, `product` |
//! | `tee.rs` | `tee` |

mod apply;
mod arrange;
mod chain;
mod choose;
mod endless;
mod group;
mod tee;
mod window;

use super::ModuleSpec;
use crate::object::TypeInfo;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Class, ClassFlags, Kind, NewFn, NextFn, Object, Raised, Run, Slots, TypeSpec, Value};

/// `itertools`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "itertools",
    home: "itertools",
    doc: "",
    types: &[
        apply::ACCUMULATE_SPEC,
        window::BATCHED_SPEC,
        chain::CHAIN_SPEC,
        arrange::COMBINATIONS_SPEC,
        arrange::REPLACED_SPEC,
        choose::COMPRESS_SPEC,
        endless::COUNT_SPEC,
        endless::CYCLE_SPEC,
        choose::DROP_WHILE_SPEC,
        choose::FILTER_FALSE_SPEC,
        group::GROUP_BY_SPEC,
        group::GROUPER_SPEC,
        choose::SLICE_SPEC,
        window::PAIRWISE_SPEC,
        arrange::PERMUTATIONS_SPEC,
        arrange::PRODUCT_SPEC,
        endless::REPEAT_SPEC,
        apply::STAR_MAP_SPEC,
        choose::TAKE_WHILE_SPEC,
        tee::SPEC,
        tee::DATA_SPEC,
        chain::ZIP_LONGEST_SPEC,
    ],
    functions: &[tee::TEE],
    fill: |_, _| Ok(()),
};

/// Reads a number of items or steps, which an index has to fit. Raises `TypeError`, `OverflowError`.
fn number_of(thread: &mut Thread, value: &Value) -> Run<i64> {
    let number = protocol::index(thread, value)?;
    number.as_i64().ok_or_else(|| Raised::overflow_error("Python int too large to convert to C ssize_t"))
}

/// Describes a type of iterators that scripts may derive from.
const fn iterator(kind: Kind, info: fn(&'static str) -> TypeInfo, new: NewFn, next: NextFn) -> TypeSpec {
    TypeSpec {
        kind,
        base: Kind::Object,
        flags: ClassFlags::BASE,
        info,
        slots: Slots {
            iter: Some(|_, iterator| Ok(iterator.clone())),
            next: Some(next),
            new: Some(new),
            ..Slots::EMPTY
        },
        methods: &[],
        attributes: &[],
        doc: "",
    }
}

/// Returns the name that a type's own errors about arguments use.
fn short_name(class: &Object<Class>) -> &'static str {
    class.kind.name().rsplit('.').next().expect("a name has a last part")
}
