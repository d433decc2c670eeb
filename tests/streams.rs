//! Standard streams that are closed, full, or read by nobody any more.

#![cfg(unix)]

mod support;

use std::time::Duration;
use support::{MINIVM, Outcome, command, root, run};

/// Runs a text by a shell, with its redirections.
fn shell(code: &str, redirections: &str) -> Outcome {
    let mut shell = command("sh", root());
    // A redirection that closes a bracket has it opened here.
    let open = if redirections.contains(')') { "(" } else { "" };
    shell.args(["-c", &format!("{open}\"$0\" -c \"$1\" {redirections}"), MINIVM, code]);
    run(&mut shell, b"", Duration::from_secs(60)).expect("it ends in time")
}

fn expect(outcome: &Outcome, out: &str, err: &str, status: i32) {
    assert_eq!((outcome.out.as_str(), outcome.err.as_str(), outcome.status), (out, err, status));
}

#[test]
fn streams_that_were_closed_are_none() {
    let code = "import sys\nprint(sys.stdin, sys.__stdin__, sys.stderr, sys.__stderr__)\nprint('on', file=sys.stderr)\nprint(open('Cargo.toml').fileno())\ntry: input()\nexcept RuntimeError as error: print(error)";
    expect(&shell(code, "<&- 2>&-"), "None None None None\non\n0\ninput(): lost sys.stdin\n", "", 0);
    let code = "import sys\nprint('nowhere')\nsys.stderr.write(f'{sys.stdout} {sys.__stdout__}')";
    expect(&shell(code, ">&-"), "", "None None", 0);
    expect(&shell("1 / 0", "2>&-"), "", "", 1);
}

const FULL: &str =
    "Exception ignored while flushing sys.stdout:\nOSError: [Errno 28] No space left on device\n";

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_written_is_told_once() {
    expect(&shell("print(1)", ">/dev/full"), "", FULL, 120);
    expect(&shell("print(1)\nraise SystemExit(3)", ">/dev/full"), "", FULL, 120);
    let code = "import sys\nprint(1)\ntry: sys.stdout.flush()\nexcept OSError as error: print(error, file=sys.stderr)";
    expect(&shell(code, ">/dev/full"), "", &format!("[Errno 28] No space left on device\n{FULL}"), 120);
    // What only destructors print gives the status, too.
    let code = "class Last:\n    def __del__(self): print('last words')\nlast = Last()";
    assert_eq!(shell(code, ">/dev/full").status, 120);
    // The name is bound to something else by then.
    expect(&shell("import sys\nprint(1)\nsys.stdout = None", ">/dev/full"), "", FULL, 120);
    // Standard error keeps nothing that could not be written.
    let code = "import sys\ntry: print(1, file=sys.stderr)\nexcept OSError as error: print(error)";
    expect(&shell(code, "2>/dev/full"), "[Errno 28] No space left on device\n", "", 0);
    assert_eq!(shell("import sys\nprint(1, file=sys.stderr)", "2>/dev/full").status, 1);
}

#[test]
fn a_reader_that_went_away() {
    let outcome = shell("for n in range(100000): print(n)", "| head -1");
    assert_eq!(outcome.out, "0\n");
    assert!(outcome.err.ends_with("BrokenPipeError: [Errno 32] Broken pipe\n"), "{}", outcome.err);
    assert!(outcome.err.starts_with("Traceback (most recent call last):\n"), "{}", outcome.err);
    // What only the end writes is told of; its status is that of the first command.
    let code = "import time\nprint(1, flush=True)\ntime.sleep(0.5)\nprint(2)";
    let outcome = shell(code, "; echo status $? >&2) | head -1");
    assert_eq!(outcome.out, "1\n");
    let told = "Exception ignored while flushing sys.stdout:\nBrokenPipeError: [Errno 32] Broken pipe\n";
    assert_eq!(outcome.err, format!("{told}status 120\n"));
}

#[test]
fn files_left_open_are_written() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("left_open.txt");
    for end in ["", "import sys\nsys.exit()", "file.me = [file]\nimport sys\nsys.kept = file", "1 / 0"] {
        let _ = std::fs::remove_file(&file);
        let code = format!(
            "class File: pass\nfile = File()\nfile.file = open({file:?}, 'w')\nfile.file.write('kept')\n{end}"
        );
        shell(&code, "");
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), "kept", "{code}");
    }
}

#[test]
fn reads_of_standard_input() {
    let code = "import sys\nprint([sys.stdin.read(3), sys.stdin.readline(2), sys.stdin.readline(), input(), sys.stdin.read(), sys.stdin.read()])";
    let mut minivm = command(MINIVM, root());
    minivm.args(["-c", code]);
    let input = "äbcdef\nline\nrest\nend".as_bytes();
    let outcome = run(&mut minivm, input, Duration::from_secs(60)).unwrap();
    expect(&outcome, "['äbc', 'de', 'f\\n', 'line', 'rest\\nend', '']\n", "", 0);
}
