//! Values and the objects behind them: words, typed handles, arguments and raised errors.
//!
//! Read `word.rs` for the bits, `value.rs` and `stack_ref.rs` for the two owners of them, `object.rs`
//! for typed access, `guarded.rs` for what may change, `shape.rs` and `class.rs` for types.

pub mod alloc;
mod alloc_str;
mod args;
mod bind_arguments;
mod bytes;
pub mod class;
pub mod complex;
mod dict;
mod dict_search;
pub mod dict_table;
mod guarded;
pub mod hash;
mod interned;
mod kind;
mod known;
mod list;
pub mod number;
mod object;
mod origin;
mod quick_equal;
mod raised;
mod range;
mod services;
mod set;
pub mod set_table;
pub mod shape;
mod signature;
mod slice;
mod slots;
mod spec;
mod stack_ref;
mod str;
mod subclasses;
mod trace;
mod tuple;
#[expect(clippy::module_inception, reason = "the file is named for the type it defines")]
mod value;
mod weak_ref;
pub mod word;

pub use args::{Args, NativeFn};
pub use bind_arguments::{Callee, Sorted};
pub use bytes::Bytes;
pub use class::{Class, ClassFlags};
pub use complex::Complex;
pub use dict::Dict;
pub use dict_table::{DictTable, Probe, Search};
pub use guarded::{Guarded, Held, Replaceable, SetOnce, Slot, publish};
pub use kind::{ErrorKind, Kind};
pub use known::{Known, Names};
pub use list::List;
pub use number::{BigInt, BoxedFloat, Integer};
pub use object::{Object, Payload, Ref};
pub use origin::{Origin, Origins};
pub use quick_equal::{quick_equal, quick_hash, same_bytes};
pub use raised::{Pending, Raised, Run};
pub use range::{BigSteps, Range, RangeIterator, WordRange};
pub use services::Services;
pub use set::{AnySet, FrozenSet, Set};
pub use set_table::{SetSearch, SetTable};
pub use shape::Shape;
pub use signature::{Arity, MOST_PARAMETERS, Signature, Style};
pub use slice::Slice;
pub use slots::{
    BinaryFn, BinaryOp, CallFn, CompareFn, Comparison, ContainsFn, DescriptorGetFn, GetAttrFn, InitFn, NewFn,
    NextFn, SetAttrFn, SetItemFn, Slots, UnaryFn,
};
pub use spec::{Binding, GetterFn, Intrinsic, NativeAttribute, NativeMethod, QuickFn, SetterFn, TypeSpec};
pub use stack_ref::StackRef;
pub use str::{INLINE_BYTES, Str};
pub use trace::Trace;
pub use tuple::Tuple;
pub use value::Value;
pub use weak_ref::{WeakProxy, WeakRef};
