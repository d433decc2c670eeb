//! The `time` module: clocks and `sleep`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use super::ModuleSpec;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, NativeMethod, Raised, Run, Value};

/// `time`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "time",
    home: "time",
    doc: "",
    types: &[],
    functions: &[
        NativeMethod::function("time", "", |thread, _| seconds(thread, since_epoch())),
        NativeMethod::function("time_ns", "", |thread, _| nanoseconds(thread, since_epoch())),
        NativeMethod::function("perf_counter", "", |thread, _| seconds(thread, steady())),
        NativeMethod::function("perf_counter_ns", "", |thread, _| nanoseconds(thread, steady())),
        NativeMethod::function("monotonic", "", |thread, _| seconds(thread, steady())),
        NativeMethod::function("monotonic_ns", "", |thread, _| nanoseconds(thread, steady())),
        NativeMethod::function("process_time", "", |thread, _| seconds(thread, processor())),
        NativeMethod::function("sleep", "seconds, /", sleep),
    ],
    fill: |_, _| Ok(()),
};

fn since_epoch() -> Duration {
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

/// Processor time of the whole program.
fn processor() -> Duration {
    read(ClockId::ProcessCPUTime)
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
        return Err(Raised::overflow_error("timestamp too large to convert to C _PyTime_t"));
    };
    while !thread.wait_for_time(duration) {
        protocol::check_interrupt(thread)?;
    }
    Ok(Value::NONE)
}
