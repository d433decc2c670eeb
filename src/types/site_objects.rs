//! `help`, `copyright`, `credits` and `license`: objects for people in a session, who type their names or call them.
//!
//! In CPython the module `site` makes them of classes of `_sitebuiltins`. `quit` and `exit` are in `quitter.rs`.

use crate::protocol;
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::value::alloc::type_info;
use crate::value::{Args, ClassFlags, ErrorKind, Kind, Object, Payload, Raised, Run, Slots, TypeSpec, Value};

/// The payload of `copyright`, `credits` or `license`.
pub struct Printer {
    /// What it prints.
    text: &'static str,
}

references!(Printer {});

impl Payload for Printer {
    const KIND: Kind = Kind::Printer;
}

/// The payload of `help`.
pub struct Helper;

references!(Helper {});

impl Payload for Helper {
    const KIND: Kind = Kind::Helper;
}

/// The texts, by name.
const TEXTS: [(&str, &str); 3] = [
    ("copyright", "MIT OR Apache-2.0"),
    (
        "credits",
        "Thanks to all who have made Python: minivm runs their language on their rules of memory management.",
    ),
    (
        "license",
        "minivm is licensed under the MIT license or the Apache license 2.0, at your choice: see the files \
         LICENSE-MIT and LICENSE-APACHE.",
    ),
];

/// Makes the objects, each with its name.
pub fn all(thread: &ThreadState) -> Vec<(&'static str, Value)> {
    let printers = TEXTS.iter().map(|&(name, text)| (name, thread.alloc(Printer { text }).into_value()));
    let mut all: Vec<_> = printers.collect();
    all.push(("help", thread.alloc(Helper).into_value()));
    all
}

fn printer(value: &Value) -> &Object<Printer> {
    value.downcast_ref().expect("the slot belongs to printers")
}

fn show_printer(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_str(printer(value).text))
}

/// Prints the text. Raises `TypeError` for arguments, and what `print` raises.
fn call_printer(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<Value> {
    if args.count() > 0 || args.has_keywords() {
        let given = args.count() + 1;
        return Err(Raised::type_error(format_args!(
            "_Printer.__call__() takes 1 positional argument but {given} were given"
        )));
    }
    let text = thread.new_str(printer(value).text);
    print(thread, text)
}

fn print(thread: &mut Thread, text: Value) -> Run<Value> {
    let print = (thread.known().upper_floors.builtin)(thread, "print")?;
    protocol::call(thread, &print, Args::positional(&[text]))
}

fn show_helper(thread: &mut Thread, _value: &Value) -> Run<Value> {
    Ok(thread.new_str("Type help() for interactive help, or help(object) for help about object."))
}

/// Calls `pydoc.help`; without the library it says so in a line. Raises what importing and calling it raise.
fn call_helper(thread: &mut Thread, _value: &Value, args: Args<'_>) -> Run<Value> {
    let name = thread.new_str("pydoc");
    let module = match (thread.known().upper_floors.import)(thread, Args::positional(&[name])) {
        Ok(module) => module,
        Err(raised) if raised.is_kind(thread, ErrorKind::ModuleNotFoundError) => {
            let text = "help() needs the module pydoc of CPython's library; PYTHONPATH can name the folder that has it.";
            let text = thread.new_str(text);
            return print(thread, text);
        }
        Err(raised) => return Err(raised),
    };
    let name = thread.known().intern(thread, "help");
    let help = protocol::get_attr(thread, &module, &name)?;
    protocol::call(thread, &help, args)
}

/// The type of `copyright`, `credits` and `license`.
pub const PRINTER_SPEC: TypeSpec = TypeSpec {
    kind: Kind::Printer,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Printer>,
    slots: Slots { repr: Some(show_printer), call: Some(call_printer), ..Slots::EMPTY },
    methods: &[],
    attributes: &[],
    doc: "interactive prompt objects for printing the license text, a list of\n    contributors and the copyright notice.",
};

/// The type of `help`.
pub const HELPER_SPEC: TypeSpec = TypeSpec {
    kind: Kind::Helper,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Helper>,
    slots: Slots { repr: Some(show_helper), call: Some(call_helper), ..Slots::EMPTY },
    methods: &[],
    attributes: &[],
    doc: "Define the builtin 'help'.",
};
