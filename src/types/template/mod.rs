//! `string.templatelib.Template`: what a t-string is, its texts and what stands between them.
//!
//! `interpolation.rs` is one of the latter, `iterator.rs` walks over both.

pub mod interpolation;
pub mod iterator;

use crate::memory;
use crate::protocol::{self, type_name};
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::types::template::interpolation::Interpolation;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Run, Slots, Str,
    Tuple, TypeSpec, Value, alloc,
};

/// The payload of a template.
pub struct Template {
    /// A tuple of texts, one more than there are interpolations.
    strings: Value,
    /// A tuple of what stands between them.
    interpolations: Value,
}

references!(Template { strings, interpolations });

impl Payload for Template {
    const KIND: Kind = Kind::Template;
}

/// Makes a template of a tuple of texts and one of the interpolations between them.
pub fn of_parts(thread: &ThreadState, strings: Value, interpolations: Value) -> Value {
    thread.alloc(Template { strings, interpolations }).into_value()
}

fn items(tuple: &Value) -> &[Value] {
    tuple.downcast_ref::<Tuple>().map_or(&[], |tuple| tuple.items())
}

/// Collects texts and interpolations; texts that follow one another are joined.
struct Parts {
    strings: Vec<Value>,
    interpolations: Vec<Value>,
    /// Whether the last part was a text.
    ends_in_text: bool,
}

impl Parts {
    fn text(&mut self, thread: &Thread, text: &Value) -> Run<()> {
        if !self.ends_in_text {
            self.ends_in_text = true;
            return memory::push(&mut self.strings, text.clone()).map_err(|_text| Raised::memory_error());
        }
        let last = self.strings.last_mut().expect("the last part was a text");
        let mut joined = String::new();
        for part in [&*last, text] {
            memory::push_str(&mut joined, part.downcast_ref::<Str>().map_or("", |text| text.as_str()))?;
        }
        *last = thread.new_string(joined);
        Ok(())
    }

    fn interpolation(&mut self, thread: &Thread, interpolation: &Value) -> Run<()> {
        self.separate(thread)?;
        self.ends_in_text = false;
        let pushed = memory::push(&mut self.interpolations, interpolation.clone());
        pushed.map_err(|_interpolation| Raised::memory_error())
    }

    /// Adds an empty text if the last part was none.
    fn separate(&mut self, thread: &Thread) -> Run<()> {
        if self.ends_in_text {
            return Ok(());
        }
        let empty = thread.known().names().empty.as_value().clone();
        memory::push(&mut self.strings, empty).map_err(|_text| Raised::memory_error())
    }

    fn finish(mut self, thread: &Thread) -> Run<Value> {
        self.separate(thread)?;
        let strings = thread.try_tuple(self.strings)?;
        let interpolations = thread.try_tuple(self.interpolations)?;
        Ok(of_parts(thread, strings, interpolations))
    }
}

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    if args.has_keywords() {
        return Err(Raised::type_error("Template.__new__ only accepts *args arguments"));
    }
    let mut parts = Parts { strings: Vec::new(), interpolations: Vec::new(), ends_in_text: false };
    for part in args.positionals() {
        if part.downcast_ref::<Str>().is_some() {
            parts.text(thread, part)?;
        } else if part.downcast_ref::<Interpolation>().is_some() {
            parts.interpolation(thread, part)?;
        } else {
            let given = type_name(thread, part);
            return Err(Raised::type_error(format_args!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {given}"
            )));
        }
    }
    parts.finish(thread)
}

/// `left + right` of two templates.
fn concat(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some(left) = left.downcast_ref::<Template>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(right) = right.downcast_ref::<Template>() else {
        let given = type_name(thread, right);
        return Err(Raised::type_error(format_args!(
            "can only concatenate string.templatelib.Template (not \"{given}\") to string.templatelib.Template"
        )));
    };
    let (strings, behind) = (items(&left.strings), items(&right.strings));
    let mut parts = Parts {
        strings: memory::collect(strings.iter().cloned())?,
        interpolations: memory::collect(items(&left.interpolations).iter().cloned())?,
        ends_in_text: true,
    };
    for (position, text) in behind.iter().enumerate() {
        if position > 0 {
            parts.interpolation(thread, &items(&right.interpolations)[position - 1])?;
        }
        parts.text(thread, text)?;
    }
    parts.finish(thread)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<Template>(value);
    let strings = protocol::repr(thread, &this.strings)?;
    let interpolations = protocol::repr(thread, &this.interpolations)?;
    let (strings, interpolations) = (strings.as_str(), interpolations.as_str());
    let text =
        memory::formatted(format_args!("Template(strings={strings}, interpolations={interpolations})"))?;
    Ok(thread.new_string(text))
}

fn get_values(thread: &mut Thread, value: &Value) -> Run<Value> {
    let all = items(&own::<Template>(value).interpolations).iter();
    let values = memory::collect(all.map(|one| own::<Interpolation>(one).value.clone()))?;
    thread.try_tuple(values)
}

/// Makes `(string.templatelib._template_unpickle, (strings, interpolations))`.
fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, _) = split_self::<Template>(args);
    let arguments = vec![this.strings.clone(), this.interpolations.clone()];
    let names = ["string.templatelib", "string", "templatelib", "_template_unpickle"];
    let [module, _, library, function] = names.map(|name| thread.known().intern(thread, name));
    let import = thread.known().upper_floors.import;
    let package = import(thread, Args::positional(&[module.into_value()]))?;
    let library = protocol::get_attr(thread, &package, &library)?;
    let function = protocol::get_attr(thread, &library, &function)?;
    Ok(reduced::call_of(thread, function, arguments))
}

/// `string.templatelib.Template`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Template,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<Template>,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        iter: Some(iterator::iter),
        concat: Some(concat),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[
        NativeAttribute::field("strings", |_, value| Ok(own::<Template>(value).strings.clone())),
        NativeAttribute::field("interpolations", |_, value| {
            Ok(own::<Template>(value).interpolations.clone())
        }),
        NativeAttribute::read_only("values", get_values),
    ],
    doc: "Template object",
};
