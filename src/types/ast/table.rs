//! The abstract grammar: every kind of node, its fields in their order, and what each of them holds.
//!
//! This is the only description of the nodes (CPython: `Python.asdl`). The classes are made of it (`classes.rs`), and
//! whoever reads objects (`read.rs`), makes them (`write.rs`), checks a tree (`check.rs`) or converts it (`from_tree`,
//! `to_tree`) asks it for the names and the order of the fields.

/// How often a field holds what it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantity {
    /// Once.
    One,
    /// Once or not at all.
    Maybe,
    /// Any number of times, in a list.
    Many,
    /// Any number of times, in a list with gaps.
    ManyOrNone,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldType {
    /// A name.
    Identifier,
    /// A number.
    Int,
    /// A text.
    String,
    /// The value of a literal.
    Constant,
    /// A node of a group.
    Node(Group),
}

/// Whether the nodes of a group know their place in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placed {
    /// They do not.
    No,
    /// They know where they begin, and perhaps where they end.
    Begin,
    /// They know where they begin and end.
    Whole,
}

/// How the classes of a group relate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Each kind has a class derived from the group's.
    Sum,
    /// Likewise, and no kind has fields or a place: one object of each kind serves all trees.
    Simple,
    /// The group has one kind, and one class.
    Product,
}

/// A field of a node.
pub struct FieldRow {
    /// Its name.
    pub name: &'static str,
    /// How often it holds it.
    pub quantity: Quantity,
    /// What it holds.
    pub of: FieldType,
}

/// A kind of node.
pub struct NodeRow {
    /// Which one.
    pub kind: NodeKind,
    /// The name of its class.
    pub name: &'static str,
    /// The group that it belongs to.
    pub group: Group,
    /// Its fields.
    pub fields: &'static [FieldRow],
}

/// A group of kinds.
pub struct GroupRow {
    /// The name of its class.
    pub name: &'static str,
    /// How its classes relate.
    pub form: Form,
    /// Whether its nodes know their place.
    pub placed: Placed,
    /// The kinds.
    pub kinds: &'static [NodeKind],
}

macro_rules! class_name {
    (Product $group:literal $kind:ident) => {
        $group
    };
    ($form:ident $group:literal $kind:ident) => {
        stringify!($kind)
    };
}

macro_rules! grammar {
    ($($group:ident $name:literal $form:ident $placed:ident {
        $($kind:ident($($field:ident: $quantity:ident $of:ident),*);)*
    })*) => {
        /// A group of kinds of nodes: what may stand in the same places.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Group {
            $(#[doc = concat!("`", $name, "`.")] $group,)*
        }

        /// A kind of node.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum NodeKind {
            $($(#[doc = concat!("`", stringify!($kind), "`.")] $kind,)*)*
        }

        #[expect(non_upper_case_globals, reason = "they stand beside the variants, in the columns of the table")]
        impl FieldType {
            $(#[doc = concat!("A node of the group `", $name, "`.")]
            pub const $group: FieldType = FieldType::Node(Group::$group);)*
        }

        const GROUPS: &[GroupRow] = &[$(GroupRow {
            name: $name,
            form: Form::$form,
            placed: Placed::$placed,
            kinds: &[$(NodeKind::$kind,)*],
        },)*];

        const NODES: &[NodeRow] = &[$($(NodeRow {
            kind: NodeKind::$kind,
            name: class_name!($form $name $kind),
            group: Group::$group,
            fields: &[$(FieldRow {
                name: stringify!($field),
                quantity: Quantity::$quantity,
                of: FieldType::$of,
            },)*],
        },)*)*];

        impl Group {
            /// Every group, in CPython's order.
            pub const ALL: &'static [Group] = &[$(Group::$group,)*];
        }
    };
}

grammar! {
    Mod "mod" Sum No {
        Module(body: Many Stmt, type_ignores: Many TypeIgnore);
        Interactive(body: Many Stmt);
        Expression(body: One Expr);
        FunctionType(argtypes: Many Expr, returns: One Expr);
    }
    Stmt "stmt" Sum Begin {
        FunctionDef(
            name: One Identifier, args: One Arguments, body: Many Stmt, decorator_list: Many Expr,
            returns: Maybe Expr, type_comment: Maybe String, type_params: Many TypeParam
        );
        AsyncFunctionDef(
            name: One Identifier, args: One Arguments, body: Many Stmt, decorator_list: Many Expr,
            returns: Maybe Expr, type_comment: Maybe String, type_params: Many TypeParam
        );
        ClassDef(
            name: One Identifier, bases: Many Expr, keywords: Many Keyword, body: Many Stmt,
            decorator_list: Many Expr, type_params: Many TypeParam
        );
        Return(value: Maybe Expr);
        Delete(targets: Many Expr);
        Assign(targets: Many Expr, value: One Expr, type_comment: Maybe String);
        TypeAlias(name: One Expr, type_params: Many TypeParam, value: One Expr);
        AugAssign(target: One Expr, op: One Operator, value: One Expr);
        AnnAssign(target: One Expr, annotation: One Expr, value: Maybe Expr, simple: One Int);
        For(
            target: One Expr, iter: One Expr, body: Many Stmt, orelse: Many Stmt, type_comment: Maybe String
        );
        AsyncFor(
            target: One Expr, iter: One Expr, body: Many Stmt, orelse: Many Stmt, type_comment: Maybe String
        );
        While(test: One Expr, body: Many Stmt, orelse: Many Stmt);
        If(test: One Expr, body: Many Stmt, orelse: Many Stmt);
        With(items: Many WithItem, body: Many Stmt, type_comment: Maybe String);
        AsyncWith(items: Many WithItem, body: Many Stmt, type_comment: Maybe String);
        Match(subject: One Expr, cases: Many MatchCase);
        Raise(exc: Maybe Expr, cause: Maybe Expr);
        Try(body: Many Stmt, handlers: Many ExceptHandler, orelse: Many Stmt, finalbody: Many Stmt);
        TryStar(body: Many Stmt, handlers: Many ExceptHandler, orelse: Many Stmt, finalbody: Many Stmt);
        Assert(test: One Expr, msg: Maybe Expr);
        Import(names: Many Alias);
        ImportFrom(module: Maybe Identifier, names: Many Alias, level: Maybe Int);
        Global(names: Many Identifier);
        Nonlocal(names: Many Identifier);
        Expr(value: One Expr);
        Pass();
        Break();
        Continue();
    }
    Expr "expr" Sum Begin {
        BoolOp(op: One BoolOp, values: Many Expr);
        NamedExpr(target: One Expr, value: One Expr);
        BinOp(left: One Expr, op: One Operator, right: One Expr);
        UnaryOp(op: One UnaryOp, operand: One Expr);
        Lambda(args: One Arguments, body: One Expr);
        IfExp(test: One Expr, body: One Expr, orelse: One Expr);
        Dict(keys: ManyOrNone Expr, values: Many Expr);
        Set(elts: Many Expr);
        ListComp(elt: One Expr, generators: Many Comprehension);
        SetComp(elt: One Expr, generators: Many Comprehension);
        DictComp(key: One Expr, value: One Expr, generators: Many Comprehension);
        GeneratorExp(elt: One Expr, generators: Many Comprehension);
        Await(value: One Expr);
        Yield(value: Maybe Expr);
        YieldFrom(value: One Expr);
        Compare(left: One Expr, ops: Many CmpOp, comparators: Many Expr);
        Call(func: One Expr, args: Many Expr, keywords: Many Keyword);
        FormattedValue(value: One Expr, conversion: One Int, format_spec: Maybe Expr);
        Interpolation(value: One Expr, str: One Constant, conversion: One Int, format_spec: Maybe Expr);
        JoinedStr(values: Many Expr);
        TemplateStr(values: Many Expr);
        Constant(value: One Constant, kind: Maybe String);
        Attribute(value: One Expr, attr: One Identifier, ctx: One ExprContext);
        Subscript(value: One Expr, slice: One Expr, ctx: One ExprContext);
        Starred(value: One Expr, ctx: One ExprContext);
        Name(id: One Identifier, ctx: One ExprContext);
        List(elts: Many Expr, ctx: One ExprContext);
        Tuple(elts: Many Expr, ctx: One ExprContext);
        Slice(lower: Maybe Expr, upper: Maybe Expr, step: Maybe Expr);
    }
    ExprContext "expr_context" Simple No {
        Load();
        Store();
        Del();
    }
    BoolOp "boolop" Simple No {
        And();
        Or();
    }
    Operator "operator" Simple No {
        Add();
        Sub();
        Mult();
        MatMult();
        Div();
        Mod();
        Pow();
        LShift();
        RShift();
        BitOr();
        BitXor();
        BitAnd();
        FloorDiv();
    }
    UnaryOp "unaryop" Simple No {
        Invert();
        Not();
        UAdd();
        USub();
    }
    CmpOp "cmpop" Simple No {
        Eq();
        NotEq();
        Lt();
        LtE();
        Gt();
        GtE();
        Is();
        IsNot();
        In();
        NotIn();
    }
    Comprehension "comprehension" Product No {
        Comprehension(target: One Expr, iter: One Expr, ifs: Many Expr, is_async: One Int);
    }
    ExceptHandler "excepthandler" Sum Begin {
        ExceptHandler(type: Maybe Expr, name: Maybe Identifier, body: Many Stmt);
    }
    Arguments "arguments" Product No {
        Arguments(
            posonlyargs: Many Arg, args: Many Arg, vararg: Maybe Arg, kwonlyargs: Many Arg,
            kw_defaults: ManyOrNone Expr, kwarg: Maybe Arg, defaults: Many Expr
        );
    }
    Arg "arg" Product Begin {
        Arg(arg: One Identifier, annotation: Maybe Expr, type_comment: Maybe String);
    }
    Keyword "keyword" Product Begin {
        Keyword(arg: Maybe Identifier, value: One Expr);
    }
    Alias "alias" Product Begin {
        Alias(name: One Identifier, asname: Maybe Identifier);
    }
    WithItem "withitem" Product No {
        WithItem(context_expr: One Expr, optional_vars: Maybe Expr);
    }
    MatchCase "match_case" Product No {
        MatchCase(pattern: One Pattern, guard: Maybe Expr, body: Many Stmt);
    }
    Pattern "pattern" Sum Whole {
        MatchValue(value: One Expr);
        MatchSingleton(value: One Constant);
        MatchSequence(patterns: Many Pattern);
        MatchMapping(keys: Many Expr, patterns: Many Pattern, rest: Maybe Identifier);
        MatchClass(
            cls: One Expr, patterns: Many Pattern, kwd_attrs: Many Identifier, kwd_patterns: Many Pattern
        );
        MatchStar(name: Maybe Identifier);
        MatchAs(pattern: Maybe Pattern, name: Maybe Identifier);
        MatchOr(patterns: Many Pattern);
    }
    TypeIgnore "type_ignore" Sum No {
        TypeIgnore(lineno: One Int, tag: One String);
    }
    TypeParam "type_param" Sum Whole {
        TypeVar(name: One Identifier, bound: Maybe Expr, default_value: Maybe Expr);
        ParamSpec(name: One Identifier, default_value: Maybe Expr);
        TypeVarTuple(name: One Identifier, default_value: Maybe Expr);
    }
}

/// The names of the attributes that are the place of a node.
pub const PLACE: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

impl Group {
    /// How many groups there are.
    pub const COUNT: usize = GROUPS.len();

    /// Returns the row of the group.
    pub fn row(self) -> &'static GroupRow {
        &GROUPS[self as usize]
    }
}

impl NodeKind {
    /// How many kinds there are.
    pub const COUNT: usize = NODES.len();

    /// Returns the row of the kind.
    pub fn row(self) -> &'static NodeRow {
        &NODES[self as usize]
    }

    /// Returns the position of a field. Panics if the kind has no such field.
    pub fn field(self, name: &str) -> usize {
        let found = self.row().fields.iter().position(|field| field.name == name);
        found.unwrap_or_else(|| panic!("{self:?} has a field {name}"))
    }
}

impl FieldRow {
    /// The field as CPython's grammar writes it: `expr? value`.
    fn signature(&self) -> String {
        let of = match self.of {
            FieldType::Identifier => "identifier",
            FieldType::Int => "int",
            FieldType::String => "string",
            FieldType::Constant => "constant",
            FieldType::Node(group) => group.row().name,
        };
        let mark = match self.quantity {
            Quantity::One => "",
            Quantity::Maybe => "?",
            Quantity::Many => "*",
            Quantity::ManyOrNone => "?*",
        };
        format!("{of}{mark} {}", self.name)
    }
}

impl NodeRow {
    /// Returns the node as CPython's grammar writes it, which is the docstring of its class.
    pub fn signature(&self) -> String {
        if self.fields.is_empty() {
            return self.name.to_owned();
        }
        let fields: Vec<String> = self.fields.iter().map(FieldRow::signature).collect();
        format!("{}({})", self.name, fields.join(", "))
    }
}

impl GroupRow {
    /// Returns the docstring of the group's class.
    pub fn signature(&self) -> String {
        let kinds: Vec<String> = self.kinds.iter().map(|kind| kind.row().signature()).collect();
        match self.form {
            Form::Product => kinds.concat(),
            Form::Simple => format!("{} = {}", self.name, kinds.join(" | ")),
            Form::Sum => {
                let between = format!("\n{}| ", " ".repeat(self.name.len() + 1));
                format!("{} = {}", self.name, kinds.join(&between))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_where_their_kinds_say() {
        for (position, row) in NODES.iter().enumerate() {
            assert_eq!(row.kind as usize, position);
            assert!(row.group.row().kinds.contains(&row.kind));
        }
        for (position, group) in Group::ALL.iter().enumerate() {
            assert_eq!(*group as usize, position);
        }
    }

    #[test]
    fn docstrings_are_the_grammar() {
        let shown = NodeKind::Dict.row().signature();
        assert_eq!(shown, "Dict(expr?* keys, expr* values)");
        assert_eq!(Group::BoolOp.row().signature(), "boolop = And | Or");
        assert_eq!(Group::WithItem.row().signature(), "withitem(expr context_expr, expr? optional_vars)");
    }
}
