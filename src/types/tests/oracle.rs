//! Numbers and texts compared with CPython: thousands of random cases, the same lines on both sides.
//!
//! Each case is a line `operation ␟ operand ␟ …`, operands in Python notation. Both sides answer with a
//! line: the `repr` of the result, or the error. Skipped where there is no CPython 3.14.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::protocol;
use crate::source::python::python;
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::int;
use crate::types::start::Started;
use crate::value::{BinaryOp, Comparison, ErrorKind, Pending, Run, Str, Value};

/// What answers on the other side.
const ORACLE: &str = r#"
import operator, sys
sys.set_int_max_str_digits(0)
table = {n: getattr(operator, n) for n in "add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor lt eq".split()}
table.update(repr=lambda x: x, hash=hash, format=format, round=lambda x, n: x.__round__(n), neg=lambda x: -x,
    divmod=divmod, int=int, float=float, hex=lambda x: x.hex(), percent=lambda f, x: f % x,
    method=lambda x, n, *a: getattr(x, n)(*a))
for line in sys.stdin.read().split("\n"):
    if not line: continue
    name, *operands = line.split("\x1f")
    try: print(ascii(table[name](*[eval(o) for o in operands])))
    except Exception as e: print(type(e).__name__, ascii(str(e)))
"#;

/// Random bits, the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn int(&mut self) -> String {
        let sign = self.pick(&["", "-"]);
        let digits = match self.below(6) {
            0 => self.below(20).to_string(),
            1 => (self.next() >> self.below(64)).to_string(),
            2 => (1u128 << self.below(127)).to_string(),
            3 => ((1u128 << self.below(127)) - 1).to_string(),
            4 => (0..1 + self.below(60)).map(|_| char::from(b'1' + self.below(9) as u8)).collect(),
            _ => (self.next() % 1000).to_string(),
        };
        format!("{sign}{digits}")
    }

    fn float(&mut self) -> String {
        let float = match self.below(6) {
            0 => f64::from_bits(self.next()),
            1 => self.below(2000) as f64 / 8.0 - 100.0,
            2 => self.below(100_000) as f64 / 1000.0,
            3 => self.next() as f64 * 10f64.powi(self.below(40) as i32 - 20),
            4 => 10f64.powi(self.below(40) as i32 - 20),
            _ => -((self.next() >> 20) as f64) / 7.0,
        };
        if float.is_finite() { format!("{float:?}") } else { "1.5".to_owned() }
    }

    fn number(&mut self) -> String {
        if self.below(3) == 0 { self.float() } else { self.int() }
    }

    fn text(&mut self) -> String {
        let pool = [
            "a", "B", "é", "ß", "İ", "Σ", "ς", "日", "🎉", " ", "\u{a0}", "\u{1c}", "1", "²", "½", "٣", "ǆ",
            "ﬁ", "'", "\u{301}", "-",
        ];
        (0..self.below(9)).map(|_| self.pick(&pool)).collect()
    }
}

fn with_thread(action: impl FnOnce(&mut Thread)) {
    let mut started = Started::without_interpreter();
    let thread = started.thread();
    thread.known().int_max_str_digits.store(0, Ordering::Relaxed);
    action(thread);
}

/// Makes the value of an operand in Python notation.
fn operand(thread: &mut Thread, text: &str) -> Value {
    if let Some(quoted) = text.strip_prefix('"') {
        return thread.new_str(quoted.strip_suffix('"').expect("a quoted text"));
    }
    if text.contains(['.', 'e', 'n']) {
        return thread.new_float(text.parse().expect("a float"));
    }
    int::text::parse(thread, text, 10, None).expect("an integer")
}

fn evaluate(thread: &mut Thread, name: &str, operands: &[Value]) -> Run<Value> {
    use BinaryOp::*;
    let op = match name {
        "add" => Add,
        "sub" => Subtract,
        "mul" => Multiply,
        "truediv" => TrueDivide,
        "floordiv" => FloorDivide,
        "mod" | "percent" => Remainder,
        "pow" => Power,
        "lshift" => LeftShift,
        "rshift" => RightShift,
        "and_" => And,
        "or_" => Or,
        "xor" => Xor,
        "lt" => return protocol::compare(thread, &operands[0], &operands[1], Comparison::Less),
        "eq" => return protocol::compare(thread, &operands[0], &operands[1], Comparison::Equal),
        "repr" => return Ok(operands[0].clone()),
        "neg" => return protocol::negative(thread, &operands[0]),
        "int" => return crate::types::int::convert(thread, &operands[0]),
        "float" => {
            return crate::types::float::convert(thread, &operands[0]).map(|float| thread.new_float(float));
        }
        "hash" => return protocol::hash(thread, &operands[0]).map(|hash| thread.new_int(hash)),
        "format" => {
            let spec = operands[1].downcast_ref::<Str>().expect("a text");
            return protocol::format(thread, &operands[0], spec).map(Into::into);
        }
        "round" => return call(thread, "__round__", operands),
        "hex" => return call(thread, "hex", operands),
        "divmod" if operands.iter().any(|operand| operand.as_float_exact().is_some()) => {
            return crate::types::float::arithmetic::divmod(thread, &operands[0], &operands[1]);
        }
        "divmod" => return call(thread, "__divmod__", operands),
        _ => {
            let method = operands[1].downcast_ref::<Str>().expect("a text").as_str().to_owned();
            let mut operands = operands.to_vec();
            operands.remove(1);
            return call(thread, &method, &operands);
        }
    };
    protocol::binary_op(thread, op, &operands[0], &operands[1])
}

fn call(thread: &mut Thread, method: &str, operands: &[Value]) -> Run<Value> {
    let name = thread.known().intern(thread, method);
    protocol::call_method(thread, &operands[0], &name, &operands[1..])
}

fn answer(thread: &mut Thread, case: &str) -> String {
    let mut parts = case.split('\x1f');
    let name = parts.next().expect("a name");
    let operands: Vec<Value> = parts.map(|part| operand(thread, part)).collect();
    let result = evaluate(thread, name, &operands).and_then(|value| protocol::ascii(thread, &value));
    match result {
        Ok(text) => text.downcast_ref::<Str>().expect("a text").as_str().to_owned(),
        Err(raised) => match raised.into_pending() {
            Pending::Missing(kind, message, ..) => {
                format!("{} {:?}", kind.name(), message)
            }
            Pending::Message(kind, message) => {
                let message = thread.new_string(message);
                refusal(thread, kind, &message)
            }
            Pending::Arguments(kind, arguments) if arguments.len() > 1 => {
                let arguments = thread.new_tuple(arguments);
                let message = protocol::repr(thread, &arguments).expect("a text").into();
                refusal(thread, kind, &message)
            }
            Pending::Arguments(kind, _) => format!("{} ''", kind.name()),
            Pending::Instance(_) | Pending::Unwound(_) => "an exception object".to_owned(),
        },
    }
}

/// An error as the oracle shows it: its kind, and its text in quotes.
fn refusal(thread: &mut Thread, kind: ErrorKind, message: &Value) -> String {
    let shown = protocol::ascii(thread, message).expect("a text");
    format!("{} {}", kind.name(), shown.downcast_ref::<Str>().expect("a text").as_str())
}

/// Compares the answers to all cases; `None` where there is no CPython to ask.
fn compare(cases: &[String]) -> Option<()> {
    let mut oracle = Command::new(python()?)
        .args(["-X", "utf8", "-c", ORACLE])
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = oracle.stdin.take().expect("piped");
    let text = cases.join("\n");
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = oracle.wait_with_output().expect("the oracle answers");
    writer.join().expect("the writer ends").expect("the oracle reads");
    let expected: Vec<String> =
        String::from_utf8(output.stdout).expect("ASCII").lines().map(str::to_owned).collect();
    assert_eq!(expected.len(), cases.len());
    with_thread(|thread| {
        let mut wrong = Vec::new();
        for (case, expected) in cases.iter().zip(&expected) {
            let given = answer(thread, case);
            if given != *expected && !(expected.starts_with('(') && expected.ends_with("j)")) {
                wrong.push(format!(
                    "{}\n  CPython: {expected}\n  minivm:  {given}",
                    case.replace('\x1f', "  ")
                ));
            }
        }
        let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
        assert!(wrong.is_empty(), "{} of {} differ:\n{shown}", wrong.len(), cases.len());
    });
    Some(())
}

fn cases(count: usize, seed: u64, make: impl Fn(&mut Random) -> String) -> Vec<String> {
    let mut random = Random(seed);
    (0..count).map(|_| make(&mut random)).collect()
}

fn line(parts: &[&str]) -> String {
    parts.join("\x1f")
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[test]
fn arithmetic_gives_what_cpython_gives() {
    let operators = ["add", "sub", "mul", "truediv", "floordiv", "mod", "lt", "eq", "divmod"];
    let mut all = cases(6000, 1, |random| {
        let (left, right) = (random.number(), random.number());
        line(&[random.pick(&operators), &left, &right])
    });
    all.extend(cases(1500, 2, |random| {
        let operator = random.pick(&["and_", "or_", "xor"]);
        line(&[operator, &random.int(), &random.int()])
    }));
    all.extend(cases(1000, 3, |random| {
        let count = (random.below(200) as i64 - 5).to_string();
        line(&[random.pick(&["lshift", "rshift"]), &random.int(), &count])
    }));
    all.extend(cases(800, 4, |random| {
        let exponent = (random.below(40) as i64 - 8).to_string();
        line(&["pow", &random.number(), &exponent])
    }));
    compare(&all);
}

#[test]
fn numbers_look_as_in_cpython() {
    let mut all = cases(6000, 5, |random| line(&["repr", &random.float()]));
    all.extend(cases(2000, 6, |random| line(&[random.pick(&["repr", "hash", "neg"]), &random.number()])));
    all.extend(cases(2000, 7, |random| line(&["hex", &random.float()])));
    all.extend(cases(3000, 8, |random| {
        let digits = (random.below(30) as i64 - 12).to_string();
        line(&["round", &random.number(), &digits])
    }));
    compare(&all);
}

#[test]
fn formats_are_those_of_cpython() {
    let specs = |random: &mut Random, codes: &[&str]| {
        let mut spec = random.pick(&["", "", "", "<", "^", "*>", "é^", "="]).to_owned();
        spec += random.pick(&["", "", "+", " ", "-"]);
        spec += random.pick(&["", "", "", "z"]);
        spec += random.pick(&["", "", "#"]);
        spec += random.pick(&["", "", "0"]);
        spec += random.pick(&["", "", "1", "8", "15", "30"]);
        spec += random.pick(&["", "", "", ",", "_"]);
        spec += random.pick(&["", "", "", ".0", ".1", ".3", ".17", ".40"]);
        spec + random.pick(codes)
    };
    let mut all = cases(6000, 9, |random| {
        let spec = specs(random, &["", "e", "E", "f", "F", "g", "G", "%", "n", "d", "q"]);
        line(&["format", &random.float(), &quoted(&spec)])
    });
    all.extend(cases(4000, 10, |random| {
        let spec = specs(random, &["", "d", "b", "o", "x", "X", "c", "n", "e", "f", "g", "%", "s"]);
        line(&["format", &random.int(), &quoted(&spec)])
    }));
    all.extend(cases(1500, 11, |random| {
        let spec = specs(random, &["", "s", "d"]);
        line(&["format", &quoted(&random.text()), &quoted(&spec)])
    }));
    let flags = ["", "", "-", "+", " ", "#", "0", "-0", "+0", "#0"];
    all.extend(cases(5000, 12, |random| {
        let mut spec = format!("%{}", random.pick(&flags));
        spec += random.pick(&["", "", "1", "8", "20"]);
        spec += random.pick(&["", "", ".0", ".", ".3", ".12"]);
        spec += random
            .pick(&["d", "i", "x", "X", "o", "e", "E", "f", "F", "g", "G", "s", "r", "a", "c", "u", "y", ""]);
        let value = if random.below(4) == 0 { quoted(&random.text()) } else { random.number() };
        line(&["percent", &quoted(&spec), &value])
    }));
    compare(&all);
}

#[test]
fn texts_become_numbers_as_in_cpython() {
    let pieces =
        ["1", "2", "0", "_", "__", ".", "e", "E", "+", "-", " ", "inf", "nan", "x", "٣", "\u{3000}", "9e9"];
    let all = cases(6000, 13, |random| {
        let text: String = (0..1 + random.below(6)).map(|_| random.pick(&pieces)).collect();
        line(&[random.pick(&["int", "float"]), &quoted(&text)])
    });
    compare(&all);
}

#[test]
fn methods_of_texts_answer_as_in_cpython() {
    let methods = "upper lower title capitalize swapcase casefold isalpha isalnum isdecimal isdigit isnumeric isspace \
                 isascii isprintable isidentifier isupper islower istitle strip lstrip rstrip split rsplit splitlines \
                 encode expandtabs __len__ __hash__ __repr__"
        .split_whitespace()
        .collect::<Vec<_>>();
    let mut all = cases(8000, 14, |random| {
        let method = quoted(random.pick(&methods));
        line(&["method", &quoted(&random.text()), &method])
    });
    let one = "find rfind index rindex count startswith endswith split rsplit partition rpartition strip lstrip rstrip \
               removeprefix removesuffix __contains__ join __add__"
        .split_whitespace()
        .collect::<Vec<_>>();
    all.extend(cases(8000, 15, |random| {
        let (text, other) = (random.text() + &random.text(), random.text());
        let part: String =
            if random.below(2) == 0 { text.chars().skip(random.below(5)).take(2).collect() } else { other };
        line(&["method", &quoted(&text), &quoted(random.pick(&one)), &quoted(&part)])
    }));
    all.extend(cases(4000, 16, |random| {
        let bound = |random: &mut Random| (random.below(24) as i64 - 12).to_string();
        let (text, part) =
            (random.text() + &random.text(), random.pick(&["a", "", "é", "日", "a"]).to_owned());
        let method = random.pick(&["find", "rfind", "count", "startswith", "endswith"]);
        line(&["method", &quoted(&text), &quoted(method), &quoted(&part), &bound(random), &bound(random)])
    }));
    all.extend(cases(2000, 17, |random| {
        let width = random.below(14).to_string();
        let method = random.pick(&["center", "ljust", "rjust", "zfill", "__mul__", "__getitem__"]);
        line(&["method", &quoted(&random.text()), &quoted(method), &width])
    }));
    all.extend(cases(2000, 18, |random| {
        let (old, new) = (random.pick(&["a", "", "é", "日", "aB"]), random.pick(&["", "x", "日本"]));
        let count = (random.below(6) as i64 - 1).to_string();
        line(&["method", &quoted(&random.text()), "\"replace\"", &quoted(old), &quoted(new), &count])
    }));
    compare(&all);
}
