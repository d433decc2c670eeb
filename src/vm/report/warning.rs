//! Warnings that the runtime itself gives: about coroutines that nobody has awaited.

use std::fmt::Write;

use crate::protocol;
use crate::thread::Thread;
use crate::value::{ErrorKind, Tuple, Value};
use crate::vm::frame::generator::Generator;
use crate::vm::report::lines::stripped_line;
use crate::vm::report::{self, append, warn};

/// Warns that a coroutine is dropped that nobody has awaited, and tells where it was made, if it knows.
pub fn unawaited(thread: &mut Thread, coroutine: &Value) {
    let source = coroutine;
    let Some(coroutine) = coroutine.downcast_ref::<Generator>() else { return };
    let mut text = String::from("coroutine '");
    append(&mut text, &shown(thread, &coroutine.qualname.get()));
    text.push_str("' was never awaited");
    let origin = coroutine.origin_or_finalizer.get();
    if let Some(origin) = origin.downcast_ref::<Tuple>().filter(|_| !warn::is_ending(thread)) {
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
    runtime_warning(thread, &text, source);
}

/// Warns that what a method of an asynchronous generator returned is dropped, and nobody has awaited it.
pub fn unawaited_method(thread: &mut Thread, generator: &Value, method: &str) {
    let source = generator;
    let Some(generator) = generator.downcast_ref::<Generator>() else { return };
    let name = generator.qualname.get();
    let name = protocol::repr(thread, &name).map_or(String::new(), |name| name.as_str().to_owned());
    runtime_warning(thread, &format!("coroutine method '{method}' of {name} was never awaited"), source);
}

fn shown(thread: &mut Thread, value: &Value) -> String {
    protocol::str(thread, value).map_or(String::new(), |text| text.as_str().to_owned())
}

/// Warns with a `RuntimeWarning` at the line that runs; where a filter makes an error of it, nobody can catch it.
fn runtime_warning(thread: &mut Thread, text: &str, source: &Value) {
    let Ok(text) = thread.try_str(text) else { return };
    let category = thread.known().error(ErrorKind::RuntimeWarning).to_value();
    if let Err(raised) = warn::warn_at(thread, &text, &category, 1, &[], Some(source)) {
        let message = "Exception ignored while finalizing coroutine";
        report::unraisable(thread, raised, Some(message), Some(source));
    }
}
