//! Sets of characters: a bit for each of the first 256, and the items as they were given for the others.

use crate::text::regex::category::{Fold, is_in, lower, lower_ascii, upper, upper_ascii};
use crate::text::regex::code::Category;

/// A bit for each of 256 numbers.
pub type Bits = [u64; 4];

/// All bits.
pub const ALL: Bits = [u64::MAX; 4];
/// No bit.
pub const NONE: Bits = [0; 4];

/// Tells whether a byte is in a set of bits.
#[inline(always)]
pub const fn has(bits: &Bits, byte: u8) -> bool {
    bits[(byte >> 6) as usize] >> (byte & 63) & 1 != 0
}

/// Adds a byte to a set of bits.
pub const fn add(bits: &mut Bits, byte: u8) {
    bits[(byte >> 6) as usize] |= 1 << (byte & 63);
}

/// Adds all bits of another set.
pub fn unite(bits: &mut Bits, more: &Bits) {
    bits.iter_mut().zip(more).for_each(|(bits, more)| *bits |= more);
}

/// Tells whether two sets have no bit in common.
pub fn are_disjoint(one: &Bits, two: &Bits) -> bool {
    one.iter().zip(two).all(|(one, two)| one & two == 0)
}

/// One item of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A character.
    Literal(u32),
    /// The characters from one to another.
    Range(u32, u32),
    /// Characters that are in the range themselves, or whose upper case is.
    RangeOrUpper(u32, u32),
    /// A kind of characters.
    Category(Category),
    /// A bit for each of the first 256 characters.
    Charset([u32; 8]),
    /// A bit for each of the first 65536 characters: the number of a block for each 256, and the blocks.
    BigCharset(Box<[u8; 256]>, Box<[[u32; 8]]>),
    /// Turns the meaning of what follows round.
    Negate,
}

/// A set of characters.
#[derive(Debug, PartialEq, Eq)]
pub struct Set {
    /// Which of the first 256 code points are in it.
    latin: Bits,
    items: Box<[Item]>,
    fold: Fold,
    /// Whether it is all characters but those.
    is_inverted: bool,
}

impl Set {
    /// Makes a set of items; with `fold`, of the characters whose lower case is in them.
    pub fn new(items: Box<[Item]>, fold: Fold, is_inverted: bool) -> Set {
        let mut set = Set { latin: NONE, items, fold, is_inverted };
        for byte in 0..=u8::MAX {
            if set.is_found(u32::from(byte)) {
                add(&mut set.latin, byte);
            }
        }
        set
    }

    /// Tells whether this is the set of a single character whose case is ignored.
    pub fn is_of(&self, literal: u32, fold: Fold, is_inverted: bool) -> bool {
        self.fold == fold && self.is_inverted == is_inverted && *self.items == [Item::Literal(literal)]
    }

    /// Which of the first 256 code points are in it.
    #[inline(always)]
    pub const fn latin(&self) -> &Bits {
        &self.latin
    }

    /// Tells whether a code point is in it.
    #[inline]
    pub fn contains(&self, code: u32) -> bool {
        match u8::try_from(code) {
            Ok(byte) => has(&self.latin, byte),
            Err(_) => self.is_found(code),
        }
    }

    /// Tells whether it may contain code points beyond the first 256.
    pub fn may_contain_others(&self) -> bool {
        let is_below = |item: &Item| match item {
            Item::Literal(literal) => *literal < 0x100,
            Item::Range(_, high) => *high < 0x100,
            Item::Charset(_) => true,
            Item::Category(category) => {
                matches!(category, Category::Digit | Category::Space | Category::Word | Category::LocWord)
            }
            Item::RangeOrUpper(..) | Item::BigCharset(..) | Item::Negate => false,
        };
        self.is_inverted || self.fold == Fold::Unicode || !self.items.iter().all(is_below)
    }

    fn is_found(&self, code: u32) -> bool {
        let is_found = match self.fold {
            Fold::None => self.is_listed(code),
            Fold::Ascii => self.is_listed(lower_ascii(code)),
            Fold::Unicode => self.is_listed(lower(code)),
            Fold::Locale => {
                let (one, other) = (self.is_listed(lower_ascii(code)), self.is_listed(upper_ascii(code)));
                // All characters but some: neither case may be among those.
                if self.items.first() == Some(&Item::Negate) { one && other } else { one || other }
            }
        };
        is_found != self.is_inverted
    }

    fn is_listed(&self, code: u32) -> bool {
        let mut answer = true;
        for item in &self.items {
            let is_found = match item {
                Item::Literal(literal) => code == *literal,
                Item::Range(low, high) => (*low..=*high).contains(&code),
                Item::RangeOrUpper(low, high) => {
                    (*low..=*high).contains(&code) || (*low..=*high).contains(&upper(code))
                }
                Item::Category(category) => is_in(*category, code),
                Item::Charset(bits) => code < 0x100 && has_code(bits, code),
                Item::BigCharset(indices, blocks) => {
                    let block = indices.get((code >> 8) as usize).and_then(|&at| blocks.get(usize::from(at)));
                    block.is_some_and(|block| has_code(block, code & 0xff))
                }
                Item::Negate => {
                    answer = !answer;
                    continue;
                }
            };
            if is_found {
                return answer;
            }
        }
        !answer
    }
}

/// Tells whether one of 256 bits is set.
const fn has_code(bits: &[u32; 8], code: u32) -> bool {
    bits[(code >> 5 & 7) as usize] >> (code & 31) & 1 != 0
}
