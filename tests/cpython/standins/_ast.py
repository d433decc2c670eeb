"""Stands in for `_ast`: the classes of the tree, so that what inspects trees can be imported. They are made from the
words of the grammar and have fields, but `compile` neither makes nor takes them."""

PyCF_ONLY_AST = 0x400
PyCF_OPTIMIZED_AST = 0x8400
PyCF_TYPE_COMMENTS = 0x1000
PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000


class AST:
    _fields = ()
    _attributes = ()
    _field_types = {}
    __match_args__ = ()

    def __init__(self, *args, **kwargs):
        if len(args) > len(self._fields):
            name = type(self).__name__
            raise TypeError(f"{name} constructor takes at most {len(self._fields)} positional arguments")
        for name, value in zip(self._fields, args):
            setattr(self, name, value)
        for name, value in kwargs.items():
            setattr(self, name, value)


_GRAMMAR = """
mod: Module(body type_ignores) Interactive(body) Expression(body) FunctionType(argtypes returns)
*stmt: FunctionDef(name args body decorator_list returns type_comment type_params)
  AsyncFunctionDef(name args body decorator_list returns type_comment type_params)
  ClassDef(name bases keywords body decorator_list type_params) Return(value) Delete(targets)
  Assign(targets value type_comment) TypeAlias(name type_params value) AugAssign(target op value)
  AnnAssign(target annotation value simple) For(target iter body orelse type_comment)
  AsyncFor(target iter body orelse type_comment) While(test body orelse) If(test body orelse)
  With(items body type_comment) AsyncWith(items body type_comment) Match(subject cases) Raise(exc cause)
  Try(body handlers orelse finalbody) TryStar(body handlers orelse finalbody) Assert(test msg) Import(names)
  ImportFrom(module names level) Global(names) Nonlocal(names) Expr(value) Pass() Break() Continue()
*expr: BoolOp(op values) NamedExpr(target value) BinOp(left op right) UnaryOp(op operand) Lambda(args body)
  IfExp(test body orelse) Dict(keys values) Set(elts) ListComp(elt generators) SetComp(elt generators)
  DictComp(key value generators) GeneratorExp(elt generators) Await(value) Yield(value) YieldFrom(value)
  Compare(left ops comparators) Call(func args keywords) FormattedValue(value conversion format_spec)
  Interpolation(value str conversion format_spec) JoinedStr(values) TemplateStr(values) Constant(value kind)
  Attribute(value attr ctx) Subscript(value slice ctx) Starred(value ctx) Name(id ctx) List(elts ctx)
  Tuple(elts ctx) Slice(lower upper step)
expr_context: Load() Store() Del()
boolop: And() Or()
operator: Add() Sub() Mult() MatMult() Div() Mod() Pow() LShift() RShift() BitOr() BitXor() BitAnd() FloorDiv()
unaryop: Invert() Not() UAdd() USub()
cmpop: Eq() NotEq() Lt() LtE() Gt() GtE() Is() IsNot() In() NotIn()
comprehension(target iter ifs is_async)
*excepthandler: ExceptHandler(type name body)
arguments(posonlyargs args vararg kwonlyargs kw_defaults kwarg defaults)
*arg(arg annotation type_comment)
*keyword(arg value)
*alias(name asname)
withitem(context_expr optional_vars)
match_case(pattern guard body)
*pattern: MatchValue(value) MatchSingleton(value) MatchSequence(patterns) MatchMapping(keys patterns rest)
  MatchClass(cls patterns kwd_attrs kwd_patterns) MatchStar(name) MatchAs(pattern name) MatchOr(patterns)
type_ignore: TypeIgnore(lineno tag)
*type_param: TypeVar(name bound default_value) ParamSpec(name default_value) TypeVarTuple(name default_value)
"""


def _declare(name, base, fields, attributes):
    made = type(name, (base,), {
        "_fields": fields, "__match_args__": fields, "_attributes": attributes, "__module__": "ast"
    })
    globals()[name] = made
    return made


def _read():
    base = AST
    places = ()
    for line in _GRAMMAR.splitlines():
        if not line.startswith("  "):
            places = ("lineno", "col_offset", "end_lineno", "end_col_offset") if line.startswith("*") else ()
            line = line.removeprefix("*")
            base = AST
            if ":" in line:
                name, line = line.split(":")
                base = _declare(name, AST, (), places)
        for part in line.split(")")[:-1]:
            name, fields = part.split("(")
            _declare(name.strip(), base, tuple(fields.split()), places)


_read()
