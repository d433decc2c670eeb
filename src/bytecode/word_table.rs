//! The operations of words, declared once: one row each, every column filled.
//!
//! A row says how the word reads, which family and form it is of, what each operand means, whether script code may
//! run meanwhile and where the frame stands then, and what the result is. Lowering finds the forms of a family here
//! (`with_form`), handlers read their own, `compile/lower/verify_words.rs` proves the operands, `vm/frame/watch.rs`
//! that handlers do no more than their row says, and a compiler will ask the same columns. The vocabulary is in
//! `word_columns.rs`; the handlers are in `vm/run/table.rs`, which is as exhaustive.

use super::Effect;
use super::operator::{BinaryOp, Comparison};
use super::word_columns::{Family, Form, Gives, Leads, Role, Stands};

/// The columns of one operation.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The name.
    pub name: &'static str,
    /// What it does, whatever its form.
    pub family: Family,
    /// Which of the family it is.
    pub form: Form,
    /// The roles of `a`, `b`, `c` and `x`.
    pub operands: [Role; 4],
    /// Whether script code may run before the next word begins.
    pub effect: Effect,
    /// Where the frame stands meanwhile.
    pub stands: Stands,
    /// What it leaves in the slot it writes.
    pub gives: Gives,
    /// Which word is next.
    pub leads: Leads,
}

macro_rules! column {
    (silent) => {
        Effect::Silent
    };
    (script) => {
        Effect::Script
    };
    (suspends) => {
        Effect::Suspends
    };
    (never) => {
        Stands::Never
    };
    (here) => {
        Stands::Here
    };
    (next) => {
        Stands::Next
    };
    (none) => {
        Role::Unused
    };
    (joined) => {
        Role::Joined
    };
    (writes) => {
        Role::Writes
    };
    (stores) => {
        Role::Stores
    };
    (reads) => {
        Role::Reads
    };
    (takes) => {
        Role::Takes
    };
    (keeps) => {
        Role::Keeps
    };
    (iterates) => {
        Role::Iterates
    };
    (stays) => {
        Role::Stays
    };
    (empties) => {
        Role::Empties
    };
    (changes) => {
        Role::Changes
    };
    (run) => {
        Role::Run
    };
    (window) => {
        Role::Window
    };
    (constant) => {
        Role::Constant
    };
    (site) => {
        Role::Site
    };
    (jump) => {
        Role::Jump
    };
    (count) => {
        Role::Count
    };
    (access) => {
        Role::Access
    };
    (augmented) => {
        Role::Augmented
    };
    (written_not_equal) => {
        Role::WrittenNotEqual
    };
    (local) => {
        Role::Local
    };
}

macro_rules! leads {
    (next) => {
        Leads::Next
    };
    (branch) => {
        Leads::Branch
    };
    (jump) => {
        Leads::Jump
    };
    (stop) => {
        Leads::Nowhere
    };
}

macro_rules! family {
    (Arithmetic($op:ident)) => {
        Family::Arithmetic(BinaryOp::$op)
    };
    (Compare($comparison:ident)) => {
        Family::Compare(Comparison::$comparison)
    };
    (CompareJump($comparison:ident)) => {
        Family::CompareJump(Comparison::$comparison)
    };
    ($family:ident) => {
        Family::$family
    };
}

macro_rules! form {
    ($($form:ident)*) => {
        Form::empty()$(.union(form!(@$form)))*
    };
    (@constant) => {
        Form::CONSTANT
    };
    (@stores) => {
        Form::STORES
    };
    (@negated) => {
        Form::NEGATED
    };
}

macro_rules! words {
    ($($name:ident $template:literal, $family:ident$(($of:ident))? [$($form:ident)*],
        ($a:ident $b:ident $c:ident $x:ident), $effect:ident $stands:ident, $gives:ident, $leads:ident;)+) => {
        /// The operations of words: how each reads. `$a $b $c` are slots, `$k $K` constants (in c, bc), `$i` a
        /// constant in b, `$n $N` names, `$j $J` jumps, `$B $C` numbers, `$x` a slot in the small operand.
        ///
        /// `Store` at the end of a name means that the result goes to a local, whose old value is released;
        /// `Const` that the last operand is a constant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum WordOp {
            $(#[doc = concat!("`", $template, "`")] $name,)+
        }

        impl WordOp {
            /// Every operation, in the order of the table.
            pub const ALL: &[WordOp] = &[$(WordOp::$name),+];
        }

        const ROWS_OF_TABLE: [Row; WordOp::ALL.len()] = [$(Row {
            name: stringify!($name),
            family: family!($family$(($of))?),
            form: form!($($form)*),
            operands: [column!($a), column!($b), column!($c), column!($x)],
            effect: column!($effect),
            stands: column!($stands),
            gives: Gives::$gives,
            leads: leads!($leads),
        }),+];
    };
}
/// Returns the row of the operation with a number, which may be any.
#[inline(always)]
pub fn row_at(number: u8) -> &'static Row {
    &ROWS[number as usize]
}

/// The rows by the number of the operation. The table is filled up to 256 rows, so that looking up a byte needs
/// no bounds check.
static ROWS: [Row; 256] = {
    let mut rows = [ROWS_OF_TABLE[0]; 256];
    let mut index = 0;
    while index < WordOp::ALL.len() {
        rows[index] = ROWS_OF_TABLE[index];
        index += 1;
    }
    rows
};

impl WordOp {
    /// What is known of it.
    #[inline]
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// Returns the operation of the same family in another form, if the table has it.
    pub fn with_form(self, form: Form) -> Option<WordOp> {
        let family = self.row().family;
        let is_it = |op: &&WordOp| op.row().family == family && op.row().form == form;
        if family == Family::Alone { None } else { WordOp::ALL.iter().find(is_it).copied() }
    }
}

words! {
    // ---- Moving values between slots

    Nop "", Alone [], (none none none none), silent never, Nothing, next;
    LoadConst "$a = $K", Constant [], (writes constant joined none), silent never, Constant, next;
    LoadConstStore "local $a = $K", Constant [stores], (stores constant joined none), script next, Any, next;
    CopyDeferred "$a = deferred $b", Alone [], (writes keeps none none), silent never, Deferred, next;
    CopyOwned "$a = owned $b", Alone [], (writes keeps none none), silent never, Any, next;
    MoveStore "local $a = take $b", Alone [], (stores takes none none), script next, Any, next;
    CopyStore "local $a = owned $b", Alone [], (stores keeps none none), script next, Any, next;
    CheckLocal "check $a", Alone [], (keeps none none none), silent never, Nothing, next;
    DeleteLocal "delete $a", Alone [], (empties none none none), script here, Nothing, next;
    ClearVariable "clear $a", Alone [], (empties none none none), script next, Nothing, next;
    Release "release $a", Alone [], (takes none none none), script next, Nothing, next;
    Swap "swap $a $b", Alone [], (changes changes none none), silent never, Nothing, next;
    MakeCell "$a = cell of parameter $B", Alone [], (changes count none none), silent never, Cell, next;
    CopyFree "$a.. = closure, $B", Alone [], (run count none none), silent never, Nothing, next;
    LoadCell "$a = content of $b", Alone [], (writes keeps none none), silent never, Any, next;
    StoreCell "content of $a = take $b", Alone [], (keeps takes none none), script next, Nothing, next;
    DeleteCell "delete content of $a", Alone [], (keeps none none none), script here, Nothing, next;
    LoadClassCell "$a = name of $b or content of $b", Alone [], (writes keeps none none), script here, Any, next;
    LoadDictOrCell "$a = name of $b in $a or content of $b", Alone [], (window keeps none none), script here, Any, next;
    LoadGlobal "$a = global $N", Alone [], (writes site joined none), script here, Any, next;
    StoreGlobal "global $N = take $a", Alone [], (takes site joined none), script here, Nothing, next;
    DeleteGlobal "delete global $N", Alone [], (none site joined none), script here, Nothing, next;
    LoadName "$a = name $N", Alone [], (writes site joined none), script here, Any, next;
    LoadDictOrGlobal "$a = $N in $a or global", Alone [], (window site joined none), script here, Any, next;
    LoadLocals "$a = namespace", Alone [], (writes none none none), silent never, Any, next;
    StoreName "name $N = take $a", Alone [], (takes site joined none), script here, Nothing, next;
    DeleteName "delete name $N", Alone [], (none site joined none), script here, Nothing, next;

    // ---- Attributes and items

    LoadAttr "$a = $b.$n", Attribute [], (writes reads site access), script next, Any, next;
    LoadAttrStore "local $a = $b.$n", Attribute [stores], (stores reads site access), script next, Any, next;
    StoreAttr "$b.$n = $a", Alone [], (reads reads site access), script next, Nothing, next;
    DeleteAttr "delete $b.$n", Alone [], (none takes site none), script here, Nothing, next;
    LoadMethod "$a, $a+1 = method $b.$n", Alone [], (run reads site access), script here, Any, next;
    LoadSuperAttr "$a = super($a..).$n", Alone [], (window none site none), script here, Any, next;
    LoadSuperMethod "$a, $a+1 = method super($a..).$n", Alone [], (window none site none), script here, Any, next;
    Subscript "$a = $b[$c]", Item [], (writes reads reads access), script next, Any, next;
    SubscriptStore "local $a = $b[$c]", Item [stores], (stores reads reads access), script next, Any, next;
    SubscriptConst "$a = $b[$k]", Item [constant], (writes reads constant access), script next, Any, next;
    SubscriptConstStore "local $a = $b[$k]", Item [constant stores], (stores reads constant access), script next, Any, next;
    StoreSubscript "$b[$c] = $a", Alone [], (reads reads reads access), script next, Nothing, next;
    DeleteSubscript "delete $b[$c]", Alone [], (none reads reads none), script here, Nothing, next;
    BuildSlice "$a = slice of $B at $a..", Alone [], (window count none none), script here, Slice, next;

    // ---- Arithmetic

    Add "$a = $b + $c", Arithmetic(Add) [], (writes reads reads augmented), script here, Any, next;
    AddConst "$a = $b + $k", Arithmetic(Add) [constant], (writes reads constant augmented), script here, Any, next;
    AddStore "local $a = $b + $c", Arithmetic(Add) [stores], (stores reads reads augmented), script next, Any, next;
    AddConstStore "local $a = $b + $k", Arithmetic(Add) [constant stores], (stores reads constant augmented), script next, Any, next;
    Subtract "$a = $b - $c", Arithmetic(Subtract) [], (writes reads reads augmented), script here, Any, next;
    SubtractConst "$a = $b - $k", Arithmetic(Subtract) [constant], (writes reads constant augmented), script here, Any, next;
    SubtractStore "local $a = $b - $c", Arithmetic(Subtract) [stores], (stores reads reads augmented), script next, Any, next;
    SubtractConstStore "local $a = $b - $k", Arithmetic(Subtract) [constant stores], (stores reads constant augmented), script next, Any, next;
    Multiply "$a = $b * $c", Arithmetic(Multiply) [], (writes reads reads augmented), script here, Any, next;
    MultiplyConst "$a = $b * $k", Arithmetic(Multiply) [constant], (writes reads constant augmented), script here, Any, next;
    MultiplyStore "local $a = $b * $c", Arithmetic(Multiply) [stores], (stores reads reads augmented), script next, Any, next;
    MultiplyConstStore "local $a = $b * $k", Arithmetic(Multiply) [constant stores], (stores reads constant augmented), script next, Any, next;
    Divide "$a = $b / $c", Arithmetic(TrueDivide) [], (writes reads reads augmented), script here, Any, next;
    DivideConst "$a = $b / $k", Arithmetic(TrueDivide) [constant], (writes reads constant augmented), script here, Any, next;
    DivideStore "local $a = $b / $c", Arithmetic(TrueDivide) [stores], (stores reads reads augmented), script next, Any, next;
    DivideConstStore "local $a = $b / $k", Arithmetic(TrueDivide) [constant stores], (stores reads constant augmented), script next, Any, next;
    FloorDivide "$a = $b // $c", Arithmetic(FloorDivide) [], (writes reads reads augmented), script here, Any, next;
    FloorDivideConst "$a = $b // $k", Arithmetic(FloorDivide) [constant], (writes reads constant augmented), script here, Any, next;
    FloorDivideStore "local $a = $b // $c", Arithmetic(FloorDivide) [stores], (stores reads reads augmented), script next, Any, next;
    FloorDivideConstStore "local $a = $b // $k", Arithmetic(FloorDivide) [constant stores], (stores reads constant augmented), script next, Any, next;
    Remainder "$a = $b % $c", Arithmetic(Remainder) [], (writes reads reads augmented), script here, Any, next;
    RemainderConst "$a = $b % $k", Arithmetic(Remainder) [constant], (writes reads constant augmented), script here, Any, next;
    RemainderStore "local $a = $b % $c", Arithmetic(Remainder) [stores], (stores reads reads augmented), script next, Any, next;
    RemainderConstStore "local $a = $b % $k", Arithmetic(Remainder) [constant stores], (stores reads constant augmented), script next, Any, next;
    BitAnd "$a = $b & $c", Arithmetic(And) [], (writes reads reads augmented), script here, Any, next;
    BitAndConst "$a = $b & $k", Arithmetic(And) [constant], (writes reads constant augmented), script here, Any, next;
    BitAndStore "local $a = $b & $c", Arithmetic(And) [stores], (stores reads reads augmented), script next, Any, next;
    BitAndConstStore "local $a = $b & $k", Arithmetic(And) [constant stores], (stores reads constant augmented), script next, Any, next;
    BitOr "$a = $b | $c", Arithmetic(Or) [], (writes reads reads augmented), script here, Any, next;
    BitOrConst "$a = $b | $k", Arithmetic(Or) [constant], (writes reads constant augmented), script here, Any, next;
    BitOrStore "local $a = $b | $c", Arithmetic(Or) [stores], (stores reads reads augmented), script next, Any, next;
    BitOrConstStore "local $a = $b | $k", Arithmetic(Or) [constant stores], (stores reads constant augmented), script next, Any, next;
    BitXor "$a = $b ^ $c", Arithmetic(Xor) [], (writes reads reads augmented), script here, Any, next;
    BitXorConst "$a = $b ^ $k", Arithmetic(Xor) [constant], (writes reads constant augmented), script here, Any, next;
    BitXorStore "local $a = $b ^ $c", Arithmetic(Xor) [stores], (stores reads reads augmented), script next, Any, next;
    BitXorConstStore "local $a = $b ^ $k", Arithmetic(Xor) [constant stores], (stores reads constant augmented), script next, Any, next;
    ShiftLeft "$a = $b << $c", Arithmetic(LeftShift) [], (writes reads reads augmented), script here, Any, next;
    ShiftLeftConst "$a = $b << $k", Arithmetic(LeftShift) [constant], (writes reads constant augmented), script here, Any, next;
    ShiftLeftStore "local $a = $b << $c", Arithmetic(LeftShift) [stores], (stores reads reads augmented), script next, Any, next;
    ShiftLeftConstStore "local $a = $b << $k", Arithmetic(LeftShift) [constant stores], (stores reads constant augmented), script next, Any, next;
    ShiftRight "$a = $b >> $c", Arithmetic(RightShift) [], (writes reads reads augmented), script here, Any, next;
    ShiftRightConst "$a = $b >> $k", Arithmetic(RightShift) [constant], (writes reads constant augmented), script here, Any, next;
    ShiftRightStore "local $a = $b >> $c", Arithmetic(RightShift) [stores], (stores reads reads augmented), script next, Any, next;
    ShiftRightConstStore "local $a = $b >> $k", Arithmetic(RightShift) [constant stores], (stores reads constant augmented), script next, Any, next;
    Power "$a = $b ** $c", Arithmetic(Power) [], (writes reads reads augmented), script here, Any, next;
    MatrixMultiply "$a = $b @ $c", Arithmetic(MatrixMultiply) [], (writes reads reads augmented), script here, Any, next;
    Negate "$a = -$b", Alone [], (writes reads none none), script here, Any, next;
    Positive "$a = +$b", Alone [], (writes reads none none), script here, Any, next;
    Invert "$a = ~$b", Alone [], (writes reads none none), script here, Any, next;
    Not "$a = not $b", Alone [], (writes reads none none), script here, Bool, next;

    // ---- Comparisons

    Less "$a = $b < $c", Compare(Less) [], (writes reads reads none), script here, Any, next;
    LessEqual "$a = $b <= $c", Compare(LessEqual) [], (writes reads reads none), script here, Any, next;
    Equal "$a = $b == $c", Compare(Equal) [], (writes reads reads none), script here, Any, next;
    NotEqual "$a = $b != $c", Compare(NotEqual) [], (writes reads reads none), script here, Any, next;
    Greater "$a = $b > $c", Compare(Greater) [], (writes reads reads none), script here, Any, next;
    GreaterEqual "$a = $b >= $c", Compare(GreaterEqual) [], (writes reads reads none), script here, Any, next;
    Is "$a = $b is $c", Identity [], (writes reads reads none), script here, Bool, next;
    IsNot "$a = $b is not $c", Identity [negated], (writes reads reads none), script here, Bool, next;
    Contains "$a = $b in $c", Membership [], (writes reads reads none), script next, Bool, next;
    NotContains "$a = $b not in $c", Membership [negated], (writes reads reads none), script next, Bool, next;

    // ---- Comparisons that branch

    JumpIfLess "if $a < $b: $j", CompareJump(Less) [], (reads reads jump none), script next, Nothing, branch;
    JumpIfNotLess "if not $a < $b: $j", CompareJump(Less) [negated], (reads reads jump none), script next, Nothing, branch;
    JumpIfLessConst "if $a < $i: $j", CompareJump(Less) [constant], (reads constant jump none), script next, Nothing, branch;
    JumpIfNotLessConst "if not $a < $i: $j", CompareJump(Less) [negated constant], (reads constant jump none), script next, Nothing, branch;
    JumpIfLessEqual "if $a <= $b: $j", CompareJump(LessEqual) [], (reads reads jump none), script next, Nothing, branch;
    JumpIfNotLessEqual "if not $a <= $b: $j", CompareJump(LessEqual) [negated], (reads reads jump none), script next, Nothing, branch;
    JumpIfLessEqualConst "if $a <= $i: $j", CompareJump(LessEqual) [constant], (reads constant jump none), script next, Nothing, branch;
    JumpIfNotLessEqualConst "if not $a <= $i: $j", CompareJump(LessEqual) [negated constant], (reads constant jump none), script next, Nothing, branch;
    JumpIfEqual "if $a == $b: $j", CompareJump(Equal) [], (reads reads jump written_not_equal), script next, Nothing, branch;
    JumpIfNotEqual "if not $a == $b: $j", CompareJump(Equal) [negated], (reads reads jump written_not_equal), script next, Nothing, branch;
    JumpIfEqualConst "if $a == $i: $j", CompareJump(Equal) [constant], (reads constant jump written_not_equal), script next, Nothing, branch;
    JumpIfNotEqualConst "if not $a == $i: $j", CompareJump(Equal) [negated constant], (reads constant jump written_not_equal), script next, Nothing, branch;
    JumpIfGreater "if $a > $b: $j", CompareJump(Greater) [], (reads reads jump none), script next, Nothing, branch;
    JumpIfNotGreater "if not $a > $b: $j", CompareJump(Greater) [negated], (reads reads jump none), script next, Nothing, branch;
    JumpIfGreaterConst "if $a > $i: $j", CompareJump(Greater) [constant], (reads constant jump none), script next, Nothing, branch;
    JumpIfNotGreaterConst "if not $a > $i: $j", CompareJump(Greater) [negated constant], (reads constant jump none), script next, Nothing, branch;
    JumpIfGreaterEqual "if $a >= $b: $j", CompareJump(GreaterEqual) [], (reads reads jump none), script next, Nothing, branch;
    JumpIfNotGreaterEqual "if not $a >= $b: $j", CompareJump(GreaterEqual) [negated], (reads reads jump none), script next, Nothing, branch;
    JumpIfGreaterEqualConst "if $a >= $i: $j", CompareJump(GreaterEqual) [constant], (reads constant jump none), script next, Nothing, branch;
    JumpIfNotGreaterEqualConst "if not $a >= $i: $j", CompareJump(GreaterEqual) [negated constant], (reads constant jump none), script next, Nothing, branch;
    JumpIfIs "if $a is $b: $j", IdentityJump [], (reads reads jump none), script here, Nothing, branch;
    JumpIfIsNot "if $a is not $b: $j", IdentityJump [negated], (reads reads jump none), script here, Nothing, branch;

    // ---- Control

    Jump "$J", Alone [], (none jump joined none), silent never, Nothing, jump;
    JumpBack "$J", Alone [], (none jump joined none), script here, Nothing, jump;
    JumpIfTrue "if $a: $J", TruthJump [], (reads jump joined none), script here, Nothing, branch;
    JumpIfFalse "if not $a: $J", TruthJump [negated], (reads jump joined none), script here, Nothing, branch;
    JumpIfNone "if $a is None: $J", NoneJump [], (reads jump joined none), script here, Nothing, branch;
    JumpIfNotNone "if $a is not None: $J", NoneJump [negated], (reads jump joined none), script here, Nothing, branch;
    JumpIfTrueKeep "if $a: $J else release $a", KeepingJump [], (stays jump joined none), script here, Nothing, branch;
    JumpIfFalseKeep "if not $a: $J else release $a", KeepingJump [negated], (stays jump joined none), script here, Nothing, branch;
    GetIter "$a = iter $b", Alone [], (writes reads none none), script here, Any, next;
    ForIter "$b = next $a else $j", Loop [], (iterates writes jump none), script next, Any, branch;
    ForIterStore "local $b = next $a else $j", Loop [stores], (iterates stores jump none), script next, Any, branch;
    ForIterPair "locals $b, $x = next $a and skip 3, else $a+1 = next $a, else $j", Alone [], (window stores jump local), script next, Any, branch;
    ForIterFar "$a+1 = next $a else $J", Alone [], (window jump joined none), script here, Any, branch;
    Return "return take $a", Alone [], (takes count none none), script here, Nothing, stop;
    ReturnLocal "return $a", Alone [], (keeps count none none), script here, Nothing, stop;
    ReturnConst "return $K", Alone [], (none constant joined none), script here, Nothing, stop;

    // ---- Calls and functions

    Call "$a = $a($B)", Alone [], (window count site none), script next, Any, next;
    CallKeywords "$a = $a($B, names $k)", Alone [], (window count constant none), script here, Any, next;
    CallMethod "$a = method $a($B)", Alone [], (window count site none), script next, Any, next;
    CallMethodKeywords "$a = method $a($B, names $k)", Alone [], (window count constant none), script here, Any, next;
    CallUnpacked "$a = $a(*, ** $B)", Alone [], (window count none none), script here, Any, next;
    MakeFunction "$a = function, flags $B", Alone [], (window count none none), script here, Function, next;
    LoadBuildClass "$a = __build_class__", Alone [], (writes none none none), silent never, Any, next;
    GeneratorStart "$a = start generator", Alone [], (window none none none), suspends here, Any, next;
    Yield "$a = yield $a", Alone [], (window none none none), suspends next, Any, next;
    GetYieldFromIter "$a = delegate $a", Alone [], (window none none none), script here, Any, next;
    YieldFrom "$a = yield from $a, $a+1", Alone [], (window none none none), suspends here, Any, next;
    GetAwaitable "$a = awaitable $a, $B", Alone [], (window count none none), script here, Any, next;
    GetAsyncIter "$a = async iter $a", Alone [], (window none none none), script here, Any, next;
    GetAsyncNext "$a+1 = async next $a", Alone [], (window none none none), script here, Any, next;
    EndAsyncFor "end async for $a", Alone [], (window none none none), script here, Nothing, next;
    YieldAsync "$a = yield async $a", Alone [], (window none none none), suspends here, Any, next;

    // ---- Building and taking apart

    BuildTuple "$a = tuple of $B at $a..", Alone [], (window count none none), silent never, Tuple, next;
    BuildList "$a = list of $B at $a..", Alone [], (window count none none), silent never, List, next;
    BuildSet "$a = set of $B at $a..", Alone [], (window count none none), script here, Set, next;
    BuildDict "$a = dict of $B at $a..", Alone [], (window count none none), script here, Dict, next;
    BuildString "$a = string of $B at $a..", Alone [], (window count none none), script here, Text, next;
    ListAppend "append $b to $a", Alone [], (keeps reads none none), silent never, Nothing, next;
    SetAdd "add $b to $a", Alone [], (keeps reads none none), script here, Nothing, next;
    DictSet "$a[$b] = $c", Alone [], (keeps reads reads none), script here, Nothing, next;
    ListExtend "extend $a with $b", Alone [], (keeps takes none none), script here, Nothing, next;
    SetUpdate "update set $a with $b", Alone [], (keeps takes none none), script here, Nothing, next;
    DictUpdate "update dict $a with $b", Alone [], (keeps takes none none), script here, Nothing, next;
    DictMerge "merge $b into $a for $c", Alone [], (keeps takes keeps none), script here, Nothing, next;
    ListToTuple "$a = tuple $a", Alone [], (window none none none), script here, Tuple, next;
    FormatValue "$a = format $a, $B", Alone [], (window count none none), script here, Text, next;
    UnpackSequence "$a.. = $B items of $a", Alone [], (window count none none), script here, Any, next;
    UnpackEx "$a.. = $B, rest, $C items of $a", Alone [], (window count count none), script here, Any, next;

    // ---- Exceptions and `with`

    Raise "raise $B at $a..", Alone [], (window count none none), script here, Nothing, stop;
    Reraise "raise $a again", Alone [], (takes none none none), script here, Nothing, stop;
    PushExcInfo "handle $a", Alone [], (window none none none), silent never, Any, next;
    PopExcept "handled $a", Alone [], (takes none none none), script here, Nothing, next;
    CheckExcMatch "$a+1 = $a matches $a+1", Alone [], (window none none none), script here, Bool, next;
    CheckGroupMatch "$a, $a+1 = $a split by $a+1", Alone [], (window none none none), script here, Any, next;
    JoinRaised "$a = raised $a, $a+1", Alone [], (window none none none), script here, Any, next;
    BeforeAsyncWith "enter async $a", Alone [], (window none none none), script here, Any, next;
    BeforeWith "enter $a", Alone [], (window none none none), script here, Any, next;
    WithExceptStart "$a+3 = exit $a", Alone [], (window none none none), script here, Any, next;
    Intrinsic "$a = intrinsic $B of $a..", Alone [], (window count none none), script here, Any, next;
    LoadErrorClass "$a = error class $B", Alone [], (writes count none none), silent never, Any, next;

    // ---- Modules and namespaces

    ImportName "$a = import $N, level $a, from $a+1", Alone [], (window site joined none), script here, Any, next;
    ImportFrom "$a+1 = $a from-import $N", Alone [], (window site joined none), script here, Any, next;
    ImportStar "import * from $a", Alone [], (takes none none none), script here, Nothing, next;
    SetupAnnotations "annotations", Alone [], (none none none none), script here, Nothing, next;
    PrintExpr "print $a", Alone [], (takes none none none), script here, Nothing, next;

    // ---- Pattern matching

    GetLen "$a+1 = len $a", Alone [], (window none none none), script here, Integer, next;
    MatchMapping "$a+1 = $a is a mapping", Alone [], (window none none none), silent never, Bool, next;
    MatchSequence "$a+1 = $a is a sequence", Alone [], (window none none none), silent never, Bool, next;
    MatchKeys "$a+2 = values of $a by $a+1", Alone [], (window none none none), script here, Any, next;
    MatchClass "$a = match $a, $B positional", Alone [], (window count none none), script here, Any, next;

    // ---- Watching a program: words of code that is traced only (`vm/trace/mod.rs`)

    Trace "report the instruction", Alone [], (none none none none), script here, Nothing, next;
    TraceCalled "report the end of the call", Alone [], (none none none none), script here, Nothing, next;
    EnterTraced "go on in the traced words", Alone [], (none none none none), script here, Nothing, next;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_fits_a_byte() {
        assert!(WordOp::ALL.len() <= 256);
        assert!(WordOp::ALL.iter().enumerate().all(|(index, op)| *op as usize == index));
    }

    #[test]
    fn a_family_has_each_form_once() {
        for &op in WordOp::ALL.iter().filter(|op| op.row().family != Family::Alone) {
            assert_eq!(op.with_form(op.row().form), Some(op), "{op:?}");
        }
        assert_eq!(WordOp::Add.with_form(Form::CONSTANT | Form::STORES), Some(WordOp::AddConstStore));
        assert_eq!(WordOp::Power.with_form(Form::STORES), None);
    }

    #[test]
    fn columns_agree_with_each_other() {
        for op in WordOp::ALL {
            let row = op.row();
            let has = |role| row.operands.contains(&role);
            assert_eq!(
                row.form.contains(Form::STORES),
                row.family != Family::Alone && has(Role::Stores),
                "{op:?}"
            );
            assert_eq!(row.effect == Effect::Silent, row.stands == Stands::Never, "{op:?}");
            assert!(!has(Role::Stores) || row.effect != Effect::Silent, "{op:?} releases the old value");
            let jumps = matches!(row.leads, Leads::Jump | Leads::Branch);
            assert_eq!(jumps, has(Role::Jump), "{op:?}");
            assert!(row.operands[2] != Role::Joined || row.operands[1].may_be_wide(), "{op:?}");
        }
    }
}
