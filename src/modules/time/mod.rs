//! The `time` module: clocks (`clocks.rs`), moments by the calendar (`moment.rs`) and their texts (`format.rs`).

mod clocks;
mod format;
mod moment;

use rustix::io::Errno;

use super::{ModuleSpec, define};
use crate::protocol;
use crate::text::stored;
use crate::thread::Thread;
use crate::types::class::struct_sequence::{self, Description, fields, hidden};
use crate::types::exception::errno;
use crate::types::module::Module;
use crate::types::str::text_args::c_int;
use crate::value::{Args, Dict, NativeAttribute, NativeMethod, Object, Raised, Run, Str, Tuple, Value};
use crate::vm::machine::Machine;
use moment::Moment;

const CALENDAR: &[NativeMethod] = &[
    NativeMethod::function("gmtime", "seconds=None, /", |thread, args| {
        let seconds = moment_given(thread, args)?;
        split(thread, Moment { zone: "GMT".to_owned(), ..Moment::utc(seconds) })
    }),
    NativeMethod::function("localtime", "seconds=None, /", |thread, args| {
        let seconds = moment_given(thread, args)?;
        split(thread, Moment::local(seconds))
    }),
    NativeMethod::function("mktime", "seconds, /", make),
    NativeMethod::function("asctime", "tuple=None, /", |thread, args| {
        let moment = tuple_given(thread, args.get(0), "asctime")?;
        Ok(thread.new_string(in_words(&moment)))
    }),
    NativeMethod::function("ctime", "seconds=None, /", |thread, args| {
        let seconds = moment_given(thread, args)?;
        let moment = checked_year(thread, Moment::local(seconds))?;
        Ok(thread.new_string(in_words(&moment)))
    }),
    NativeMethod::function("strftime", "format, tuple=None, /", format_moment),
    NativeMethod::function("strptime", "string, format='%a %b %d %H:%M:%S %Y', /", parse),
    NativeMethod::function("tzset", "", set_zone),
];

/// How many functions there are.
const COUNT: usize = clocks::FUNCTIONS.len() + CALENDAR.len();

const FUNCTIONS: [NativeMethod; COUNT] = {
    let mut all = [CALENDAR[0]; COUNT];
    let mut at = 0;
    while at < COUNT {
        let clocks = clocks::FUNCTIONS.len();
        all[at] = if at < clocks { clocks::FUNCTIONS[at] } else { CALENDAR[at - clocks] };
        at += 1;
    }
    all
};

/// `time`.
pub const SPEC: ModuleSpec =
    ModuleSpec { name: "time", home: "time", doc: "", types: &[], functions: &FUNCTIONS, fill };

static FIELDS: [NativeAttribute; 9] =
    fields(["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"]);
static HIDDEN: [NativeAttribute; 2] = hidden(["tm_zone", "tm_gmtoff"]);

/// `time.struct_time`.
const DESCRIPTION: Description = Description {
    name: ("time", "struct_time"),
    fields: &FIELDS,
    unnamed: 0,
    hidden: &HIDDEN,
    can_be_called: true,
};

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    let class = struct_sequence::class(thread, &DESCRIPTION)?;
    define(thread, namespace, "struct_time", class.into_value());
    let count = thread.new_int(11);
    define(thread, namespace, "_STRUCT_TM_ITEMS", count);
    for (name, clock) in clocks::CLOCKS {
        let number = thread.new_int(clock as i64);
        define(thread, namespace, name, number);
    }
    fill_zone(thread, namespace);
    Ok(())
}

/// Enters what the module says of the local time zone.
fn fill_zone(thread: &mut Thread, namespace: &Object<Dict>) {
    let facts = moment::zone_facts(clocks::since_epoch().as_secs() as i64);
    for (name, behind) in [("timezone", facts.behind[0]), ("altzone", facts.behind[1])] {
        let behind = thread.new_int(behind);
        define(thread, namespace, name, behind);
    }
    let has_summer = thread.new_int(facts.has_summer.into());
    define(thread, namespace, "daylight", has_summer);
    let names = thread.new_tuple(facts.names.map(|name| thread.new_string(name)).to_vec());
    define(thread, namespace, "tzname", names);
}

/// Returns the environment variable `TZ`, as the program has left it.
fn zone_variable() -> Option<String> {
    super::posix::variable("TZ").and_then(|value| value.into_string().ok())
}

fn set_zone(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    moment::forget_zone();
    let name = thread.known().intern(thread, "time");
    let module = Machine::of(thread).modules.get_str(&name);
    if let Some(module) = module.as_ref().and_then(|module| module.downcast_ref::<Module>()) {
        let namespace = module.namespace().clone();
        fill_zone(thread, &namespace);
    }
    Ok(Value::NONE)
}

/// Reads the optional seconds since the epoch; now without them. Raises `OverflowError` and `ValueError` for what is no
/// time.
fn moment_given(thread: &mut Thread, args: Args<'_>) -> Run<i64> {
    let [given] = args.options();
    let Some(given) = given.filter(|given| !given.is_none()) else {
        return Ok(clocks::since_epoch().as_secs() as i64);
    };
    let out_of_range = || Raised::overflow_error("timestamp out of range for platform time_t");
    if let Some(seconds) = given.as_float_exact() {
        if seconds.is_nan() {
            return Err(Raised::value_error("Invalid value NaN (not a number)"));
        }
        let whole = seconds.floor();
        return if (-9.2e18..9.2e18).contains(&whole) { Ok(whole as i64) } else { Err(out_of_range()) };
    }
    protocol::index(thread, given)?.as_i64().ok_or_else(out_of_range)
}

/// Checks that the year fits a C `int`. Raises `OSError`.
fn checked_year(thread: &mut Thread, moment: Moment) -> Run<Moment> {
    match i32::try_from(moment.year - 1900) {
        Ok(_) => Ok(moment),
        Err(_) => Err(errno::raise(thread, &Errno::OVERFLOW.into(), None)),
    }
}

/// Makes a `struct_time`.
fn split(thread: &mut Thread, moment: Moment) -> Run<Value> {
    let moment = checked_year(thread, moment)?;
    let class = struct_sequence::class(thread, &DESCRIPTION)?;
    let Moment { year, month, day, hour, minute, second, weekday, yearday, is_dst, zone, offset } = moment;
    let items = [year, month, day, hour, minute, second, weekday, yearday, is_dst];
    let items = items.map(|number| thread.new_int(number)).to_vec();
    let hidden = vec![thread.new_string(zone), thread.new_int(offset)];
    struct_sequence::make_with(thread, &class, items, hidden)
}

/// Reads nine numbers. Raises `TypeError` for what is no tuple of nine.
fn fields_given(thread: &mut Thread, value: &Value, function: &str) -> Run<Moment> {
    let Some(tuple) = value.downcast_ref::<Tuple>() else {
        return Err(Raised::type_error("Tuple or struct_time argument required"));
    };
    if tuple.len() != 9 {
        return Err(Raised::type_error(format_args!("{function}(): illegal time tuple argument")));
    }
    let mut numbers = [0; 9];
    for (number, item) in numbers.iter_mut().zip(tuple.items()) {
        *number = i64::from(c_int(thread, item)?);
    }
    let [year, month, day, hour, minute, second, weekday, yearday, is_dst] = numbers;
    if i32::try_from(year - 1900).is_err() {
        return Err(Raised::overflow_error("year out of range"));
    }
    let class = struct_sequence::class(thread, &DESCRIPTION)?;
    let (mut zone, mut offset) = (None, 0);
    if protocol::class_of(thread, value).raw() == class.raw() {
        let name = thread.known().intern(thread, "tm_zone");
        let given = protocol::get_attr(thread, value, &name)?;
        zone = given.downcast_ref::<Str>().map(|zone| zone.as_str().to_owned());
        let name = thread.known().intern(thread, "tm_gmtoff");
        offset = protocol::get_attr(thread, value, &name)?.as_i64().unwrap_or(0);
    }
    let zone = zone.unwrap_or_else(|| {
        let facts = moment::zone_facts(clocks::since_epoch().as_secs() as i64);
        let [winter, summer] = facts.names;
        if is_dst > 0 { summer } else { winter }
    });
    Ok(Moment { year, month, day, hour, minute, second, weekday, yearday, is_dst, zone, offset })
}

/// Reads nine numbers that have to lie within their bounds; now without them. Raises `TypeError`, `ValueError`.
fn tuple_given(thread: &mut Thread, value: Option<&Value>, function: &str) -> Run<Moment> {
    let Some(value) = value else {
        return Ok(Moment::local(clocks::since_epoch().as_secs() as i64));
    };
    let mut moment = fields_given(thread, value, function)?;
    // Zeros stand for the first month and the first day.
    moment.month = if moment.month == 0 { 1 } else { moment.month };
    moment.day = if moment.day == 0 { 1 } else { moment.day };
    moment.yearday = if moment.yearday == 0 { 1 } else { moment.yearday };
    let bounds = [
        (moment.month, 1..=12, "month"),
        (moment.day, 1..=31, "day of month"),
        (moment.hour, 0..=23, "hour"),
        (moment.minute, 0..=59, "minute"),
        (moment.second, 0..=61, "seconds"),
        (moment.weekday, -1..=i64::MAX, "day of week"),
        (moment.yearday, 1..=366, "day of year"),
    ];
    for (number, bounds, name) in bounds {
        if !bounds.contains(&number) {
            return Err(Raised::value_error(format_args!("{name} out of range")));
        }
    }
    moment.weekday = moment.weekday.rem_euclid(7);
    moment.is_dst = moment.is_dst.clamp(-1, 1);
    Ok(moment)
}

fn in_words(moment: &Moment) -> String {
    let day = format::DAYS[(moment.weekday as usize + 1) % 7];
    let month = format::MONTHS[moment.month as usize - 1];
    format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        &day[..3],
        &month[..3],
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.year
    )
}

fn make(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let moment = fields_given(thread, value, "mktime")?;
    Ok(thread.new_float(moment.seconds() as f64))
}

fn format_moment(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [format, tuple] = args.options();
    let format = format.expect("required");
    let Some(text) = format.downcast_ref::<Str>() else {
        let given = protocol::argument_kind(thread, format);
        return Err(Raised::type_error(format_args!("strftime() argument 1 must be str, not {given}")));
    };
    let moment = tuple_given(thread, tuple, "strftime")?;
    let _room = crate::memory::Room::of(text.as_str().len().saturating_mul(8))?;
    let text = format::format(text.as_str(), &moment);
    Ok(thread.new_string(stored::stored(&text).into_owned()))
}

/// `strptime`: the work is done by `_strptime` of the library.
fn parse(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let name = thread.new_str("_strptime");
    let import = thread.known().upper_floors.import;
    let module = import(thread, Args::positional(&[name]))?;
    let function = thread.known().intern(thread, "_strptime_time");
    protocol::call_method(thread, &module, &function, args.positionals())
}
