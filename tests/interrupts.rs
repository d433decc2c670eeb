//! Ctrl-C: what it ends, how fast, and how a process ends that does not catch it.

#![cfg(unix)]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use support::{MINIVM, command, root};

/// The signal of Ctrl-C.
const SIGINT: i32 = 2;
/// How long a process may take to end after it; much is left to a loaded machine.
const AT_ONCE: Duration = Duration::from_secs(20);

/// Starts a program that prints a line before it does what is to be interrupted; its input is a pipe that stays open.
fn start(code: &str) -> Child {
    let mut child = command(MINIVM, root())
        .args(["-c", &format!("print('ready', flush=True)\n{code}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("minivm starts");
    let mut line = Vec::new();
    let out = child.stdout.as_mut().expect("standard output is piped");
    while line.last() != Some(&b'\n') {
        let mut byte = [0];
        out.read_exact(&mut byte).expect("the program prints its line");
        line.push(byte[0]);
    }
    // A moment for what comes behind the line to begin.
    std::thread::sleep(Duration::from_millis(200));
    child
}

fn interrupt(child: &Child) {
    let status = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("kill runs").success());
}

/// Waits for the end; what it printed after its first line, its errors, and how it ended.
fn finish(mut child: Child, code: &str) -> (String, String, ExitStatus) {
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > AT_ONCE {
            child.kill().ok();
            panic!("it does not end: {code}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (out, err, status)
}

fn is_interrupted(code: &str) {
    let child = start(code);
    interrupt(&child);
    let (_, err, status) = finish(child, code);
    assert!(err.ends_with("KeyboardInterrupt\n"), "{code}: {err}");
    assert_eq!(status.signal(), Some(SIGINT), "{code}");
}

#[test]
fn blocking_reads() {
    for code in [
        "input()",
        "import sys\nsys.stdin.read()",
        "import sys\nsys.stdin.readline()",
        "import sys\nfor line in sys.stdin: pass",
        "open('/dev/stdin').read()",
        "open('/dev/stdin', 'rb').read(10)",
        "for line in open('/dev/stdin'): pass",
    ] {
        is_interrupted(code);
    }
}

#[test]
fn pipes_with_names() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&folder).unwrap();
    let pipe = folder.join("pipe_to_interrupt");
    let _ = std::fs::remove_file(&pipe);
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    is_interrupted(&format!("open({pipe:?}).read()"));
    is_interrupted(&format!("open({pipe:?}, 'w')"));
    // Both ends in two processes still find each other.
    let writer = start(&format!("open({pipe:?}, 'w').write('through the pipe')"));
    let reader = start(&format!("print(open({pipe:?}).read())"));
    assert!(finish(writer, "the writer").2.success());
    assert_eq!(finish(reader, "the reader").0, "through the pipe\n");
}

#[test]
fn blocking_writes() {
    is_interrupted("print('x' * 10**6)");
}

#[test]
fn native_loops_that_call_script_code() {
    let item = "class Item:\n    def __lt__(self, other): return True\n    def __eq__(self, other): return False\n    def __hash__(self): return 1\n    def __repr__(self): return ''\nitems = [Item() for _ in range(10000)]\n";
    for code in [
        "while True: items.sort(key=lambda item: 0)",
        "while True: items.sort()",
        "while True: repr(items)",
        "while True: 1 in items",
        "set(items)",
        "{}.update(dict.fromkeys(items))",
        "while True: max(items, key=id)",
    ] {
        is_interrupted(&format!("{item}{code}"));
    }
    for code in [
        "max(iter(int, 1))",
        "any(iter(int, 1))",
        "sum(map(lambda n: 1, iter(int, 1)))",
        "list(filter(None, iter(int, 1)))",
        "''.join(map(str, iter(int, 1)))",
        "for pair in zip(filter(None, iter(int, 1))): pass",
    ] {
        is_interrupted(code);
    }
}

/// Regular expressions whose ways double with each character: `(a*)*b`, `(a+)+b`, `(?:a|a)*b` and the like.
#[test]
fn patterns_that_explode() {
    let plus = "23, 14, 1, M, 17, 0, 24, 6, 1, M, 16, 97, 1, 17, 1, 18, 16, 98";
    for (code, action) in [
        ("23, 14, 0, M, 17, 0, 24, 6, 0, M, 16, 97, 1, 17, 1, 18, 16, 98".to_owned(), "match(text)"),
        (plus.to_owned(), "search(text)"),
        (plus.to_owned(), "sub('', text)"),
        (plus.to_owned(), "scanner(text).search()"),
        (plus.to_owned(), "fullmatch(text + 'ä')"),
        (format!("4, 21, 0, {plus}, 1"), "findall(text)"),
        (format!("27, 20, {plus}, 1"), "split(text)"),
        ("23, 13, 0, M, 16, 97, 7, 3, 15, 5, 3, 15, 2, 0, 18, 16, 98".to_owned(), "match(text)"),
        // Each of many starts goes through all that follows: `a*b` without a `b`.
        ("24, 6, 0, M, 16, 97, 1, 16, 98".to_owned(), "search('a' * 10**8)"),
    ] {
        is_interrupted(&format!(
            "import _sre\nM, text = _sre.MAXREPEAT, 'a' * 100\n\
             _sre.compile('', 32, [{code}, 1], 1, {{}}, ()).{action}"
        ));
    }
}

/// Parts that are shared 60 deep are looked at 2^60 times.
#[test]
fn operations_on_shared_parts() {
    let doubled = |what: &str, first: &str, part: &str| {
        format!("a = b = {first}\nfor _ in range(60): a, b = {part}\n{what}")
    };
    for code in [
        doubled("a == b", "[]", "[a, a], [b, b]"),
        doubled("a == b", "1", "{1: a, 2: a}, {1: b, 2: b}"),
        doubled("a < b", "()", "(a, a), (b, b)"),
        doubled("hash(a)", "()", "(a, a), b"),
        doubled("isinstance('', a)", "int", "(a, a), b"),
        doubled("issubclass(str, a)", "int", "(a, a), b"),
        doubled("repr(a)", "[]", "[a, a], b"),
        doubled("f'{a}'", "1", "{1: a, 2: a}, b"),
        doubled("repr(a)", "int", "list[a, a], b"),
    ] {
        is_interrupted(&code);
    }
}

#[test]
fn operations_on_long_integers() {
    for code in [
        "7**80000000",
        "x = 7**20000000\nx * x * x",
        "x = 3**60000000\nx // 7**9000000",
        "import sys\nsys.set_int_max_str_digits(0)\nstr(3**60000000)",
        "import sys\nsys.set_int_max_str_digits(0)\nint('7' * 40000000)",
        "pow(3, 2**2000000, 2**200000 + 1)",
        "import math\nmath.gcd(3**2500000, 7**1400000)",
        "import math\nmath.lcm(3**2500000, 7**1400000)",
        "import math\nmath.isqrt((1 << 400000000) - 12345)",
        "import math\nmath.comb(10**7, 5 * 10**6)",
    ] {
        is_interrupted(code);
    }
}

#[test]
fn an_interrupt_is_not_kept_for_later() {
    let code = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('once')\nfor n in range(100000): pass\nprint('on')";
    let child = start(code);
    interrupt(&child);
    let (out, err, status) = finish(child, code);
    assert_eq!((out.as_str(), err.as_str(), status.code()), ("once\non\n", "", Some(0)));
}

#[test]
fn destructors_run_before_the_end_by_the_signal() {
    let code =
        "import time\nclass Last:\n    def __del__(self): print('last words')\nlast = Last()\ntime.sleep(60)";
    let child = start(code);
    interrupt(&child);
    let (out, _, status) = finish(child, code);
    assert_eq!((out.as_str(), status.signal()), ("last words\n", Some(SIGINT)));
}

#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let code = "print('ready', flush=True)\nimport time\ntime.sleep(1)\nprint('survived')";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "trap '' INT; exec \"$0\" -c \"$1\"", MINIVM, code]).stdout(Stdio::piped());
    let mut child = shell.spawn().expect("the shell starts");
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    interrupt(&child);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!((rest.as_str(), child.wait().unwrap().code()), ("survived\n", Some(0)));
}

/// Whatever leaves a derived `KeyboardInterrupt` uncaught, or the hook that was to report an exception, ends the process
/// by the signal.
#[test]
fn derived_interrupts_and_those_in_hooks_end_by_the_signal() {
    let derived = "import time\nclass Derived(KeyboardInterrupt): pass\ntry: time.sleep(60)\nexcept KeyboardInterrupt: raise Derived";
    let hook = "import sys, time\ndef hook(*facts): time.sleep(60)\nsys.excepthook = hook\n1/0";
    for code in [derived, hook] {
        let child = start(code);
        interrupt(&child);
        let (_, _, status) = finish(child, code);
        assert_eq!(status.signal(), Some(SIGINT), "{code}");
    }
}

/// When the program has ended, no code is left that could catch an interrupt: destructors do not hold it up.
#[test]
fn an_interrupt_of_the_last_destructors_ends_the_process() {
    let code = "class Slow:\n    def __del__(self):\n        while True: pass\nlast = Slow()";
    let child = start(code);
    interrupt(&child);
    let (_, err, status) = finish(child, code);
    assert_eq!((err.as_str(), status.signal()), ("", Some(SIGINT)));
}
