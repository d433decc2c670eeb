//! `sub` and `subn` of a pattern.

use super::compiled::Pattern;
use super::scan::Scan;
use super::subject::{Joined, Subject};
use super::template::{self, Template};
use super::word;
use crate::protocol;
use crate::text::regex::How;
use crate::thread::Thread;
use crate::types::object::method_arguments::split_self;
use crate::value::{Args, ErrorKind, Raised, Ref, Run, Value};

/// What is put in place of each match.
enum Replacement<'a> {
    /// What a function of the match returns.
    Call(&'a Value),
    /// The same each time.
    Same(Value),
    /// What a template makes of it.
    Template(Ref<Template>),
}

impl<'a> Replacement<'a> {
    fn of(thread: &mut Thread, pattern: &Value, given: &'a Value) -> Run<Replacement<'a>> {
        if protocol::slots_of(thread, given).call.is_some() {
            return Ok(Replacement::Call(given));
        }
        let has_escapes = match Subject::of(thread, given) {
            Ok(subject) => subject.with(|bytes| bytes.contains(&b'\\'))?,
            Err(raised) if !raised.is_kind(thread, ErrorKind::TypeError) => return Err(raised),
            Err(_) => true,
        };
        if !has_escapes {
            return Ok(Replacement::Same(given.clone()));
        }
        let template = template::compile(thread, pattern, given)?;
        Ok(if template.has_groups() {
            Replacement::Template(template)
        } else {
            Replacement::Same(template.literal().clone())
        })
    }
}

/// Replaces matches; returns the new text and how many there were. Raises what the function raises that is called for
/// each, and `TypeError` if it, or the replacement, is not of the type of the text.
pub fn substitute(thread: &mut Thread, args: Args<'_>) -> Run<(Value, usize)> {
    let pattern = args.get(0).expect("a method gets `self`");
    let (this, args) = split_self::<Pattern>(args);
    let [given, string, most] = args.options();
    let most = most.map_or(Ok(0), |most| word(thread, most))?;
    let (given, string) = (given.expect("it is required"), string.expect("it is required"));
    let replacement = Replacement::of(thread, pattern, given)?;
    let mut scan = Scan::new(thread, this, string, [None, None])?;
    let mut joined = Joined::like(&scan.subject);
    // An object of another type is complained of at the end, by its place among all parts.
    let (mut parts, mut refused): (usize, Option<Raised>) = (0, None);
    let (mut count, mut last) = (0, 0);
    while most == 0 || count < most as usize && most > 0 {
        let Some((from, to)) = scan.next(thread, How::Search)? else { break };
        protocol::check_interrupt(thread)?;
        if last < from {
            joined.push(&scan.subject, last, from)?;
            parts += 1;
        }
        let made;
        let item = match &replacement {
            Replacement::Template(template) => {
                parts += template.expand(thread, &mut joined, &scan.subject, |group| match group {
                    0 => Some(Some((from, to))),
                    group if group > this.program.groups as usize => None,
                    group => Some(scan.group(group)),
                })?;
                None
            }
            Replacement::Same(item) => Some(item),
            Replacement::Call(function) => {
                let matched = scan.matched(thread, (from, to))?;
                made = protocol::call(thread, function, Args::positional(&[matched]))?;
                Some(&made)
            }
        };
        if let Some(item) = item.filter(|item| !item.is_none()) {
            if refused.is_none() && !joined.push_value(thread, item)? {
                refused = Some(joined.refuse(thread, parts, item));
            }
            parts += 1;
        }
        last = to;
        count += 1;
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    if parts == 0 {
        return Ok((scan.subject.cut(thread, last, scan.end)?, count));
    }
    joined.push(&scan.subject, last, scan.end)?;
    Ok((joined.into_value(thread), count))
}
