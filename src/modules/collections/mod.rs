//! The `_collections` module: what `collections` is made of.
//!
//! `OrderedDict` is not here: dicts keep their order, and `collections` has one written in Python that does the rest.

mod count;
mod default_dict;
mod deque;
mod deque_iterator;
mod tuple_getter;

use super::{ModuleSpec, define};

/// `_collections`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_collections",
    home: "_collections",
    doc: "",
    types: &[deque::SPEC, deque_iterator::FORWARD_SPEC, deque_iterator::BACKWARD_SPEC, tuple_getter::SPEC],
    functions: &[count::COUNT_ELEMENTS],
    fill: |thread, namespace| {
        let class = default_dict::make_class(thread)?.into_value();
        define(thread, namespace, "defaultdict", class);
        Ok(())
    },
};
