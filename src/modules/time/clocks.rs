//! Clocks, and `sleep`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use crate::protocol;
use crate::thread::Thread;
use crate::types::exception::errno;
use crate::types::object::namespace;
use crate::types::str::text_args::{c_int, expect_text};
use crate::value::{Args, NativeMethod, Raised, Run, Value};

/// The functions.
pub(super) const FUNCTIONS: &[NativeMethod] = &[
    NativeMethod::function("time", "", |thread, _| seconds(thread, since_epoch())),
    NativeMethod::function("time_ns", "", |thread, _| nanoseconds(thread, since_epoch())),
    NativeMethod::function("perf_counter", "", |thread, _| seconds(thread, steady())),
    NativeMethod::function("perf_counter_ns", "", |thread, _| nanoseconds(thread, steady())),
    NativeMethod::function("monotonic", "", |thread, _| seconds(thread, steady())),
    NativeMethod::function("monotonic_ns", "", |thread, _| nanoseconds(thread, steady())),
    NativeMethod::function("process_time", "", |thread, _| seconds(thread, read(ClockId::ProcessCPUTime))),
    NativeMethod::function("process_time_ns", "", |thread, _| {
        nanoseconds(thread, read(ClockId::ProcessCPUTime))
    }),
    NativeMethod::function("thread_time", "", |thread, _| seconds(thread, read(ClockId::ThreadCPUTime))),
    NativeMethod::function("thread_time_ns", "", |thread, _| {
        nanoseconds(thread, read(ClockId::ThreadCPUTime))
    }),
    NativeMethod::function("clock_gettime", "clk_id, /", |thread, args| {
        let now = asked(thread, args)?;
        seconds(thread, now)
    }),
    NativeMethod::function("clock_gettime_ns", "clk_id, /", |thread, args| {
        let now = asked(thread, args)?;
        nanoseconds(thread, now)
    }),
    NativeMethod::function("clock_getres", "clk_id, /", |thread, args| {
        let [id] = args.exactly();
        let clock = clock(thread, id)?;
        let step = rustix::time::clock_getres(clock);
        seconds(thread, Duration::new(step.tv_sec as u64, step.tv_nsec as u32))
    }),
    NativeMethod::function("get_clock_info", "name, /", info),
    NativeMethod::function("sleep", "seconds, /", sleep),
];

/// The numbers of the clocks that programs may name.
pub(super) const CLOCKS: [(&str, ClockId); 6] = [
    ("CLOCK_REALTIME", ClockId::Realtime),
    ("CLOCK_MONOTONIC", ClockId::Monotonic),
    ("CLOCK_PROCESS_CPUTIME_ID", ClockId::ProcessCPUTime),
    ("CLOCK_THREAD_CPUTIME_ID", ClockId::ThreadCPUTime),
    ("CLOCK_MONOTONIC_RAW", ClockId::MonotonicRaw),
    ("CLOCK_BOOTTIME", ClockId::Boottime),
];

/// Reads the number of a clock. Raises `OSError` for one that there is not.
fn clock(thread: &mut Thread, id: &Value) -> Run<ClockId> {
    let id = c_int(thread, id)?;
    match CLOCKS.iter().find(|(_, clock)| *clock as i32 == id) {
        Some((_, clock)) => Ok(*clock),
        None => Err(errno::raise(thread, &rustix::io::Errno::INVAL.into(), None)),
    }
}

fn asked(thread: &mut Thread, args: Args<'_>) -> Run<Duration> {
    let [id] = args.exactly();
    Ok(read(clock(thread, id)?))
}

/// `get_clock_info(name)`: what a clock counts and how exactly. Raises `ValueError` for other names.
fn info(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name] = args.exactly();
    let name = expect_text(thread, name, "get_clock_info() argument 1 must be str")?;
    let (clock, is_steady) = match name.as_str() {
        "time" => ("CLOCK_REALTIME", false),
        "monotonic" | "perf_counter" => ("CLOCK_MONOTONIC", true),
        "process_time" => ("CLOCK_PROCESS_CPUTIME_ID", true),
        "thread_time" => ("CLOCK_THREAD_CPUTIME_ID", true),
        _ => return Err(Raised::value_error("unknown clock")),
    };
    let implementation = thread.new_string(format!("clock_gettime({clock})"));
    let facts = [
        ("implementation", implementation),
        ("monotonic", Value::bool(is_steady)),
        ("adjustable", Value::bool(!is_steady)),
        ("resolution", thread.new_float(1e-9)),
    ];
    Ok(namespace::new(thread, facts))
}

/// The time since the epoch.
pub(super) fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn read(clock: ClockId) -> Duration {
    let now = clock_gettime(clock);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// The clock that never goes back.
fn steady() -> Duration {
    read(ClockId::Monotonic)
}

fn seconds(thread: &Thread, time: Duration) -> Run<Value> {
    Ok(thread.new_float(time.as_secs_f64()))
}

fn nanoseconds(thread: &Thread, time: Duration) -> Run<Value> {
    Ok(thread.new_int(time.as_nanos() as i64))
}

fn sleep(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [seconds] = args.exactly();
    let seconds = match seconds.as_float_exact() {
        Some(seconds) => seconds,
        None => {
            if protocol::slots_of(thread, seconds).index.is_none() {
                let given = protocol::type_name(thread, seconds);
                return Err(Raised::type_error(format_args!(
                    "'{given}' object cannot be interpreted as an integer or float"
                )));
            }
            let whole = protocol::index(thread, seconds)?;
            protocol::to_float(thread, &whole)?
        }
    };
    if seconds.is_nan() {
        return Err(Raised::value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(Raised::value_error("sleep length must be non-negative"));
    }
    let Ok(duration) = Duration::try_from_secs_f64(seconds) else {
        return Err(Raised::overflow_error("timestamp out of range for C PyTime_t"));
    };
    while !thread.wait_for_time(duration) {
        protocol::check_interrupt(thread)?;
    }
    Ok(Value::NONE)
}
