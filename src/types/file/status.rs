//! `os.stat_result`: what the system knows of a file.

use rustix::fs::Stat;

use crate::thread::Thread;
use crate::types::class::struct_sequence::{self, Description, fields, hidden};
use crate::value::{NativeAttribute, Run, Value};

static FIELDS: [NativeAttribute; 7] =
    fields(["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size"]);
static HIDDEN: [NativeAttribute; 9] = hidden([
    "st_atime",
    "st_mtime",
    "st_ctime",
    "st_atime_ns",
    "st_mtime_ns",
    "st_ctime_ns",
    "st_blksize",
    "st_blocks",
    "st_rdev",
]);

/// `os.stat_result`: ten items, the last three of which are whole seconds without a name.
pub const DESCRIPTION: Description = Description {
    name: ("os", "stat_result"),
    fields: &FIELDS,
    unnamed: 3,
    hidden: &HIDDEN,
    can_be_called: true,
};

/// Makes the `os.stat_result` of a file. Raises `MemoryError`.
pub fn make(thread: &mut Thread, facts: &Stat) -> Run<Value> {
    let class = struct_sequence::class(thread, &DESCRIPTION)?;
    let times = [
        (facts.st_atime, facts.st_atime_nsec as i64),
        (facts.st_mtime, facts.st_mtime_nsec as i64),
        (facts.st_ctime, facts.st_ctime_nsec as i64),
    ];
    let mut items: Vec<Value> = [
        facts.st_mode.into(),
        facts.st_ino as i64,
        facts.st_dev as i64,
        facts.st_nlink as i64,
        facts.st_uid.into(),
        facts.st_gid.into(),
        facts.st_size,
    ]
    .map(|number| thread.new_int(number))
    .to_vec();
    items.extend(times.map(|(seconds, _)| thread.new_int(seconds)));
    let mut hidden =
        times.map(|(seconds, nanos)| thread.new_float(seconds as f64 + 1e-9 * nanos as f64)).to_vec();
    for (seconds, nanos) in times {
        let whole = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        hidden.push(thread.new_int(i64::try_from(whole).unwrap_or(i64::MAX)));
    }
    let others = [facts.st_blksize, facts.st_blocks, facts.st_rdev as i64];
    hidden.extend(others.map(|number| thread.new_int(number)));
    struct_sequence::make_with(thread, &class, items, hidden)
}
