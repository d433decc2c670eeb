//! `text += more` without copying the text, when only the variable that is assigned refers to it.
//!
//! A text built piece by piece then takes linear time, as in CPython. The variable is a local that the same
//! word stores to, or a name of a namespace that the next word stores to.

use crate::bytecode::{Word, WordOp};
use crate::value::{Dict, Object, Str, Value, word};
use crate::vm::run::ops::name::namespace;
use crate::vm::run::step::Step;

/// A text of fewer bytes is simply copied.
const SHORT_BYTES: usize = 32;

/// Appends for a `+=` word with the given operands; tells whether it was done.
///
/// The result is then where the word puts it; only the right operand is still to be released.
pub fn append_in_place(step: &mut Step, word: Word, stores: bool, left: &Value, right: &Value) -> bool {
    let (Some(text), Some(more)) = (left.downcast_exact::<Str>(), right.downcast_exact::<Str>()) else {
        return false;
    };
    if text.as_str().len() < SHORT_BYTES || word.a() != word.b() {
        return false;
    }
    if stores {
        // A deferred word would mean that the caller's variable is the owner.
        return word::is_owning(step.word(word.a())) && text.append_if_unique(step, more).unwrap_or(false);
    }
    append_to_name(step, word, text, more)
}

/// Appends to a text that is the value of a name, if the next word stores the result under that name.
fn append_to_name(step: &mut Step, word: Word, text: &Object<Str>, more: &Object<Str>) -> bool {
    let next = step.next_word();
    let stores = matches!(next.op(), WordOp::StoreName | WordOp::StoreGlobal) && next.a() == word.a();
    let counts = text.raw().counts();
    if !stores || step.is_multi() || counts.local() > 2 {
        return false;
    }
    let name = step.name(next.bc());
    let holder = match namespace(step) {
        Some(namespace) if next.op() == WordOp::StoreName => namespace,
        _ => step.globals().to_value(),
    };
    let Some(dict) = holder.downcast_exact::<Dict>() else { return false };
    if !dict.get_str(name).is_some_and(|held| text.is(&held)) {
        return false;
    }
    // Nobody looks at the name before the next word stores it anew: its count passes to the operand.
    let held = dict.set_str(step, name, Value::NONE).expect("the name was there");
    if word::is_owning(step.word(word.a())) {
        drop(held);
    } else {
        step.put(word.a(), held);
    }
    // Without memory to grow, the other way raises.
    let done = text.append_if_unique(step, more).unwrap_or(false);
    if !done {
        drop(dict.set_str(step, name, text.to_value()));
    }
    done
}
