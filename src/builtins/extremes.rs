//! `min` and `max`.

use std::cmp::Ordering;

use crate::protocol::{self, call};
use crate::thread::Thread;
use crate::value::{Args, Comparison, NativeMethod, Raised, Run, Str, Style, Value};

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[
    NativeMethod::function("min", "arg, /, *args, key=None, default=None", |thread, args| {
        extreme(thread, args, "min", Comparison::Less)
    })
    .styled(Style::Parsed),
    NativeMethod::function("max", "arg, /, *args, key=None, default=None", |thread, args| {
        extreme(thread, args, "max", Comparison::Greater)
    })
    .styled(Style::Parsed),
];

/// Compares two inline integers or exact texts; `None` for anything else.
#[inline]
fn order_fast(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (left.as_small_int(), right.as_small_int()) {
        return Some(left.cmp(&right));
    }
    let (left, right) = (left.downcast_exact::<Str>()?, right.downcast_exact::<Str>()?);
    // The order of UTF-8 bytes is that of code points.
    Some(left.as_str().cmp(right.as_str()))
}

/// Returns the smallest or largest item, the first one of equals.
fn extreme(thread: &mut Thread, args: Args<'_>, name: &str, beats: Comparison) -> Run<Value> {
    let default = args.keyword("default");
    let key = args.keyword("key").filter(|key| !key.is_none());
    let mut best: Option<(Value, Value)> = None;
    let mut consider = |thread: &mut Thread, item: Value| -> Run<()> {
        let rank = match key {
            Some(key) => call(thread, key, Args::positional(std::slice::from_ref(&item)))?,
            None => item.clone(),
        };
        let wins = match &best {
            None => true,
            Some((known, _)) => match order_fast(&rank, known) {
                Some(order) => beats.holds(order),
                None => {
                    let answer = protocol::compare(thread, &rank, known, beats)?;
                    protocol::is_true(thread, &answer)?
                }
            },
        };
        if wins {
            best = Some((rank, item));
        }
        Ok(())
    };
    match args.positionals() {
        [iterable] => protocol::for_each(thread, iterable, consider)?,
        _ if default.is_some() => {
            return Err(Raised::type_error(format_args!(
                "Cannot specify a default for {name}() with multiple positional arguments"
            )));
        }
        items => items.iter().try_for_each(|item| consider(thread, item.clone()))?,
    }
    match (best, default) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(Raised::value_error(format_args!("{name}() iterable argument is empty"))),
    }
}
