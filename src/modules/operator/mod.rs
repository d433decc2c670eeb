//! The `_operator` module: the operators as functions.

mod getters;
mod search;

use super::ModuleSpec;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, BinaryOp, Comparison, NativeMethod, Raised, Run, UnaryFn, Value};

/// `_operator`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_operator",
    home: "_operator",
    doc: "",
    types: &[getters::ATTRIBUTE_SPEC, getters::ITEM_SPEC, getters::METHOD_SPEC],
    functions: &[
        NativeMethod::function("truth", "a, /", |thread, args| {
            let [a] = args.exactly();
            protocol::is_true(thread, a).map(Value::bool)
        }),
        NativeMethod::function("not_", "a, /", |thread, args| {
            let [a] = args.exactly();
            protocol::is_true(thread, a).map(|truth| Value::bool(!truth))
        }),
        NativeMethod::function("is_", "a, b, /", |_, args| {
            let [a, b] = args.exactly();
            Ok(Value::bool(a.is(b)))
        }),
        NativeMethod::function("is_not", "a, b, /", |_, args| {
            let [a, b] = args.exactly();
            Ok(Value::bool(!a.is(b)))
        }),
        NativeMethod::function("is_none", "a, /", |_, args| {
            let [a] = args.exactly();
            Ok(Value::bool(a.is_none()))
        }),
        NativeMethod::function("is_not_none", "a, /", |_, args| {
            let [a] = args.exactly();
            Ok(Value::bool(!a.is_none()))
        }),
        NativeMethod::function("lt", "a, b, /", |thread, args| compare(thread, args, Comparison::Less)),
        NativeMethod::function("le", "a, b, /", |thread, args| compare(thread, args, Comparison::LessEqual)),
        NativeMethod::function("eq", "a, b, /", |thread, args| compare(thread, args, Comparison::Equal)),
        NativeMethod::function("ne", "a, b, /", |thread, args| compare(thread, args, Comparison::NotEqual)),
        NativeMethod::function("gt", "a, b, /", |thread, args| compare(thread, args, Comparison::Greater)),
        NativeMethod::function("ge", "a, b, /", |thread, args| {
            compare(thread, args, Comparison::GreaterEqual)
        }),
        NativeMethod::function("abs", "a, /", |thread, args| unary(thread, args, protocol::absolute)),
        NativeMethod::function("neg", "a, /", |thread, args| unary(thread, args, protocol::negative)),
        NativeMethod::function("pos", "a, /", |thread, args| unary(thread, args, protocol::positive)),
        NativeMethod::function("inv", "a, /", |thread, args| unary(thread, args, protocol::invert)),
        NativeMethod::function("invert", "a, /", |thread, args| unary(thread, args, protocol::invert)),
        NativeMethod::function("index", "a, /", |thread, args| unary(thread, args, protocol::index)),
        NativeMethod::function("add", "a, b, /", |thread, args| binary(thread, args, BinaryOp::Add)),
        NativeMethod::function("sub", "a, b, /", |thread, args| binary(thread, args, BinaryOp::Subtract)),
        NativeMethod::function("mul", "a, b, /", |thread, args| binary(thread, args, BinaryOp::Multiply)),
        NativeMethod::function("matmul", "a, b, /", |thread, args| {
            binary(thread, args, BinaryOp::MatrixMultiply)
        }),
        NativeMethod::function("floordiv", "a, b, /", |thread, args| {
            binary(thread, args, BinaryOp::FloorDivide)
        }),
        NativeMethod::function("truediv", "a, b, /", |thread, args| {
            binary(thread, args, BinaryOp::TrueDivide)
        }),
        NativeMethod::function("mod", "a, b, /", |thread, args| binary(thread, args, BinaryOp::Remainder)),
        NativeMethod::function("pow", "a, b, /", |thread, args| binary(thread, args, BinaryOp::Power)),
        NativeMethod::function("lshift", "a, b, /", |thread, args| binary(thread, args, BinaryOp::LeftShift)),
        NativeMethod::function("rshift", "a, b, /", |thread, args| {
            binary(thread, args, BinaryOp::RightShift)
        }),
        NativeMethod::function("and_", "a, b, /", |thread, args| binary(thread, args, BinaryOp::And)),
        NativeMethod::function("or_", "a, b, /", |thread, args| binary(thread, args, BinaryOp::Or)),
        NativeMethod::function("xor", "a, b, /", |thread, args| binary(thread, args, BinaryOp::Xor)),
        NativeMethod::function("concat", "a, b, /", |thread, args| {
            search::concat(thread, args, protocol::binary_op)
        }),
        NativeMethod::function("iadd", "a, b, /", |thread, args| in_place(thread, args, BinaryOp::Add)),
        NativeMethod::function("isub", "a, b, /", |thread, args| in_place(thread, args, BinaryOp::Subtract)),
        NativeMethod::function("imul", "a, b, /", |thread, args| in_place(thread, args, BinaryOp::Multiply)),
        NativeMethod::function("imatmul", "a, b, /", |thread, args| {
            in_place(thread, args, BinaryOp::MatrixMultiply)
        }),
        NativeMethod::function("ifloordiv", "a, b, /", |thread, args| {
            in_place(thread, args, BinaryOp::FloorDivide)
        }),
        NativeMethod::function("itruediv", "a, b, /", |thread, args| {
            in_place(thread, args, BinaryOp::TrueDivide)
        }),
        NativeMethod::function("imod", "a, b, /", |thread, args| in_place(thread, args, BinaryOp::Remainder)),
        NativeMethod::function("ipow", "a, b, /", |thread, args| in_place(thread, args, BinaryOp::Power)),
        NativeMethod::function("ilshift", "a, b, /", |thread, args| {
            in_place(thread, args, BinaryOp::LeftShift)
        }),
        NativeMethod::function("irshift", "a, b, /", |thread, args| {
            in_place(thread, args, BinaryOp::RightShift)
        }),
        NativeMethod::function("iand", "a, b, /", |thread, args| in_place(thread, args, BinaryOp::And)),
        NativeMethod::function("ior", "a, b, /", |thread, args| in_place(thread, args, BinaryOp::Or)),
        NativeMethod::function("ixor", "a, b, /", |thread, args| in_place(thread, args, BinaryOp::Xor)),
        NativeMethod::function("iconcat", "a, b, /", |thread, args| {
            search::concat(thread, args, protocol::in_place_op)
        }),
        NativeMethod::function("contains", "a, b, /", |thread, args| {
            let [a, b] = args.exactly();
            protocol::contains(thread, a, b).map(Value::bool)
        }),
        NativeMethod::function("getitem", "a, b, /", |thread, args| {
            let [a, b] = args.exactly();
            protocol::get_item(thread, a, b)
        }),
        NativeMethod::function("setitem", "a, b, c, /", |thread, args| {
            let [a, b, c] = args.exactly();
            protocol::set_item(thread, a, b, c).map(|()| Value::NONE)
        }),
        NativeMethod::function("delitem", "a, b, /", |thread, args| {
            let [a, b] = args.exactly();
            protocol::del_item(thread, a, b).map(|()| Value::NONE)
        }),
        NativeMethod::function("countOf", "a, b, /", search::count_of),
        NativeMethod::function("indexOf", "a, b, /", search::index_of),
        NativeMethod::function("length_hint", "obj, default=0, /", search::length_hint),
        NativeMethod::function("call", "obj, /, *args, **kwargs", call),
        NativeMethod::function("_compare_digest", "a, b, /", search::compare_digest),
    ],
    fill: |_, _| Ok(()),
};

fn compare(thread: &mut Thread, args: Args<'_>, comparison: Comparison) -> Run<Value> {
    let [a, b] = args.exactly();
    protocol::compare(thread, a, b, comparison)
}

fn unary(thread: &mut Thread, args: Args<'_>, operation: UnaryFn) -> Run<Value> {
    let [a] = args.exactly();
    operation(thread, a)
}

fn binary(thread: &mut Thread, args: Args<'_>, op: BinaryOp) -> Run<Value> {
    let [a, b] = args.exactly();
    protocol::binary_op(thread, op, a, b)
}

fn in_place(thread: &mut Thread, args: Args<'_>, op: BinaryOp) -> Run<Value> {
    let [a, b] = args.exactly();
    protocol::in_place_op(thread, op, a, b)
}

fn call(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    match args.get(0) {
        Some(callable) => protocol::call(thread, callable, args.skip_first()),
        None => Err(Raised::type_error("call expected at least 1 argument, got 0")),
    }
}
