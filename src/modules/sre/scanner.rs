//! The scanner of a pattern: goes from match to match, as `finditer` and `re.Scanner` do.

use super::compiled::Pattern;
use super::scan::Scan;
use crate::references;
use crate::sync::{AtomicBool, Ordering};
use crate::text::regex::How;
use crate::thread::Thread;
use crate::types::object::buffer;
use crate::types::object::method_arguments::{own, split_self};
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Guarded, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Ref, Run, Slots,
    Str, TypeSpec, Value,
};

/// The payload of a scanner.
pub struct Scanner {
    pattern: Ref<Pattern>,
    string: Value,
    /// A view of bytes that may change, so that their number does not as long as the scanner lives; `None` for others.
    view: Value,
    place: Guarded<Place>,
    is_busy: AtomicBool,
}

references!(Scanner { pattern, string, view });

impl Payload for Scanner {
    const KIND: Kind = Kind::Scanner;
    const HAS_ATTRIBUTES: bool = false;
}

/// Where the next match may begin.
#[derive(Clone, Copy)]
struct Place {
    /// Its earliest offset; `None` once there was no match.
    start: Option<usize>,
    end: usize,
    must_advance: bool,
    bounds: (usize, usize),
}

/// `scanner` of a pattern. Raises what `Scan::new` raises.
pub fn new(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, args) = split_self::<Pattern>(args);
    let [string, from, to] = args.options();
    let string = string.expect("it is required");
    let scan = Scan::new(thread, this, string, [from, to])?;
    let place = Place { start: Some(scan.start), end: scan.end, must_advance: false, bounds: scan.bounds };
    let is_text = string.downcast_ref::<Str>().is_some();
    let view = match is_text {
        true => None,
        false => buffer::acquire(thread, string, buffer::SIMPLE)?,
    };
    let scanner = Scanner {
        pattern: this.to_ref(),
        string: string.clone(),
        view: view.map_or(Value::NONE, Ref::into_value),
        place: Guarded::new(place),
        is_busy: AtomicBool::new(false),
    };
    Ok(thread.alloc(scanner).into_value())
}

fn next(thread: &mut Thread, args: Args<'_>, how: How) -> Run<Value> {
    let (this, _) = split_self::<Scanner>(args);
    // Acquire, Release: one search sees where the one before it has ended.
    if this.is_busy.swap(true, Ordering::Acquire) {
        return Err(Raised::value_error("regular expression scanner already executing"));
    }
    let found = go_on(thread, this, how);
    this.is_busy.store(false, Ordering::Release);
    found
}

fn go_on(thread: &mut Thread, this: &Object<Scanner>, how: How) -> Run<Value> {
    let place = this.with(|scanner| &scanner.place, |place| *place);
    let Some(start) = place.start else { return Ok(Value::NONE) };
    let mut scan = Scan::new(thread, &this.pattern, &this.string, [None, None])?;
    scan.start = start;
    scan.end = place.end;
    scan.must_advance = place.must_advance;
    scan.bounds = place.bounds;
    let found = scan.next(thread, how)?;
    let next = Place { start: found.map(|_| scan.start), must_advance: scan.must_advance, ..place };
    this.with(|scanner| &scanner.place, |place| *place = next);
    match found {
        Some(span) => scan.matched(thread, span),
        None => Ok(Value::NONE),
    }
}

/// `_sre.SRE_Scanner`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Scanner,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Scanner>,
    slots: Slots::EMPTY,
    methods: &[
        NativeMethod::new("match", "", |thread, args| next(thread, args, How::Match)),
        NativeMethod::new("search", "", |thread, args| next(thread, args, How::Search)),
    ],
    attributes: &[NativeAttribute::field("pattern", |_, value| {
        Ok(own::<Scanner>(value).pattern.as_value().clone())
    })],
    doc: "",
};
