//! The command line: arguments in, an exit status out.
//!
//! `minivm [options] script.mv args…`, `minivm -c CODE args…`, `minivm -` for standard input, and
//! `minivm` alone for the interactive session.

#![forbid(unsafe_code)]

mod arguments;
mod disassembly;

use std::io::{IsTerminal, Read, Write};

use crate::embed::{self, Settings, Vm};
use crate::repl;
use crate::value::hash::keys_from_seed;
use arguments::{Command, Program};

/// What `--help` prints.
const USAGE: &str = "\
usage: minivm [option] ... [-c CODE | FILE | -] [arg] ...

  FILE            run a script
  -c CODE         run a text
  -               run standard input
                  with none of these: an interactive session

  --dis           print the code instead of running it
  --no-fuse       run one word for each stack instruction
  --gc-stress N   collect at the safepoint after every Nth allocation
  --gc-verify     audit every reference count before and after each collection
  --gc-stats      print the collector's statistics at the end
  -h, --help      print this
  -V, --version   print the version
";

/// The status of a command line nobody can make sense of, or of a file that cannot be read.
const USAGE_STATUS: i32 = 2;

/// Runs the command; the arguments do not include its name.
pub fn main(words: Vec<String>) -> i32 {
    match arguments::parse(words) {
        Ok(Command::Help) => print(USAGE),
        Ok(Command::Version) => print(concat!("minivm ", env!("CARGO_PKG_VERSION"), " (Python 3.11)\n")),
        Ok(Command::Run(program)) => embed::on_large_stack(|| run(*program)),
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "minivm: {message}\nTry 'minivm --help'.");
            USAGE_STATUS
        }
    }
}

/// Prints a text; a reader that went away is no error.
fn print(text: &str) -> i32 {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(_) => embed::BROKEN_PIPE_STATUS,
    }
}

fn run(program: Program) -> i32 {
    let Some((name, bytes)) = program.source.read() else { return interactive(program) };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let reason = arguments::reason(&error);
            let _ = writeln!(std::io::stderr(), "minivm: can't open file '{name}': {reason}");
            return USAGE_STATUS;
        }
    };
    if program.disassemble {
        return disassembly::print(&name, &bytes, program.settings.fuse);
    }
    if let Some(status) = refuse_hash_seed() {
        return status;
    }
    let mut vm = start(program.settings);
    let status = match &program.source {
        arguments::Source::File(_) => vm.run_bytes(&name, &bytes),
        _ => match String::from_utf8(bytes) {
            Ok(text) => vm.run_text(&name, &text),
            Err(error) => vm.run_bytes(&name, error.as_bytes()),
        },
    };
    let statistics = program.statistics.then(|| vm.statistics());
    drop(vm);
    if let Some(statistics) = statistics {
        let _ = write!(std::io::stderr(), "{statistics}");
    }
    status
}

/// The status of a program that was not begun because `PYTHONHASHSEED` makes no sense; CPython's words.
fn refuse_hash_seed() -> Option<i32> {
    let seed = std::env::var_os("PYTHONHASHSEED")?;
    let complaint = keys_from_seed(Some(&seed.to_string_lossy())).err()?;
    let _ = writeln!(
        std::io::stderr(),
        "Fatal Python error: config_init_hash_seed: {complaint}\nPython runtime state: preinitialized\n"
    );
    Some(1)
}

fn start(settings: Settings) -> Vm {
    let mut vm = Vm::new(settings);
    let interrupt = vm.interrupter();
    // Without a handler Ctrl-C still ends the program, only less politely.
    let _ = ctrlc::set_handler(interrupt);
    vm
}

fn interactive(program: Program) -> i32 {
    if std::io::stdin().is_terminal() {
        if let Some(status) = refuse_hash_seed() {
            return status;
        }
        let mut vm = start(program.settings);
        return repl::run(&mut vm);
    }
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut bytes) {
        let _ =
            writeln!(std::io::stderr(), "minivm: can't read standard input: {}", arguments::reason(&error));
        return USAGE_STATUS;
    }
    let source = arguments::Source::Bytes("<stdin>".to_owned(), bytes);
    run(Program { source, ..program })
}
