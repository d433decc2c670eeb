//! The binary operators and the comparisons: what instructions, words and the slots of types have in common.

/// The binary operators, in the order of their slots.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    TrueDivide,
    /// `//`
    FloorDivide,
    /// `%`
    Remainder,
    /// `**`
    Power,
    /// `<<`
    LeftShift,
    /// `>>`
    RightShift,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `@`
    MatrixMultiply,
}

impl BinaryOp {
    /// Every operator, in order.
    pub const ALL: [BinaryOp; 13] = {
        use BinaryOp::*;
        [
            Add,
            Subtract,
            Multiply,
            TrueDivide,
            FloorDivide,
            Remainder,
            Power,
            LeftShift,
            RightShift,
            And,
            Or,
            Xor,
            MatrixMultiply,
        ]
    };
    /// How many operators there are.
    pub const COUNT: usize = BinaryOp::ALL.len();

    /// The sign as in error messages; in place it is followed by `=`.
    pub const fn sign(self) -> &'static str {
        ["+", "-", "*", "/", "//", "%", "** or pow()", "<<", ">>", "&", "|", "^", "@"][self as usize]
    }

    /// Returns the names of its special methods: `__add__`, `__radd__`, `__iadd__`.
    pub const fn methods(self) -> (&'static str, &'static str, &'static str) {
        [
            ("__add__", "__radd__", "__iadd__"),
            ("__sub__", "__rsub__", "__isub__"),
            ("__mul__", "__rmul__", "__imul__"),
            ("__truediv__", "__rtruediv__", "__itruediv__"),
            ("__floordiv__", "__rfloordiv__", "__ifloordiv__"),
            ("__mod__", "__rmod__", "__imod__"),
            ("__pow__", "__rpow__", "__ipow__"),
            ("__lshift__", "__rlshift__", "__ilshift__"),
            ("__rshift__", "__rrshift__", "__irshift__"),
            ("__and__", "__rand__", "__iand__"),
            ("__or__", "__ror__", "__ior__"),
            ("__xor__", "__rxor__", "__ixor__"),
            ("__matmul__", "__rmatmul__", "__imatmul__"),
        ][self as usize]
    }
}

/// The six comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

impl Comparison {
    /// Every comparison, in order.
    pub const ALL: [Comparison; 6] = {
        use Comparison::*;
        [Less, LessEqual, Equal, NotEqual, Greater, GreaterEqual]
    };

    /// The sign as in error messages.
    pub const fn sign(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// The special method.
    pub const fn method(self) -> &'static str {
        ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"][self as usize]
    }

    /// Returns the comparison that gives the same answer with the operands exchanged.
    pub const fn swapped(self) -> Comparison {
        use Comparison::*;
        [Greater, GreaterEqual, Equal, NotEqual, Less, LessEqual][self as usize]
    }

    /// Tells whether the comparison is true of two operands that are in this order.
    pub const fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Less => ordering.is_lt(),
            Comparison::LessEqual => ordering.is_le(),
            Comparison::Equal => ordering.is_eq(),
            Comparison::NotEqual => ordering.is_ne(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterEqual => ordering.is_ge(),
        }
    }
}
