//! Values and the objects behind them: words, typed handles, arguments and raised errors.
//!
//! Read `word.rs` for the bits, `value.rs` and `stack_ref.rs` for the two owners of them, `object.rs` for typed
//! access, `guarded.rs` for what may change; `class` for what an object's type is made of, `payload` for what lies
//! behind its header, `args` for what a native function is called with. The names below are what other floors use.

pub mod alloc;
mod alloc_str;
mod args;
pub mod class;
mod equal_fast;
mod guarded;
pub mod hash;
mod name;
pub mod number;
mod object;
pub mod payload;
mod raised;
mod stack_ref;
mod trace;
mod upper_floors;
#[expect(clippy::module_inception, reason = "the file is named for the type it defines")]
mod value;
pub mod word;

pub use args::bind::{Callee, Sorted};
pub use args::signature::{Arity, MOST_PARAMETERS, Signature, Style};
pub use args::{Args, NativeFn};
pub use class::kind::{Container, ErrorKind, Kind};
pub use class::known::{INT_MAX_STR_DIGITS, Known};
pub use class::names::Names;
pub use class::origin::{Origin, Origins};
pub use class::shape::Shape;
pub use class::slots::{
    BinaryFn, BinaryOp, BufferFn, CallFn, CompareFn, Comparison, ContainsFn, DescriptorGetFn, GetAttrFn,
    InitFn, NewFn, NextFn, SetAttrFn, SetItemFn, Slots, UnaryFn,
};
pub use class::spec::{
    Binding, FastFn, GetterFn, Intrinsic, NativeAttribute, NativeMethod, SetterFn, TypeSpec,
};
pub use class::syntax_classes::SyntaxClasses;
pub use class::{Class, ClassFlags};
pub use equal_fast::{equal_fast, hash_fast, same_bytes};
pub use guarded::{Guarded, Held, Replaceable, SetOnce, Slot, Steady, publish};
pub use name::Name;
pub use number::{BigInt, BoxedFloat, Integer};
pub use object::{Object, Payload, Ref};
pub use payload::byte_array::{ByteArray, ByteStore};
pub use payload::bytes::Bytes;
pub use payload::complex::Complex;
pub use payload::dict::Dict;
pub use payload::dict::table::{DictTable, Probe, Search};
pub use payload::list::List;
pub use payload::memory_view::{BufferWrapper, ManagedBuffer, MemoryView};
pub use payload::range::{BigSteps, Range, RangeIterator, WordRange};
pub use payload::set::table::{SetSearch, SetTable};
pub use payload::set::{AnySet, FrozenSet, Set};
pub use payload::slice::Slice;
pub use payload::str::{INLINE_BYTES, Str};
pub use payload::tuple::Tuple;
pub use payload::union::Union;
pub use payload::weak_ref::{WeakProxy, WeakRef};
pub use raised::{Message, Pending, Raised, Run};
pub use stack_ref::StackRef;
pub use trace::{Trace, make_room_for, take_items};
pub use upper_floors::{CompileFlags, CompileRequest, CompileSource, UpperFloors};
pub use value::Value;
