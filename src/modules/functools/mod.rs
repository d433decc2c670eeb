//! The `_functools` module: what `functools` is made of.

mod compare_key;
mod lru_cache;
mod partial;
mod placeholder;
mod reduce;

use super::{ModuleSpec, define};

/// `_functools`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_functools",
    home: "_functools",
    doc: "",
    types: &[compare_key::SPEC, lru_cache::SPEC, partial::SPEC, placeholder::SPEC],
    functions: &[compare_key::COMPARE_TO_KEY, reduce::REDUCE],
    fill: |thread, namespace| {
        let placeholder = placeholder::placeholder(thread);
        define(thread, namespace, "Placeholder", placeholder);
        Ok(())
    },
};
