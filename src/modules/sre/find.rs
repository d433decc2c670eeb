//! `findall`, `finditer` and `split` of a pattern.

use super::compiled::Pattern;
use super::scan::Scan;
use super::{scanner, word};
use crate::protocol;
use crate::text::regex::How;
use crate::thread::Thread;
use crate::types::iterator::callable_iterator;
use crate::types::object::method_arguments::split_self;
use crate::value::{Args, List, Run, Value};

/// `findall`: the texts of all matches; of their groups, if there are any.
pub fn find_all(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, args) = split_self::<Pattern>(args);
    let [string, from, to] = args.options();
    let mut scan = Scan::new(thread, this, string.expect("it is required"), [from, to])?;
    let groups = this.program.groups as usize;
    let mut found = Vec::new();
    while let Some((from, to)) = scan.next(thread, How::Search)? {
        protocol::check_interrupt(thread)?;
        let item = match groups {
            0 => scan.subject.cut(thread, from, to)?,
            1 => scan.group_value(thread, 1, true)?,
            _ => {
                let mut items = Vec::new();
                items.try_reserve_exact(groups)?;
                for group in 1..=groups {
                    items.push(scan.group_value(thread, group, true)?);
                }
                thread.try_tuple(items)?
            }
        };
        found.try_reserve(1)?;
        found.push(item);
    }
    Ok(thread.alloc(List::new(found)).into_value())
}

/// `finditer`: an iterator that calls the `search` of a scanner.
pub fn find_iter(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let scanner = scanner::new(thread, args)?;
    let name = thread.known().intern(thread, "search");
    let search = protocol::get_attr(thread, &scanner, &name)?;
    Ok(callable_iterator::new(thread, &search, &Value::NONE))
}

/// `split`: what lies between the matches, with their groups.
pub fn split(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, args) = split_self::<Pattern>(args);
    let [string, most] = args.options();
    let most = most.map_or(Ok(0), |most| word(thread, most))?;
    let mut scan = Scan::new(thread, this, string.expect("it is required"), [None, None])?;
    let groups = this.program.groups as usize;
    let (mut parts, mut count, mut last) = (Vec::new(), 0, scan.start);
    while most == 0 || count < most {
        let Some((from, to)) = scan.next(thread, How::Search)? else { break };
        protocol::check_interrupt(thread)?;
        parts.try_reserve(1 + groups)?;
        parts.push(scan.subject.cut(thread, last, from)?);
        for group in 1..=groups {
            parts.push(scan.group_value(thread, group, false)?);
        }
        count += 1;
        last = to;
    }
    parts.try_reserve(1)?;
    parts.push(scan.subject.cut(thread, last, scan.end)?);
    Ok(thread.alloc(List::new(parts)).into_value())
}
