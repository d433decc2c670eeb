//! The process: its numbers, its children, its environment, the machine it runs on.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use parking_lot::Mutex;
use rustix::io::{self, Errno};
use rustix::process::{self, Pid, Signal, WaitOptions, WaitStatus};
use rustix::rand::GetRandomFlags;

use super::argument::{failed, optional_int, system_bytes, text_of};
use super::files::done;
use crate::memory;
use crate::protocol;
use crate::thread::{Direction, Thread};
use crate::types::class::struct_sequence::{self, Description, fields};
use crate::types::object::bytes_like::{copied_bytes, new_bytes};
use crate::types::str::text_args::{c_int, integer};
use crate::value::{Args, Dict, Kind, List, NativeAttribute, NativeMethod, Raised, Run, Set, Value};

/// The functions.
pub(super) const FUNCTIONS: &[NativeMethod] = &[
    NativeMethod::function("getpid", "", |thread, _| pid(thread, Some(process::getpid()))),
    NativeMethod::function("getppid", "", |thread, _| pid(thread, process::getppid())),
    NativeMethod::function("getpgrp", "", |thread, _| pid(thread, Some(process::getpgrp()))),
    NativeMethod::function("getpgid", "pid", |thread, args| {
        let [of] = args.exactly();
        let of = c_int(thread, of)?;
        checked_pid(thread, process_of(of).and_then(process::getpgid))
    }),
    NativeMethod::function("getsid", "pid, /", |thread, args| {
        let [of] = args.exactly();
        let of = c_int(thread, of)?;
        checked_pid(thread, process_of(of).and_then(process::getsid))
    }),
    NativeMethod::function("setsid", "", |thread, _| {
        let result = process::setsid();
        done(thread, result.map(|_| ()))
    }),
    NativeMethod::function("setpgid", "pid, pgrp, /", |thread, args| {
        let [of, group] = args.exactly();
        let (of, group) = (c_int(thread, of)?, c_int(thread, group)?);
        let result = process_of(of).and_then(|of| process::setpgid(of, process_of(group)?));
        done(thread, result)
    }),
    NativeMethod::function("getuid", "", |thread, _| Ok(thread.new_int(process::getuid().as_raw().into()))),
    NativeMethod::function("geteuid", "", |thread, _| Ok(thread.new_int(process::geteuid().as_raw().into()))),
    NativeMethod::function("getgid", "", |thread, _| Ok(thread.new_int(process::getgid().as_raw().into()))),
    NativeMethod::function("getegid", "", |thread, _| Ok(thread.new_int(process::getegid().as_raw().into()))),
    NativeMethod::function("getgroups", "", |thread, _| {
        let groups = process::getgroups().map_err(|error| failed(thread, error))?;
        let groups = groups.into_iter().map(|group| thread.new_int(group.as_raw().into())).collect();
        Ok(thread.alloc(List::new(groups)).into_value())
    }),
    NativeMethod::function("kill", "pid, signal, /", |thread, args| {
        let [to, signal] = args.exactly();
        let (to, number) = (c_int(thread, to)?, c_int(thread, signal)?);
        let result = signal_of(number).and_then(|signal| send(to, signal));
        done(thread, result)
    }),
    NativeMethod::function("killpg", "pgid, signal, /", |thread, args| {
        let [to, signal] = args.exactly();
        let (to, number) = (c_int(thread, to)?, c_int(thread, signal)?);
        let result = signal_of(number).and_then(|signal| send(to.checked_neg().ok_or(Errno::SRCH)?, signal));
        done(thread, result)
    }),
    NativeMethod::function("waitpid", "pid, options, /", |thread, args| {
        let [of, options] = args.exactly();
        let (of, options) = (c_int(thread, of)?, c_int(thread, options)?);
        wait(thread, of, options)
    }),
    NativeMethod::function("wait", "", |thread, _| wait(thread, -1, 0)),
    NativeMethod::function("WIFEXITED", "status", |thread, args| {
        Ok(Value::bool(status(thread, args)? & 0x7f == 0))
    }),
    NativeMethod::function("WEXITSTATUS", "status", |thread, args| {
        let code = status(thread, args)? >> 8 & 0xff;
        Ok(thread.new_int(code.into()))
    }),
    NativeMethod::function("WIFSIGNALED", "status", |thread, args| {
        let signal = status(thread, args)? & 0x7f;
        Ok(Value::bool(signal != 0 && signal != 0x7f))
    }),
    NativeMethod::function("WTERMSIG", "status", |thread, args| {
        let signal = status(thread, args)? & 0x7f;
        Ok(thread.new_int(signal.into()))
    }),
    NativeMethod::function("WCOREDUMP", "status, /", |thread, args| {
        Ok(Value::bool(status(thread, args)? & 0x80 != 0))
    }),
    NativeMethod::function("WIFSTOPPED", "status", |thread, args| {
        Ok(Value::bool(status(thread, args)? & 0xff == 0x7f))
    }),
    NativeMethod::function("WSTOPSIG", "status", |thread, args| {
        let signal = status(thread, args)? >> 8 & 0xff;
        Ok(thread.new_int(signal.into()))
    }),
    NativeMethod::function("WIFCONTINUED", "status", |thread, args| {
        Ok(Value::bool(status(thread, args)? == 0xffff))
    }),
    NativeMethod::function("waitstatus_to_exitcode", "status", exit_code),
    NativeMethod::function("umask", "mask, /", |thread, args| {
        let [mask] = args.exactly();
        let mask = c_int(thread, mask)?;
        let old = process::umask(rustix::fs::Mode::from_raw_mode(mask as u32));
        Ok(thread.new_int(old.as_raw_mode().into()))
    }),
    NativeMethod::function("nice", "increment, /", |thread, args| {
        let [by] = args.exactly();
        let by = c_int(thread, by)?;
        match process::nice(by) {
            Ok(now) => Ok(thread.new_int(now.into())),
            Err(error) => Err(failed(thread, error)),
        }
    }),
    NativeMethod::function("uname", "", uname),
    NativeMethod::function("times", "", times),
    NativeMethod::function("getloadavg", "", load),
    NativeMethod::function("cpu_count", "", |thread, _| {
        Ok(std::thread::available_parallelism().map_or(Value::NONE, |count| thread.new_usize(count.get())))
    }),
    NativeMethod::function("sched_yield", "", |_, _| {
        rustix::thread::sched_yield();
        Ok(Value::NONE)
    }),
    NativeMethod::function("sched_getaffinity", "pid, /", affinity),
    NativeMethod::function("urandom", "size, /", |thread, args| {
        let [size] = args.exactly();
        random(thread, size, GetRandomFlags::empty())
    }),
    NativeMethod::function("getrandom", "size, flags=0", |thread, args| {
        let [size, flags] = args.options();
        let flags = optional_int(thread, flags, 0)?;
        random(thread, size.expect("required"), GetRandomFlags::from_bits_retain(flags as u32))
    }),
    NativeMethod::function("strerror", "code, /", |thread, args| {
        let [code] = args.exactly();
        let code = c_int(thread, code)?;
        let text = std::io::Error::from_raw_os_error(code).to_string();
        Ok(thread.new_str(text.split(" (os error").next().unwrap_or_default()))
    }),
    NativeMethod::function("_create_environ", "", |thread, _| environment(thread)),
    NativeMethod::function("putenv", "name, value, /", |thread, args| {
        let [name, value] = args.exactly();
        let (name, value) = (variable(thread, name)?, variable(thread, value)?);
        if name.as_bytes().contains(&b'=') {
            return Err(Raised::value_error("illegal environment variable name"));
        }
        of_children(|variables| drop(variables.insert(name, value)));
        Ok(Value::NONE)
    }),
    NativeMethod::function("unsetenv", "name, /", |thread, args| {
        let [name] = args.exactly();
        let name = variable(thread, name)?;
        if name.is_empty() || name.as_bytes().contains(&b'=') {
            return Err(failed(thread, Errno::INVAL));
        }
        of_children(|variables| drop(variables.remove(&name)));
        Ok(Value::NONE)
    }),
    NativeMethod::function("system", "command", system),
    NativeMethod::function("_exit", "status", |thread, args| {
        let [status] = args.exactly();
        let status = c_int(thread, status)?;
        signal_hook::low_level::exit(status)
    }),
    NativeMethod::function("abort", "", |_, _| std::process::abort()),
    NativeMethod::function(
        "register_at_fork",
        "*, before=None, after_in_child=None, after_in_parent=None",
        |thread, args| {
            let given = args.options::<3>();
            if given.iter().flatten().next().is_none() {
                return Err(Raised::type_error("At least one argument is required."));
            }
            for function in given.into_iter().flatten() {
                if protocol::slots_of(thread, function).call.is_none() {
                    let given = protocol::type_name(thread, function);
                    return Err(Raised::type_error(format_args!("'before' must be callable, not {given}")));
                }
            }
            // A process that has a collector of its own is never split in two, so they are not called.
            Ok(Value::NONE)
        },
    ),
];

fn pid(thread: &Thread, of: Option<Pid>) -> Run<Value> {
    Ok(thread.new_int(Pid::as_raw(of).into()))
}

fn checked_pid(thread: &mut Thread, of: io::Result<Pid>) -> Run<Value> {
    let of = of.map_err(|error| failed(thread, error))?;
    pid(thread, Some(of))
}

/// The process of a number; 0 is this one.
fn process_of(number: i32) -> io::Result<Option<Pid>> {
    match number {
        0 => Ok(None),
        1.. => Ok(Pid::from_raw(number)),
        _ => Err(Errno::SRCH),
    }
}

/// The signal of a number; 0 only asks whether one could be sent.
fn signal_of(number: i32) -> io::Result<Option<Signal>> {
    match number {
        0 => Ok(None),
        _ => Signal::from_named_raw(number).map(Some).ok_or(Errno::INVAL),
    }
}

/// Sends a signal to a process, to the own group (0), or to the group of a negative number.
fn send(to: i32, signal: Option<Signal>) -> io::Result<()> {
    let target = Pid::from_raw(to.checked_abs().ok_or(Errno::SRCH)?);
    match (to, target, signal) {
        (0, _, Some(signal)) => process::kill_current_process_group(signal),
        (0, _, None) => process::test_kill_current_process_group(),
        (1.., Some(target), Some(signal)) => process::kill_process(target, signal),
        (1.., Some(target), None) => process::test_kill_process(target),
        (_, Some(target), Some(signal)) => process::kill_process_group(target, signal),
        (_, Some(target), None) => process::test_kill_process_group(target),
        (_, None, _) => Err(Errno::SRCH),
    }
}

/// Waits for a child. The thread looks at signals meanwhile. Raises `OSError`, `KeyboardInterrupt`.
fn wait(thread: &mut Thread, of: i32, options: i32) -> Run<Value> {
    let options = WaitOptions::from_bits_retain(options as u32);
    let look = || -> io::Result<Option<(Pid, WaitStatus)>> {
        let options = options | WaitOptions::NOHANG;
        match of {
            1.. => process::waitpid(Pid::from_raw(of), options),
            -1 => process::waitpid(None, options),
            0 => process::waitpgid(process::getpgrp(), options),
            _ => match of.checked_neg().and_then(Pid::from_raw) {
                Some(group) => process::waitpgid(group, options),
                None => Err(Errno::SRCH),
            },
        }
    };
    let mut pause = Duration::from_micros(200);
    loop {
        match look() {
            Ok(Some((child, status))) => {
                let items = [child.as_raw_nonzero().get(), status.as_raw()];
                return Ok(thread.new_tuple(items.map(|number| thread.new_int(number.into())).to_vec()));
            }
            Ok(None) if options.contains(WaitOptions::NOHANG) => {
                let zero = thread.new_int(0);
                return Ok(thread.new_tuple(vec![zero.clone(), zero]));
            }
            Ok(None) => {}
            Err(error) => return Err(failed(thread, error)),
        }
        // The system tells of the end of one child; of any child one has to ask again.
        let watched = Pid::from_raw(of.max(0))
            .filter(|_| options.is_empty())
            .and_then(|child| process::pidfd_open(child, process::PidfdFlags::empty()).ok());
        let is_undisturbed = match &watched {
            Some(child) => thread.wait_for_file(std::os::fd::AsFd::as_fd(child), Direction::Read),
            None => {
                pause = (pause * 2).min(Duration::from_millis(20));
                thread.wait_for_time(pause)
            }
        };
        if !is_undisturbed {
            protocol::check_interrupt(thread)?;
        }
    }
}

/// Reads the status of a process that has ended or stopped.
fn status(thread: &mut Thread, args: Args<'_>) -> Run<i32> {
    let [status] = args.exactly();
    c_int(thread, status)
}

fn exit_code(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [given] = args.exactly();
    if given.kind() == Kind::Float {
        return Err(Raised::type_error("'float' object cannot be interpreted as an integer"));
    }
    let status = c_int(thread, given)?;
    match (status & 0x7f, status & 0xff) {
        (0, _) => Ok(thread.new_int((status >> 8 & 0xff).into())),
        (_, 0x7f) => Err(Raised::value_error(format_args!(
            "process stopped by delivery of signal {}",
            status >> 8 & 0xff
        ))),
        (0x7f, _) => Err(Raised::value_error(format_args!("invalid wait status: {status}"))),
        (signal, _) => Ok(thread.new_int((-signal).into())),
    }
}

static UNAME_FIELDS: [NativeAttribute; 5] = fields(["sysname", "nodename", "release", "version", "machine"]);

/// `posix.uname_result`.
pub(super) const UNAME: Description = Description {
    name: ("posix", "uname_result"),
    fields: &UNAME_FIELDS,
    unnamed: 0,
    hidden: &[],
    can_be_called: true,
};

fn uname(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let class = struct_sequence::class(thread, &UNAME)?;
    let names = rustix::system::uname();
    let items = [names.sysname(), names.nodename(), names.release(), names.version(), names.machine()];
    let items = items.map(|name| text_of(thread, name.to_bytes())).to_vec();
    struct_sequence::make(thread, &class, items)
}

static TIMES_FIELDS: [NativeAttribute; 5] =
    fields(["user", "system", "children_user", "children_system", "elapsed"]);

/// `posix.times_result`.
pub(super) const TIMES: Description = Description {
    name: ("posix", "times_result"),
    fields: &TIMES_FIELDS,
    unnamed: 0,
    hidden: &[],
    can_be_called: true,
};

fn times(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let class = struct_sequence::class(thread, &TIMES)?;
    let said = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in brackets, may have blanks; the times are the 12th to 15th field behind it.
    let behind = said.rsplit_once(')').map_or("", |(_, behind)| behind);
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    let mut seconds: Vec<f64> = behind
        .split_whitespace()
        .skip(11)
        .take(4)
        .map(|field| field.parse().unwrap_or(0.0) / ticks)
        .collect();
    seconds.resize(4, 0.0);
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    seconds.push(now.tv_sec as f64 + 1e-9 * now.tv_nsec as f64);
    let items = seconds.into_iter().map(|seconds| thread.new_float(seconds)).collect();
    struct_sequence::make(thread, &class, items)
}

fn load(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let said = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let loads: Vec<f64> = said.split_whitespace().take(3).filter_map(|load| load.parse().ok()).collect();
    if loads.len() < 3 {
        return Err(Raised::new(crate::value::ErrorKind::OSError, "Load averages are unobtainable"));
    }
    let loads = loads.into_iter().map(|load| thread.new_float(load)).collect();
    Ok(thread.new_tuple(loads))
}

fn affinity(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [of] = args.exactly();
    let of = c_int(thread, of)?;
    let set = process_of(of).and_then(rustix::thread::sched_getaffinity);
    let set = set.map_err(|error| failed(thread, error))?;
    let made = thread.alloc(Set::default()).into_value();
    let add = thread.known().intern(thread, "add");
    for processor in 0..rustix::thread::CpuSet::MAX_CPU {
        if set.is_set(processor) {
            let number = thread.new_usize(processor);
            protocol::call_method(thread, &made, &add, &[number])?;
        }
    }
    Ok(made)
}

fn random(thread: &mut Thread, size: &Value, flags: GetRandomFlags) -> Run<Value> {
    let size = integer(thread, size)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(Raised::value_error("negative argument not allowed"));
    };
    let mut bytes = memory::repeated(0, size)?;
    let mut filled = 0;
    while filled < size {
        match rustix::rand::getrandom(&mut bytes[filled..], flags) {
            Ok(count) => filled += count,
            Err(Errno::INTR) => protocol::check_interrupt(thread)?,
            Err(error) => return Err(failed(thread, error)),
        }
    }
    Ok(new_bytes(thread, bytes))
}

/// The variables that programs get which are started here, once this program has changed one.
static CHANGED: Mutex<Option<BTreeMap<OsString, OsString>>> = Mutex::new(None);

/// Works on the variables that programs get which are started here.
fn of_children<R>(action: impl FnOnce(&mut BTreeMap<OsString, OsString>) -> R) -> R {
    action(CHANGED.lock().get_or_insert_with(|| std::env::vars_os().collect()))
}

/// Returns a variable of the environment, as the program has left it.
pub fn variable_set(name: &str) -> Option<OsString> {
    match &*CHANGED.lock() {
        Some(variables) => variables.get(OsStr::new(name)).cloned(),
        None => std::env::var_os(name),
    }
}

/// Makes the dictionary of the environment, of bytes.
pub(super) fn environment(thread: &mut Thread) -> Run<Value> {
    let made = thread.alloc(Dict::default());
    let changed = CHANGED.lock().clone();
    for (name, value) in changed.unwrap_or_else(|| std::env::vars_os().collect()) {
        let (name, value) = (copied_bytes(thread, name.as_bytes())?, copied_bytes(thread, value.as_bytes())?);
        protocol::dict_set(thread, &made, &name, value)?;
    }
    Ok(made.into_value())
}

/// Reads the name or the value of a variable. Raises `TypeError`, `ValueError`.
fn variable(thread: &mut Thread, value: &Value) -> Run<OsString> {
    let fspath = thread.known().names().fspath.clone();
    let name = match value.kind() {
        Kind::Str | Kind::Bytes => value.clone(),
        _ => match protocol::call_special_method(thread, value, &fspath, Args::positional(&[])) {
            Some(name) => name?,
            None => return Err(super::argument::expected_name(thread, value)),
        },
    };
    let bytes = system_bytes(thread, &name)?;
    if bytes.contains(&0) {
        return Err(Raised::value_error("embedded null byte"));
    }
    Ok(OsString::from_vec(bytes))
}

fn system(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [command] = args.exactly();
    let command = variable(thread, command)?;
    let variables = of_children(|variables| variables.clone());
    let ended = thread.detached(|| {
        let mut shell = std::process::Command::new(OsStr::new("/bin/sh"));
        shell.arg("-c").arg(command).env_clear().envs(variables).status()
    });
    Ok(thread.new_int(ended.map_or(-1, ExitStatusExt::into_raw).into()))
}
