//! Small programs run through the whole road from text to words, fused and not.

use std::cell::RefCell;

use super::*;
use crate::compile::{Mode, compile_module};
use crate::source::SourceText;
use crate::types::class::build_class;
use crate::value::{Args, NativeMethod};
use crate::vm::machine::Options;
use crate::vm::start::Booted;

thread_local! {
    static PRINTED: RefCell<String> = const { RefCell::new(String::new()) };
}

fn print(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let mut line = Vec::new();
    for value in arguments.positionals() {
        line.push(crate::protocol::str(thread, value)?.as_str().to_owned());
    }
    PRINTED.with_borrow_mut(|printed| {
        printed.push_str(&line.join(" "));
        printed.push('\n');
    });
    Ok(Value::NONE)
}

fn next(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [iterator] = arguments.exactly();
    let stop = || crate::value::Raised::with(crate::value::ErrorKind::StopIteration, Vec::new());
    crate::protocol::next(thread, iterator)?.ok_or_else(stop)
}

/// The built-in names of the tests: three functions and the classes.
fn few_builtins(thread: &mut Thread) -> Ref<Dict> {
    const FUNCTIONS: &[NativeMethod] = &[
        NativeMethod::function("print", "*args", print),
        NativeMethod::function("next", "iterator, /", next),
        NativeMethod::function("__build_class__", "*args, **kwargs", build_class::build_class),
    ];
    let builtins = thread.alloc(Dict::default());
    for method in FUNCTIONS {
        let function = crate::types::table::native_function::new_function(thread, method, "builtins");
        drop(builtins.set_str(thread, &thread.known().intern(thread, method.name), function));
    }
    for kind in crate::types::SPECS.iter().map(|spec| spec.kind) {
        let class = thread.known().class(kind);
        drop(builtins.set_str(thread, &thread.known().intern(thread, kind.name()), class.to_value()));
    }
    for kind in crate::value::ErrorKind::ALL {
        let class = thread.known().error(*kind);
        drop(builtins.set_str(thread, &thread.known().intern(thread, kind.name()), class.to_value()));
    }
    builtins
}

/// Runs a program and gives what it printed.
fn run(text: &str, fuse: bool) -> String {
    PRINTED.with_borrow_mut(String::clear);
    let options = Options {
        fuse,
        stress: 0,
        verify: false,
        hash_keys: crate::value::hash::seeded_keys(0),
        arguments: Vec::new(),
        search_path: Vec::new(),
        open_streams: [false; 3],
        flags: Default::default(),
    };
    let upper_floors = start::upper_floors(few_builtins, |_, _| None, |_| false);
    let mut booted = Booted::start(options, 0, upper_floors);
    let thread = booted.thread();
    let source = SourceText::new("test.mv", text);
    let tree = crate::syntax::parse_module(&source).expect("the test parses");
    let unit = compile_module(&tree, &source, Mode::Module).expect("the test compiles");
    let code = code::Code::new(thread, &unit, fuse).expect("small");
    let code = thread.alloc(code);
    let globals = thread.alloc(Dict::default());
    let name = thread.new_str("__main__");
    drop(globals.set_str(thread, &thread.known().names().name.clone(), name));
    if let Err(raised) = super::run(thread, &code, &globals) {
        let exception = crate::types::exception::instance(thread, raised);
        let class = crate::protocol::type_name(thread, &exception);
        let shown = crate::protocol::str(thread, &exception).expect("printable");
        PRINTED.with_borrow_mut(|printed| printed.push_str(&format!("{class}: {}\n", shown.as_str())));
    }
    drop(code);
    globals.clear();
    PRINTED.with_borrow(String::clone)
}

fn check(text: &str, expected: &str) {
    assert_eq!(run(text, false), expected, "one word an instruction");
    assert_eq!(run(text, true), expected, "fused");
}

#[test]
fn arithmetic_and_loops() {
    check("n = 0\nfor i in range(10):\n    n += i * 2\nprint(n, 7 // 2, -7 % 3, 1.5 + 2)\n", "90 3 2 3.5\n");
    check(
        "def f(a, b=2):\n    while a < 10:\n        a = a + b\n    return a\nprint(f(1), f(0, 3), f(a=4, b=5))\n",
        "11 12 14\n",
    );
}

#[test]
fn recursion() {
    check(
        "def fib(n):\n    if n < 2: return n\n    return fib(n - 1) + fib(n - 2)\nprint(fib(15))\n",
        "610\n",
    );
    check(
        "def f(n): return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError as e:\n    print(e)\n",
        "maximum recursion depth exceeded\n",
    );
}

#[test]
fn classes_and_methods() {
    let text = "
class Point:
    kind = 'p'
    def __init__(self, x, y=0):
        self.x = x
        self.y = y
    def add(self, other):
        return Point(self.x + other.x, self.y + other.y)
class Sub(Point):
    def __init__(self, x):
        super().__init__(x, 5)
p = Point(1, 2)
for i in range(5):
    p = p.add(Sub(1))
print(p.x, p.y, p.kind, Point(3).y)
m = p.add
print(m(p).x)
";
    check(text, "6 27 p 0\n12\n");
}

#[test]
fn exceptions() {
    let text = "
def f(x):
    try:
        return 10 // x
    except ZeroDivisionError as e:
        print('caught', e)
        raise ValueError('bad') from e
    finally:
        print('finally')
try:
    f(2)
    f(0)
except ValueError as e:
    print(e, e.__cause__, e.__context__)
[][0]
";
    check(
        text,
        "finally\ncaught division by zero\nfinally\nbad division by zero division by zero\nIndexError: list index out of range\n",
    );
}

#[test]
fn closures_and_generators() {
    let text = "
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
c = counter()
print(c(), c(), c())
def gen(n):
    try:
        for i in range(n):
            got = yield i
            if got: print('got', got)
    finally:
        print('done')
print([x * x for x in gen(4)])
g = gen(3)
next(g)
print(g.send('hello'))
g.close()
def outer():
    r = yield from gen(2)
    yield 'end'
print(list(outer()), {k: v for k, v in [(1, 2)]}, {1, 1})
";
    check(text, "1 2 3\ndone\n[0, 1, 4, 9]\ngot hello\n1\ndone\ndone\n[0, 1, 'end'] {1: 2} {1}\n");
}

#[test]
fn arguments_of_every_kind() {
    let text = "
def f(a, /, b, *args, c=3, **kw):
    return (a, b, args, c, kw)
print(f(1, 2), f(1, 2, 3, 4, c=5, d=6), f(1, b=2))
print(f(*[1, 2, 3], **{'z': 1}))
for bad in [lambda: f(), lambda: f(1), lambda: f(1, 2, b=3), lambda: (lambda x: x)(1, 2), lambda: (lambda x: x)(y=1)]:
    try:
        bad()
    except TypeError as e:
        print(e)
";
    check(
        text,
        "(1, 2, (), 3, {}) (1, 2, (3, 4), 5, {'d': 6}) (1, 2, (), 3, {})\n(1, 2, (3,), 3, {'z': 1})\n\
f() missing 2 required positional arguments: 'a' and 'b'\nf() missing 1 required positional argument: 'b'\n\
f() got multiple values for argument 'b'\n<lambda>.<locals>.<lambda>() takes 1 positional argument but 2 were given\n\
<lambda>.<locals>.<lambda>() got an unexpected keyword argument 'y'\n",
    );
}
