//! `re.Match`: where a pattern and its groups have matched.

use super::found::Match;
use super::subject::Subject;
use super::template;
use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Dict, Kind, NativeAttribute, NativeMethod, Object, Raised, Run, Slots, Style, Tuple,
    TypeSpec, Value,
};

/// Returns the number of a group, given by number or name. Raises `IndexError` if there is none.
fn group_number(thread: &mut Thread, this: &Object<Match>, group: &Value) -> Run<usize> {
    let number = if protocol::slots_of(thread, group).index.is_some() {
        Some(protocol::index_isize(thread, group)?)
    } else {
        let index = this.pattern.group_index.downcast_ref::<Dict>();
        let found = match index {
            Some(index) => protocol::dict_get(thread, index, group)?,
            None => None,
        };
        found.and_then(|found| found.as_i64()).map(|found| found as isize)
    };
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.filter(|&number| number <= this.groups()).ok_or_else(|| Raised::index_error("no such group"))
}

/// Returns the text of a group, or `default` if it took no part.
fn text(thread: &mut Thread, this: &Object<Match>, group: usize, default: &Value) -> Run<Value> {
    match this.span(group) {
        Some((from, to)) => Subject::of(thread, &this.string)?.cut(thread, from, to),
        None => Ok(default.clone()),
    }
}

fn group(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, args) = split_self::<Match>(args);
    match args.positionals() {
        [] => text(thread, this, 0, &Value::NONE),
        [group] => {
            let group = group_number(thread, this, group)?;
            text(thread, this, group, &Value::NONE)
        }
        groups => {
            let mut texts = memory::with_room(groups.len())?;
            for group in groups {
                let group = group_number(thread, this, group)?;
                texts.push(text(thread, this, group, &Value::NONE)?);
            }
            thread.try_tuple(texts)
        }
    }
}

fn get_item(thread: &mut Thread, value: &Value, group: &Value) -> Run<Value> {
    let this = own::<Match>(value);
    let group = group_number(thread, this, group)?;
    text(thread, this, group, &Value::NONE)
}

/// Returns the positions between which a group is; -1 for one that took no part.
fn positions(thread: &mut Thread, this: &Object<Match>, group: usize) -> Run<(i64, i64)> {
    let Some((from, to)) = this.span(group) else { return Ok((-1, -1)) };
    if this.pattern.is_bytes == Some(true) {
        return Ok((from as i64, to as i64));
    }
    let subject = Subject::of(thread, &this.string)?;
    Ok((subject.position(from) as i64, subject.position(to) as i64))
}

fn positions_of_argument(thread: &mut Thread, args: Args<'_>) -> Run<(i64, i64)> {
    let (this, args) = split_self::<Match>(args);
    let group = match args.get(0) {
        Some(group) => group_number(thread, this, group)?,
        None => 0,
    };
    positions(thread, this, group)
}

fn pair(thread: &Thread, (from, to): (i64, i64)) -> Value {
    let pair = vec![thread.new_int(from), thread.new_int(to)];
    thread.new_tuple(pair)
}

fn groups(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, args) = split_self::<Match>(args);
    let [default] = args.options();
    let default = default.cloned().unwrap_or(Value::NONE);
    let mut texts = memory::with_room(this.groups())?;
    for group in 1..=this.groups() {
        texts.push(text(thread, this, group, &default)?);
    }
    thread.try_tuple(texts)
}

fn group_dict(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, args) = split_self::<Match>(args);
    let [default] = args.options();
    let default = default.cloned().unwrap_or(Value::NONE);
    let made = thread.alloc(Dict::default());
    let Some(index) = this.pattern.group_index.downcast_ref::<Dict>() else { return Ok(made.into_value()) };
    for (name, _) in index.snapshot()? {
        let group = group_number(thread, this, &name)?;
        let text = text(thread, this, group, &default)?;
        protocol::dict_set(thread, &made, &name, text)?;
    }
    Ok(made.into_value())
}

fn regs(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<Match>(value);
    let mut spans = memory::with_room(this.groups() + 1)?;
    for group in 0..=this.groups() {
        let span = positions(thread, this, group)?;
        spans.push(pair(thread, span));
    }
    thread.try_tuple(spans)
}

fn last_group(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<Match>(value);
    let names = this.pattern.index_group.downcast_ref::<Tuple>();
    let name = names.and_then(|names| names.items().get(this.last_group as usize));
    Ok(name.filter(|_| this.last_group > 0).cloned().unwrap_or(Value::NONE))
}

fn last_index(thread: &mut Thread, value: &Value) -> Run<Value> {
    match own::<Match>(value).last_group {
        0 => Ok(Value::NONE),
        group => Ok(thread.new_int(i64::from(group))),
    }
}

fn end_position(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<Match>(value);
    if this.bounds.1 != usize::MAX {
        return Ok(thread.new_usize(this.bounds.1));
    }
    let count = Subject::of(thread, &this.string)?.count();
    Ok(thread.new_usize(count))
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<Match>(value);
    let (from, to) = positions(thread, this, 0)?;
    let text = text(thread, this, 0, &Value::NONE)?;
    let text = protocol::repr(thread, &text)?;
    let text = text.as_str();
    let shown = memory::formatted(format_args!("<re.Match object; span=({from}, {to}), match={text}>"))?;
    Ok(thread.new_string(shown))
}

fn itself(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    Ok(args.get(0).expect("a method gets `self`").clone())
}

/// `re.Match`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Match,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Match>,
    slots: Slots { repr: Some(repr), get_item: Some(get_item), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("group", "*args", group).styled(Style::Unpacked),
        NativeMethod::new("start", "group=0, /", |thread, args| {
            let (from, _) = positions_of_argument(thread, args)?;
            Ok(thread.new_int(from))
        })
        .styled(Style::Unpacked),
        NativeMethod::new("end", "group=0, /", |thread, args| {
            let (_, to) = positions_of_argument(thread, args)?;
            Ok(thread.new_int(to))
        })
        .styled(Style::Unpacked),
        NativeMethod::new("span", "group=0, /", |thread, args| {
            let span = positions_of_argument(thread, args)?;
            Ok(pair(thread, span))
        })
        .styled(Style::Unpacked),
        NativeMethod::new("groups", "default=None", groups),
        NativeMethod::new("groupdict", "default=None", group_dict),
        NativeMethod::new("expand", "template", |thread, args| {
            let (this, args) = split_self::<Match>(args);
            let [template] = args.exactly();
            template::expand(thread, this, template)
        }),
        NativeMethod::new("__copy__", "", itself),
        NativeMethod::new("__deepcopy__", "memo, /", itself),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[
        NativeAttribute::field("string", |_, value| Ok(own::<Match>(value).string.clone())),
        NativeAttribute::field("re", |_, value| Ok(own::<Match>(value).pattern.as_value().clone())),
        NativeAttribute::field("pos", |thread, value| Ok(thread.new_usize(own::<Match>(value).bounds.0))),
        NativeAttribute::field("endpos", end_position),
        NativeAttribute::read_only("lastindex", last_index),
        NativeAttribute::read_only("lastgroup", last_group),
        NativeAttribute::read_only("regs", regs),
    ],
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
};
