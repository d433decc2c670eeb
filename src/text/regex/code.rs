//! The numbers of which `re._compiler` makes patterns, by the names of `re/_constants.py`.

/// The version of the numbers, which `re._compiler` compares with its own.
pub const MAGIC: u32 = 20_230_612;
/// A number of repetitions without an upper limit.
pub const MAXREPEAT: u32 = u32::MAX;
/// The most groups that a pattern may have.
pub const MAXGROUPS: u32 = (i32::MAX / 2) as u32;

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($variant,)* }

        impl $name {
            /// Reads a number; `None` if it stands for nothing.
            pub const fn of(number: u32) -> Option<$name> {
                match number {
                    $($number => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

numbers! {
    /// What a number at the head of a part of a pattern stands for.
    Code {
        Failure = 0, Success = 1, Any = 2, AnyAll = 3, Assert = 4, AssertNot = 5, At = 6, Branch = 7, Category = 8,
        Charset = 9, BigCharset = 10, GroupRef = 11, GroupRefExists = 12, In = 13, Info = 14, Jump = 15, Literal = 16,
        Mark = 17, MaxUntil = 18, MinUntil = 19, NotLiteral = 20, Negate = 21, Range = 22, Repeat = 23, RepeatOne = 24,
        Subpattern = 25, MinRepeatOne = 26, AtomicGroup = 27, PossessiveRepeat = 28, PossessiveRepeatOne = 29,
        GroupRefIgnore = 30, InIgnore = 31, LiteralIgnore = 32, NotLiteralIgnore = 33, GroupRefLocIgnore = 34,
        InLocIgnore = 35, LiteralLocIgnore = 36, NotLiteralLocIgnore = 37, GroupRefUniIgnore = 38, InUniIgnore = 39,
        LiteralUniIgnore = 40, NotLiteralUniIgnore = 41, RangeUniIgnore = 42,
    }

    /// A place that takes up no characters.
    Place {
        Beginning = 0, BeginningLine = 1, BeginningString = 2, Boundary = 3, NonBoundary = 4, End = 5, EndLine = 6,
        EndString = 7, LocBoundary = 8, LocNonBoundary = 9, UniBoundary = 10, UniNonBoundary = 11,
    }

    /// A kind of characters.
    Category {
        Digit = 0, NotDigit = 1, Space = 2, NotSpace = 3, Word = 4, NotWord = 5, LineBreak = 6, NotLineBreak = 7,
        LocWord = 8, LocNotWord = 9, UniDigit = 10, UniNotDigit = 11, UniSpace = 12, UniNotSpace = 13, UniWord = 14,
        UniNotWord = 15, UniLineBreak = 16, UniNotLineBreak = 17,
    }
}

/// The bits of what `Code::Info` says of a pattern.
pub mod info {
    /// All matches begin with the same characters, which follow.
    pub const PREFIX: u32 = 1;
    /// Those characters are the whole pattern.
    pub const LITERAL: u32 = 2;
    /// All matches begin with one of a set, which follows.
    pub const CHARSET: u32 = 4;
}
