//! Binding arguments where they lie: keywords and defaults without taking anything off the stack.
//!
//! `bind.rs` does the rest, and words the errors.

use crate::bytecode::CodeFlags;
use crate::value::{Dict, Object, StackRef, Tuple, Value};
use crate::vm::call::enter::fits;
use crate::vm::function::Function;
use crate::vm::run::step::Step;

/// Most keyword arguments that are bound without a buffer on the heap.
const FEW: usize = 12;

/// Binds the arguments of a function without `*args` and `**kwargs` where they lie. False, with the
/// slots as they were, if they do not fit: then `bind` knows what to say.
pub(in crate::vm) fn bind_in_place(
    step: &mut Step,
    function: &Object<Function>,
    first: usize,
    count: usize,
    names: &[Value],
) -> bool {
    let code = &function.code;
    let unit = &code.unit;
    let (args, all) = (unit.arg_count as usize, (unit.arg_count + unit.kwonly_count) as usize);
    let given = count - names.len();
    let fp = step.slot_at(first);
    // SAFETY: only compared.
    let fits = unsafe { fits(step, fp, code) };
    if unit.flags.intersects(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS)
        || given > args
        || names.len() > FEW
        || !fits
    {
        return false;
    }
    let mut held = [StackRef::UNBOUND; FEW];
    // SAFETY: the parameters lie in the callee's window, which fits; counts move with the words.
    unsafe {
        held.as_mut_ptr().copy_from_nonoverlapping(fp.add(given), names.len());
        for slot in given..all {
            *fp.add(slot) = StackRef::UNBOUND;
        }
        let mut placed = true;
        for (name, value) in names.iter().zip(held) {
            let posonly = unit.posonly_count as usize;
            let slot = (posonly..all).find(|&slot| code.variables[slot].as_value().is(name));
            match slot {
                Some(slot) if slot >= given && (*fp.add(slot)).is_unbound() => *fp.add(slot) = value,
                _ => placed = false,
            }
        }
        if placed && fill_defaults(function, fp, given, args, all) {
            return true;
        }
        // Defaults that were filled in are counted; arguments are put back where they lay.
        for slot in given..all {
            let word = std::mem::replace(&mut *fp.add(slot), StackRef::UNBOUND);
            if !held[..names.len()].contains(&word) {
                word.release(step);
            }
        }
        fp.add(given).copy_from_nonoverlapping(held.as_ptr(), names.len());
    }
    false
}

/// Fills in defaults; false if a parameter has none.
///
/// # Safety
/// `fp` has room for `all` slots, each with a word.
unsafe fn fill_defaults(
    function: &Object<Function>,
    fp: *mut StackRef,
    given: usize,
    args: usize,
    all: usize,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        if given < args {
            let defaults = function.defaults.get();
            let defaults = defaults.downcast_ref::<Tuple>().map_or(&[][..], |tuple| tuple.items());
            for slot in given..args {
                if !(*fp.add(slot)).is_unbound() {
                    continue;
                }
                let Some(index) = (slot + defaults.len()).checked_sub(args) else { return false };
                *fp.add(slot) = StackRef::from_value(defaults[index].clone());
            }
        }
        if args < all {
            let defaults = function.keyword_defaults.get();
            for slot in args..all {
                if !(*fp.add(slot)).is_unbound() {
                    continue;
                }
                let name = &function.code.variables[slot];
                let default = defaults.downcast_ref::<Dict>().and_then(|dict| dict.get_str(name));
                let Some(default) = default else { return false };
                *fp.add(slot) = StackRef::from_value(default);
            }
        }
    }
    true
}
