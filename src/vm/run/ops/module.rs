//! Making functions, imports, annotations, and the echo of the interactive session.

use crate::bytecode::{CodeFlags, Word, function_flags};
use crate::life;
use crate::protocol::{self, slots_of};
use crate::value::{Args, Dict, ErrorKind, Kind, List, Raised, Run, Slot, Steady, Str, Value};
use crate::vm::code::Code;
use crate::vm::frame::FrameFlags;
use crate::vm::function::Function;
use crate::vm::run::dispatch::Flow;
use crate::vm::run::missing;
use crate::vm::run::step::Step;

/// Makes a function of its defaults, `__annotate__`, cells and code. Raises nothing.
pub fn make_function(step: &mut Step, word: Word) -> Run<Flow> {
    let flags = word.b() as u32;
    let mut slot = word.a();
    let mut next = |step: &mut Step, flag: u32| {
        if flags & flag == 0 {
            return Value::NONE;
        }
        slot += 1;
        step.take(slot - 1)
    };
    let defaults = next(step, function_flags::DEFAULTS);
    let keyword_defaults = next(step, function_flags::KEYWORD_DEFAULTS);
    let annotate = next(step, function_flags::ANNOTATE);
    let closure = next(step, function_flags::CLOSURE);
    let code = step.take(slot).downcast::<Code>().expect("the code of a function is on top");
    let running = step.frame().function();
    let (globals, builtins) = (running.globals.clone(), running.builtins.clone());
    let stays = !code.unit.flags.intersects(CodeFlags::NESTED | CodeFlags::CLASS_BODY) && !is_passing(&code);
    let function = Function {
        globals,
        builtins,
        closure,
        defaults: Slot::new(defaults),
        keyword_defaults: Slot::new(keyword_defaults),
        annotations: Slot::empty(),
        annotate: Slot::new(annotate),
        type_params: Slot::empty(),
        name: Slot::empty(),
        qualname: Slot::empty(),
        doc: Slot::empty(),
        module: Slot::empty(),
        attributes: Slot::empty(),
        code: Steady::new(code),
    };
    let function = step.alloc(function);
    if stays {
        // Functions of modules and of their classes are loaded all the time and rarely die.
        life::set_deferred(function.raw());
    }
    step.put(word.a(), function.into_value());
    Ok(Flow::Next)
}

/// Tells whether a function is usually used once: a comprehension or a lambda. What its defaults hold should
/// die with it, not at the next collection.
fn is_passing(code: &Code) -> bool {
    code.unit.name.starts_with('<')
}

/// `__build_class__`. Raises `NameError` if the built-in names have no `__build_class__`.
pub fn load_build_class(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.known().names().build_class.clone();
    let builtins = step.frame().function().builtins.clone();
    match builtins.get_str(&name) {
        Some(found) => step.put(word.a(), found),
        None => return Err(Raised::new(ErrorKind::NameError, "__build_class__ not found")),
    }
    Ok(Flow::Next)
}

/// `import name`, through whatever `__import__` the built-ins have. Raises `ImportError` if there is no `__import__`,
/// and what it raises.
pub fn import_name(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    let (level, names) = (step.view(word.a()).clone(), step.view(word.a() + 1).clone());
    let globals = step.globals().as_value().clone();
    let namespace = namespace(step);
    let arguments = [name.to_value(), globals, namespace, names, level];
    let module = call_import(step, &arguments)?;
    step.release_all(word.a(), 2);
    step.put(word.a(), module);
    Ok(Flow::Next)
}

fn call_import(step: &mut Step, arguments: &[Value]) -> Run<Value> {
    let name = step.known().names().import.clone();
    match step.frame().function().builtins.clone().get_str(&name) {
        Some(import) => protocol::call(step, &import, Args::positional(arguments)),
        None => Err(Raised::new(ErrorKind::ImportError, "__import__ not found")),
    }
}

/// `from module import name`. Raises `ImportError` if the module has no such attribute, and what reading it raises.
pub fn import_from(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    let module = step.view(word.a());
    let value = match protocol::find_attr(step, module, name)? {
        Some(value) => value,
        None => missing::submodule_or_error(step, module, name)?,
    };
    step.put(word.a() + 1, value);
    Ok(Flow::Next)
}

/// Returns the namespace that names are stored in: the frame's own, or the globals.
fn namespace(step: &Step) -> Value {
    let frame = step.frame();
    if frame.flags.contains(FrameFlags::NAMESPACE) {
        return frame.namespace().as_value().clone();
    }
    step.globals().as_value().clone()
}

/// `from module import *`. Raises `ImportError` if the module has neither `__all__` nor `__dict__`, `TypeError` if a
/// name is no text, and what reading the attributes and storing them raise.
pub fn import_star(step: &mut Step, word: Word) -> Run<Flow> {
    let module = step.view(word.a());
    let target = namespace(step);
    let (all_name, dict_name) = (step.known().names().all.clone(), step.known().names().dict.clone());
    let (list, is_all) = match protocol::find_attr(step, module, &all_name)? {
        Some(all) => (all, true),
        None => {
            let Some(dict) = protocol::find_attr(step, module, &dict_name)? else {
                let message = "from-import-* object has no __dict__ and no __all__";
                return Err(Raised::new(ErrorKind::ImportError, message));
            };
            let name = step.known().names().keys.clone();
            let keys = protocol::call_method(step, &dict, &name, &[])?;
            let keys = protocol::collect(step, &keys)?;
            (step.alloc(List::new(keys)).into_value(), false)
        }
    };
    // By index rather than by iteration, as CPython does: `__all__` may be any sequence.
    for index in 0.. {
        protocol::check_interrupt(step)?;
        let index = step.new_int(index);
        let name = match sequence_item(step, &list, &index) {
            Ok(name) => name,
            Err(raised) if raised.is_kind(step, ErrorKind::IndexError) => break,
            Err(raised) => return Err(raised),
        };
        let Some(text) = name.downcast_ref::<Str>() else {
            return Err(missing::no_text(step, module, &name, is_all)?);
        };
        if !is_all && text.as_str().starts_with('_') {
            continue;
        }
        let value = protocol::get_attr(step, module, text)?;
        protocol::set_item(step, &target, &name, &value)?;
    }
    step.release(word.a());
    Ok(Flow::Next)
}

/// Returns an item of a sequence. Raises `TypeError` for any other object, as CPython's `PySequence_GetItem` does.
fn sequence_item(step: &mut Step, list: &Value, index: &Value) -> Run<Value> {
    if list.kind() == Kind::Dict || slots_of(step, list).get_item.is_none() {
        let given = protocol::type_name(step, list);
        return Err(Raised::type_error(match list.kind() {
            Kind::Dict => format!("{given} is not a sequence"),
            _ => format!("'{given}' object does not support indexing"),
        }));
    }
    protocol::get_item(step, list, index)
}

/// Makes sure that the namespace has `__annotations__`. Raises what reading and storing the name raise.
pub fn setup_annotations(step: &mut Step, _word: Word) -> Run<Flow> {
    let target = namespace(step);
    let name = step.known().names().annotations.clone();
    if !protocol::contains(step, &target, name.as_value())? {
        let dict = step.alloc(Dict::default()).into_value();
        protocol::set_item(step, &target, name.as_value(), &dict)?;
    }
    Ok(Flow::Next)
}

/// Shows a value as the interactive session does. Raises what `sys.displayhook` raises,
/// `RuntimeError` if there is none.
pub fn print_expr(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.known().intern(step, "displayhook");
    let arguments =
        [step.new_str("sys"), Value::NONE, Value::NONE, Value::NONE, Value::small_int(0).expect("small")];
    let sys = call_import(step, &arguments)?;
    let hook =
        protocol::get_attr(step, &sys, &name).map_err(|_| Raised::runtime_error("lost sys.displayhook"))?;
    let arguments = [step.view(word.a()).clone()];
    protocol::call(step, &hook, Args::positional(&arguments))?;
    step.release(word.a());
    Ok(Flow::Next)
}
