//! What a type can do: one function pointer for each operation of the protocol (CPython: the slots `tp_…`,
//! `nb_…`, `sq_…`, `mp_…`).
//!
//! A built-in type fills its table with native functions. A class copies the table of its base and replaces the
//! entries for which it defines a special method (`types/class/slots.rs`). An operation on an object is
//! therefore one indirect call, whether its class was written in Rust or in Python. An empty entry means that
//! the type does not support the operation. What filled an entry (a native function, or the call of a special
//! method) is told by an `Origin` beside it, never by the address of its function (`origin.rs`).

pub use crate::bytecode::{BinaryOp, Comparison};
use crate::thread::Thread;
use crate::value::args::Args;
use crate::value::class::Class;
use crate::value::class::origin::{Origin, Origins};
use crate::value::object::Object;
use crate::value::payload::str::Str;
use crate::value::raised::Run;
use crate::value::value::Value;

/// An operation on one operand.
pub type UnaryFn = fn(&mut Thread, &Value) -> Run<Value>;
/// An operation on two operands. Returns `NotImplemented` to let the other operand try.
pub type BinaryFn = fn(&mut Thread, &Value, &Value) -> Run<Value>;
/// Stores (`Some`) or deletes (`None`) an item.
pub type SetItemFn = fn(&mut Thread, &Value, &Value, Option<&Value>) -> Run<()>;
/// Stores (`Some`) or deletes (`None`) an attribute.
pub type SetAttrFn = fn(&mut Thread, &Value, &Object<Str>, Option<&Value>) -> Run<()>;

/// One of the six comparisons. Returns `NotImplemented` to let the other operand try.
pub type CompareFn = fn(&mut Thread, &Value, &Value, Comparison) -> Run<Value>;
/// A question about two values.
pub type ContainsFn = fn(&mut Thread, &Value, &Value) -> Run<bool>;
/// The next item of an iterator; `None` at the end.
pub type NextFn = fn(&mut Thread, &Value) -> Run<Option<Value>>;
/// A call: the callable, the arguments.
pub type CallFn = fn(&mut Thread, &Value, Args<'_>) -> Run<Value>;
/// Reads an attribute.
pub type GetAttrFn = fn(&mut Thread, &Value, &Object<Str>) -> Run<Value>;
/// Reads through a descriptor: the descriptor, the instance, the owner class.
pub type DescriptorGetFn = fn(&mut Thread, &Value, Option<&Value>, &Value) -> Run<Value>;
/// Makes an instance: the class asked for, the arguments without it.
pub type NewFn = fn(&mut Thread, &Object<Class>, Args<'_>) -> Run<Value>;
/// Initialises an instance: the instance, the arguments without it.
pub type InitFn = fn(&mut Thread, &Value, Args<'_>) -> Run<()>;

/// Shows the bytes of an object: the object, and the flags of the request (`types/object/buffer.rs`). Returns a
/// `memoryview`.
pub type BufferFn = fn(&mut Thread, &Value, i32) -> Run<Value>;

/// Ends a view of an object: the object, the view.
pub type ReleaseBufferFn = fn(&mut Thread, &Value, &Value) -> Run<()>;

/// The operations of a type. `Slots::EMPTY` with struct update syntax is how a table is written.
#[derive(Clone, Copy)]
pub struct Slots {
    /// `repr(o)`: a `str`.
    pub repr: Option<UnaryFn>,
    /// `str(o)`: a `str`.
    pub str: Option<UnaryFn>,
    /// `hash(o)`. If the entry is empty, the object is unhashable.
    pub hash: Option<fn(&mut Thread, &Value) -> Run<i64>>,
    /// `bool(o)`. If the entry is empty, the object is true unless its `len` is 0.
    pub is_true: Option<fn(&mut Thread, &Value) -> Run<bool>>,
    /// `len(o)`.
    pub len: Option<fn(&mut Thread, &Value) -> Run<usize>>,
    /// The six comparisons. The function returns `NotImplemented` to let the other operand try.
    pub compare: Option<CompareFn>,
    /// The binary operators. A function gets the left and the right operand in this order, whichever of the two is of
    /// this type.
    pub binary: [Option<BinaryFn>; BinaryOp::COUNT],
    /// The augmented assignments. If an entry is empty, that of `binary` is called.
    pub in_place: [Option<BinaryFn>; BinaryOp::COUNT],
    /// `+` of a sequence: the sequence, the other operand. Called if the entries of `binary` of both operands decline
    /// (CPython: sq_concat).
    pub concat: Option<BinaryFn>,
    /// `*` of a sequence: the sequence, the number of repetitions (CPython: sq_repeat).
    pub repeat: Option<BinaryFn>,
    /// `+=` of a sequence. If the entry is empty, `concat` is called.
    pub concat_in_place: Option<BinaryFn>,
    /// `*=` of a sequence. If the entry is empty, `repeat` is called.
    pub repeat_in_place: Option<BinaryFn>,
    /// `-o`.
    pub negative: Option<UnaryFn>,
    /// `+o`.
    pub positive: Option<UnaryFn>,
    /// `~o`.
    pub invert: Option<UnaryFn>,
    /// `abs(o)`.
    pub absolute: Option<UnaryFn>,
    /// `int(o)`.
    pub int: Option<UnaryFn>,
    /// `float(o)`.
    pub float: Option<UnaryFn>,
    /// `operator.index(o)`: an exact integer.
    pub index: Option<UnaryFn>,
    /// `o[key]`.
    pub get_item: Option<BinaryFn>,
    /// `o[key] = value`, `del o[key]`.
    pub set_item: Option<SetItemFn>,
    /// `value in o`.
    pub contains: Option<ContainsFn>,
    /// `iter(o)`.
    pub iter: Option<UnaryFn>,
    /// `next(o)`; `None` at the end (no `StopIteration` is made).
    pub next: Option<NextFn>,
    /// `o(…)`: the first parameter is the callable.
    pub call: Option<CallFn>,
    /// `o.name`; every type has one.
    pub get_attr: Option<GetAttrFn>,
    /// `o.name = value`, `del o.name`.
    pub set_attr: Option<SetAttrFn>,
    /// `__get__`: descriptor, instance (`None` on class access), owner class.
    pub descriptor_get: Option<DescriptorGetFn>,
    /// `__set__` (`Some`) and `__delete__` (`None`): descriptor, instance, value. Makes a data descriptor.
    pub descriptor_set: Option<SetItemFn>,
    /// `__new__`: the class asked for, the arguments without it.
    pub new: Option<NewFn>,
    /// `__init__`: the new object, the arguments without it.
    pub init: Option<InitFn>,
    /// `__buffer__`: an object with this is bytes-like.
    pub buffer: Option<BufferFn>,
    /// `__release_buffer__`: the object, and the view of it that has ended.
    pub release_buffer: Option<ReleaseBufferFn>,
    /// `__del__`.
    pub finalize: Option<fn(&mut Thread, &Value) -> Run<()>>,
    /// The origins of those functions for which the origin matters.
    pub origins: Origins,
}

impl Slots {
    /// The table of a type without operations.
    pub const EMPTY: Slots = Slots {
        repr: None,
        str: None,
        hash: None,
        is_true: None,
        len: None,
        compare: None,
        binary: [None; BinaryOp::COUNT],
        in_place: [None; BinaryOp::COUNT],
        concat: None,
        repeat: None,
        concat_in_place: None,
        repeat_in_place: None,
        negative: None,
        positive: None,
        invert: None,
        absolute: None,
        int: None,
        float: None,
        index: None,
        get_item: None,
        set_item: None,
        contains: None,
        iter: None,
        next: None,
        call: None,
        get_attr: None,
        set_attr: None,
        descriptor_get: None,
        descriptor_set: None,
        new: None,
        init: None,
        buffer: None,
        release_buffer: None,
        finalize: None,
        origins: Origins::NOBODY,
    };

    /// Returns the table with one origin for every filled entry.
    pub fn by(self, origin: Origin) -> Slots {
        let by = |is_filled: bool| if is_filled { origin } else { Origin::Nobody };
        let origins = Origins {
            binary: self.binary.map(|entry| by(entry.is_some())),
            get_item: by(self.get_item.is_some()),
            iter: by(self.iter.is_some()),
            get_attr: by(self.get_attr.is_some()),
            set_attr: by(self.set_attr.is_some()),
            new: by(self.new.is_some()),
            init: by(self.init.is_some()),
        };
        Slots { origins, ..self }
    }

    /// Tells whether exactly the filled entries have an origin, of those that are asked about.
    pub fn have_origins(&self) -> bool {
        let fits = |origin: Origin, is_filled: bool| (origin != Origin::Nobody) == is_filled;
        let origins = &self.origins;
        let binary = origins.binary.iter().zip(&self.binary);
        binary.into_iter().all(|(&origin, entry)| fits(origin, entry.is_some()))
            && fits(origins.get_item, self.get_item.is_some())
            && fits(origins.iter, self.iter.is_some())
            && fits(origins.get_attr, self.get_attr.is_some())
            && fits(origins.set_attr, self.set_attr.is_some())
            && fits(origins.new, self.new.is_some())
            && fits(origins.init, self.init.is_some())
    }

    /// Returns the function of a sequence for `+` or `*`, if the operator is one of these.
    pub const fn sequence(&self, op: BinaryOp) -> Option<BinaryFn> {
        match op {
            BinaryOp::Add => self.concat,
            BinaryOp::Multiply => self.repeat,
            _ => None,
        }
    }

    /// Returns the function of a sequence for `+=` or `*=`, without falling back on `+` and `*`.
    pub const fn sequence_in_place(&self, op: BinaryOp) -> Option<BinaryFn> {
        match op {
            BinaryOp::Add => self.concat_in_place,
            BinaryOp::Multiply => self.repeat_in_place,
            _ => None,
        }
    }

    /// Replaces the function of a sequence for `+` or `*`; does nothing for other operators.
    pub const fn set_sequence(&mut self, op: BinaryOp, entry: Option<BinaryFn>) {
        match op {
            BinaryOp::Add => self.concat = entry,
            BinaryOp::Multiply => self.repeat = entry,
            _ => {}
        }
    }

    /// Replaces the function of a sequence for `+=` or `*=`; does nothing for other operators.
    pub const fn set_sequence_in_place(&mut self, op: BinaryOp, entry: Option<BinaryFn>) {
        match op {
            BinaryOp::Add => self.concat_in_place = entry,
            BinaryOp::Multiply => self.repeat_in_place = entry,
            _ => {}
        }
    }

    /// Copies a binary operator from another table.
    pub const fn copy_binary(&mut self, op: BinaryOp, from: &Slots) {
        self.binary[op as usize] = from.binary[op as usize];
        self.origins.binary[op as usize] = from.origins.binary[op as usize];
    }

    /// Makes the table of the binary operators from pairs of an operator and its function; all other entries
    /// are empty.
    pub const fn operators<const N: usize>(
        pairs: [(BinaryOp, BinaryFn); N],
    ) -> [Option<BinaryFn>; BinaryOp::COUNT] {
        let mut table = [None; BinaryOp::COUNT];
        let mut index = 0;
        while index < N {
            table[pairs[index].0 as usize] = Some(pairs[index].1);
            index += 1;
        }
        table
    }
}
