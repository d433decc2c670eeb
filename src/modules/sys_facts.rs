//! What `sys` says of the interpreter in named tuples: versions, flags, numbers.

use super::define;
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::types::class::struct_sequence::{self, Description, fields};
use crate::types::object::class_names::namespace;
use crate::value::{Dict, NativeAttribute, Object, Run, Value};
use crate::vm::machine::Machine;

/// The version of the language that programs see.
pub(super) const VERSION: [i64; 3] = [3, 14, 10];
/// The same as one number, as `sys.hexversion` has it.
pub(super) const HEX_VERSION: i64 = VERSION[0] << 24 | VERSION[1] << 16 | VERSION[2] << 8 | 0xf0;

static VERSION_FIELDS: [NativeAttribute; 5] = fields(["major", "minor", "micro", "releaselevel", "serial"]);
static FLAGS_FIELDS: [NativeAttribute; 18] = fields([
    "debug",
    "inspect",
    "interactive",
    "optimize",
    "dont_write_bytecode",
    "no_user_site",
    "no_site",
    "ignore_environment",
    "verbose",
    "bytes_warning",
    "quiet",
    "hash_randomization",
    "isolated",
    "dev_mode",
    "utf8_mode",
    "warn_default_encoding",
    "safe_path",
    "int_max_str_digits",
]);
static FLOAT_FIELDS: [NativeAttribute; 11] = fields([
    "max",
    "max_exp",
    "max_10_exp",
    "min",
    "min_exp",
    "min_10_exp",
    "dig",
    "mant_dig",
    "epsilon",
    "radix",
    "rounds",
]);
static INT_FIELDS: [NativeAttribute; 4] =
    fields(["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"]);
static HASH_FIELDS: [NativeAttribute; 9] =
    fields(["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"]);
static THREAD_FIELDS: [NativeAttribute; 3] = fields(["name", "lock", "version"]);

/// The least limit of `sys.set_int_max_str_digits`, other than none.
pub(super) const LEAST_STR_DIGITS: i64 = 640;

/// Makes an instance of a class that has just this one.
fn only(
    thread: &mut Thread,
    name: &'static str,
    fields: &'static [NativeAttribute],
    can_be_called: bool,
    items: Vec<Value>,
) -> Run<Value> {
    let description = Description { name: ("sys", name), fields, unnamed: 0, hidden: &[], can_be_called };
    let class = struct_sequence::make_class(thread, &description)?;
    struct_sequence::make(thread, &class, items)
}

/// Adds the named tuples to the namespace of `sys`. Raises `MemoryError`.
pub(super) fn fill(thread: &mut Thread, names: &Object<Dict>) -> Run<()> {
    let [major, minor, micro] = VERSION.map(|number| thread.new_int(number));
    let version = vec![major, minor, micro, thread.new_str("final"), thread.new_int(0)];
    let version = only(thread, "version_info", &VERSION_FIELDS, false, version)?;
    define(thread, names, "version_info", version.clone());
    let implementation = [
        ("name", thread.new_str("minivm")),
        ("cache_tag", thread.new_str("minivm-314")),
        ("version", version),
        ("hexversion", thread.new_int(HEX_VERSION)),
        ("supports_isolated_interpreters", Value::FALSE),
    ];
    let implementation = crate::types::object::namespace::new(thread, implementation);
    define(thread, names, "implementation", implementation);
    flags(thread, names)?;
    numbers(thread, names)?;
    let thread_facts = vec![thread.new_str("pthread"), Value::NONE, Value::NONE];
    let thread_info = only(thread, "thread_info", &THREAD_FIELDS, true, thread_facts)?;
    define(thread, names, "thread_info", thread_info);
    Ok(())
}

fn flags(thread: &mut Thread, names: &Object<Dict>) -> Run<()> {
    let is_random = std::env::var("PYTHONHASHSEED").is_ok_and(|seed| seed == "0");
    let limit = thread.known().int_max_str_digits.load(Relaxed);
    let given = Machine::of(thread).options.flags.clone();
    let mut values: Vec<Value> =
        std::iter::repeat_with(|| thread.new_int(0)).take(FLAGS_FIELDS.len()).collect();
    for (position, field) in FLAGS_FIELDS.iter().enumerate() {
        match field.name {
            "hash_randomization" => values[position] = thread.new_int(i64::from(!is_random)),
            "dev_mode" | "safe_path" => values[position] = Value::bool(given.number(field.name) > 0),
            "int_max_str_digits" => values[position] = thread.new_usize(limit),
            name => values[position] = thread.new_int(given.number(name)),
        }
    }
    let flags = only(thread, "flags", &FLAGS_FIELDS, false, values)?;
    let class = crate::protocol::class_of(thread, &flags);
    // Threads run side by side, without a lock around the interpreter; contexts are as in the build that has one.
    for (name, value) in [("gil", 0), ("thread_inherit_context", 0), ("context_aware_warnings", 0)] {
        let value = thread.new_int(value);
        define(thread, namespace(&class), name, value);
    }
    define(thread, names, "flags", flags);
    Ok(())
}

fn numbers(thread: &mut Thread, names: &Object<Dict>) -> Run<()> {
    let float = vec![
        thread.new_float(f64::MAX),
        thread.new_int(f64::MAX_EXP.into()),
        thread.new_int(f64::MAX_10_EXP.into()),
        thread.new_float(f64::MIN_POSITIVE),
        thread.new_int(f64::MIN_EXP.into()),
        thread.new_int(f64::MIN_10_EXP.into()),
        thread.new_int(f64::DIGITS.into()),
        thread.new_int(f64::MANTISSA_DIGITS.into()),
        thread.new_float(f64::EPSILON),
        thread.new_int(f64::RADIX.into()),
        thread.new_int(1),
    ];
    let float = only(thread, "float_info", &FLOAT_FIELDS, true, float)?;
    define(thread, names, "float_info", float);
    let default = crate::value::INT_MAX_STR_DIGITS as i64;
    let int = [30, 4, default, LEAST_STR_DIGITS].map(|number| thread.new_int(number)).to_vec();
    let int = only(thread, "int_info", &INT_FIELDS, true, int)?;
    define(thread, names, "int_info", int);
    let hash = vec![
        thread.new_int(64),
        thread.new_int((1 << 61) - 1),
        thread.new_int(314_159),
        thread.new_int(0),
        thread.new_int(1_000_003),
        thread.new_str("siphash13"),
        thread.new_int(64),
        thread.new_int(128),
        thread.new_int(0),
    ];
    let hash = only(thread, "hash_info", &HASH_FIELDS, true, hash)?;
    define(thread, names, "hash_info", hash);
    Ok(())
}
