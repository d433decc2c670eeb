//! `__doc__` and `__text_signature__` of what tables of built-in types and modules become.
//!
//! The texts of `__doc__` are CPython's (`text/docstrings.rs`), found by module, type and name. A signature is the
//! declared one (`value/args/signature.rs`) with the first parameter in front, as CPython writes it.

use crate::memory;
use crate::protocol::full_class_name;
use crate::text::docstrings;
use crate::thread::Thread;
use crate::value::{Binding, Class, ClassFlags, NativeMethod, Object, Run, Signature, Value};

/// The functions and methods that CPython gives no signature, each with its declaration here.
const WITHOUT_SIGNATURE: [(&str, &str); 15] = [
    ("__build_class__", "*args, **kwargs"),
    ("athrow", "*values"),
    ("dir", "object=None, /"),
    ("getattr", "object, name, default=None, /"),
    ("getsizeof", "object, default=None"),
    ("iter", "object, sentinel=None, /"),
    ("log", "x, base=None, /"),
    ("max", "arg, /, *args, key=None, default=None"),
    ("min", "arg, /, *args, key=None, default=None"),
    ("next", "iterator, default=None, /"),
    ("set_asyncgen_hooks", "firstiter=None, finalizer=None"),
    ("set_threshold", "*thresholds"),
    ("throw", "type, value=None, traceback=None, /"),
    ("update", "other=None, /, **kwargs"),
    ("vars", "object=None, /"),
];

/// The signatures of the types whose instances a call makes, as CPython has them.
const TYPES: [(&str, &str); 48] = [
    ("types.GenericAlias", "(origin, args, /)"),
    ("itertools._tee", "(iterable, /)"),
    ("itertools.accumulate", "(iterable, func=None, *, initial=None)"),
    ("itertools.batched", "(iterable, n, *, strict=False)"),
    ("itertools.chain", "(*iterables)"),
    ("itertools.combinations", "(iterable, r)"),
    ("itertools.combinations_with_replacement", "(iterable, r)"),
    ("itertools.compress", "(data, selectors)"),
    ("itertools.count", "(start=0, step=1)"),
    ("itertools.cycle", "(iterable, /)"),
    ("itertools.dropwhile", "(predicate, iterable, /)"),
    ("itertools.filterfalse", "(function, iterable, /)"),
    ("itertools.groupby", "(iterable, key=None)"),
    ("itertools.pairwise", "(iterable, /)"),
    ("itertools.permutations", "(iterable, r=None)"),
    ("itertools.product", "(*iterables, repeat=1)"),
    ("itertools.starmap", "(function, iterable, /)"),
    ("itertools.takewhile", "(predicate, iterable, /)"),
    ("itertools.zip_longest", "(*iterables, fillvalue=None)"),
    ("collections.deque", "([iterable[, maxlen]])"),
    ("functools.partial", "(func, /, *args, **keywords)"),
    ("NoneType", "()"),
    ("NotImplementedType", "()"),
    ("bool", "(object=False, /)"),
    ("cell", "([contents])"),
    ("classmethod", "(function, /)"),
    (
        "code",
        "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, \
         varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     \
         cellvars=(), /)",
    ),
    ("complex", "(real=0, imag=0)"),
    ("ellipsis", "()"),
    ("enumerate", "(iterable, start=0)"),
    ("filter", "(function, iterable, /)"),
    ("float", "(x=0, /)"),
    ("frozenset", "(iterable=(), /)"),
    ("function", "(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)"),
    ("list", "(iterable=(), /)"),
    ("map", "(function, iterable, /, *iterables, strict=False)"),
    ("mappingproxy", "(mapping)"),
    ("memoryview", "(object)"),
    ("method", "(function, instance, /)"),
    ("module", "(name, doc=None)"),
    ("object", "()"),
    ("property", "(fget=None, fset=None, fdel=None, doc=None)"),
    ("reversed", "(sequence, /)"),
    ("set", "(iterable=(), /)"),
    ("staticmethod", "(function, /)"),
    ("traceback", "(tb_next, tb_frame, tb_lasti, tb_lineno)"),
    ("tuple", "(iterable=(), /)"),
    ("zip", "(*iterables, strict=False)"),
];

/// What a signature calls the first argument, which the caller does not write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// The instance of a method.
    Instance,
    /// The class of a class method, or of `__new__`.
    Class,
    /// The module of a function.
    Module,
    /// There is none, as in a static method.
    Nothing,
}

impl First {
    /// Returns the first argument of a method found in a class.
    pub fn of(method: &NativeMethod) -> First {
        match method.binding {
            Binding::Instance => First::Instance,
            Binding::Class => First::Class,
            Binding::Static => First::Nothing,
        }
    }

    fn text(self) -> &'static str {
        match self {
            First::Instance => "$self",
            First::Class => "$type",
            First::Module => "$module",
            First::Nothing => "",
        }
    }
}

/// Returns the docstring of a member of a built-in class, else `None` (the value).
pub fn of_member(thread: &Thread, owner: &Object<Class>, name: &str) -> Value {
    if owner.flags().contains(ClassFlags::SCRIPT) {
        return Value::NONE;
    }
    as_value(thread, docstrings::of_member(&path(owner), name))
}

/// Returns the docstring of a function of a native module, else `None` (the value).
pub fn of_function(thread: &Thread, module: &str, name: &str) -> Value {
    as_value(thread, docstrings::of_path(&[module, name].join(".")))
}

/// Returns the docstring of a built-in class, given its name with the module in front unless that is `builtins`.
pub fn of_class(full_name: &str) -> Option<&'static str> {
    docstrings::of_path(&with_module(full_name))
}

/// Returns `__text_signature__` of a built-in class, if CPython gives it one.
pub fn class_signature(class: &Object<Class>) -> Option<&'static str> {
    let name = full_class_name(class);
    TYPES.iter().find(|(known, _)| *known == &*name).map(|&(_, signature)| signature)
}

/// Returns `__text_signature__` of a function of this name, or `None` (the value) if CPython gives it none. Raises
/// `MemoryError`.
pub fn signature(thread: &Thread, name: &str, signature: &Signature, first: First) -> Run<Value> {
    if WITHOUT_SIGNATURE.contains(&(name, signature.text())) {
        return Ok(Value::NONE);
    }
    let (first, rest) = (first.text(), signature.text());
    // Arguments that can be left out, but have no default.
    let rest = match rest.strip_suffix(", start=None, end=None, /") {
        Some(required) => memory::formatted(format_args!("{required}[, start[, end]], /"))?,
        None => rest.to_owned(),
    };
    let has_positional_only = rest.split(", ").any(|part| part == "/");
    let text = match (first.is_empty(), rest.is_empty()) {
        (true, _) => memory::formatted(format_args!("({rest})"))?,
        (false, true) => memory::formatted(format_args!("({first}, /)"))?,
        // The signature of every `__new__`.
        (false, false) if has_positional_only || rest == "*args, **kwargs" && first == "$type" => {
            memory::formatted(format_args!("({first}, {rest})"))?
        }
        (false, false) => memory::formatted(format_args!("({first}, /, {rest})"))?,
    };
    Ok(thread.new_string(text))
}

fn path(class: &Object<Class>) -> String {
    with_module(&full_class_name(class))
}

fn with_module(full_name: &str) -> String {
    if full_name.contains('.') { full_name.to_owned() } else { ["builtins", full_name].join(".") }
}

fn as_value(thread: &Thread, text: Option<&'static str>) -> Value {
    text.map_or(Value::NONE, |text| thread.new_str(text))
}
