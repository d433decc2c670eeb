//! `sys.monitoring`: tools that hear of what a program does.

use super::{define, make};
use crate::modules::ModuleSpec;
use crate::protocol;
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::types::object::instance::{self, Instance};
use crate::types::object::namespace;
use crate::value::{Args, Dict, Kind, NativeMethod, Object, Raised, Run, Str, Value};
use crate::vm::audit;
use crate::vm::code::Code;
use crate::vm::machine::Machine;
use crate::vm::monitors::{Events, KINDS, TOOLS};
use crate::vm::trace::divert;

/// The module, which is an attribute of `sys` and cannot be imported.
static SPEC: ModuleSpec = ModuleSpec {
    name: "sys.monitoring",
    home: "sys.monitoring",
    doc: "",
    functions: &FUNCTIONS,
    types: &[],
    fill: fill_module,
};

const FUNCTIONS: [NativeMethod; 11] = [
    NativeMethod::function("use_tool_id", "tool_id, name, /", use_tool_id),
    NativeMethod::function("clear_tool_id", "tool_id, /", clear_tool_id),
    NativeMethod::function("free_tool_id", "tool_id, /", free_tool_id),
    NativeMethod::function("get_tool", "tool_id, /", get_tool),
    NativeMethod::function("register_callback", "tool_id, event, func, /", register_callback),
    NativeMethod::function("get_events", "tool_id, /", get_events),
    NativeMethod::function("set_events", "tool_id, event_set, /", set_events),
    NativeMethod::function("get_local_events", "tool_id, code, /", get_local_events),
    NativeMethod::function("set_local_events", "tool_id, code, event_set, /", set_local_events),
    NativeMethod::function("restart_events", "", restart_events),
    NativeMethod::function("_all_events", "", all_events),
];

/// The tools that have names of their own.
const KNOWN_TOOLS: [(&str, i64); 4] =
    [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)];

/// Adds the module to the names of `sys`.
pub(super) fn fill(thread: &mut Thread, names: &Object<Dict>) -> Run<()> {
    let module = make(thread, &SPEC)?;
    define(thread, names, "monitoring", module);
    Ok(())
}

fn fill_module(thread: &mut Thread, names: &Object<Dict>) -> Run<()> {
    let class = thread.known().class(Kind::Object).to_ref();
    let [disable, missing] = [(); 2].map(|()| instance::allocate(thread, &class, Instance).into_value());
    let monitors = &Machine::of(thread).monitors;
    drop((monitors.disable.set(disable.clone()), monitors.missing.set(missing.clone())));
    define(thread, names, "DISABLE", disable);
    define(thread, names, "MISSING", missing);
    for (name, number) in KNOWN_TOOLS {
        let number = thread.new_int(number);
        define(thread, names, name, number);
    }
    let mut number = 0;
    let each: [(&str, Value); KINDS + 1] = Events::NAMES.map(|name| {
        number += 1;
        (name, thread.new_int(1 << (number - 1)))
    });
    let events = namespace::new(thread, each);
    let none = thread.known().intern(thread, "NO_EVENTS");
    let zero = thread.new_int(0);
    instance::store(thread, &events, &none, zero)?;
    define(thread, names, "events", events);
    Ok(())
}

/// Returns a number that fits a C `int`. Raises `TypeError` and `OverflowError`.
fn int(thread: &mut Thread, value: &Value) -> Run<i32> {
    let index = protocol::index(thread, value)?;
    let number = index.as_i64().and_then(|number| i32::try_from(number).ok());
    number.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))
}

/// Returns the number of a tool. Raises `ValueError` if there can be none of that number.
fn tool(thread: &mut Thread, value: &Value) -> Run<usize> {
    let number = int(thread, value)?;
    match usize::try_from(number) {
        Ok(tool) if tool < TOOLS => Ok(tool),
        _ => {
            let last = TOOLS - 1;
            Err(Raised::value_error(format_args!("invalid tool {number} (must be between 0 and {last})")))
        }
    }
}

/// Raises `ValueError` unless a tool is in use.
fn check_in_use(thread: &Thread, tool: usize) -> Run<()> {
    match Machine::of(thread).monitors.tools[tool].name.is_empty() {
        true => Err(Raised::value_error(format_args!("tool {tool} is not in use"))),
        false => Ok(()),
    }
}

fn use_tool_id(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number, name] = args.exactly();
    let tool = tool(thread, number)?;
    if name.downcast_ref::<Str>().is_none() {
        return Err(Raised::value_error("tool name must be a str"));
    }
    let slot = &Machine::of(thread).monitors.tools[tool].name;
    if !slot.is_empty() {
        return Err(Raised::value_error(format_args!("tool {tool} is already in use")));
    }
    drop(slot.set(name.clone()));
    Ok(Value::NONE)
}

fn clear_tool_id(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number] = args.exactly();
    let tool = tool(thread, number)?;
    if !Machine::of(thread).monitors.tools[tool].name.is_empty() {
        divert::clear_tool(thread, tool);
    }
    Ok(Value::NONE)
}

fn free_tool_id(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    clear_tool_id(thread, args)?;
    let [number] = args.exactly();
    let tool = tool(thread, number)?;
    drop(Machine::of(thread).monitors.tools[tool].name.set(Value::UNBOUND));
    Ok(Value::NONE)
}

fn get_tool(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number] = args.exactly();
    let tool = tool(thread, number)?;
    Ok(or_none(Machine::of(thread).monitors.tools[tool].name.get()))
}

fn or_none(value: Value) -> Value {
    if value.is_unbound() { Value::NONE } else { value }
}

/// Sets what is called for an event, and returns what was called before.
fn register_callback(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number, event, function] = args.exactly();
    let tool = tool(thread, number)?;
    let bits = int(thread, event)?;
    let Some(event) = u32::try_from(bits).ok().filter(|bits| bits.is_power_of_two()) else {
        return Err(Raised::value_error("The callback can only be set for one event at a time"));
    };
    let Some(event) = Events::from_bits(event) else {
        return Err(Raised::value_error(format_args!("invalid event {bits}")));
    };
    audit::tell(thread, "sys.monitoring.register_callback", std::slice::from_ref(function))?;
    let new = || if function.is_none() { Value::UNBOUND } else { function.clone() };
    let tool = &Machine::of(thread).monitors.tools[tool];
    let is_both = event == Events::BRANCH;
    if is_both || Events::BRANCHES.contains(event) {
        tool.branches_as_one.store(is_both, Relaxed);
    }
    if !is_both {
        return Ok(or_none(tool.callbacks[event.index()].set(new())));
    }
    let [left, right] =
        [Events::BRANCH_LEFT, Events::BRANCH_RIGHT].map(|way| tool.callbacks[way.index()].set(new()));
    Ok(or_none(if left.is_unbound() { right } else { left }))
}

fn get_events(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number] = args.exactly();
    let tool = tool(thread, number)?;
    let events = Machine::of(thread).monitors.tools[tool].events();
    Ok(thread.new_int(events.bits().into()))
}

/// Replaces the event of old by the two it stands for, and leaves out the ends of calls. Raises `ValueError` for one end
/// without the call and the other end.
fn completed(bits: i32) -> Run<u32> {
    let mut bits = bits.cast_unsigned();
    let given = Events::from_bits_retain(bits);
    if given.contains(Events::BRANCH) {
        bits = bits & !Events::BRANCH.bits() | Events::BRANCHES.bits();
    }
    if given.intersects(Events::ENDS) && !given.contains(Events::ENDS | Events::CALL) {
        return Err(Raised::value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    Ok(bits & !Events::ENDS.bits())
}

fn set_events(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number, events] = args.exactly();
    let tool = tool(thread, number)?;
    let bits = int(thread, events)?;
    if Events::from_bits(bits.cast_unsigned()).is_none() {
        return Err(Raised::value_error(format_args!("invalid event set 0x{bits:x}")));
    }
    let events = Events::from_bits_truncate(completed(bits)?);
    check_in_use(thread, tool)?;
    divert::set_events(thread, tool, events);
    Ok(Value::NONE)
}

fn code(value: &Value) -> Run<&Object<Code>> {
    value.downcast_ref().ok_or_else(|| Raised::type_error("code must be a code object"))
}

fn get_local_events(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number, value] = args.exactly();
    let tool = tool(thread, number)?;
    let code = code(value)?;
    let events = code.monitored.get().map_or(Events::empty(), |local| local.shown(tool));
    Ok(thread.new_int(events.bits().into()))
}

fn set_local_events(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number, value, events] = args.exactly();
    let tool = tool(thread, number)?;
    let code = code(value)?;
    let bits = completed(int(thread, events)?)?;
    let Some(events) = Events::from_bits(bits).filter(|&events| Events::LOCAL.contains(events)) else {
        return Err(Raised::value_error(format_args!("invalid local event set 0x{bits:x}")));
    };
    check_in_use(thread, tool)?;
    divert::set_local_events(thread, tool, code, events);
    Ok(Value::NONE)
}

fn restart_events(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Machine::of(thread).monitors.restart();
    Ok(Value::NONE)
}

/// Returns for each event of all code that is wanted the bits of the tools that want it.
fn all_events(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let tools = || Machine::of(thread).monitors.tools.iter().enumerate();
    let found = thread.alloc(Dict::default());
    for (event, name) in Events::NAMES.iter().enumerate() {
        let event = Events::from_bits_retain(1 << event);
        let wanting = tools().filter(|(_, tool)| tool.events().contains(event));
        let bits: i64 = wanting.map(|(number, _)| 1 << number).sum();
        if bits != 0 {
            let (name, bits) = (thread.known().intern(thread, name), thread.new_int(bits));
            drop(found.try_set_str(thread, &name, bits)?);
        }
    }
    Ok(found.into_value())
}
