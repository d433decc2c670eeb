//! The names of variables as code objects show them: each once.
//!
//! A comprehension that a frame runs has variables of its own, perhaps of the same name as others of the frame. CPython
//! gives all of one name a single slot, which is a local even if a comprehension shares it with inner functions.

use crate::value::{Ref, Str};
use crate::vm::code::Code;

/// Returns the names of locals, including those that comprehensions share with inner functions.
pub fn locals(code: &Code) -> Vec<Ref<Str>> {
    let first_free = code.base as usize - code.unit.free_names.len();
    let is_local = |slot: usize| slot < code.locals as usize || code.unit.depth_of(slot as u32) > 0;
    once((0..first_free).filter(|&slot| is_local(slot)).map(|slot| &code.variables[slot]))
}

/// Returns the names of cells, including those of comprehensions.
pub fn cells(code: &Code) -> Vec<Ref<Str>> {
    let first_free = code.base as usize - code.unit.free_names.len();
    once(code.variables[code.locals as usize..first_free].iter())
}

/// Returns the names without those that came before.
fn once<'a>(names: impl Iterator<Item = &'a Ref<Str>>) -> Vec<Ref<Str>> {
    let mut seen = rustc_hash::FxHashSet::default();
    names.filter(|name| seen.insert(name.as_str())).cloned().collect()
}
