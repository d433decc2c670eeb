//! The shapes of trees: precedence, chains, and the spans tracebacks need.

use super::{expression, module};
use crate::syntax::tree::*;

/// Writes an expression with every grouping in brackets.
fn show(expr: &Expr) -> String {
    let list = |elts: &[Expr]| elts.iter().map(show).collect::<Vec<_>>().join(" ");
    match &expr.kind {
        ExprKind::Name { id } => id.to_string(),
        ExprKind::Constant { value } => match value {
            Constant::Int(int) => int.to_string(),
            Constant::Str(str) => format!("{str:?}"),
            other => format!("{other:?}"),
        },
        ExprKind::BinOp { left, op, right } => format!("[{} {op:?} {}]", show(left), show(right)),
        ExprKind::UnaryOp { op, operand } => format!("[{op:?} {}]", show(operand)),
        ExprKind::BoolOp { op, values } => format!("[{op:?} {}]", list(values)),
        ExprKind::Compare { left, ops, comparators } => {
            format!("[{} {ops:?} {}]", show(left), list(comparators))
        }
        ExprKind::IfExp { test, body, orelse } => {
            format!("[{} ? {} : {}]", show(test), show(body), show(orelse))
        }
        ExprKind::Lambda { body, .. } => format!("[λ {}]", show(body)),
        ExprKind::Attribute { value, attr } => format!("[{}.{}]", show(value), attr.name),
        ExprKind::Call { func, args, keywords } => {
            format!("[{} ({}) {}]", show(func), list(args), keywords.len())
        }
        ExprKind::Subscript { value, slice } => format!("[{} @ {}]", show(value), show(slice)),
        ExprKind::Tuple { elts } => format!("({})", list(elts)),
        ExprKind::List { elts } => format!("<{}>", list(elts)),
        ExprKind::Starred { value } => format!("*{}", show(value)),
        ExprKind::Await { value } => format!("[await {}]", show(value)),
        ExprKind::NamedExpr { target, value } => format!("[{} := {}]", show(target), show(value)),
        ExprKind::JoinedStr { values } => format!("f<{}>", list(values)),
        ExprKind::FormattedValue { value, conversion, format_spec } => {
            let spec = format_spec.as_ref().map_or(String::new(), |spec| show(spec));
            format!("{{{} {conversion:?} {spec}}}", show(value))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_in_python() {
    for (text, wanted) in [
        ("a + b * c", "[a Add [b Mult c]]"),
        ("a - b - c", "[[a Sub b] Sub c]"),
        ("-a ** -b ** c", "[USub [a Pow [USub [b Pow c]]]]"),
        ("await a ** b", "[[await a] Pow b]"),
        ("not a == b", "[Not [a [Eq] b]]"),
        ("a < b <= c", "[a [Lt, LtE] b c]"),
        ("a not in b is not c", "[a [NotIn, IsNot] b c]"),
        ("a or b or c and d", "[Or a b [And c d]]"),
        ("a | b ^ c & d << e", "[a BitOr [b BitXor [c BitAnd [d LShift e]]]]"),
        ("a if b else c if d else e", "[b ? a : [d ? c : e]]"),
        ("lambda: a, b", "([λ a] b)"),
        ("a.b(c)[d].e", "[[[[a.b] (c) 0] @ d].e]"),
        ("f(a, *b, c=d, **e)", "[f (a *b) 2]"),
        ("(a := b, [*c])", "([a := b] <*c>)"),
        ("a[*b]", "[a @ (*b)]"),
        ("(a)", "a"),
        ("(a,)", "(a)"),
    ] {
        assert_eq!(show(&expression(text)), wanted, "{text}");
    }
}

#[test]
fn strings_are_decoded_and_joined() {
    for (text, wanted) in [
        (r#"'a' "b" r'\n'"#, r#""ab\\n""#),
        (r"'\x41\u00e9\101\N{BULLET}'", "\"Aé\u{41}•\""),
        ("'a\\\nb'", "\"ab\""),
        (r"'\d'", r#""\\d""#),
        ("f'a{b}c' 'd'", r#"f<"a" {b None } "cd">"#),
        ("f'{a!r:>{w}}{{}}'", r#"f<{a Some(Repr) f<">" {w None }>} "{}">"#),
        ("f'{a = }'", r#"f<"a = " {a Some(Repr) }>"#),
        ("f'{a, b}{c:=5}'", r#"f<{(a b) None } {c None f<"=5">}>"#),
        (r"f'{f'{'a'}'}\x41\{b}'", r#"f<{f<{"a" None }> None } "A\\" {b None }>"#),
        ("f'{a # b\n = }'", r#"f<"a \n = " {a Some(Repr) }>"#),
        ("f'{a != b}'", "f<{[a [NotEq] b] None }>"),
    ] {
        assert_eq!(show(&expression(text)), wanted, "{text}");
    }
}

#[test]
fn elif_nests_in_orelse() {
    let tree = module("if a: b\nelif c: d\nelse: e\n").unwrap();
    let StmtKind::If { orelse, .. } = &tree.body[0].kind else { panic!() };
    assert!(matches!(&orelse[0].kind, StmtKind::If { orelse, .. } if orelse.len() == 1));
}

#[test]
fn definitions_begin_at_their_keyword() {
    let text = "@a\n@b\nasync def f(x, /, y=1, *, z): pass\n";
    let tree = module(text).unwrap();
    assert_eq!(tree.body[0].span.start as usize, text.find("async").unwrap());
    let StmtKind::FunctionDef(def) = &tree.body[0].kind else { panic!() };
    assert_eq!((def.decorators.len(), def.is_async, &text[def.name.span.range()]), (2, true, "f"));
    let params = &def.params;
    assert_eq!((params.posonly.len(), params.args.len(), params.kwonly.len()), (1, 1, 1));
    assert_eq!((params.defaults.len(), params.kw_defaults.len()), (1, 1));
}

#[test]
fn spans_cover_what_was_written() {
    let text = "x = f(a.bc, (d, e)) + g";
    let tree = module(text).unwrap();
    let StmtKind::Assign { value, .. } = &tree.body[0].kind else { panic!() };
    assert_eq!(&text[value.span.range()], "f(a.bc, (d, e)) + g");
    let ExprKind::BinOp { left, .. } = &value.kind else { panic!() };
    let ExprKind::Call { args, .. } = &left.kind else { panic!() };
    let ExprKind::Attribute { attr, .. } = &args[0].kind else { panic!() };
    assert_eq!((&text[attr.span.range()], &text[args[1].span.range()]), ("bc", "(d, e)"));
}

#[test]
fn fields_point_into_the_source() {
    let text = "f'ab{ cd + e }'";
    let ExprKind::JoinedStr { values } = expression(text).kind else { panic!() };
    let ExprKind::FormattedValue { value, .. } = &values[1].kind else { panic!() };
    assert_eq!(&text[value.span.range()], "cd + e");
}

#[test]
fn patterns_have_their_kinds() {
    let tree =
        module("match x:\n case [1, *_]: pass\n case A(b=c) | None as d: pass\n case _: pass\n").unwrap();
    let StmtKind::Match { cases, .. } = &tree.body[0].kind else { panic!() };
    assert!(matches!(&cases[0].pattern.kind, PatternKind::MatchSequence { patterns } if patterns.len() == 2));
    let PatternKind::MatchAs { pattern: Some(inner), name: Some(name) } = &cases[1].pattern.kind else {
        panic!()
    };
    assert_eq!(&*name.name, "d");
    assert!(matches!(inner.kind, PatternKind::MatchOr { .. }));
    assert!(matches!(cases[2].pattern.kind, PatternKind::MatchAs { pattern: None, name: None }));
}
