//! The command line: where programs come from, how they end, and what stops them.
//!
//! What programs print is the business of `golden.rs`; here are the options, standard input, files that
//! are no programs, pipes that close, signals, and the read-eval-print loop fed through a pipe.

mod support;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use support::{MINIVM, Outcome, code_of, command, root, run};

const LIMIT: Duration = Duration::from_secs(60);

/// Runs minivm with these arguments and this standard input in an empty folder.
fn minivm(arguments: &[&str], input: &str) -> Outcome {
    run(command(MINIVM, &scratch()).args(arguments), input.as_bytes(), LIMIT).expect("it ends in time")
}

/// A folder for the files that these tests write.
fn scratch() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

/// Writes a file beside which the programs run.
fn write(name: &str, bytes: &[u8]) -> String {
    std::fs::write(scratch().join(name), bytes).expect("the file can be written");
    name.to_owned()
}

fn expect(outcome: &Outcome, out: &str, status: i32) {
    assert_eq!(outcome.err, "", "nothing on standard error");
    assert_eq!((outcome.out.as_str(), outcome.status), (out, status));
}

#[test]
fn code_from_an_argument() {
    expect(&minivm(&["-c", "print(1 + 1)"], ""), "2\n", 0);
    expect(&minivm(&["-c", "pass"], ""), "", 0);
    expect(&minivm(&["-c", "for i in range(2):\n    print(i)"], ""), "0\n1\n", 0);
}

#[test]
fn code_from_an_argument_sees_the_rest() {
    expect(&minivm(&["-c", "import sys; print(sys.argv)", "a", "-x"], ""), "['-c', 'a', '-x']\n", 0);
}

#[test]
fn code_from_standard_input() {
    expect(&minivm(&["-"], "print('from stdin')\nimport sys\nprint(sys.argv)\n"), "from stdin\n['-']\n", 0);
    expect(&minivm(&["-", "x"], "import sys; print(sys.argv)"), "['-', 'x']\n", 0);
}

#[test]
fn arguments_after_the_script_are_its_own() {
    let script = write("argv.mv", b"import sys\nprint(sys.argv)\n");
    expect(&minivm(&[&script, "one", "--dis", "-c"], ""), "['argv.mv', 'one', '--dis', '-c']\n", 0);
}

#[test]
fn the_script_finds_its_neighbours_from_elsewhere() {
    let folder = scratch().join("package");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("neighbour.mv"), "word = 'found'\n").unwrap();
    std::fs::write(folder.join("main.mv"), "import neighbour\nprint(neighbour.word)\n").unwrap();
    expect(&minivm(&["package/main.mv"], ""), "found\n", 0);
}

#[test]
fn missing_file_is_one_clear_line() {
    let outcome = minivm(&["no_such_file.mv"], "");
    assert_eq!((outcome.out.as_str(), outcome.status), ("", 2));
    assert_eq!(outcome.err.lines().count(), 1, "{}", outcome.err);
    assert!(outcome.err.contains("no_such_file.mv"), "{}", outcome.err);
}

#[test]
fn folder_without_main_is_one_clear_line() {
    std::fs::create_dir_all(scratch().join("no_main")).unwrap();
    let outcome = minivm(&["no_main"], "");
    assert_eq!((outcome.out.as_str(), outcome.status), ("", 1));
    assert!(outcome.err.contains(": can't find '__main__' module in '"), "{}", outcome.err);
    assert_eq!(outcome.err.lines().count(), 1, "{}", outcome.err);
}

#[test]
fn folder_with_main_is_a_program() {
    let folder = scratch().join("with_main");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("helper.py"), "word = 'helped'\n").unwrap();
    let main =
        "import helper, sys\nprint(helper.word, __name__, __spec__.name, repr(__package__), sys.argv)\n";
    std::fs::write(folder.join("__main__.py"), main).unwrap();
    expect(&minivm(&["with_main", "x"], ""), "helped __main__ __main__ '' ['with_main', 'x']\n", 0);
}

#[test]
fn module_of_a_package_is_a_program() {
    let folder = scratch().join("pack");
    std::fs::create_dir_all(folder.join("inner")).unwrap();
    std::fs::write(folder.join("__init__.py"), "").unwrap();
    std::fs::write(folder.join("inner/__init__.py"), "").unwrap();
    std::fs::write(folder.join("other.py"), "word = 'found'\n").unwrap();
    let text = "from .other import word\nimport sys\n\
        print(word, __name__, __spec__.name, __package__, sys.argv[0][-12:], sys.argv[1:], sys.path[0][:1])\n";
    std::fs::write(folder.join("run.py"), text).unwrap();
    expect(&minivm(&["-m", "pack.run", "-x"], ""), "found __main__ pack.run pack /pack/run.py ['-x'] /\n", 0);
    for (name, line) in [
        ("no_such", "No module named no_such"),
        ("pack.nothing", "No module named pack.nothing"),
        ("pack", "No module named pack.__main__; 'pack' is a package and cannot be directly executed"),
        (".pack", "Relative module names not supported"),
        (
            "nothing.inside",
            "Error while finding module specification for 'nothing.inside' \
             (ModuleNotFoundError: No module named 'nothing')",
        ),
        (
            "pack.other.py",
            "Error while finding module specification for 'pack.other.py' (ModuleNotFoundError: __path__ attribute \
             not found on 'pack.other' while trying to find 'pack.other.py'). Try using 'pack.other' instead of \
             'pack.other.py' as the module name.",
        ),
    ] {
        let outcome = minivm(&["-m", name], "");
        assert_eq!((outcome.out.as_str(), outcome.status), ("", 1));
        assert!(outcome.err.ends_with(&format!(": {line}\n")), "{}", outcome.err);
    }
}

#[test]
fn unknown_option_is_refused() {
    let outcome = minivm(&["--no-such-option"], "");
    assert_eq!((outcome.out.as_str(), outcome.status), ("", 2));
    assert!(outcome.err.contains("--no-such-option"), "{}", outcome.err);
}

/// What `sys` shows of options, and what they do.
#[test]
fn options_of_cpython() {
    let show = "import sys; f = sys.flags; print(f.optimize, f.bytes_warning, f.safe_path, f.no_site, f.inspect, \
                sys.warnoptions, sys._xoptions, __debug__)";
    let arguments = ["-OObbPS", "-Werror", "-W", "ignore::UserWarning", "-Xdev=1", "-X", "utf8", "-c", show];
    let expected = "2 2 True 1 0 ['default', 'error', 'ignore::UserWarning', 'error::BytesWarning'] \
                    {'dev': '1', 'utf8': True} False\n";
    expect(&minivm(&arguments, ""), expected, 0);
    let asserts = "def f():\n    'about f'\nassert f.__doc__ is None, 'with a docstring'\nprint(f.__doc__)";
    expect(&minivm(&["-OO", "-c", asserts], ""), "None\n", 0);
    expect(&minivm(&["-O", "-c", asserts], ""), "about f\n", 0);
    expect(&minivm(&["-c", "if not __debug__: print(1)\nelse: print(2)"], ""), "2\n", 0);
    expect(&minivm(&["-O", "-c", "if not __debug__: print(1)\nelse: print(2)"], ""), "1\n", 0);
    expect(
        &minivm(&["-I", "-c", "import sys; print('' in sys.path, sys.flags.isolated)"], ""),
        "False 1\n",
        0,
    );
}

#[test]
fn options_about_warnings() {
    let outcome = minivm(&["-c", "'a' is 'a'"], "");
    assert_eq!((outcome.status, outcome.err.contains("SyntaxWarning: \"is\" with 'str' literal")), (0, true));
    expect(&minivm(&["-W", "ignore", "-c", "'a' is 'a'"], ""), "", 0);
    let outcome = minivm(&["-W", "error", "-c", "'a' is 'a'"], "");
    assert_eq!(outcome.status, 1);
    assert!(outcome.err.contains("SyntaxError: \"is\" with 'str' literal"), "{}", outcome.err);
    let outcome = minivm(&["-W", "zap", "-W", "ignore:a:b:c:d:e", "-W", "error::zap", "-c", "pass"], "");
    let lines = [
        "Invalid -W option ignored: invalid action: 'zap'",
        "Invalid -W option ignored: too many fields (max 5): 'ignore:a:b:c:d:e'",
        "Invalid -W option ignored: unknown warning category: 'zap'",
    ];
    assert_eq!((outcome.status, outcome.err.lines().collect::<Vec<_>>()), (0, lines.to_vec()));
}

#[test]
fn missing_operand_is_refused() {
    for arguments in [&["-c"][..], &["--gc-stress"], &["--gc-stress", "many", "-c", "pass"]] {
        let outcome = minivm(arguments, "");
        assert_eq!(outcome.status, 2, "{arguments:?}: {}", outcome.err);
        assert!(!outcome.err.is_empty());
    }
}

#[test]
fn exit_status_is_the_programs() {
    for (code, status) in
        [("0", 0), ("7", 7), ("None", 0), ("255", 255), ("256", 0), ("-1", 255), ("True", 1)]
    {
        assert_eq!(minivm(&["-c", &format!("import sys; sys.exit({code})")], "").status, status, "{code}");
    }
    let outcome = minivm(&["-c", "import sys; sys.exit('the reason')"], "");
    assert_eq!((outcome.err.as_str(), outcome.status), ("the reason\n", 1));
}

#[test]
fn uncaught_exception_of_an_argument() {
    let outcome = minivm(&["-c", "1 / 0"], "");
    let expected = "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n    1 / 0\n    ~~^~~\nZeroDivisionError: division by zero\n";
    assert_eq!((outcome.err.as_str(), outcome.status), (expected, 1));
}

#[test]
fn syntax_error_of_an_argument() {
    let outcome = minivm(&["-c", "x = = 1"], "");
    let expected = "  File \"<string>\", line 1\n    x = = 1\n        ^\nSyntaxError: invalid syntax\n";
    assert_eq!((outcome.err.as_str(), outcome.status), (expected, 1));
}

#[test]
fn closed_pipe_is_an_error_of_the_program() {
    let mut child = start(&["-c", "i = 0\nwhile True:\n    print('line', i)\n    i += 1"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "line 0\n");
    drop(out);
    let (err, status) = finish(child);
    assert!(err.ends_with("BrokenPipeError: [Errno 32] Broken pipe\n"), "{err}");
    assert_eq!(status, 1);
}

/// B-52: a loop without calls reaches a safepoint.
#[test]
fn interrupt_raises_keyboard_interrupt() {
    let mut child = start(&["-c", "print('ready', flush=True)\nwhile True:\n    pass"]);
    wait_for_ready(&mut child);
    interrupt(&child);
    let (err, status) = finish(child);
    assert!(err.starts_with("Traceback (most recent call last):\n"), "{err}");
    assert!(err.ends_with("KeyboardInterrupt\n"), "{err}");
    assert_eq!(status, 130);
}

#[test]
fn interrupt_ends_a_sleep() {
    let mut child = start(&["-c", "import time\nprint('ready', flush=True)\ntime.sleep(600)"]);
    wait_for_ready(&mut child);
    interrupt(&child);
    let (err, status) = finish(child);
    assert!(err.ends_with("KeyboardInterrupt\n"), "{err}");
    assert_eq!(status, 130);
}

/// Native loops that run no code of the script look for Ctrl-C themselves.
#[test]
fn interrupt_ends_native_loops() {
    let endless = "iter(int, 1)";
    let loops = [
        format!("sum({endless})"),
        format!("list(filter(None, {endless}))"),
        format!("dict.fromkeys({endless})"),
        format!("0.5 in {endless}"),
        "import math\nmath.factorial(10**9)".to_owned(),
    ];
    for code in loops {
        let mut child = start(&["-c", &format!("print('ready', flush=True)\n{code}")]);
        wait_for_ready(&mut child);
        interrupt(&child);
        let (err, status) = finish(child);
        assert!(err.ends_with("KeyboardInterrupt\n"), "{code}: {err}");
        assert_eq!(status, 130);
    }
}

#[test]
fn interrupt_can_be_caught() {
    let code = "print('ready', flush=True)\ntry:\n    while True:\n        pass\nexcept KeyboardInterrupt:\n    print('caught')";
    let mut child = start(&["-c", code]);
    wait_for_ready(&mut child);
    interrupt(&child);
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    let (err, status) = finish(child);
    assert_eq!((out.as_str(), err.as_str(), status), ("caught\n", "", 0));
}

#[test]
fn disassembly_names_functions_and_instructions() {
    let script = write("dis.mv", b"def double(x):\n    return x + x\nprint(double(4))\n");
    let outcome = minivm(&["--dis", &script], "");
    let all = outcome.out + &outcome.err;
    assert!(all.contains("double") && all.contains("Return"), "{all}");
}

#[test]
fn unfused_code_runs_the_same() {
    let code = "t = 0\nfor i in range(10):\n    t += i * i if i % 2 else -i\nprint(t, [x for x in range(3)])";
    expect(&minivm(&["--no-fuse", "-c", code], ""), "145 [0, 1, 2]\n", 0);
    expect(&minivm(&["-c", code], ""), "145 [0, 1, 2]\n", 0);
}

#[test]
fn collector_statistics_go_to_standard_error() {
    let outcome = minivm(
        &["--gc-stats", "-c", "import gc\na = []\na.append(a)\na = None\ngc.collect()\nprint('out')"],
        "",
    );
    assert_eq!((outcome.out.as_str(), outcome.status), ("out\n", 0));
    assert!(outcome.err.contains("collect"), "{}", outcome.err);
}

#[test]
fn version_and_help() {
    let outcome = minivm(&["--version"], "");
    assert!(outcome.out.starts_with(concat!("minivm ", env!("CARGO_PKG_VERSION"))), "{}", outcome.out);
    let outcome = minivm(&["--help"], "");
    assert!(outcome.out.contains("--gc-stress"), "{}", outcome.out);
    assert_eq!(outcome.status, 0);
}

#[test]
fn the_licence_of_the_library_is_printed() {
    let outcome = minivm(&["--licenses"], "");
    assert_eq!((outcome.err.as_str(), outcome.status), ("", 0));
    assert!(outcome.out.contains("PYTHON SOFTWARE FOUNDATION LICENSE"), "{}", outcome.out);
}

#[test]
fn tracebacks_quote_the_library_in_the_binary() {
    let outcome = minivm(&["-c", "import keyword, copy; copy.copy(copy)"], "");
    assert_eq!(outcome.status, 1);
    assert!(outcome.err.contains("/library/copy.py\", line "), "{}", outcome.err);
    assert!(
        outcome.err.contains("return copyreg.__reduce_ex__") || outcome.err.contains("rv = reductor(4)"),
        "{}",
        outcome.err
    );
    let program =
        "import keyword; print(keyword.__loader__.get_source('keyword').startswith('\"\"\"Keywords'))";
    expect(&minivm(&["-c", program], ""), "True\n", 0);
}

#[test]
fn another_folder_takes_the_place_of_the_library() {
    let folder = scratch().join("other_library");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("keyword.py"), "kwlist = ['mine']\n").unwrap();
    let run_with = |program: &str, options: &[&str]| {
        let mut command = command(MINIVM, &scratch());
        command.args(options).args(["-c", program]).env("MINIVM_LIBRARY", "other_library");
        run(&mut command, b"", LIMIT).expect("it ends in time")
    };
    expect(&run_with("import keyword; print(keyword.kwlist)", &[]), "['mine']\n", 0);
    assert_eq!(run_with("import reprlib", &[]).status, 1);
    expect(&run_with("import keyword; print(len(keyword.kwlist) > 30)", &["-E"]), "True\n", 0);
}

#[test]
fn sources_that_are_no_text() {
    refuses("nul.mv", b"print(1)\nx = '\0'\n", "SyntaxError: source code cannot contain null bytes");
    refuses("latin.mv", b"print(1)\nx = '\xff'\n", "SyntaxError");
}

#[test]
fn byte_order_mark_and_line_ends() {
    let script = write("marked.mv", b"\xef\xbb\xbfprint('bom')\r\nif True:\r\n    print('crlf')\r\n");
    expect(&minivm(&[&script], ""), "bom\ncrlf\n", 0);
    let script = write("old_mac.mv", b"print('one')\rprint('two')\r");
    expect(&minivm(&[&script], ""), "one\ntwo\n", 0);
    let script = write("no_newline.mv", b"if True:\n    print('last')");
    expect(&minivm(&[&script], ""), "last\n", 0);
    expect(&minivm(&[&write("empty.mv", b"")], ""), "", 0);
    expect(&minivm(&[&write("comment.mv", b"# only a comment")], ""), "", 0);
}

#[test]
fn nesting_without_bound_is_refused() {
    refuses("brackets.mv", "(".repeat(100_000).as_bytes(), "SyntaxError: too many nested parentheses");
    let closed = format!("x = {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    refuses("closed.mv", closed.as_bytes(), "SyntaxError: too many nested parentheses");
    let blocks: String = (0..200).map(|depth| format!("{}if True:\n", " ".repeat(depth))).collect();
    let blocks = format!("{blocks}{}pass\n", " ".repeat(200));
    refuses("blocks.mv", blocks.as_bytes(), "IndentationError: too many levels of indentation");
}

#[test]
fn expressions_without_bound_do_not_crash() {
    let chains = [
        format!("x = {}1\n", "-".repeat(100_000)),
        format!("x = {}1\n", "not ".repeat(100_000)),
        format!("x = {}1\n", "lambda: ".repeat(100_000)),
        format!("x = 1{}\n", " + 1".repeat(100_000)),
        format!("x = a{}\n", ".b".repeat(100_000)),
        format!("x = a{}\n", "()".repeat(100_000)),
        format!("x = {}1\n", "1 if 1 else ".repeat(100_000)),
        format!("x = 1{}\n", " ** 1".repeat(100_000)),
        format!("{}1\n", "x = ".repeat(100_000)),
        format!("if 1: pass\n{}", "elif 1: pass\n".repeat(20_000)),
    ];
    for (index, chain) in chains.iter().enumerate() {
        let outcome = minivm(&[&write(&format!("chain{index}.mv"), chain.as_bytes())], "");
        assert!(
            [0, 1].contains(&outcome.status),
            "chain {index} ends with {}: {}",
            outcome.status,
            outcome.err
        );
        assert!(!outcome.err.contains("panicked"), "chain {index}: {}", outcome.err);
    }
}

#[test]
fn large_sources_compile() {
    let mut text = String::from("def f():\n    total = 0\n");
    for i in 0..20_000 {
        text += &format!("    total += {i}\n");
    }
    text += "    return total\nprint(f())\n";
    expect(&minivm(&[&write("long_body.mv", text.as_bytes())], ""), "199990000\n", 0);
    let items: Vec<_> = (0..50_000).map(|i| i.to_string()).collect();
    let text = format!("x = [{}]\nprint(len(x), x[-1])\n", items.join(", "));
    expect(&minivm(&[&write("long_list.mv", text.as_bytes())], ""), "50000 49999\n", 0);
    let text: String = (0..3_000).map(|i| format!("v{i} = {i}.5\n")).collect();
    expect(&minivm(&[&write("many_names.mv", (text + "print(v2999)\n").as_bytes())], ""), "2999.5\n", 0);
}

#[test]
fn standard_input_that_is_no_terminal_is_a_program() {
    expect(&minivm(&[], "x = 20\nx * 2\nprint(x)\n"), "20\n", 0);
}

#[test]
fn session_echoes_expressions_and_takes_blocks() {
    let lines = ["x = 20", "x * 2 + 2", "def f(n):", "    return n + 1", "", "f(x)", "None", "'te' + 'xt'"];
    let Some((screen, status)) = session(&lines) else { return };
    for echoed in [" 42\n", " 21\n", " 'text'\n"] {
        assert!(screen.contains(echoed), "{screen}");
    }
    assert!(!screen.contains(" None\n"), "{screen}");
    assert_eq!(status, 0);
}

#[test]
fn session_goes_on_after_an_error() {
    let Some((screen, _)) = session(&["1 / 0", ") (", "print('still', 'here')"]) else { return };
    for expected in ["ZeroDivisionError: division by zero", "SyntaxError: unmatched ')'", " still here\n"] {
        assert!(screen.contains(expected), "{screen}");
    }
}

#[test]
fn session_ends_with_the_status_of_sys_exit() {
    let Some((screen, status)) = session(&["import sys", "sys.exit(6)", "print('ne', 'ver')"]) else {
        return;
    };
    assert_eq!(status, 6);
    assert!(!screen.contains("ne ver"), "{screen}");
}

/// Types lines into a session on a terminal of its own; gives the screen, without colours and line
/// ends of terminals. Nothing where the command that makes terminals is missing.
fn session(lines: &[&str]) -> Option<(String, i32)> {
    let mut input = lines.join("\n");
    input.push_str("\n\u{4}");
    let mut terminal = command("script", &scratch());
    terminal.args(["-qec", MINIVM, "/dev/null"]).env("TERM", "dumb");
    match run(&mut terminal, input.as_bytes(), LIMIT) {
        Ok(outcome) => Some((outcome.out.replace('\r', ""), outcome.status)),
        Err(reason) if reason.starts_with("cannot start") => {
            println!("skipped: {reason}");
            None
        }
        Err(reason) => panic!("{reason}"),
    }
}

#[test]
fn an_example_runs_from_the_root() {
    let outcome = run(command(MINIVM, root()).arg("examples/json_parser.mv"), b"", LIMIT).unwrap();
    assert_eq!((outcome.err.as_str(), outcome.status), ("", 0));
}

/// The program is refused with a message that ends in this, status 1, and nothing printed.
fn refuses(name: &str, source: &[u8], message: &str) {
    let outcome = minivm(&[&write(name, source)], "");
    assert_eq!((outcome.out.as_str(), outcome.status), ("", 1), "{name}: {}", support::tail(&outcome.err));
    let last = outcome.err.lines().last().unwrap_or_default();
    assert!(last.starts_with(message), "{name}: {last}");
}

fn start(arguments: &[&str]) -> Child {
    command(MINIVM, &scratch())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("minivm starts")
}

/// Reads the line by which a program says that it is at the point of interest, byte by byte, so that
/// nothing after it is lost.
fn wait_for_ready(child: &mut Child) {
    let out = child.stdout.as_mut().expect("standard output is piped");
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        let mut byte = [0];
        out.read_exact(&mut byte).expect("the program prints its line");
        line.push(byte[0]);
    }
    assert_eq!(line, b"ready\n");
    // A moment for the loop or the sleep behind the line to begin.
    std::thread::sleep(Duration::from_millis(100));
}

/// Sends what Ctrl-C sends.
fn interrupt(child: &Child) {
    let status = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("kill runs").success());
}

/// Waits for the end; gives standard error and the status.
fn finish(mut child: Child) -> (String, i32) {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            let mut err = String::new();
            child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
            return (err, code_of(status));
        }
        if started.elapsed() > LIMIT {
            child.kill().ok();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A hash seed that is none is refused before anything runs, in CPython's words.
#[test]
fn hash_seed_that_is_none() {
    let complaint = "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";
    for seed in ["abc", "-1", "4294967296", "5x"] {
        let mut command = command(MINIVM, &scratch());
        let outcome = run(command.args(["-c", "print(1)"]).env("PYTHONHASHSEED", seed), b"", LIMIT);
        let outcome = outcome.expect("it ends in time");
        let expected = format!(
            "Fatal Python error: config_init_hash_seed: {complaint}\nPython runtime state: preinitialized\n\n"
        );
        assert_eq!((outcome.out.as_str(), outcome.err, outcome.status), ("", expected, 1));
    }
}

/// What cannot be written is no reason to end otherwise than CPython does.
#[test]
#[cfg(target_os = "linux")]
fn full_disk_is_reported() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = |arguments: &[&str], error: bool| {
        let mut command = std::process::Command::new(MINIVM);
        command.args(arguments).stdin(Stdio::null());
        if error {
            command.stdout(Stdio::piped()).stderr(full());
        } else {
            command.stdout(full()).stderr(Stdio::piped());
        }
        let output = command.output().unwrap();
        (String::from_utf8(output.stderr).unwrap(), output.status.code())
    };
    let (err, status) = run(&["-c", "print(1)"], false);
    assert!(err.ends_with("OSError: [Errno 28] No space left on device\n"), "{err}");
    assert_eq!(status, Some(120));
    // Standard error keeps nothing that could not be written, so the end finds nothing wrong with it.
    assert_eq!(run(&["-c", "1/0"], true).1, Some(1));
    assert_eq!(run(&["no such file"], true).1, Some(2));
}

/// Letting go of a long container needs no memory: an object that dies last tells how much was in use at most.
///
/// Each program is the definition it begins with, what makes the container, and its length. The allocator's huge pages
/// are switched off: a single one would be more than is measured.
#[cfg(target_os = "linux")]
fn takes_no_memory_at_the_end(programs: &[(&str, &str, u64)]) {
    const PROGRAM: &str = r#"
import sys
space = {"open": open, "write": sys.stdout.write}
exec("""
class Last:
    def __del__(self, open=open, write=write):
        write(open("/proc/self/status").read().split("VmHWM:")[1].split()[0] + "\\n")
""", space)
sys.kept = space.pop("Last")()
MORE
held = MADE
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"#;
    for (more, made, length) in programs {
        let made = made.replace("LENGTH", &length.to_string());
        let program = PROGRAM.replace("MORE", more).replace("MADE", &made);
        let mut command = command(MINIVM, &scratch());
        command.args(["-c", &program]).env("MIMALLOC_ALLOW_THP", "0");
        let outcome = run(&mut command, b"", LIMIT).expect("it ends in time");
        let peaks: Vec<u64> = outcome.out.lines().map(|line| line.parse().expect("a number")).collect();
        assert!(peaks.len() == 2 && peaks[1] < peaks[0] + length * 3 / 2000, "{more} {made}: {peaks:?}");
    }
}

/// Nothing refers to the program's namespace, so each container dies by its count.
#[cfg(target_os = "linux")]
#[test]
fn a_long_container_at_the_end_takes_no_memory() {
    takes_no_memory_at_the_end(&[
        ("", "[[i] for i in range(LENGTH)]", 1_000_000),
        ("", "tuple([[i] for i in range(LENGTH)])", 250_000),
        ("", "{i: [i] for i in range(LENGTH)}", 250_000),
        ("", "{(i, None) for i in range(LENGTH)}", 250_000),
        ("", "[lambda: i for i in range(LENGTH)]", 250_000),
    ]);
}

/// A function makes the program's namespace part of a cycle, and the last collection finds every object in it.
#[cfg(target_os = "linux")]
#[test]
fn a_long_container_in_a_cycle_at_the_end_takes_no_memory() {
    const FUNCTION: &str = "def f(): pass";
    takes_no_memory_at_the_end(&[
        (FUNCTION, "[[i] for i in range(LENGTH)]", 250_000),
        (FUNCTION, "[[[i]] for i in range(LENGTH)]", 250_000),
        (FUNCTION, "tuple((i, (i,)) for i in range(LENGTH))", 250_000),
        (FUNCTION, "tuple([(i, [i]) for i in range(LENGTH)])", 250_000),
        (FUNCTION, "{i: {i: {i: i}} for i in range(LENGTH)}", 250_000),
        (FUNCTION, "[{i} for i in range(LENGTH)]", 250_000),
    ]);
}

/// So does a class; and each of the container's objects has a class of the script.
#[cfg(target_os = "linux")]
#[test]
fn a_long_container_of_instances_at_the_end_takes_no_memory() {
    const POINT: &str = "class Point:\n    def __init__(self, x):\n        self.x = self.y = x";
    const NODE: &str = "class Node:\n    def __init__(self, x):\n        self.items, self.itself = [x], self";
    takes_no_memory_at_the_end(&[
        (POINT, "[Point(i) for i in range(LENGTH)]", 250_000),
        (NODE, "[Node(i) for i in range(LENGTH)]", 250_000),
    ]);
}
