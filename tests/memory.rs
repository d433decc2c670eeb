//! Programs that want more memory than there is: each ends in a `MemoryError` it can catch, and goes on.
//!
//! The limit is on addresses (`ulimit -v`), as a small machine or a container has it. What must never happen is an
//! abort, a panic or a signal.

// Filling memory takes long in a debug build.
#![cfg(all(target_os = "linux", not(debug_assertions)))]

mod support;

use std::time::Duration;
use support::{MINIVM, Outcome, command, root, run};

/// Runs a text with so many KiB of addresses.
fn limited(kib: usize, code: &str) -> Outcome {
    limited_with(kib, "", code)
}

/// As `limited`, with options of the command line.
fn limited_with(kib: usize, options: &str, code: &str) -> Outcome {
    let mut shell = command("sh", root());
    shell.args(["-c", &format!("ulimit -v {kib}; exec \"$0\" {options} -c \"$1\""), MINIVM, code]);
    run(&mut shell, b"", Duration::from_secs(600)).expect("it ends in time")
}

/// Runs the body of a function until it raises, and then something that needs a little memory.
fn greedy(kib: usize, before: &str, body: &str) {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let code = format!(
        "{before}\ndef grow():\n{body}\ntry: grow()\nexcept MemoryError: print('no memory')\n\
         print('went on', sum(map(int, [str(i) for i in range(1000)])))"
    );
    let outcome = limited(kib, &code);
    assert_eq!(outcome.out, "no memory\nwent on 499500\n", "{code}\n{}", outcome.err);
    assert_eq!((outcome.err.as_str(), outcome.status), ("", 0), "{code}");
}

/// So many addresses that a program starts, and so few that it is soon at their end.
const FEW: usize = 300_000;

#[test]
fn containers() {
    greedy(FEW, "", "kept = []\nwhile True: kept.append([])");
    greedy(FEW, "", "kept = [0]\nwhile True: kept += kept");
    greedy(FEW, "", "kept = {}\nwhile True: kept[len(kept)] = [1]");
    greedy(FEW, "", "kept = ()\nwhile True: kept = (kept,)");
    greedy(FEW, "", "kept = (1,)\nwhile True: kept = kept + kept");
    greedy(FEW, "", "kept = {1}\nwhile True: kept |= {i + len(kept) for i in kept}");
    greedy(FEW, "", "x = [1]\nwhile True:\n    x = x + x\n    first, *rest = x");
}

#[test]
fn texts_and_numbers() {
    greedy(FEW, "", "s = 'ab'\nwhile True: s += s");
    greedy(FEW, "", "s = b'ab'\nwhile True: s += s");
    greedy(FEW, "", "kept = []\nwhile True: kept.append(bytes(70000))");
    greedy(
        FEW,
        "",
        "n = 1000\nwhile True:\n    n *= 3\n    kept = f'{5:>{n}}', '%*d' % (n, 5), b'a'.zfill(n)",
    );
    greedy(FEW, "", "''.join('abc' * 10 for _ in iter(int, 1))");
    greedy(FEW, "", "x = 1\nkept = []\nwhile True:\n    x <<= 100000\n    kept.append(x)");
}

#[test]
fn calls() {
    greedy(FEW, "def f(*a): return len(a)", "x = [1]\nwhile True:\n    x = x + x\n    f(*x)");
    greedy(FEW, "", "kept = []\nwhile True: kept.append(lambda x=len(kept): lambda: x)");
    greedy(FEW, "def g(x): yield from x", "x = iter([])\nwhile True: x = g(x)");
    // As deep as the frames fit, with a traceback of them all.
    let deep = "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f() + 1\n";
    let outcome =
        limited(300_000, &format!("{deep}try: f()\nexcept (MemoryError, RecursionError): print('went on')"));
    assert_eq!((outcome.out.as_str(), outcome.status), ("went on\n", 0), "{}", outcome.err);
    let outcome = limited(300_000, &format!("{deep}f()"));
    assert_eq!(outcome.status, 1, "{}", outcome.err);
}

#[test]
fn objects_and_names() {
    greedy(FEW, "class A: pass", "a = A()\nwhile True:\n    b = A()\n    b.next = a\n    a = b");
    greedy(FEW, "", "class A: pass\nn = 0\nwhile True:\n    setattr(A, 'x%d' % n, n)\n    n += 1");
    greedy(
        FEW,
        "import weakref\nclass A: pass",
        "kept = []\nwhile True:\n    a = A()\n    kept.append((a, weakref.ref(a, print)))",
    );
}

#[test]
fn classes_and_code() {
    greedy(FEW, "", "kept = []\nwhile True:\n    class X: pass\n    kept.append(X)");
    greedy(
        FEW,
        "class A: pass",
        "kept = []\nwhile True:\n    a = A()\n    for i in range(40): setattr(a, 'x%d' % i, i)\n    kept.append(a)",
    );
    let text = "text = '\\n'.join('def f%d(a, b=1): return a + b * %d' % (i, i) for i in range(50))";
    // Limits at which the last room for pages of one size goes at another time.
    for kib in [283_000, 325_000, 451_000] {
        greedy(
            kib,
            text,
            "kept = []\nwhile True:\n    names = {}\n    exec(text, names)\n    kept.append(names)",
        );
        greedy(kib, text, "kept = []\nwhile True: kept.append(compile(text, 'text', 'exec'))");
    }
    greedy(
        FEW,
        "",
        "n = 1000\nwhile True:\n    n *= 2\n    kept = compile('x = [1, 2]\\n' * n, 'text', 'exec')",
    );
}

/// Limits at which the last room goes at another time: to pages of objects, to buffers of one size or the other.
const LIMITS: [usize; 5] = [451_000, 283_000, 300_000, 275_000, 325_000];

/// Programs that keep all they make: what comes first, and what is done without end. Each takes the next limit.
const KEEPERS: &[(&str, &str)] = &[
    ("", "class X: pass\nkept.append(X)"),
    ("", "kept.append(type('X', (), {'f': len}))"),
    ("class A: pass\nclass B: pass", "class X(A): pass\nX.__bases__ = (B,)\nkept.append(X)"),
    ("x = object", "global x\nx = type('X', (x,), {})\nkept.append(x)\nif len(kept) % 50 == 0: x = object"),
    ("", "names = {}\nexec('def f(a, b=1): return a + b * 7', names)\nkept.append(names)"),
    ("", "kept.append(compile('def f(a, b=1): return a + b * 7\\n' * 50, 'text', 'exec'))"),
    ("class A: pass", "a = A()\nfor i in range(40): setattr(a, 'x%d' % i, i)\nkept.append(a)"),
    ("class A: pass", "a = A()\na.x = a.y = 1\na.__dict__\nkept.append(a)"),
    ("def g():\n    x = yield 1\n    yield x", "i = g()\nnext(i)\nkept.append(i)"),
    ("", "kept.append(lambda x=len(kept): lambda: x + len(kept))"),
    ("", "try: 1 / 0\nexcept ZeroDivisionError as e: kept.append(e)"),
    (
        "def f(n): return 1 / n if n == 0 else f(n - 1)",
        "try: f(20)\nexcept ZeroDivisionError as e: kept.append(e)",
    ),
    ("import weakref\nclass A: pass", "a = A()\nkept.append((a, weakref.ref(a, print)))"),
    ("import weakref\nclass A: pass", "a = A()\nkept.append([a, weakref.proxy(a)])"),
    ("", "kept.append([])"),
    ("", "kept.append([[], [[1], [2]]])"),
    ("", "kept[:] = [kept[:]]"),
    ("", "kept[:] = [(*kept,)]"),
    ("class A: pass", "a = A()\na.next = kept[:]\nkept[:] = [a]"),
    ("", "kept.append({'a': len(kept)})"),
    ("", "kept.append({len(kept), -len(kept) - 1})"),
    ("", "kept.append('x%d' % len(kept))"),
    ("", "kept.append('x' * 1000 + str(len(kept)))"),
    ("", "kept.append('x' * 100000 + str(len(kept)))"),
    ("", "kept.append(bytes(70000))"),
    ("", "kept.append(1 << 70 | len(kept))"),
    ("", "kept.append(1 << 10000 * len(kept))"),
    ("", "kept.append(float(len(kept)) * 1e300)"),
    ("class A: pass", "a = A()\na.me = a\nkept.append([a, [a]])"),
    ("class A: pass", "a = A()\na.me = [a]\nkept.append(bytes(3000))"),
    ("class A:\n    def __del__(self): pass", "a = A()\na.me = a\nkept.append(a)"),
    ("class A: __slots__ = 'a', 'b', 'c'", "a = A()\na.a = a.b = a.c = kept\nkept.append(a)"),
    ("", "kept.append(list(map(str, range(10**9))))"),
    ("", "kept.append(('ab ' * 1000000).split())"),
    ("", "kept.append(map(len, zip([1], [2])))"),
];

/// A handler that keeps everything works and prints after one error; then all is dropped, and the same goes again.
/// Names of two megabytes where no block of that size is left: what quotes them is refused, or says less.
#[test]
fn names_too_long_to_quote() {
    const BEFORE: &str = "
import sys, weakref
name = 'a' * 2000000
class C:
    def m(self): pass
def f(a=1): pass
held = []
size = 1 << 24
while size >= 4096:
    try: held.append(b'x' * size)
    except MemoryError: size >>= 1
held.pop()
";
    let shown = [
        "getattr(1, name)",
        "getattr(C(), name)",
        "getattr(C, name)",
        "getattr(sys, name)",
        "format(1, name)",
        "f'{1.5:{name}}'",
        "complex(name)",
        "float(name)",
        "int(name)",
        "float.fromhex(name)",
        "b'x'.decode(name)",
        "'\\xe9'.encode('ascii', name)",
        "__import__(name)",
        "open(name)",
        "eval('1 +' + name[:9], {}, {}).x",
        "repr(type(name, (), {}))",
        "repr(type(name, (), {})())",
        "repr(weakref.ref(type(name, (), {})()))",
        "getattr(type('X', (), {name: property()})(), name)",
        "getattr(type('X', (), {'__slots__': (name,)})(), name)",
        "repr(getattr(type(name, (), {'__slots__': (name,)}), name))",
        "setattr(f, '__qualname__', name) or repr(f)",
        "setattr(f, '__qualname__', name) or f(1, 2)",
        "setattr(C.m, '__qualname__', name) or repr(C().m)",
        "setattr(C, '__module__', name) or repr(C)",
        "str(OSError(2, name, name, 0, name))",
        "str(SyntaxError(name, (name, 1, 1, name)))",
        "str(UnicodeEncodeError(name, name, 1, 2, name))",
        "str(ImportError(name))",
        "{}[name]",
        "f(**{name: 1})",
        "sys.excepthook(Exception, Exception(name), None)",
        "sys.excepthook(SyntaxError, SyntaxError(name, (name, 1, 1, name)), None)",
        "sys.excepthook(ExceptionGroup, ExceptionGroup(name, [Exception(name)]), None)",
        "print(name, file=sys.stderr)",
    ];
    for expression in shown {
        let code =
            format!("{BEFORE}try: {expression}\nexcept Exception: pass\nheld.clear()\nprint('went on')");
        let outcome = limited(350_000, &code);
        let problem = &outcome.err[..outcome.err.len().min(500)];
        assert_eq!((outcome.out.as_str(), outcome.status), ("went on\n", 0), "{expression}: {problem}");
    }
    for ending in ["raise Exception(name)", "sys.exit(name)", "assert False, name", "getattr(1, name)"] {
        let outcome = limited(350_000, &format!("{BEFORE}{ending}"));
        let problem = &outcome.err[..outcome.err.len().min(500)];
        assert_eq!(outcome.status, 1, "{ending}: {problem}");
    }
}

#[test]
fn handlers_that_keep_everything() {
    for ((before, body), kib) in KEEPERS.iter().zip(LIMITS.iter().cycle()) {
        let body: String = body.lines().map(|line| format!("        {line}\n")).collect();
        let code = format!(
            "{before}\ndef grow(kept):\n    while True:\n{body}kept = []\nfor turn in range(2):\n    \
             try: grow(kept)\n    except MemoryError:\n        \
             print('no memory', sum(map(int, [str(i) for i in range(1000)])))\n        \
             class Small: pass\n        some = [(Small(), [i]) for i in range(100)]\n        \
             print(f'{{len(some)}}', sorted(str(i) for i in range(20))[-1])\n    kept.clear()\n\
             print('went on', sum(map(int, [str(i) for i in range(1000)])))"
        );
        let outcome = limited(*kib, &code);
        let want = "no memory 499500\n100 9\nno memory 499500\n100 9\nwent on 499500\n";
        assert_eq!(outcome.out, want, "{kib} KiB\n{code}\n{}", outcome.err);
        assert_eq!((outcome.err.as_str(), outcome.status), ("", 0), "{kib} KiB\n{code}");
    }
}

/// What ends a program for want of memory says where. The error comes a few instructions after the request that failed, so
/// that the mark below the line that made it may stand under the next one.
#[test]
fn the_report_of_an_error() {
    let outcome = limited(FEW, "kept = []\ndef grow():\n    while True: kept.append([])\ngrow()");
    let is_mark =
        |line: &&str| !line.trim().is_empty() && line.trim().chars().all(|char| "~^".contains(char));
    let lines: Vec<&str> = outcome.err.lines().filter(|line| !is_mark(line)).collect();
    let want = [
        "Traceback (most recent call last):",
        "  File \"<string>\", line 4, in <module>",
        "    grow()",
        "  File \"<string>\", line 3, in grow",
        "    while True: kept.append([])",
        "MemoryError",
    ];
    assert_eq!((&lines[..], outcome.status), (&want[..], 1), "{}", outcome.err);
    assert_eq!(outcome.err.lines().filter(is_mark).count(), 2, "{}", outcome.err);
}

/// A machine that has no memory to start says so.
#[test]
fn the_start() {
    let outcome = limited(120_000, "print('started')");
    assert_eq!(
        (outcome.out.as_str(), outcome.err.as_str(), outcome.status),
        ("", "minivm: not enough memory to start\n", 1)
    );
}

/// An audit takes memory for each object; without any it is left out, and that is said.
#[test]
fn the_audit() {
    let code = "import gc\nclass A:\n    def __init__(self): self.me = self\ngc.disable()\nkept = []\n\
                try:\n    while True: kept.append(A())\nexcept MemoryError: print('no memory')\n\
                kept.clear()\ngc.collect()\nprint('went on')";
    let outcome = limited_with(FEW, "--gc-verify", code);
    assert_eq!((outcome.out.as_str(), outcome.status), ("no memory\nwent on\n", 0), "{}", outcome.err);
    for line in outcome.err.lines() {
        assert!(line.starts_with("minivm: too little memory to audit the heap"), "{line}");
    }
}

#[test]
fn collections() {
    // What the collector needs of its own must not keep it from freeing what a program has dropped.
    greedy(
        FEW,
        "class A: pass",
        "kept = []\nwhile True:\n    a = A()\n    a.me = a\n    kept.append([a, [a]])",
    );
    // Nor must a list of what script code may hear of, in the order of birth, for which there is no memory.
    let code = "import gc, weakref
gc.disable()
died, heard = [-1, True], [-1, True]
def count(last, number): last[:] = number, last[1] and number == last[0] + 1
class A:
    def __init__(self, number): self.number, self.me = number, self
    def __del__(self): count(died, self.number)
references = []
for i in range(150000):
    a = A(i)
    if i % 10 == 0: references.append(weakref.ref(a, lambda r, i=i // 10: count(heard, i)))
kept = []
try:
    while True: kept.append([])
except MemoryError: pass
gc.collect()
print(died, heard)
try:
    while True: kept.append([])
except MemoryError: print('no memory')
";
    let outcome = limited(FEW, code);
    assert_eq!(outcome.out, "[149998, True] [14999, True]\nno memory\n", "{}", outcome.err);
}
