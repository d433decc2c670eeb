//! How a built-in type describes itself: one constant table a type, beside its methods.
//!
//! `types::install` turns every table into a class when a runtime starts. Special methods
//! (`list.__len__`, …) are not listed: wrappers for them are made from the filled slots.

use crate::object::TypeInfo;
use crate::thread::{Thread, ThreadState};
use crate::value::args::signature::{Arity, Signature, Style};
use crate::value::args::{Args, NativeFn};
use crate::value::class::ClassFlags;
use crate::value::class::kind::Kind;
use crate::value::class::slots::Slots;
use crate::value::raised::Run;
use crate::value::value::Value;

/// How a native method is bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    /// The first argument is the instance, checked to be of the type.
    Instance,
    /// The first argument is the class (`dict.fromkeys`).
    Class,
    /// No argument is added (`str.maketrans`, functions of modules).
    Static,
}

/// A function the runtime implements, by the name scripts call it.
#[derive(Clone, Copy)]
pub struct NativeMethod {
    /// The name.
    pub name: &'static str,
    /// What arguments it takes, `self` not among them.
    pub signature: Signature,
    /// How many values it gets when all are given by position, `self` among them.
    pub arity: Arity,
    /// The implementation. It gets `self` (or the class) as first argument, and what the signature promises.
    pub function: NativeFn,
    /// How it is bound.
    pub binding: Binding,
    /// Its fast path, which answers the commonest calls.
    pub fast: Option<FastFn>,
    /// Which function it is, if the interpreter has handlers of its own for it.
    pub intrinsic: Option<Intrinsic>,
    /// The name under which it was first listed; another name of the same method has the same first name, and
    /// bound methods of both are equal.
    pub first_name: &'static str,
}

/// A native function whose calls the interpreter may do itself, in the loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intrinsic {
    /// `list.append`, whose argument moves into the list.
    ListAppend,
    /// `next`, which may go on with a generator.
    Next,
    /// `send` of a generator.
    GeneratorSend,
}

/// The fast path of a native function: answers a call with positional arguments if that runs no script code and
/// raises nothing. Otherwise it returns `None` and has done nothing. A call that may run script code costs more
/// to prepare.
pub type FastFn = fn(&ThreadState, &[Value]) -> Option<Value>;

impl NativeMethod {
    /// Makes an ordinary method, whose first argument is the instance.
    pub const fn new(name: &'static str, parameters: &'static str, function: NativeFn) -> NativeMethod {
        NativeMethod::bound(name, Signature::new(parameters), Binding::Instance, function)
    }

    /// Makes a class method, whose first argument is the class.
    pub const fn class(name: &'static str, parameters: &'static str, function: NativeFn) -> NativeMethod {
        NativeMethod::bound(name, Signature::new(parameters), Binding::Class, function)
    }

    /// A static method, or a function of a module.
    pub const fn function(name: &'static str, parameters: &'static str, function: NativeFn) -> NativeMethod {
        NativeMethod::bound(name, Signature::new(parameters), Binding::Static, function)
    }

    const fn bound(
        name: &'static str,
        signature: Signature,
        binding: Binding,
        function: NativeFn,
    ) -> NativeMethod {
        let arity = match binding {
            Binding::Static => signature.arity(),
            Binding::Instance | Binding::Class => signature.arity().with_self(),
        };
        NativeMethod {
            name,
            signature,
            arity,
            function,
            binding,
            fast: None,
            intrinsic: None,
            first_name: name,
        }
    }

    /// Returns the method with another style of error messages.
    pub const fn styled(self, style: Style) -> NativeMethod {
        NativeMethod { signature: self.signature.styled(style), ..self }
    }

    /// Tells whether the arguments of a call can be passed on without sorting.
    #[inline(always)]
    pub fn takes(&self, arguments: Args<'_>) -> bool {
        !arguments.has_keywords() && self.arity.accepts(arguments.count())
    }

    /// Returns the method with a fast path.
    pub const fn with_fast_path(self, fast: FastFn) -> NativeMethod {
        NativeMethod { fast: Some(fast), ..self }
    }

    /// Returns the method with handlers of its own in the interpreter.
    pub const fn intrinsic(self, intrinsic: Intrinsic) -> NativeMethod {
        NativeMethod { intrinsic: Some(intrinsic), ..self }
    }

    /// Returns the method as another name of the method `first_name`: bound to the same object, the two are
    /// equal.
    pub const fn also_named(self, first_name: &'static str) -> NativeMethod {
        NativeMethod { first_name, ..self }
    }
}

/// Reads a computed attribute.
pub type GetterFn = fn(&mut Thread, &Value) -> Run<Value>;
/// Stores (`Some`) or deletes (`None`) a computed attribute.
pub type SetterFn = fn(&mut Thread, &Value, Option<&Value>) -> Run<()>;

/// An attribute computed by the runtime.
#[derive(Clone, Copy)]
pub struct NativeAttribute {
    /// The name.
    pub name: &'static str,
    /// Reads it.
    pub get: GetterFn,
    /// Changes it; without one it is read-only.
    pub set: Option<SetterFn>,
    /// Whether CPython reads it straight out of the object, which programs see by the type of the descriptor.
    pub is_field: bool,
}

impl NativeAttribute {
    /// A read-only attribute.
    pub const fn read_only(name: &'static str, get: GetterFn) -> NativeAttribute {
        NativeAttribute { name, get, set: None, is_field: false }
    }

    /// An attribute that can be assigned.
    pub const fn new(name: &'static str, get: GetterFn, set: SetterFn) -> NativeAttribute {
        NativeAttribute { name, get, set: Some(set), is_field: false }
    }

    /// A read-only field of the object (a `member_descriptor`).
    pub const fn field(name: &'static str, get: GetterFn) -> NativeAttribute {
        NativeAttribute { name, get, set: None, is_field: true }
    }

    /// The same as a field of the object.
    pub const fn as_field(self) -> NativeAttribute {
        NativeAttribute { is_field: true, ..self }
    }
}

/// The description of a built-in type, of which `types/install.rs` makes the class.
#[derive(Clone, Copy)]
pub struct TypeSpec {
    /// Which one.
    pub kind: Kind,
    /// What it derives from; `Kind::Object` for nearly all.
    pub base: Kind,
    /// `BASE` if scripts may derive from it, `WEAKREFABLE`, `HAS_DICT`.
    pub flags: ClassFlags,
    /// Makes the memory-management table of instances, given the name: `alloc::type_info::<Payload>`.
    pub info: fn(&'static str) -> TypeInfo,
    /// The operations; those left empty are inherited from the base.
    pub slots: Slots,
    /// The methods that are not special methods.
    pub methods: &'static [NativeMethod],
    /// The computed attributes.
    pub attributes: &'static [NativeAttribute],
    /// `__doc__`, if CPython's docstrings (`text/docstrings.rs`) have none.
    pub doc: &'static str,
}
