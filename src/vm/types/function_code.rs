//! Assigning `__code__`: a function gets other code, while what runs goes on with the old one.
//!
//! Calls read the code of a function without counting it, and frames and generators find theirs by their function. So
//! the code is replaced while the world is stopped, and whatever runs or waits in the function goes on as a *stand-in*: a
//! function like it that has the old code, and lives as long as somebody runs it.

use crate::bytecode::CodeFlags;
use crate::heap;
use crate::object::{GcBits, RawObject};
use crate::thread::{Thread, WorldStopped, world};
use crate::value::class::shape::Shape;
use crate::value::{
    ErrorKind, Object, Payload, Raised, Ref, Run, Slot, StackRef, Steady, Value, publish, word,
};
use crate::vm::audit;
use crate::vm::code::Code;
use crate::vm::frame::generator::Generator;
use crate::vm::frame::{FrameFlags, Interpreter};
use crate::vm::function::Function;

/// Assigns `__code__`. Raises `TypeError` for a deletion and for anything but code, `ValueError` for code with another
/// number of free variables, and what audit hooks and the filters of warnings raise.
pub fn set(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    let Some(code) = new.and_then(|new| new.clone().downcast::<Code>().ok()) else {
        return Err(Raised::type_error("__code__ must be set to a code object"));
    };
    let function: &Object<Function> = value.downcast_ref().expect("the slot belongs to functions");
    let name = thread.new_str("__code__");
    audit::tell(thread, "object.__setattr__", &[value.clone(), name, code.as_value().clone()])?;
    let (wanted, given) = (function.cells().len(), code.unit.free_names.len());
    if wanted != given {
        let name = crate::value::Name::of_or_unknown(function.name());
        return Err(Raised::value_error(format_args!(
            "{name}() requires a code object with {wanted} free vars, not {given}"
        )));
    }
    let kinds = CodeFlags::SUSPENDS;
    if code.unit.flags & kinds != function.code.unit.flags & kinds {
        let text = "Assigning a code object of non-matching type is deprecated \
                    (e.g., from a generator to a plain function)";
        (thread.known().upper_floors.warn)(thread, ErrorKind::DeprecationWarning, text)?;
    }
    keep_texts(thread, function);
    let stand_in = stand_in(thread, function, code);
    publish(stand_in.as_value());
    publish(stand_in.code.as_value());
    let stopped = world::stop(thread);
    let new = stand_in.code.clone();
    let also_new = stand_in.code.replace(&stopped, function.code.replace(&stopped, new));
    let held = rehouse(&stopped, function, &stand_in);
    stopped.resume();
    drop((also_new, held, stand_in));
    Ok(())
}

/// Gives a function the texts for its own that it has had from its code.
fn keep_texts(thread: &Thread, function: &Object<Function>) {
    let (name, qualname, doc) = (function.name(), function.qualname(), function.doc(thread));
    drop(function.name.set(name));
    drop(function.qualname.set(qualname));
    drop(function.doc.set(doc));
}

/// Makes a function like another one, with other code.
fn stand_in(thread: &Thread, of: &Object<Function>, code: Ref<Code>) -> Ref<Function> {
    let copy = |slot: &Slot| Slot::new(slot.get());
    thread.alloc(Function {
        code: Steady::new(code),
        globals: of.globals.clone(),
        builtins: of.builtins.clone(),
        closure: of.closure.clone(),
        defaults: copy(&of.defaults),
        keyword_defaults: copy(&of.keyword_defaults),
        annotations: copy(&of.annotations),
        annotate: copy(&of.annotate),
        type_params: copy(&of.type_params),
        name: copy(&of.name),
        qualname: copy(&of.qualname),
        doc: copy(&of.doc),
        module: copy(&of.module),
        attributes: copy(&of.attributes),
    })
}

/// What frames and generators have held, to be dropped once the world runs again.
type Held = (Vec<Value>, Vec<Ref<Function>>);

/// Lets the frames and generators of a function go on as its stand-in, which has the code that they run.
fn rehouse(stopped: &WorldStopped<'_>, function: &Object<Function>, stand_in: &Ref<Function>) -> Held {
    let mut held: Held = Default::default();
    for other in stopped.threads() {
        let Some(interpreter) = Interpreter::find(other) else { continue };
        for frame in interpreter.frames(other) {
            // SAFETY: the world is stopped, so the records of all threads are complete and nobody uses them.
            let record = unsafe { &mut *frame };
            if !std::ptr::eq(record.function, function) {
                continue;
            }
            record.function = &raw const **stand_in;
            if record.flags.contains(FrameFlags::GENERATOR) {
                // Its callable is the generator, which keeps the function alive.
                continue;
            }
            let callable = StackRef::from_value(stand_in.to_value());
            // SAFETY: the slot of the callable always holds a word. If that owns a count, it is taken with it.
            unsafe {
                let before = std::mem::replace(&mut *record.fp.sub(1), callable);
                if word::is_owning(before.word()) {
                    held.0.push(Value::from_word(before.word()));
                }
            }
        }
    }
    if stand_in.code.is_generator() {
        for_each_generator(stopped, |generator| {
            if std::ptr::eq(&raw const **generator.function, function) {
                held.1.push(generator.function.replace(stopped, stand_in.clone()));
            }
        });
    }
    held
}

/// Calls `see` with all generators.
fn for_each_generator(stopped: &WorldStopped<'_>, mut see: impl FnMut(&Object<Generator>)) {
    let is_generator = |object: &RawObject| {
        object.bits().contains(GcBits::TRACKED) && <Generator as Payload>::is_of(Shape::of(*object).kind)
    };
    heap::for_each_page(stopped, |page| {
        for object in page.blocks().filter(is_generator) {
            // SAFETY: a tracked object is alive, and it is of this kind.
            see(unsafe { &*object.at::<Object<Generator>>(0) });
        }
    });
}
