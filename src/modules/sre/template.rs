//! `_sre.SRE_Template`: a replacement with groups in it, as `re._parser.parse_template` has taken it apart.

use super::found::Match;
use super::subject::{Joined, Subject};
use super::{no_integer, word};
use crate::memory;
use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::object::bytes_like::{contents_if_shown, new_bytes};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Bytes, ClassFlags, ErrorKind, Kind, List, Object, Payload, Raised, Ref, Run, Slots, Str, TypeSpec,
    Value,
};

/// The payload of a template.
pub struct Template {
    literal: Value,
    parts: Box<[Part]>,
}

/// A group, and what follows it.
struct Part {
    group: usize,
    /// Unbound if nothing follows.
    literal: Value,
}

references!(Part { literal });
references!(Template { literal, parts });

impl Payload for Template {
    const KIND: Kind = Kind::RegexTemplate;
    const HAS_ATTRIBUTES: bool = false;
}

/// `_sre.template`: makes a template of texts and, between them, numbers of groups. Raises `TypeError` for other lists.
pub fn new(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [_pattern, template] = args.exactly();
    let Some(list) = template.downcast_ref::<List>() else {
        let given = protocol::argument_kind(thread, template);
        return Err(Raised::type_error(format_args!("template() argument 2 must be list, not {given}")));
    };
    let invalid = || Raised::type_error("invalid template");
    let items = list.to_vec()?;
    let mut items = items.into_iter();
    let literal = items.next().ok_or_else(invalid)?;
    let mut parts = Vec::new();
    while let Some(group) = items.next() {
        if group.as_integer().is_none() {
            return Err(no_integer());
        }
        let group = word(thread, &group)?;
        let literal = items.next().ok_or_else(invalid)?;
        let is_empty = match literal.downcast_ref::<Str>() {
            Some(text) => text.as_str().is_empty(),
            None => literal.downcast_ref::<Bytes>().is_some_and(|bytes| bytes.as_slice().is_empty()),
        };
        parts.try_reserve(1)?;
        parts.push(Part {
            group: usize::try_from(group).map_err(|_| invalid())?,
            literal: if is_empty { Value::UNBOUND } else { literal },
        });
    }
    Ok(thread.alloc(Template { literal, parts: parts.into_boxed_slice() }).into_value())
}

/// Makes a template of a replacement, as `re._compile_template` does. Raises what that raises.
pub fn compile(thread: &mut Thread, pattern: &Value, template: &Value) -> Run<Ref<Template>> {
    let module = thread.new_str("re");
    let re = (thread.known().upper_floors.import)(thread, Args::positional(&[module]))?;
    let name = thread.known().intern(thread, "_compile_template");
    let function = protocol::get_attr(thread, &re, &name)?;
    let made = match protocol::call(thread, &function, Args::positional(&[pattern.clone(), template.clone()]))
    {
        // One that has no hash is not kept; what it shows is.
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => match plain(thread, template)? {
            Some(plain) => protocol::call(thread, &function, Args::positional(&[pattern.clone(), plain]))?,
            None => return Err(raised),
        },
        made => made?,
    };
    made.downcast::<Template>().map_err(|made| {
        let (given, wanted) = (protocol::type_name(thread, &made), Kind::RegexTemplate.name());
        Raised::runtime_error(format_args!(
            "the result of compiling a replacement string is {given}, not {wanted}"
        ))
    })
}

/// Returns the `str` or `bytes` that an object of another type stands for.
fn plain(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    if value.downcast_exact::<Str>().is_some() || value.downcast_exact::<Bytes>().is_some() {
        return Ok(None);
    }
    if let Some(text) = value.downcast_ref::<Str>() {
        return thread.try_str(text.as_str()).map(Some);
    }
    let bytes = contents_if_shown(thread, value)?;
    let bytes = bytes.map(|bytes| memory::copy(&bytes)).transpose()?;
    Ok(bytes.map(|bytes| new_bytes(thread, bytes)))
}

impl Object<Template> {
    /// Tells whether there are groups in it.
    pub fn has_groups(&self) -> bool {
        !self.parts.is_empty()
    }

    /// What comes before the first group.
    pub fn literal(&self) -> &Value {
        &self.literal
    }

    /// Appends what the template makes of a match; returns how many parts that are. `group` tells where a group is:
    /// `None` if there is none of this number, `Some(None)` if it took no part. Raises `IndexError` if there is none,
    /// `TypeError` if a literal is not of the type of the text.
    pub fn expand(
        &self,
        thread: &mut Thread,
        joined: &mut Joined,
        subject: &Subject,
        group: impl Fn(usize) -> Option<Option<(usize, usize)>>,
    ) -> Run<usize> {
        let mut count = 0;
        let literal = |thread: &mut Thread, joined: &mut Joined, literal: &Value, count: &mut usize| {
            if !literal.is_unbound() {
                if !joined.push_value(thread, literal)? {
                    return Err(joined.refuse(thread, *count, literal));
                }
                *count += 1;
            }
            Ok(())
        };
        literal(thread, joined, &self.literal, &mut count)?;
        for part in &self.parts {
            let place = group(part.group).ok_or_else(|| Raised::index_error("no such group"))?;
            if let Some((from, to)) = place {
                joined.push(subject, from, to)?;
                count += 1;
            }
            literal(thread, joined, &part.literal, &mut count)?;
        }
        Ok(count)
    }
}

/// `expand` of a match.
pub fn expand(thread: &mut Thread, this: &Object<Match>, template: &Value) -> Run<Value> {
    let template = compile(thread, this.pattern.as_value(), template)?;
    if !template.has_groups() {
        return Ok(template.literal().clone());
    }
    let subject = Subject::of(thread, &this.string)?;
    let mut joined = if template.literal().downcast_ref::<Str>().is_some() {
        Joined::Text(String::new())
    } else {
        Joined::Bytes(Vec::new())
    };
    template
        .expand(thread, &mut joined, &subject, |group| (group <= this.groups()).then(|| this.span(group)))?;
    Ok(joined.into_value(thread))
}

/// `_sre.SRE_Template`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::RegexTemplate,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Template>,
    slots: Slots::EMPTY,
    methods: &[],
    attributes: &[],
    doc: "",
};
