//! The special methods, each with the entry of the slot table behind it.
//!
//! This is the one place that knows which name belongs to which slot. From it come the wrappers in
//! built-in classes (`list.__len__`), the tables of classes written in the script, and what changes
//! when such a method is assigned later.

use crate::value::{BinaryOp, Comparison, Signature, Slots, Style};

/// A special method: an entry of the slot table, or one side of an operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each variant is the method of its name in `SPECIALS`")]
pub enum SpecialMethod {
    Repr,
    Str,
    Hash,
    Bool,
    Len,
    Compare(Comparison),
    Binary(BinaryOp),
    Reflected(BinaryOp),
    InPlace(BinaryOp),
    Negative,
    Positive,
    Invert,
    Absolute,
    Int,
    Float,
    Index,
    GetItem,
    SetItem,
    DelItem,
    Contains,
    Iter,
    Next,
    Call,
    GetAttribute,
    GetAttr,
    SetAttr,
    DelAttr,
    Get,
    Set,
    Delete,
    New,
    Init,
    Buffer,
    ReleaseBuffer,
    Del,
}

use SpecialMethod::*;

/// The special methods that are not operators, by name.
const NAMED: &[(&str, SpecialMethod)] = &[
    ("__repr__", Repr),
    ("__str__", Str),
    ("__hash__", Hash),
    ("__bool__", Bool),
    ("__len__", Len),
    ("__neg__", Negative),
    ("__pos__", Positive),
    ("__invert__", Invert),
    ("__abs__", Absolute),
    ("__int__", Int),
    ("__float__", Float),
    ("__index__", Index),
    ("__getitem__", GetItem),
    ("__setitem__", SetItem),
    ("__delitem__", DelItem),
    ("__contains__", Contains),
    ("__iter__", Iter),
    ("__next__", Next),
    ("__call__", Call),
    ("__getattribute__", GetAttribute),
    ("__getattr__", GetAttr),
    ("__setattr__", SetAttr),
    ("__delattr__", DelAttr),
    ("__get__", Get),
    ("__set__", Set),
    ("__delete__", Delete),
    ("__new__", New),
    ("__init__", Init),
    ("__buffer__", Buffer),
    ("__release_buffer__", ReleaseBuffer),
    ("__del__", Del),
];

impl SpecialMethod {
    /// Every special method.
    pub fn all() -> impl Iterator<Item = SpecialMethod> {
        let operators = BinaryOp::ALL.into_iter().flat_map(|op| [Binary(op), Reflected(op), InPlace(op)]);
        NAMED.iter().map(|&(_, special)| special).chain(Comparison::ALL.map(Compare)).chain(operators)
    }

    /// The special method of a name.
    pub fn named(name: &str) -> Option<SpecialMethod> {
        if !name.starts_with("__") || !name.ends_with("__") {
            return None;
        }
        SpecialMethod::all().find(|special| special.name() == name)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Compare(comparison) => comparison.method(),
            Binary(op) => op.methods().0,
            Reflected(op) => op.methods().1,
            InPlace(op) => op.methods().2,
            other => {
                NAMED.iter().find(|(_, special)| *special == other).expect("every other one has a name").0
            }
        }
    }

    /// Returns the parameters of a special method after `self`.
    pub const fn signature(self) -> &'static Signature {
        const NONE: &Signature = &Signature::NONE.styled(Style::Wrapper);
        const VALUE: &Signature = &Signature::new("value, /").styled(Style::Wrapper);
        const KEY: &Signature = &Signature::new("key, /").styled(Style::Wrapper);
        const NAME: &Signature = &Signature::new("name, /").styled(Style::Wrapper);
        const INSTANCE: &Signature = &Signature::new("instance, /").styled(Style::Wrapper);
        const KEY_VALUE: &Signature = &Signature::new("key, value, /").styled(Style::UnpackedWrapper);
        const NAME_VALUE: &Signature = &Signature::new("name, value, /").styled(Style::UnpackedWrapper);
        const INSTANCE_VALUE: &Signature =
            &Signature::new("instance, value, /").styled(Style::UnpackedWrapper);
        const POWER: &Signature = &Signature::new("value, mod=None, /").styled(Style::Wrapper);
        const GET: &Signature = &Signature::new("instance, owner=None, /").styled(Style::UnpackedWrapper);
        const FLAGS: &Signature = &Signature::new("flags, /").styled(Style::Unpacked);
        const VIEW: &Signature = &Signature::new("buffer, /").styled(Style::Unpacked);
        const ANY: &Signature = &Signature::ANY;
        match self {
            Repr | Str | Negative | Positive | Invert | Absolute | Int | Float | Index | Iter | Hash
            | Bool | Len | Next | Del => NONE,
            Binary(BinaryOp::Power) | Reflected(BinaryOp::Power) | InPlace(BinaryOp::Power) => POWER,
            Compare(_) | Binary(_) | Reflected(_) | InPlace(_) => VALUE,
            GetItem | DelItem | Contains => KEY,
            GetAttribute | GetAttr | DelAttr => NAME,
            Delete => INSTANCE,
            SetItem => KEY_VALUE,
            SetAttr => NAME_VALUE,
            Set => INSTANCE_VALUE,
            Get => GET,
            Buffer => FLAGS,
            ReleaseBuffer => VIEW,
            Call | Init | New => ANY,
        }
    }

    /// Returns the special methods that share a slot with this one, itself included.
    pub fn group(self) -> Vec<SpecialMethod> {
        match self {
            Compare(_) => Comparison::ALL.map(Compare).to_vec(),
            Binary(op) | Reflected(op) => vec![Binary(op), Reflected(op)],
            SetItem | DelItem => vec![SetItem, DelItem],
            GetAttribute | GetAttr => vec![GetAttribute, GetAttr],
            SetAttr | DelAttr => vec![SetAttr, DelAttr],
            Set | Delete => vec![Set, Delete],
            other => vec![other],
        }
    }

    /// Tells whether a table has the operation.
    pub fn is_filled(self, slots: &Slots) -> bool {
        match self {
            Repr => slots.repr.is_some(),
            Str => slots.str.is_some(),
            Hash => slots.hash.is_some(),
            Bool => slots.is_true.is_some(),
            Len => slots.len.is_some(),
            Compare(_) => slots.compare.is_some(),
            Binary(op) => slots.binary[op as usize].is_some() || slots.sequence(op).is_some(),
            // Nothing is put in front of a sequence.
            Reflected(BinaryOp::Multiply) => {
                slots.binary[BinaryOp::Multiply as usize].is_some() || slots.repeat.is_some()
            }
            Reflected(op) => slots.binary[op as usize].is_some(),
            InPlace(op) => slots.in_place[op as usize].is_some() || slots.sequence_in_place(op).is_some(),
            Negative => slots.negative.is_some(),
            Positive => slots.positive.is_some(),
            Invert => slots.invert.is_some(),
            Absolute => slots.absolute.is_some(),
            Int => slots.int.is_some(),
            Float => slots.float.is_some(),
            Index => slots.index.is_some(),
            GetItem => slots.get_item.is_some(),
            SetItem | DelItem => slots.set_item.is_some(),
            Contains => slots.contains.is_some(),
            Iter => slots.iter.is_some(),
            Next => slots.next.is_some(),
            Call => slots.call.is_some(),
            GetAttribute => slots.get_attr.is_some(),
            GetAttr => false,
            SetAttr | DelAttr => slots.set_attr.is_some(),
            Get => slots.descriptor_get.is_some(),
            Set | Delete => slots.descriptor_set.is_some(),
            New => slots.new.is_some(),
            Init => slots.init.is_some(),
            Buffer => slots.buffer.is_some(),
            ReleaseBuffer => slots.release_buffer.is_some(),
            Del => slots.finalize.is_some(),
        }
    }

    /// Copies the entry from one table into another, with its origin if it has one.
    pub fn copy(self, into: &mut Slots, from: &Slots) {
        match self {
            Repr => into.repr = from.repr,
            Str => into.str = from.str,
            Hash => into.hash = from.hash,
            Bool => into.is_true = from.is_true,
            Len => into.len = from.len,
            Compare(_) => into.compare = from.compare,
            Reflected(BinaryOp::Add) => into.copy_binary(BinaryOp::Add, from),
            Binary(op) | Reflected(op) => {
                into.copy_binary(op, from);
                into.set_sequence(op, from.sequence(op));
            }
            InPlace(op) => {
                into.in_place[op as usize] = from.in_place[op as usize];
                into.set_sequence_in_place(op, from.sequence_in_place(op));
            }
            Negative => into.negative = from.negative,
            Positive => into.positive = from.positive,
            Invert => into.invert = from.invert,
            Absolute => into.absolute = from.absolute,
            Int => into.int = from.int,
            Float => into.float = from.float,
            Index => into.index = from.index,
            GetItem => {
                (into.get_item, into.origins.get_item) = (from.get_item, from.origins.get_item);
            }
            SetItem | DelItem => into.set_item = from.set_item,
            Contains => into.contains = from.contains,
            Iter => (into.iter, into.origins.iter) = (from.iter, from.origins.iter),
            Next => into.next = from.next,
            Call => into.call = from.call,
            GetAttribute | GetAttr => {
                (into.get_attr, into.origins.get_attr) = (from.get_attr, from.origins.get_attr);
            }
            SetAttr | DelAttr => {
                (into.set_attr, into.origins.set_attr) = (from.set_attr, from.origins.set_attr);
            }
            Get => into.descriptor_get = from.descriptor_get,
            Set | Delete => into.descriptor_set = from.descriptor_set,
            New => (into.new, into.origins.new) = (from.new, from.origins.new),
            Init => (into.init, into.origins.init) = (from.init, from.origins.init),
            Buffer => into.buffer = from.buffer,
            ReleaseBuffer => into.release_buffer = from.release_buffer,
            Del => into.finalize = from.finalize,
        }
    }

    /// Fills the empty entries of a table from the table of the base, as built-in types inherit.
    pub fn inherit_all(into: &mut Slots, base: &Slots) {
        // Equality and hash go together: whoever defines one of them alone does not inherit the other.
        let takes_hash = into.compare.is_none();
        // `GetAttr` has no entry of its own: it would bring the base's `GetAttribute` along.
        for special in SpecialMethod::all().filter(|special| *special != GetAttr) {
            if !special.is_filled(into) && (special != Hash || takes_hash) {
                special.copy(into, base);
            }
        }
    }
}
