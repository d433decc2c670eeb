//! Warnings that the runtime itself gives: about coroutines that nobody has awaited.
//!
//! As CPython does by default, a warning is shown once for each place and text; the namespace of the module keeps the
//! list of those shown, as `__warningregistry__`.

use std::fmt::Write;

use crate::protocol;
use crate::thread::Thread;
use crate::types::module::Module;
use crate::value::{Dict, ErrorKind, Object, Ref, Str, Tuple, Value};
use crate::vm::frame::current;
use crate::vm::frame::generator::Generator;
use crate::vm::machine::Machine;
use crate::vm::report::lines::stripped_line;
use crate::vm::report::{append, write_error};

/// Warns that a coroutine is dropped that nobody has awaited, and tells where it was made, if it knows.
pub fn unawaited(thread: &mut Thread, coroutine: &Value) {
    let Some(coroutine) = coroutine.downcast_ref::<Generator>() else { return };
    let mut text = String::from("coroutine '");
    append(&mut text, &shown(thread, &coroutine.qualname.get()));
    text.push_str("' was never awaited");
    let origin = coroutine.origin_or_finalizer.get();
    if let Some(origin) = origin.downcast_ref::<Tuple>().filter(|_| !is_ending(thread)) {
        text.push_str("\nCoroutine created at (most recent call last)");
        for entry in origin.items().iter().rev() {
            let Some([file, line, name]) = entry.downcast_ref::<Tuple>().map(|entry| entry.items()) else {
                continue;
            };
            let line = line.as_i64().and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
            let (file, name) = (shown(thread, file), shown(thread, name));
            let _ = write!(text, "\n  File \"{file}\", line {line}, in {name}");
            if let Some(source) = stripped_line(&file, line) {
                let _ = write!(text, "\n    {source}");
            }
        }
    }
    runtime_warning(thread, &text);
}

/// Warns that what a method of an asynchronous generator returned is dropped, and nobody has awaited it.
pub fn unawaited_method(thread: &mut Thread, generator: &Value, method: &str) {
    let Some(generator) = generator.downcast_ref::<Generator>() else { return };
    let name = generator.qualname.get();
    let name = protocol::repr(thread, &name).map_or(String::new(), |name| name.as_str().to_owned());
    runtime_warning(thread, &format!("coroutine method '{method}' of {name} was never awaited"));
}

fn shown(thread: &mut Thread, value: &Value) -> String {
    protocol::str(thread, value).map_or(String::new(), |text| text.as_str().to_owned())
}

/// Shows a `RuntimeWarning` at the line that runs, unless it was shown before.
fn runtime_warning(thread: &mut Thread, text: &str) {
    let (file, line, globals) = place(thread);
    if was_shown(thread, &globals, text, line) {
        return;
    }
    let mut out = String::new();
    let _ = write!(out, "{file}:{line}: RuntimeWarning: ");
    append(&mut out, text);
    out.push('\n');
    // At the end of the program CPython finds neither its reader of source lines nor `tracemalloc` any more.
    if !is_ending(thread) {
        if let Some(source) = stripped_line(&file, line) {
            let _ = writeln!(out, "  {source}");
        }
        out.push_str("RuntimeWarning: Enable tracemalloc to get the object allocation traceback\n");
    }
    write_error(thread, &out);
}

/// Returns the file, line and global namespace of the innermost frame; those of `sys` if no frame runs.
fn place(thread: &Thread) -> (String, u32, Ref<Dict>) {
    // SAFETY: the innermost record is complete while native code runs, or the bottom.
    let frame = unsafe { &*current(thread) };
    if frame.is_bottom() {
        return ("<sys>".to_owned(), 0, thread.known().sys_namespace().clone());
    }
    let unit = &frame.code().unit;
    let line = unit.positions.get(frame.instruction() as usize).map_or(0, |position| position.line);
    (unit.filename.to_string(), line, frame.function().globals.clone())
}

/// Notes that a warning is shown at a line of a module; returns whether it was before.
fn was_shown(thread: &mut Thread, globals: &Object<Dict>, text: &str, line: u32) -> bool {
    let name = thread.known().intern(thread, "__warningregistry__");
    let registry = globals.get_str(&name).unwrap_or_else(|| {
        let made = thread.alloc(Dict::default()).into_value();
        drop(globals.try_set_str(thread, &name, made.clone()));
        made
    });
    if registry.downcast_ref::<Dict>().is_none() {
        return false;
    }
    let class = thread.known().error(ErrorKind::RuntimeWarning).to_value();
    let Ok(text) = thread.try_str(text) else { return false };
    let key = thread.new_tuple(vec![text, class, thread.new_int(line.into())]);
    // Where the registry does not work, the warning is shown every time.
    match protocol::get_item(thread, &registry, &key) {
        Ok(_) => true,
        Err(_) => {
            let _ = protocol::set_item(thread, &registry, &key, &Value::TRUE);
            false
        }
    }
}

/// Whether the modules of the program are gone.
fn is_ending(thread: &Thread) -> bool {
    let sys: Ref<Str> = thread.known().intern(thread, "sys");
    let module = Machine::of(thread).modules.get_str(&sys);
    module.is_none_or(|module| module.downcast_ref::<Module>().is_none())
}
