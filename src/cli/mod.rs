//! The command line: arguments in, an exit status out.
//!
//! `minivm [options] script.mv args…`, `minivm -c CODE args…`, `minivm -` for standard input, and
//! `minivm` alone for the interactive session.
//!
//! Begin with `main` here; options are read in `arguments.rs`.

#![forbid(unsafe_code)]

mod arguments;
mod disassembly;
mod flags;
mod paths;

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use crate::embed::{self, Settings, Vm};
use crate::memory;
use crate::repl;
use crate::source::library;
use crate::text::{path, stored};
use crate::value::hash::keys_from_seed;
use arguments::{Command, Program};

/// What `--help` prints.
const USAGE: &str = "\
usage: minivm [option] ... [-c CODE | -m MODULE | FILE | -] [arg] ...

  FILE            run a script, or __main__ of a folder or zip archive
  -c CODE         run a text
  -m MODULE       run a module as a script
  -               run standard input
                  with none of these: an interactive session

  -b, -bb         warn of bytes taken for text; raise an error instead
  -B -d -q -R -s -u -v
                  accepted, and shown in sys.flags
  -E              ignore the variables PYTHON...
  -i              begin a session after the program
  -I              -E, -P and -s together
  -O, -OO         leave out assertions; docstrings, too
  -P              do not search the folder of the program for modules
  -S              do not search the packages of a virtual environment
  -W FILTER       what happens to warnings: action:message:category:module:line
  -X OPTION       dev, utf8 and others, shown in sys._xoptions

  --dis           print the code instead of running it
  --no-fuse       run one word for each stack instruction
  --gc-stress N   collect at the safepoint after every Nth allocation (less often on a heap of thousands;
                  not at all while the program has the collector disabled, or with 0)
  --gc-verify     audit every reference count before and after each collection
  --gc-stats      print the collector's statistics at the end
  --fail-allocation N
                  let the Nth request for memory fail, and say so at the end
  --licenses      print the licence of the library in the binary
  -h, --help      print this
  -V, --version   print the version
";

/// What `--licenses` prints.
const LICENCES: &str = library::LICENCE;

/// The exit status for a wrong command line, or a file that cannot be read.
const USAGE_STATUS: i32 = 2;

/// The exit status if the machine could not start.
const NO_MEMORY_STATUS: i32 = 1;

/// The files that replace descriptors 0, 1 and 2 if the process was started without them.
pub type StandIns = [Option<OwnedFd>; 3];

/// Runs the command; the arguments do not include its name. The replacement files are closed before a script
/// runs.
pub fn main(words: Vec<OsString>, stand_ins: StandIns) -> i32 {
    let words = words.iter().map(|word| path::from_system(word)).collect();
    match arguments::parse(words) {
        Ok(Command::Help) => print(USAGE),
        Ok(Command::Licences) => print(LICENCES),
        Ok(Command::Version) => print(concat!("minivm ", env!("CARGO_PKG_VERSION"), " (Python 3.14)\n")),
        Ok(Command::Run(_)) if !embed::has_addresses_to_start() => {
            let _ = writeln!(std::io::stderr(), "minivm: not enough memory to start");
            NO_MEMORY_STATUS
        }
        Ok(Command::Run(program)) => embed::on_large_stack(|| run(*program, stand_ins)),
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "minivm: {message}\nTry 'minivm --help'.");
            USAGE_STATUS
        }
    }
}

/// The exit status if a text cannot be printed.
const UNPRINTED_STATUS: i32 = 120;

/// Prints a text.
fn print(text: &str) -> i32 {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(_) => UNPRINTED_STATUS,
    }
}

fn run(program: Program, stand_ins: StandIns) -> i32 {
    if let Some((name, is_archive)) = program.source.module() {
        if let Some(status) = refuse_hash_seed() {
            return status;
        }
        let mut settings = program.settings.clone();
        if is_archive {
            match settings.search_path.first_mut() {
                Some(first) if settings.flags.number("safe_path") == 0 => first.clone_from(&name),
                _ => settings.search_path.insert(0, name.clone()),
            }
        }
        let mut vm = start(settings, stand_ins);
        memory::arm(program.failing_request);
        let status = vm.run_module(if is_archive { "__main__" } else { &name }, is_archive);
        return end(&program, vm, status);
    }
    let Some((name, bytes)) = program.source.read() else { return interactive(program, stand_ins) };
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
    let mut vm = start(program.settings.clone(), stand_ins);
    memory::arm(program.failing_request);
    let status = match &program.source {
        arguments::Source::Text(text) => match stored::native(text) {
            Some(text) => vm.run_text(&name, &text),
            None => vm.refuse_text(text),
        },
        _ => vm.run_bytes(&name, &bytes),
    };
    end(&program, vm, status)
}

/// Whether the program has ended and only its objects remain to be finalized. What interrupts that ends the process at
/// once: no code is left that could catch it.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Ends the machine after a program, with the session and the figures that the options ask for.
fn end(program: &Program, mut vm: Vm, status: i32) -> i32 {
    let status = match program.settings.flags.number("inspect") > 0 && std::io::stdin().is_terminal() {
        true => repl::run(&mut vm),
        false => status,
    };
    let statistics = program.statistics.then(|| vm.statistics());
    let was_interrupted = vm.was_interrupted();
    IS_ENDING.store(true, Relaxed);
    let status = vm.end(status);
    if memory::arm(0) {
        let _ = writeln!(std::io::stderr(), "minivm: request {} failed", program.failing_request);
    }
    if let Some(statistics) = statistics {
        let _ = write!(std::io::stderr(), "{statistics}");
    }
    if was_interrupted {
        // By the signal itself, so that a shell's loop around the program ends too.
        let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
    }
    status
}

/// Checks `PYTHONHASHSEED`; if it is wrong, prints CPython's message and returns the exit status.
fn refuse_hash_seed() -> Option<i32> {
    let seed = std::env::var_os("PYTHONHASHSEED")?;
    let complaint = keys_from_seed(Some(&seed.to_string_lossy())).err()?;
    let _ = writeln!(
        std::io::stderr(),
        "Fatal Python error: config_init_hash_seed: {complaint}\nPython runtime state: preinitialized\n"
    );
    Some(1)
}

fn start(settings: Settings, stand_ins: StandIns) -> Vm {
    let open_streams = stand_ins.each_ref().map(Option::is_none);
    let mut vm = Vm::new(Settings { open_streams, ..settings });
    let interrupt = vm.interrupter();
    // A process that was started with the signal ignored keeps ignoring it. Without a handler Ctrl-C still ends
    // the program, only less politely.
    let _ = ctrlc::try_set_handler(move || match IS_ENDING.load(Relaxed) {
        true => drop(signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT)),
        false => interrupt(),
    });
    // The first files that the program opens take the descriptors that were closed, as they do in any process.
    drop(stand_ins);
    vm
}

fn interactive(program: Program, stand_ins: StandIns) -> i32 {
    if std::io::stdin().is_terminal() {
        if let Some(status) = refuse_hash_seed() {
            return status;
        }
        let mut vm = start(program.settings, stand_ins);
        let status = repl::run(&mut vm);
        IS_ENDING.store(true, Relaxed);
        return vm.end(status);
    }
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut bytes) {
        let _ =
            writeln!(std::io::stderr(), "minivm: can't read standard input: {}", arguments::reason(&error));
        return USAGE_STATUS;
    }
    let source = arguments::Source::Bytes("<stdin>".to_owned(), bytes);
    run(Program { source, ..program }, stand_ins)
}
