//! The words that run: one 64-bit word an operation, its operands named by frame slot.
//!
//! ```text
//! bit 0    8    16      32      48      64
//!     │ op │ x  │   a   │   b   │   c   │      b and c together are one 32-bit operand in some rows
//! ```
//!
//! A frame's slots are `[locals][cells and free variables][operand stack]`; an operand at or above the
//! first operand-stack slot is a temporary, which its word consumes. `compile/lower` makes words out of
//! stack instructions; `vm/ops` holds a handler for each row. A jump counts from its own word.

/// One executable word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Word(u64);

impl Word {
    /// Makes a word of three 16-bit operands.
    pub const fn abc(op: WordOp, a: u16, b: u16, c: u16) -> Word {
        Word(op as u64 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }

    /// Makes a word of a 16-bit and a 32-bit operand.
    pub const fn wide(op: WordOp, a: u16, bc: u32) -> Word {
        Word(op as u64 | (a as u64) << 16 | (bc as u64) << 32)
    }

    /// The same word with another small operand.
    pub const fn with_x(self, x: u8) -> Word {
        Word(self.0 & !0xff00 | (x as u64) << 8)
    }

    /// The same word with another third operand.
    pub const fn with_c(self, c: u16) -> Word {
        Word(self.0 & !(0xffff << 48) | (c as u64) << 48)
    }

    /// The same word with another 32-bit operand.
    pub const fn with_bc(self, bc: u32) -> Word {
        Word(self.0 & 0xffff_ffff | (bc as u64) << 32)
    }

    /// The word of these bits.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Word {
        Word(bits)
    }

    /// The bits.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The row number of the operation.
    #[inline(always)]
    pub const fn op_index(self) -> usize {
        (self.0 & 0xff) as usize
    }

    /// The operation.
    pub const fn op(self) -> WordOp {
        WordOp::ALL[self.op_index()]
    }

    /// The small operand.
    #[inline(always)]
    pub const fn x(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// The first operand.
    #[inline(always)]
    pub const fn a(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    /// The second operand.
    #[inline(always)]
    pub const fn b(self) -> usize {
        (self.0 >> 32) as u16 as usize
    }

    /// The third operand.
    #[inline(always)]
    pub const fn c(self) -> usize {
        (self.0 >> 48) as usize
    }

    /// The third operand as a signed number, such as a short jump.
    #[inline(always)]
    pub const fn signed_c(self) -> isize {
        (self.0 as i64 >> 48) as isize
    }

    /// The 32-bit operand.
    #[inline(always)]
    pub const fn bc(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The 32-bit operand as a signed number, such as a jump.
    #[inline(always)]
    pub const fn signed_bc(self) -> isize {
        (self.0 as i64 >> 32) as isize
    }
}

macro_rules! words {
    ($($name:ident $template:literal;)+) => {
        /// The operations of words. `Store` at the end of a name means that the result goes to a local,
        /// whose old value is released; `Const` that the last operand is a constant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum WordOp {
            $(#[doc = concat!("`", $template, "`")] $name,)+
        }

        impl WordOp {
            /// Every operation, in the order of the table.
            pub const ALL: &[WordOp] = &[$(WordOp::$name),+];

            /// The name, as in the table.
            pub const fn name(self) -> &'static str {
                match self { $(WordOp::$name => stringify!($name),)+ }
            }

            /// How a word reads: `$a $b $c` are slots, `$k $K` constants (in c, b, bc), `$i` a constant
            /// in b, `$n $N` names, `$j $J` jumps, `$B $C` numbers.
            pub const fn template(self) -> &'static str {
                match self { $(WordOp::$name => $template,)+ }
            }
        }
    };
}

words! {
    // ---- Moving values between slots

    Nop "";
    LoadConst "$a = $K";
    LoadConstStore "local $a = $K";
    CopyDeferred "$a = deferred $b";
    CopyOwned "$a = owned $b";
    MoveStore "local $a = take $b";
    CopyStore "local $a = owned $b";
    CheckLocal "check $a";
    DeleteLocal "delete $a";
    Release "release $a";
    Swap "swap $a $b";
    MakeCell "$a = cell of parameter $B";
    CopyFree "$a.. = closure, $B";
    LoadCell "$a = content of $b";
    StoreCell "content of $a = take $b";
    DeleteCell "delete content of $a";
    LoadClassCell "$a = name $n or content of $b";
    LoadGlobal "$a = global $N";
    StoreGlobal "global $N = take $a";
    DeleteGlobal "delete global $N";
    LoadName "$a = name $N";
    StoreName "name $N = take $a";
    DeleteName "delete name $N";

    // ---- Attributes and items

    LoadAttr "$a = $b.$n";
    LoadAttrStore "local $a = $b.$n";
    StoreAttr "$b.$n = $a";
    DeleteAttr "delete $b.$n";
    LoadMethod "$a, $a+1 = method $b.$n";
    LoadSuperAttr "$a = super($a..).$n";
    LoadSuperMethod "$a, $a+1 = method super($a..).$n";
    Subscript "$a = $b[$c]";
    SubscriptStore "local $a = $b[$c]";
    SubscriptConst "$a = $b[$k]";
    SubscriptConstStore "local $a = $b[$k]";
    StoreSubscript "$b[$c] = $a";
    DeleteSubscript "delete $b[$c]";
    BuildSlice "$a = slice of $B at $a..";

    // ---- Arithmetic; `x` is 1 for augmented assignment

    Add "$a = $b + $c";
    AddConst "$a = $b + $k";
    AddStore "local $a = $b + $c";
    AddConstStore "local $a = $b + $k";
    Subtract "$a = $b - $c";
    SubtractConst "$a = $b - $k";
    SubtractStore "local $a = $b - $c";
    SubtractConstStore "local $a = $b - $k";
    Multiply "$a = $b * $c";
    MultiplyConst "$a = $b * $k";
    MultiplyStore "local $a = $b * $c";
    MultiplyConstStore "local $a = $b * $k";
    Divide "$a = $b / $c";
    DivideConst "$a = $b / $k";
    DivideStore "local $a = $b / $c";
    DivideConstStore "local $a = $b / $k";
    FloorDivide "$a = $b // $c";
    FloorDivideConst "$a = $b // $k";
    FloorDivideStore "local $a = $b // $c";
    FloorDivideConstStore "local $a = $b // $k";
    Remainder "$a = $b % $c";
    RemainderConst "$a = $b % $k";
    RemainderStore "local $a = $b % $c";
    RemainderConstStore "local $a = $b % $k";
    BitAnd "$a = $b & $c";
    BitAndConst "$a = $b & $k";
    BitAndStore "local $a = $b & $c";
    BitAndConstStore "local $a = $b & $k";
    BitOr "$a = $b | $c";
    BitOrConst "$a = $b | $k";
    BitOrStore "local $a = $b | $c";
    BitOrConstStore "local $a = $b | $k";
    BitXor "$a = $b ^ $c";
    BitXorConst "$a = $b ^ $k";
    BitXorStore "local $a = $b ^ $c";
    BitXorConstStore "local $a = $b ^ $k";
    ShiftLeft "$a = $b << $c";
    ShiftLeftConst "$a = $b << $k";
    ShiftLeftStore "local $a = $b << $c";
    ShiftLeftConstStore "local $a = $b << $k";
    ShiftRight "$a = $b >> $c";
    ShiftRightConst "$a = $b >> $k";
    ShiftRightStore "local $a = $b >> $c";
    ShiftRightConstStore "local $a = $b >> $k";
    Power "$a = $b ** $c";
    MatrixMultiply "$a = $b @ $c";
    Negate "$a = -$b";
    Positive "$a = +$b";
    Invert "$a = ~$b";
    Not "$a = not $b";

    // ---- Comparisons

    Less "$a = $b < $c";
    LessEqual "$a = $b <= $c";
    Equal "$a = $b == $c";
    NotEqual "$a = $b != $c";
    Greater "$a = $b > $c";
    GreaterEqual "$a = $b >= $c";
    Is "$a = $b is $c";
    IsNot "$a = $b is not $c";
    Contains "$a = $b in $c";
    NotContains "$a = $b not in $c";

    // ---- Comparisons that branch; `x` is 1 if an equality was written as `!=`

    JumpIfLess "if $a < $b: $j";
    JumpIfNotLess "if not $a < $b: $j";
    JumpIfLessConst "if $a < $i: $j";
    JumpIfNotLessConst "if not $a < $i: $j";
    JumpIfLessEqual "if $a <= $b: $j";
    JumpIfNotLessEqual "if not $a <= $b: $j";
    JumpIfLessEqualConst "if $a <= $i: $j";
    JumpIfNotLessEqualConst "if not $a <= $i: $j";
    JumpIfEqual "if $a == $b: $j";
    JumpIfNotEqual "if not $a == $b: $j";
    JumpIfEqualConst "if $a == $i: $j";
    JumpIfNotEqualConst "if not $a == $i: $j";
    JumpIfGreater "if $a > $b: $j";
    JumpIfNotGreater "if not $a > $b: $j";
    JumpIfGreaterConst "if $a > $i: $j";
    JumpIfNotGreaterConst "if not $a > $i: $j";
    JumpIfGreaterEqual "if $a >= $b: $j";
    JumpIfNotGreaterEqual "if not $a >= $b: $j";
    JumpIfGreaterEqualConst "if $a >= $i: $j";
    JumpIfNotGreaterEqualConst "if not $a >= $i: $j";
    JumpIfIs "if $a is $b: $j";
    JumpIfIsNot "if $a is not $b: $j";

    // ---- Control

    Jump "$J";
    JumpBack "$J";
    JumpIfTrue "if $a: $J";
    JumpIfFalse "if not $a: $J";
    JumpIfNone "if $a is None: $J";
    JumpIfNotNone "if $a is not None: $J";
    JumpIfTrueKeep "if $a: $J else release $a";
    JumpIfFalseKeep "if not $a: $J else release $a";
    GetIter "$a = iter $b";
    ForIter "$b = next $a else $j";
    ForIterStore "local $b = next $a else $j";
    ForIterPair "locals $b, $x = next $a and skip 3, else $a+1 = next $a, else $j";
    ForIterFar "$a+1 = next $a else $J";
    Return "return take $a";
    ReturnLocal "return $a";
    ReturnConst "return $K";

    // ---- Calls and functions

    Call "$a = $a($B)";
    CallKeywords "$a = $a($B, names $k)";
    CallMethod "$a = method $a($B)";
    CallMethodKeywords "$a = method $a($B, names $k)";
    CallUnpacked "$a = $a(*, ** $B)";
    MakeFunction "$a = function, flags $B";
    LoadBuildClass "$a = __build_class__";
    GeneratorStart "$a = start generator";
    Yield "$a = yield $a";
    GetYieldFromIter "$a = delegate $a";
    YieldFrom "$a = yield from $a, $a+1";

    // ---- Building and taking apart

    BuildTuple "$a = tuple of $B at $a..";
    BuildList "$a = list of $B at $a..";
    BuildSet "$a = set of $B at $a..";
    BuildDict "$a = dict of $B at $a..";
    BuildString "$a = string of $B at $a..";
    ListAppend "append $b to $a";
    SetAdd "add $b to $a";
    DictSet "$a[$b] = $c";
    ListExtend "extend $a with $b";
    SetUpdate "update set $a with $b";
    DictUpdate "update dict $a with $b";
    DictMerge "merge $b into $a for $c";
    ListToTuple "$a = tuple $a";
    FormatValue "$a = format $a, $B";
    UnpackSequence "$a.. = $B items of $a";
    UnpackEx "$a.. = $B, rest, $C items of $a";

    // ---- Exceptions and `with`

    Raise "raise $B at $a..";
    Reraise "raise $a again";
    PushExcInfo "handle $a";
    PopExcept "handled $a";
    CheckExcMatch "$a+1 = $a matches $a+1";
    BeforeWith "enter $a";
    WithExceptStart "$a+3 = exit $a";
    LoadAssertionError "$a = AssertionError";
    NotImplemented "not implemented: $K";

    // ---- Modules and namespaces

    ImportName "$a = import $N, level $a, from $a+1";
    ImportFrom "$a+1 = $a from-import $N";
    ImportStar "import * from $a";
    SetupAnnotations "annotations";
    PrintExpr "print $a";

    // ---- Pattern matching

    GetLen "$a+1 = len $a";
    MatchMapping "$a+1 = $a is a mapping";
    MatchSequence "$a+1 = $a is a sequence";
    MatchKeys "$a+2 = values of $a by $a+1";
    MatchClass "$a = match $a, $B positional";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_come_back_as_they_went_in() {
        let word = Word::abc(WordOp::Add, 1, 0xffff, 0x8000).with_x(7);
        assert_eq!((word.op(), word.x(), word.a(), word.b(), word.c()), (WordOp::Add, 7, 1, 0xffff, 0x8000));
        assert_eq!(word.signed_c(), -0x8000);
        assert_eq!(Word::wide(WordOp::Jump, 3, -5i32 as u32).signed_bc(), -5);
    }

    #[test]
    fn the_table_fits_a_byte() {
        assert!(WordOp::ALL.len() <= 256);
        assert!(WordOp::ALL.iter().enumerate().all(|(index, op)| *op as usize == index));
    }
}
