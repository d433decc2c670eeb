//! The filters of warnings at the start: CPython's own, and those of `-W` and `PYTHONWARNINGS`.
//!
//! CPython leaves the options to `warnings.py`; here they work without it. Texts and modules of an option have to be equal
//! to those of the warning, where `warnings.py` compares the beginning of the text and ignores the case of letters.

use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::{Thread, ThreadState};
use crate::types::context::ContextVar;
use crate::value::{Args, Class, Dict, ErrorKind, List, Slot, Value};
use crate::vm::machine::{Machine, Warnings};
use crate::vm::report::write_error;

/// Makes the state of a runtime, with the filters that CPython begins with.
pub fn initial(thread: &ThreadState) -> Warnings {
    let filter = |action: &str, kind: ErrorKind, module: Option<&str>| {
        let module = module.map_or(Value::NONE, |module| thread.known().intern(thread, module).into_value());
        let action = thread.known().intern(thread, action).into_value();
        let category = thread.known().error(kind).to_value();
        thread.new_tuple(vec![action, Value::NONE, category, module, thread.new_int(0)])
    };
    let filters = vec![
        filter("default", ErrorKind::DeprecationWarning, Some("__main__")),
        filter("ignore", ErrorKind::DeprecationWarning, None),
        filter("ignore", ErrorKind::PendingDeprecationWarning, None),
        filter("ignore", ErrorKind::ImportWarning, None),
        filter("ignore", ErrorKind::ResourceWarning, None),
    ];
    Warnings {
        filters: Slot::new(thread.alloc(List::new(filters)).into_value()),
        once: Slot::new(thread.alloc(Dict::default()).into_value()),
        default_action: Slot::new(thread.known().intern(thread, "default").into_value()),
        context: thread
            .alloc(ContextVar::new(thread.known().intern(thread, "_warnings_context").into_value())),
        version: AtomicU64::new(0),
    }
}

/// Adds the filters of the options, the last one in front. A wrong option is named on standard error and left out.
pub fn read(thread: &mut Thread) {
    for option in Machine::of(thread).options.flags.warn_options.clone() {
        match filter(thread, &option) {
            Ok(filter) => add(thread, &filter),
            Err(problem) => write_error(thread, &format!("Invalid -W option ignored: {problem}\n")),
        }
    }
}

fn add(thread: &mut Thread, filter: &Value) {
    let filters = Machine::of(thread).warnings.filters.get();
    let Some(filters) = filters.downcast_ref::<List>() else { return };
    let known = filters.to_vec().unwrap_or_default();
    let equal = known.iter().position(|known| protocol::equal(thread, known, filter).unwrap_or(false));
    let removed = filters.with_items(|items| {
        let removed = equal.map(|at| items.remove(at));
        items.insert(0, filter.clone());
        removed
    });
    drop(removed);
}

const ACTIONS: [&str; 7] = ["default", "always", "all", "ignore", "module", "once", "error"];

/// Reads `action:message:category:module:line`, whose last parts may be left out. The error says what is wrong.
fn filter(thread: &mut Thread, option: &str) -> Result<Value, String> {
    let parts: Vec<&str> = option.split(':').map(str::trim).collect();
    if parts.len() > 5 {
        return Err(format!("too many fields (max 5): '{option}'"));
    }
    let part = |index: usize| parts.get(index).copied().unwrap_or("");
    let action = match part(0) {
        "" => "default",
        given => ACTIONS
            .into_iter()
            .find(|action| action.starts_with(given))
            .ok_or_else(|| format!("invalid action: '{given}'"))?,
    };
    let category = category(thread, part(2))?;
    let line = match part(4) {
        "" => 0,
        given => given.parse::<u32>().map_err(|_| format!("invalid lineno '{given}'"))?,
    };
    let text = |thread: &Thread, part: &str| match part {
        "" => Value::NONE,
        part => thread.new_str(part),
    };
    let (message, module) = (text(thread, part(1)), text(thread, part(3)));
    Ok(thread.new_tuple(vec![thread.new_str(action), message, category, module, thread.new_int(line.into())]))
}

/// Returns the class of warnings of a name, which may begin with that of its module.
fn category(thread: &mut Thread, name: &str) -> Result<Value, String> {
    if name.is_empty() {
        return Ok(thread.known().error(ErrorKind::Warning).to_value());
    }
    let found = match name.rsplit_once('.') {
        None => {
            let key = thread.known().intern(thread, name);
            Machine::of(thread).builtins.get_str(&key)
        }
        Some((module, class)) => {
            let list = thread.new_tuple(vec![thread.new_str(class)]);
            let arguments = [thread.new_str(module), Value::NONE, Value::NONE, list];
            let import = thread.known().upper_floors.import;
            let module_value = import(thread, Args::positional(&arguments))
                .map_err(|_| format!("invalid module name: '{module}'"))?;
            let class = thread.known().intern(thread, class);
            protocol::find_attr(thread, &module_value, &class).ok().flatten()
        }
    };
    let found = found.ok_or_else(|| format!("unknown warning category: '{name}'"))?;
    let is_one = found
        .downcast_ref::<Class>()
        .is_some_and(|class| class.is_subclass_of(thread.known().error(ErrorKind::Warning)));
    if is_one { Ok(found) } else { Err(format!("invalid warning category: '{name}'")) }
}
