//! Binds arguments in the slots where they lie: keywords and defaults are handled without copying the
//! arguments.
//!
//! `bind.rs` handles all other calls, and makes the errors.

use crate::bytecode::CodeFlags;
use crate::value::{Dict, Object, StackRef, Tuple, Value};
use crate::vm::call::enter::fits;
use crate::vm::code::Code;
use crate::vm::function::Function;
use crate::vm::run::step::Step;

/// The most keyword arguments that are bound without a buffer on the heap.
const FEW: usize = 12;

/// Binds the arguments of a function without `*args` and `**kwargs` in their slots. Returns false, with the
/// slots unchanged, if they do not fit; then `bind` raises the error.
pub(in crate::vm) fn bind_in_place(
    step: &mut Step,
    function: &Object<Function>,
    first: usize,
    count: usize,
    names: &[Value],
) -> bool {
    let code: &Object<Code> = &function.code;
    let unit = &code.unit;
    let (args, all) = (unit.arg_count as usize, (unit.arg_count + unit.kwonly_count) as usize);
    // Looking for a default may wait for the lock of a dict, while another thread replaces the code.
    let kept = (step.is_multi() && unit.kwonly_count > 0).then(|| function.code.clone());
    let given = count - names.len();
    let fp = step.slot_at(first);
    // SAFETY: `fp` lies on the value stack; `fits` computes addresses and compares them.
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
        let placed = placed && fill_defaults(function, fp, given, args, all);
        if placed && kept.is_none_or(|kept| kept.raw() == function.code.raw()) {
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

/// Fills in defaults; false if a parameter without a default has no argument.
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
    // SAFETY: the caller promises room for `all` slots, each with a word.
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
